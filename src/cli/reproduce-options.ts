import { InvalidArgumentError } from "commander";
import { cellName, knownCells } from "../evaluation/cell.ts";
import { components } from "../evaluation/components.ts";
import { studies, type StudyName } from "../evaluation/conditions.ts";
import { publishedFigures } from "../evaluation/published.ts";

/** The cells of the published three tables, each with its RF, LR and networks. */
const SEED_CELLS = "audio/rf,audio/lr,audio/cnn,text/rf,text/lr,text/lstm,both/rf,both/lr,both/cnn,both/transformer";

/**
 * Names of several cells written out: the ten of the published three tables; all with published figures that there are models for; the
 * ways to join sound and words.
 */
export function withGroups(only: string): string {
  const groups = new Map([
    ["seed", SEED_CELLS.split(",")],
    [
      "published",
      knownCells(components.models)
        .filter((cell) => publishedFigures(cell))
        .map(cellName),
    ],
    ["fusion", ["audio/lr", "text/lr", "both/lr", "both/late", "both/stack"]],
  ]);
  return only
    .split(",")
    .flatMap((name) => groups.get(name.trim()) ?? [name])
    .join();
}

/** A list such as `words,learning`, or `all`. */
export function parseStudies(list: string): StudyName[] {
  const known = Object.keys(studies) as StudyName[];
  const names = list.split(",").map((name) => name.trim());
  const unknown = names.find((name) => name !== "all" && !known.includes(name as StudyName));
  if (unknown !== undefined)
    throw new InvalidArgumentError(`"${unknown}" is none; known are ${known.join(", ")}, all.`);
  return known.filter((name) => names.includes("all") || names.includes(name));
}

/** Models whose cells are filled unasked, and those whose are where they are named. */
export const [unasked, asked] = [false, true].map((onRequest) =>
  Object.entries(components.models).flatMap(([name, entry]) =>
    (entry.onRequest ?? false) === onRequest ? [name] : [],
  ),
);

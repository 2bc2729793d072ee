import { createHash } from "node:crypto";
import { mkdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { writeFileAtomically } from "../corpora/write-file.ts";
import type { MeanContributions } from "../evaluation/contributions.ts";
import type { ConditionOutcome, Outcome } from "../evaluation/pipeline.ts";
import type { TaskResult, TaskStore } from "../evaluation/tasks.ts";

/** Results of tasks in a directory, one file each. */
export interface DirectoryStore extends TaskStore {
  /** Takes everything away that was kept. */
  clear(): Promise<void>;
}

/**
 * Keeps each task's result in a file of its own that is written beside its place and moved there when it is whole: a run that is killed at
 * any moment finds whole results or none.
 *
 * @param key whatever decides the results (data, options, seed, version): another key finds nothing of this one
 */
export function directoryStore(directory: string, key: string): DirectoryStore {
  const fileOf = (name: string): string => join(directory, `${sha256(`${key}\n${name}`).slice(0, 32)}.json`);
  return {
    async load(name) {
      try {
        return revive(JSON.parse(await readFile(fileOf(name), "utf8")), name);
      } catch (error) {
        // Nothing there, or not what was written: the task is run.
        if (error instanceof SyntaxError || (error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
        throw error;
      }
    },
    async save(name, { outcome, seconds }) {
      await mkdir(directory, { recursive: true });
      // A typed array's own JSON is an object.
      const asList = (_: string, value: unknown): unknown =>
        ArrayBuffer.isView(value) ? Array.from(value as Float64Array) : value;
      await writeFileAtomically(fileOf(name), JSON.stringify({ name, seconds, ...outcome }, asList));
    },
    clear: () => rm(directory, { recursive: true, force: true }),
  };
}

function revive(json: Record<string, unknown> | null, name: string): TaskResult | undefined {
  const { rows, truth, predicted, probabilities, search, conditions, contributions, seconds } = json ?? {};
  const isList = (value: unknown): value is number[] => Array.isArray(value);
  if (json?.name !== name || typeof seconds !== "number" || !isList(rows) || !isList(truth) || !isList(predicted)) {
    return undefined;
  }
  return {
    outcome: {
      rows: Int32Array.from(rows),
      truth: Int32Array.from(truth),
      predicted: Int32Array.from(predicted),
      ...(isList(probabilities) ? { probabilities: Float64Array.from(probabilities) } : {}),
      ...(search ? { search: search as Outcome["search"] } : {}),
      ...(conditions ? { conditions: (conditions as ConditionOutcome[]).map(withCodes) } : {}),
      ...(contributions ? { contributions: withNumbers(contributions as MeanContributions) } : {}),
    },
    seconds,
  };
}

const withCodes = (condition: ConditionOutcome): ConditionOutcome => ({
  ...condition,
  predicted: Int32Array.from(condition.predicted),
});

const withNumbers = (contributions: MeanContributions): MeanContributions => ({
  ...contributions,
  values: Float64Array.from(contributions.values),
});

/** SHA-256 in hex. */
export const sha256 = (...parts: (string | Uint8Array)[]): string => {
  const hash = createHash("sha256");
  for (const part of parts) hash.update(part);
  return hash.digest("hex");
};

import { DataError } from "../errors.ts";
import type { ProtocolName } from "./protocols.ts";
import { type EvaluationRows, completeGroups } from "./rows.ts";
import { deriveSeed } from "./seeds.ts";
import {
  type Split,
  assertGroupsApart,
  crossSplits,
  groupHoldout,
  groupKFold,
  leaveOneGroupOut,
  officialSplit,
  shuffledKFold,
  stratifiedGroupKFold,
} from "./splits.ts";

/** How a protocol that does not leak divides rows. */
export interface HonestSplits {
  readonly splits: readonly Split[];
  readonly groupedBy?: "session" | "speaker";
  readonly warnings: readonly string[];
}

export function honestSplits(
  protocol: Exclude<ProtocolName, "seed">,
  rows: EvaluationRows,
  twins: Int32Array,
  texts: readonly (string | undefined)[] | undefined,
  seed: number,
): HonestSplits {
  if (protocol === "official" || protocol === "cross-corpus") {
    if (!rows.splits) throw new DataError(`${rows.corpus}: the protocol ${protocol} needs the field "split"`);
    const split = officialSplit(rows.splits);
    return { splits: [split], warnings: protocol === "official" ? speakersOnBothSides(split, rows) : [] };
  }
  if (protocol === "row-kfold" || protocol === "stratified-kfold") {
    const units = Array.from(twins, String);
    const splits =
      protocol === "row-kfold"
        ? shuffledKFold(units, FOLDS, deriveSeed(seed, "split"))
        : stratifiedGroupKFold(units, rows.labels, FOLDS, deriveSeed(seed, "split"));
    return {
      splits,
      warnings: ["speakers and sessions are not kept apart: figures are those of voices that were heard before"],
    };
  }
  if (protocol === "script-disjoint") return scriptDisjointSplits(rows, texts);
  const { groups, groupedBy } = groupsOf(protocol, rows);
  if (new Set(groups).size < 2) {
    throw new DataError(
      `${rows.corpus}: the protocol ${protocol} needs two ${groupedBy}s or more, but the field "${groupedBy}" is "${groups[0]}" in every row`,
    );
  }
  const splits = {
    loso: () => leaveOneGroupOut(groups),
    speaker: () => leaveOneGroupOut(groups),
    kfold: () => groupKFold(groups, FOLDS),
    "stratified-group-kfold": () => stratifiedGroupKFold(groups, rows.labels, FOLDS),
    holdout: () => [groupHoldout(groups, 0.2, deriveSeed(seed, "split"))],
  }[protocol]();
  for (const split of splits) assertGroupsApart(split, groups);
  return { splits, groupedBy, warnings: [] };
}

const FOLDS = 5;

export function innerGroups(protocol: ProtocolName, rows: EvaluationRows, twins: Int32Array): readonly string[] {
  const known = rows.speakers?.every((speaker) => speaker) || rows.sessions?.every((session) => session);
  const byRow = protocol === "row-kfold" || protocol === "stratified-kfold";
  return known && !byRow ? groupsOf(protocol, rows).groups : Array.from(twins, String);
}

/**
 * Texts and groups (sessions, speakers) are each put into five parts, or as many as there are, and the divisions crossed, so that a
 * figure tells of new words from new voices. A row without a text is a text of its own.
 */
function scriptDisjointSplits(rows: EvaluationRows, texts: readonly (string | undefined)[] | undefined): HonestSplits {
  if (!texts)
    throw new DataError(`${rows.corpus}: the protocol script-disjoint needs transcripts or the field "script"`);
  const named = texts.map((text, row) => text ?? `row ${row}`);
  const distinct = new Set(named).size;
  if (distinct < 2)
    throw new DataError(`${rows.corpus}: the protocol script-disjoint needs two texts or more, there is one`);
  const byText = groupKFold(named, Math.min(FOLDS, distinct)).map((split) => ({
    ...split,
    name: `texts ${split.name}`,
  }));
  const known = rows.speakers?.every((speaker) => speaker) || rows.sessions?.every((session) => session);
  const { groups, groupedBy } = known ? groupsOf("script-disjoint", rows) : { groups: [], groupedBy: undefined };
  const count = new Set(groups).size;
  if (count < 2) {
    return { splits: byText, warnings: ["there are no two speakers to keep apart: only the texts are disjoint"] };
  }
  const splits = crossSplits(groupKFold(groups, Math.min(FOLDS, count)), byText);
  for (const split of splits) {
    assertGroupsApart(split, named);
    assertGroupsApart(split, groups);
  }
  return { splits, groupedBy, warnings: [] };
}

function groupsOf(
  protocol: ProtocolName,
  rows: EvaluationRows,
): { groups: readonly string[]; groupedBy: "session" | "speaker" } {
  const need = `the protocol ${protocol}`;
  const useSessions = protocol !== "speaker" && rows.sessions !== undefined && !speakersChangeSessions(rows);
  return useSessions
    ? { groups: completeGroups(rows, "sessions", need), groupedBy: "session" }
    : { groups: completeGroups(rows, "speakers", need), groupedBy: "speaker" };
}

/** Whether some speaker is heard in two sessions, so that leaving a session out would not leave its speakers out. */
function speakersChangeSessions({ speakers, sessions }: EvaluationRows): boolean {
  const sessionOf = new Map<string, string | undefined>();
  return (speakers ?? []).some((speaker, row) => {
    if (speaker === undefined) return false;
    const first = sessionOf.get(speaker);
    if (first === undefined) sessionOf.set(speaker, sessions?.[row]);
    return first !== undefined && first !== sessions?.[row];
  });
}

function speakersOnBothSides({ train, test }: Split, { speakers }: EvaluationRows): string[] {
  if (!speakers) return ["the corpus names no speakers: the same voice may stand in training and test part"];
  const training = new Set(Array.from(train, (row) => speakers[row]));
  const testing = new Set(Array.from(test, (row) => speakers[row]));
  const both = [...testing].filter((speaker) => training.has(speaker)).length;
  return both === 0 ? [] : [`${both} of the ${testing.size} speakers of the official test part are in training too`];
}

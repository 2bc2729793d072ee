import { DataError } from "../errors.ts";
import { denseMatrix } from "../matrix.ts";
import type { EvaluationRows } from "./rows.ts";

/**
 * Two corpora as one: the rows of `train`, then those of `test`, with the parts `train` and `test` for the protocol `cross-corpus`. Speakers,
 * sessions and names of utterances are led by their corpus, so that none of one is taken for one of the other.
 *
 * @param labelMap renames classes of either corpus first, e.g. `{ joy: "happiness" }`
 * @returns the rows whose class both corpora have, and what was left out
 * @throws {DataError} fewer than two classes in common, or features that differ in number or stand in one corpus only
 */
export function joinCorpora(
  train: EvaluationRows,
  test: EvaluationRows,
  labelMap: Readonly<Record<string, string>> = {},
): { readonly rows: EvaluationRows; readonly notes: readonly string[] } {
  const named = [train, test].map((rows, part) => {
    const rename = (name: string): string => (Object.hasOwn(labelMap, name) ? labelMap[name] : name);
    return { rows, labels: rows.labels.map(rename), name: `${part === 0 ? "train" : "test"}:${rows.corpus}` };
  });
  const [known, asked] = named.map(({ labels }) => new Set(labels));
  const order = [...new Set([...train.classes, ...test.classes].map((name) => labelMap[name] ?? name))];
  const classes = order.filter((name) => known.has(name) && asked.has(name));
  if (classes.length < 2) {
    throw new DataError(
      `${train.corpus} and ${test.corpus} have ${classes.length === 0 ? "no class" : `only "${classes[0]}"`} in common (${[...known].join(", ")}; ${[...asked].join(", ")}); map names with --map-labels`,
    );
  }
  const kept = named.map((part) => ({
    ...part,
    index: [...part.labels.keys()].filter((row) => classes.includes(part.labels[row])),
  }));
  const pick = <T>(value: (rows: EvaluationRows, row: number, name: string) => T): T[] =>
    kept.flatMap(({ rows, index, name }) => index.map((row) => value(rows, row, name)));
  const optional = <T>(
    has: (rows: EvaluationRows) => unknown,
    value: (rows: EvaluationRows, row: number, name: string) => T,
  ): T[] | undefined => (has(train) && has(test) ? pick(value) : undefined);
  const rows: EvaluationRows = {
    corpus: `${train.corpus} to ${test.corpus}`,
    synthetic: (train.synthetic ?? false) || (test.synthetic ?? false),
    classes,
    labels: kept.flatMap(({ labels, index }) => index.map((row) => labels[row])),
    splits: kept.flatMap(({ index }, part) => index.map(() => (part === 0 ? "train" : "test"))),
    features: joinFeatures(train, test, kept),
    featureNames: train.featureNames,
    transcripts: optional(
      (rows) => rows.transcripts,
      (rows, row) => rows.transcripts![row],
    ),
    ids: pick((rows, row, name) => `${name} ${rows.ids?.[row] ?? row}`),
    speakers: optional(
      (rows) => rows.speakers,
      (rows, row, name) => rows.speakers![row] && `${name} ${rows.speakers![row]}`,
    ),
    genders: optional(
      (rows) => rows.genders,
      (rows, row) => rows.genders![row],
    ),
    audioHashes: optional(
      (rows) => rows.audioHashes,
      (rows, row) => rows.audioHashes![row],
    ),
    seconds: optional(
      (rows) => rows.seconds,
      (rows, row) => rows.seconds![row],
    ),
    loudness: optional(
      (rows) => rows.loudness,
      (rows, row) => rows.loudness![row],
    ),
  };
  const notes = kept.flatMap(({ rows, labels, index }) => {
    const left = [...new Set(labels.filter((label) => !classes.includes(label)))];
    return left.length === 0
      ? []
      : [
          `${labels.length - index.length} rows of ${rows.corpus} were left out: the other corpus has no ${left.join(", ")}`,
        ];
  });
  return { rows, notes };
}

function joinFeatures(
  train: EvaluationRows,
  test: EvaluationRows,
  kept: readonly { readonly rows: EvaluationRows; readonly index: readonly number[] }[],
) {
  const { features } = train;
  if (!features || !test.features) return undefined;
  const { columns } = features;
  if (test.features.columns !== columns) {
    throw new DataError(`${train.corpus} has ${columns} features, ${test.corpus} has ${test.features.columns}`);
  }
  const joined = denseMatrix(kept[0].index.length + kept[1].index.length, columns);
  let at = 0;
  for (const { rows, index } of kept) {
    for (const row of index) {
      joined.data.set(rows.features!.data.subarray(row * columns, (row + 1) * columns), at);
      at += columns;
    }
  }
  return joined;
}

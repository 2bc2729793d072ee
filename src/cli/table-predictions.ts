import { withFile } from "../errors.ts";
import { mostProbable, type Probabilities } from "../matrix.ts";
import type { ImportOptions } from "../models/interchange/imported-model.ts";
import { Pipeline } from "../models/pipeline.ts";
import { featureBatches, type RowBatch, textBatches } from "./feature-table.ts";
import { readClassifier } from "./model-path.ts";
import { printLines } from "./output.ts";

/** How the answers are shown. */
export interface TableOutput {
  readonly json?: boolean;
  readonly abstainBelow: number;
}

/**
 * Prints what a classifier says of the rows of a table, a line a row, in the order of the rows and as they are read.
 * @throws {InputError} led by the name of the file that it speaks of; the rows before are printed by then.
 */
export async function predictTable(
  table: string,
  model: string,
  options: ImportOptions,
  output: TableOutput,
): Promise<void> {
  const { classifier, columns, featureNames } = await readClassifier(model, options);
  const { classes } = classifier;
  if (classifier instanceof Pipeline && classifier.vectorizer) {
    for await (const { rows, texts } of textBatches(table)) {
      await printLines(linesOf(rows, await classifier.predictProba(texts), classes, output));
    }
    return;
  }
  for await (const { rows, x } of featureBatches(table, { names: featureNames, count: columns })) {
    try {
      await printLines(linesOf(rows, await classifier.predictProba(x), classes, output));
    } catch (error) {
      throw withFile(error, table);
    }
  }
}

function linesOf(
  rows: RowBatch["rows"],
  said: Probabilities,
  classes: readonly string[],
  { json, abstainBelow }: TableOutput,
): string[] {
  const best = mostProbable(said);
  return rows.map(({ source, line }, r) => {
    const own = said.data.subarray(r * classes.length, (r + 1) * classes.length);
    const emotion = own[best[r]] < abstainBelow ? null : classes[best[r]];
    if (json) {
      const probabilities = Object.fromEntries(classes.map((name, c) => [name, own[c]]));
      return JSON.stringify({ file: source, line, emotion, probabilities });
    }
    const ranked = [...classes.keys()].sort((a, b) => own[b] - own[a]).slice(0, 3);
    const shares = ranked.map((c) => `${classes[c]} ${(100 * own[c]).toFixed(1)} %`).join(", ");
    return `${source}: ${emotion ?? "unsure"}  (${shares})`;
  });
}

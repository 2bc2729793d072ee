import { DataError, withFile } from "../errors.ts";
import { explainPrediction, type PartExplanation } from "../explanation.ts";
import { mostProbable, takeRows } from "../matrix.ts";
import { explainClassifier } from "../models/explain-classifier.ts";
import type { RecognizerInput } from "../recognizer.ts";
import { readFeatureTable } from "./feature-table.ts";
import { readClassifier, readRecognizer } from "./model-path.ts";

/** An answer of a model and the reasons for it. */
export interface Explained {
  /** The file, the row, or "text". */
  readonly source: string;
  readonly emotion: string;
  readonly probabilities: Readonly<Record<string, number>>;
  readonly parts: readonly (Omit<PartExplanation, "modality"> & { readonly modality: "audio" | "text" | "table" })[];
}

/** Explains what a recogniser says of inputs; each is read when its turn comes. */
export async function* explainInputs(
  model: string | undefined,
  inputs: readonly { readonly source: string; readonly read: () => Promise<RecognizerInput> }[],
): AsyncGenerator<Explained> {
  const recognizer = await readRecognizer(model);
  for (const { source, read } of inputs) {
    const input = await read();
    try {
      const { prediction, parts } = await explainPrediction(recognizer, input);
      yield { source, emotion: prediction.emotion, probabilities: prediction.probabilities, parts };
    } catch (error) {
      throw withFile(error, source);
    }
  }
}

/** Explains what a classifier says of the rows of a table, one by one. */
export async function* explainRows(model: string, table: string): AsyncGenerator<Explained> {
  const { classifier, featureNames } = await readClassifier(model);
  const { names, x, rows } = await readFeatureTable(table, featureNames);
  const { classes } = classifier;
  for (const [r, source] of rows.entries()) {
    const row = takeRows(x, [r]);
    try {
      const said = await classifier.predictProba(row);
      const { unit, base, values } = explainClassifier(classifier, row);
      const features = names.map((name, f) => ({
        name,
        value: row.data[f],
        contributions: values.subarray(f * classes.length, (f + 1) * classes.length),
      }));
      yield {
        source,
        emotion: classes[mostProbable(said)[0]],
        probabilities: Object.fromEntries(classes.map((name, c) => [name, said.data[c]])),
        parts: [{ modality: "table", unit, classes, base, features }],
      };
    } catch (error) {
      throw withFile(error, error instanceof DataError ? table : source);
    }
  }
}

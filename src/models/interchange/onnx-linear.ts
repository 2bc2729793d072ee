import { ModelFileError } from "../../errors.ts";
import type { Classifier } from "../classifier.ts";
import { sortClasses } from "./classes.ts";
import { linearClassifier, oneAgainstRest } from "./linear.ts";
import type { Attributes } from "./onnx-proto.ts";

/** What a node is here. */
export interface ReadNode {
  readonly classifier: Classifier;
  readonly columns: number;
  readonly notes: readonly string[];
}

/** The names of the classes in the order of the file. @throws {ModelFileError} */
export function labelsOf(attributes: Attributes): readonly (string | number)[] {
  const texts = attributes.texts("classlabels_strings");
  if (texts.length > 0) return texts;
  return attributes.ints(attributes.has("classlabels_ints") ? "classlabels_ints" : "classlabels_int64s");
}

/**
 * LinearClassifier. SOFTMAX and, for two classes, LOGISTIC are a logistic regression; LOGISTIC that is normalised over more classes is one class
 * against the rest; NONE gives scores, of which emovox makes probabilities by softmax.
 *
 * @throws {ModelFileError}
 */
export function classifierFromLinear(attributes: Attributes, normalised: boolean, declared?: number): ReadNode {
  const labels = labelsOf(attributes);
  sortClasses(labels);
  const intercepts = attributes.floats("intercepts");
  const coefficients = attributes.floats("coefficients");
  const transform = attributes.text("post_transform", "NONE");
  const rows = intercepts.length > 0 ? intercepts.length : labels.length;
  const columns = declared ?? coefficients.length / rows;
  if (coefficients.length === 0 || !Number.isInteger(columns) || coefficients.length !== rows * columns) {
    throw new ModelFileError(`LinearClassifier has ${coefficients.length} coefficients for ${rows} x ${columns}`);
  }
  if (rows !== labels.length && !(rows === 1 && labels.length === 2)) {
    throw new ModelFileError(`LinearClassifier has scores for ${rows} classes, but ${labels.length} labels`);
  }
  const lines = Array.from({ length: rows }, (_, r) => ({
    coef: coefficients.slice(r * columns, (r + 1) * columns),
    intercept: intercepts[r] ?? 0,
  }));
  if (transform === "SOFTMAX" && rows === labels.length) {
    return { classifier: linearClassifier(labels, lines), columns, notes: [] };
  }
  if (transform !== "LOGISTIC" && transform !== "NONE") {
    throw new ModelFileError(
      `LinearClassifier with post_transform ${transform} is not read; SOFTMAX, LOGISTIC and NONE are`,
    );
  }
  const notes =
    transform === "NONE"
      ? ["the file gives scores: probabilities are their softmax or, for two classes, logistic function"]
      : [];
  if (labels.length > 2) {
    if (transform === "LOGISTIC" && !normalised) {
      throw new ModelFileError(
        "LinearClassifier gives a probability for each of several classes, which do not sum to 1",
      );
    }
    return { classifier: oneAgainstRest(labels, lines, transform === "LOGISTIC"), columns, notes };
  }
  const score = lines[rows - 1];
  if (rows === 2) checkOpposed(lines[0], score);
  return {
    classifier: linearClassifier(labels, [{ coef: score.coef.map(() => 0), intercept: 0 }, score]),
    columns,
    notes,
  };
}

interface Line {
  readonly coef: readonly number[];
  readonly intercept: number;
}

/** Two logistic functions sum to 1 where their scores are each other's negative. */
function checkOpposed(first: Line, second: Line): void {
  const opposed = (a: number, b: number) => Math.abs(a + b) <= 1e-6 * Math.max(Math.abs(a), Math.abs(b));
  if (opposed(first.intercept, second.intercept) && first.coef.every((a, c) => opposed(a, second.coef[c]))) return;
  throw new ModelFileError(
    "LinearClassifier has two classes whose scores are not each other's negative, which is not read",
  );
}

import { LinearSVC } from "../linear-svc.ts";
import { LogisticRegression } from "../logistic-regression.ts";
import type { Json, Tensor } from "../state.ts";
import { sortClasses } from "./classes.ts";

/** The weights of one class. */
export interface Weights {
  readonly coef: readonly number[];
  readonly intercept: number;
}

/** How a fit ended, where a file tells. */
export interface FitSummary {
  readonly iterations: number;
  readonly converged: boolean;
}

/** A logistic regression: the softmax of a score for each class, in the order of `labels`. @throws {ModelFileError} */
export function linearClassifier(
  labels: readonly (string | number)[],
  weights: readonly Weights[],
  summary: FitSummary = { iterations: 0, converged: false },
): LogisticRegression {
  const { classes, tensors, columns } = laidOut(labels, weights);
  return LogisticRegression.load({
    kind: LogisticRegression.kind,
    config: { options: {}, classes, columns, summary: { objective: 0, ...summary } },
    tensors,
  });
}

/**
 * More than two classes, each against the rest: logistic functions of the scores over their sum, or else the softmax of the scores.
 * @throws {ModelFileError}
 */
export function oneAgainstRest(
  labels: readonly (string | number)[],
  weights: readonly Weights[],
  logistic: boolean,
): LinearSVC {
  const { classes, tensors, columns } = laidOut(labels, weights);
  const sigmoids = weights.map(() => ({ slope: -1, offset: 0 }));
  const calibrator: Json = logistic ? { method: "sigmoid", sigmoids } : { method: "temperature", temperature: 1 };
  return LinearSVC.load({
    kind: LinearSVC.kind,
    config: {
      options: { calibration: logistic ? "sigmoid" : "temperature" },
      classes,
      columns,
      summary: { iterations: 0, converged: false },
      calibrator,
    },
    tensors,
  });
}

function laidOut(labels: readonly (string | number)[], weights: readonly Weights[]) {
  const { classes, place } = sortClasses(labels);
  const columns = weights[0].coef.length;
  const coef = new Float64Array(classes.length * columns);
  const intercept = new Float64Array(classes.length);
  weights.forEach((own, c) => {
    coef.set(own.coef, place[c] * columns);
    intercept[place[c]] = own.intercept;
  });
  const tensors: Record<string, Tensor> = {
    coef: { dtype: "F64", shape: [classes.length, columns], data: coef },
    intercept: { dtype: "F64", shape: [classes.length], data: intercept },
  };
  return { classes, columns, tensors };
}

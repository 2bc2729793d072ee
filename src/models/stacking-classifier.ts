import { DataError, ModelFileError } from "../errors.ts";
import { type DenseMatrix, denseMatrix, type Matrix, type Probabilities } from "../matrix.ts";
import { checkExamples } from "./check.ts";
import type { Classifier, FitOptions } from "./classifier.ts";
import { checkHeldOutOptions, heldOutProbabilities } from "./held-out.ts";
import { encodeLabels } from "./label-encoder.ts";
import { LogisticRegression } from "./logistic-regression.ts";
import {
  checkMemberClasses,
  checkMembers,
  type Loader,
  loadMembers,
  type Members,
  memberProbabilities,
} from "./members.ts";
import { joinStates, partOf } from "./nested-state.ts";
import type { Json, ModelState } from "./state.ts";
import { checkKind, classesOf, optionsOf, withOptions } from "./state-reader.ts";

export interface StackingOptions {
  /** Learns from the members' probabilities. A logistic regression when left out. */
  finalEstimator?: Classifier;
  /** Parts that are held out in turn. 5 when left out. */
  folds?: number;
  /** Of the division into parts. 0 when left out. */
  seed?: number;
}

/** The part of a saved state that is no member: members' names have no dot. */
const FINAL = "final.estimator";

/**
 * Stacked generalisation (Wolpert 1992), as scikit-learn's `StackingClassifier`: a final estimator learns from the members' probabilities
 * of rows that they had not learnt from (stratified parts, of whole groups where `fit` is given groups); then the members learn from all rows. For two
 * classes, too, the final estimator sees a column a class and member (scikit-learn drops the first).
 *
 * @example
 * const ensemble = new StackingClassifier({ svm: new LinearSVC(), bayes: new MultinomialNB() }, { folds: 3 });
 * await ensemble.fit(x, y, { groups: speakers });
 * const { data } = await ensemble.predictProba(x);
 */
export class StackingClassifier implements Classifier {
  static readonly kind = "stacking";
  readonly kind = StackingClassifier.kind;
  readonly members: Members;
  readonly finalEstimator: Classifier;
  readonly options: { readonly folds: number; readonly seed: number };

  /** @throws {OptionError} no members, names or options that are not fit */
  constructor(
    members: Members,
    { finalEstimator = new LogisticRegression(), folds = 5, seed = 0 }: StackingOptions = {},
  ) {
    checkMembers(members);
    checkHeldOutOptions({ folds, seed });
    this.members = members;
    this.finalEstimator = finalEstimator;
    this.options = { folds, seed };
  }

  get classes(): readonly string[] {
    return this.finalEstimator.classes;
  }

  /** @throws {DataError} what a member refuses, groups that are not one a row, or a class with too few examples to hold some out */
  async fit(x: Matrix, y: readonly string[], { sampleWeight, groups, onProgress }: FitOptions = {}): Promise<void> {
    checkExamples(x, y, sampleWeight);
    const labels = encodeLabels(y);
    const { folds, seed } = this.options;
    const members = Object.values(this.members);
    const report = (m: number, from: number) => (done: number) =>
      onProgress?.((m + (from + done) / 2) / members.length);
    const held: Probabilities[] = [];
    for (const [m, member] of members.entries()) {
      const options = { folds, seed, sampleWeight, groups, onProgress: report(m, 0) };
      held.push(await heldOutProbabilities(member, x, labels, options));
      await member.fit(x, y, { sampleWeight, groups, onProgress: report(m, 1) });
    }
    checkMemberClasses(this.members, labels.classes);
    await this.finalEstimator.fit(sideBySide(held), y, { sampleWeight, groups });
  }

  async predictProba(x: Matrix): Promise<Probabilities> {
    if (this.classes.length === 0) throw new DataError("the ensemble has not learnt yet: call fit first");
    return this.finalEstimator.predictProba(sideBySide(await memberProbabilities(this.members, x)));
  }

  save(): ModelState {
    const names = Object.keys(this.members);
    const config = { options: this.options as unknown as Json, classes: this.classes, members: names };
    const parts = Object.fromEntries(names.map((name) => [name, this.members[name].save()]));
    return joinStates(this.kind, config, { ...parts, [FINAL]: this.finalEstimator.save() });
  }

  /** The ensemble that `save` wrote. @param load loads a member @throws {ModelFileError} */
  static load(state: ModelState, load: Loader): StackingClassifier {
    checkKind(state, StackingClassifier.kind);
    const members = loadMembers(state, load);
    const finalEstimator = load(partOf(state, FINAL));
    if (finalEstimator.classes.join("\n") !== classesOf(state).join("\n")) {
      throw new ModelFileError("the model's final estimator does not have the classes of the ensemble");
    }
    return withOptions(() => new StackingClassifier(members, { ...optionsOf(state), finalEstimator }));
  }
}

function sideBySide(parts: readonly Probabilities[]): DenseMatrix {
  const rows = parts[0].rows;
  const columns = parts.reduce((sum, part) => sum + part.columns, 0);
  const data = new Float32Array(rows * columns);
  let from = 0;
  for (const part of parts) {
    for (let r = 0; r < rows; r++) {
      data.set(part.data.subarray(r * part.columns, (r + 1) * part.columns), r * columns + from);
    }
    from += part.columns;
  }
  return denseMatrix(rows, columns, data);
}

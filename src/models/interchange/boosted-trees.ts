import { ModelFileError } from "../../errors.ts";
import { forestTensors } from "../forest-state.ts";
import { GradientBoostingClassifier } from "../gradient-boosting.ts";
import { sortClasses } from "./classes.ts";
import { constantTree, ForestBuilder, scaledTree, type SourceTree } from "./forest-builder.ts";

/** Trees that another library boosted, whose leaves have one number each. */
export interface BoostedTrees {
  readonly columns: number;
  /** In the order of the file. */
  readonly classes: readonly string[];
  /** The trees of each margin, in their order: of each class, or of the second of two classes alone. */
  readonly trees: readonly (readonly SourceTree[])[];
  /** What each margin starts from. */
  readonly base: readonly number[];
}

/**
 * Boosted trees as a classifier: softmax of the margins, or the logistic function for two classes. A margin that does not start at 0
 * gets a tree of one leaf.
 * @throws {ModelFileError}
 */
export function boostedClassifier({ columns, classes: names, trees, base }: BoostedTrees): GradientBoostingClassifier {
  const { classes, place } = sortClasses(names);
  const rounds = trees[0].length;
  const odd = trees.findIndex((own) => own.length !== rounds);
  if (odd >= 0) {
    throw new ModelFileError(
      `the first class has ${rounds} trees, class ${odd} (from 0) ${trees[odd].length}; all must have as many`,
    );
  }
  // The one margin of two classes speaks for the second in the order of the file, here for the second in that of the names.
  const sign = trees.length === 1 && place[1] === 0 ? -1 : 1;
  const order = trees.length === 1 ? [0] : place.map((_, c) => place.indexOf(c));
  const builder = new ForestBuilder(columns, 1);
  const startsApart = trees.length === 1 ? base[0] !== 0 : base.some((margin) => margin !== base[0]);
  let t = 0;
  if (startsApart) for (const output of order) builder.add(constantTree(sign * base[output]), t++);
  for (let round = 0; round < rounds; round++) {
    for (const output of order) builder.add(scaledTree(trees[output][round], sign), t++);
  }
  const forest = builder.forest();
  const nEstimators = t / order.length;
  return GradientBoostingClassifier.load({
    kind: GradientBoostingClassifier.kind,
    config: { options: { nEstimators }, classes, columns, trees: t },
    tensors: forestTensors(forest),
  });
}

import { OptionError } from "../errors.ts";
import { RandomForestClassifier } from "./random-forest.ts";
import type { RandomForestOptions } from "./random-forest-options.ts";
import type { ModelState } from "./state.ts";
import { checkKind } from "./state-reader.ts";

/**
 * Extremely randomised trees (Geurts, Ernst and Wehenkel 2006) as scikit-learn 1.2's `ExtraTreesClassifier` builds them: at each node a threshold is
 * drawn for each of `maxFeatures` columns, uniformly between the column's ends in the node, and the best of them is taken. The options are
 * those of a random forest, but `bootstrap` is off when left out.
 *
 * @example
 * const trees = new ExtraTreesClassifier({ nEstimators: 50, seed: 1 });
 * trees.fit(matrixFromRows([[0], [1], [2], [3]]), ["low", "low", "high", "high"]);
 * trees.predictProba(matrixFromRows([[0.2]])).data; // mostly low: columns are high, low
 */
export class ExtraTreesClassifier extends RandomForestClassifier {
  static override readonly kind = "extra-trees";
  override readonly kind = ExtraTreesClassifier.kind;
  protected override readonly drawsThresholds = true;

  /** @throws {OptionError} for an option that is unknown or out of range. */
  constructor(options: RandomForestOptions = {}) {
    super({ bootstrap: false, ...options });
    if (this.options.splitter !== "best") {
      throw new OptionError("extra-trees draw their thresholds: the splitter histogram is for random forests");
    }
  }

  /** The trees that `save` wrote. @throws {ModelFileError} when a part is missing, out of range or does not fit the others. */
  static override load(state: ModelState): ExtraTreesClassifier {
    checkKind(state, ExtraTreesClassifier.kind);
    return RandomForestClassifier.restore(state, (options) => new ExtraTreesClassifier(options));
  }
}

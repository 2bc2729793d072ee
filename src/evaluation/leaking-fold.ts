import { Fold } from "./fold.ts";
import { stratifiedShare } from "./sampling.ts";

/**
 * The fold of the protocol `seed`, which leaks on purpose: a row may stand on both sides (copies made before the split), and
 * transformers learn from the test rows too. Nothing else may use it.
 */
export class LeakingFold extends Fold {
  override withShare(share: number, seed: number): LeakingFold {
    const train = stratifiedShare(this.train, this.labels, share, seed);
    return new LeakingFold({ name: this.name, train, test: this.test }, this.labels);
  }

  protected override rowsForFit(): Int32Array {
    const all = new Int32Array(this.train.length + this.test.length);
    all.set(this.train);
    all.set(this.test, this.train.length);
    return all;
  }

  protected override checkSides(): void {}
}

import type { Prediction } from "emovox";
import type { LiveUpdate } from "emovox/live";

/** A mean of probabilities that are told one after the other. */
class Mean {
  readonly #sums = new Map<string, number>();
  count = 0;
  #weight = 0;

  add(probabilities: Prediction["probabilities"], weight: number): void {
    for (const [name, p] of Object.entries(probabilities))
      this.#sums.set(name, (this.#sums.get(name) ?? 0) + weight * p);
    this.#weight += weight;
    this.count++;
  }

  get probabilities(): Record<string, number> {
    return Object.fromEntries([...this.#sums].map(([name, sum]) => [name, sum / this.#weight]));
  }
}

/** What was heard while listening: the utterances, weighted by their length; until the first has ended, its windows. */
export class Heard {
  readonly #windows = new Mean();
  readonly #utterances = new Mean();

  add({ whole, windowSeconds }: LiveUpdate, { probabilities }: Prediction): void {
    if (whole) this.#utterances.add(probabilities, windowSeconds);
    else this.#windows.add(probabilities, 1);
  }

  get basis(): string {
    const { count } = this.#utterances;
    if (count === 0) return `Mean of ${this.#windows.count} windows`;
    return count === 1 ? "All that was said" : `Mean of ${count} utterances`;
  }

  /** The answer over all; what `latest` rests on it rests on too. */
  overAll(latest: Prediction): Prediction {
    const { probabilities } = this.#utterances.count > 0 ? this.#utterances : this.#windows;
    const emotion = Object.keys(probabilities).reduce((a, b) => (probabilities[b] > probabilities[a] ? b : a));
    return { ...latest, emotion, probabilities };
  }
}

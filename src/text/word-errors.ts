import { OptionError } from "../errors.ts";
import type { Random } from "../random.ts";

/**
 * A transcript with the errors of a bad recogniser: every word is wrong with probability `rate`, so that the expected word error rate
 * is `rate`. Of the errors four in six replace the word, one drops it and one puts another behind it, about what is seen of
 * recognisers. Words are what stands between spaces.
 *
 * @param rate in [0, 1]
 * @param words what false words are drawn from, each with the same probability (repeat the frequent ones)
 * @example
 * corruptWords("leave me alone", 0.4, ["yes", "no"], new Random(1));
 */
export function corruptWords(text: string, rate: number, words: readonly string[], random: Random): string {
  if (!(rate >= 0 && rate <= 1)) throw new OptionError(`a word error rate must be in [0, 1], not ${rate}`);
  if (words.length === 0) throw new OptionError("there are no words to draw errors from");
  const wrong = (): string => words[random.integer(words.length)];
  return wordsOf(text)
    .flatMap((word) => {
      if (random.uniform() >= rate) return [word];
      const kind = random.integer(6);
      if (kind === 0) return [];
      return kind === 1 ? [word, wrong()] : [wrong()];
    })
    .join(" ");
}

/** What stands between spaces. */
export const wordsOf = (text: string): string[] => text.split(/\s+/u).filter((word) => word !== "");

import { ModelFileError } from "../errors.ts";
import type { Json } from "../models/state.ts";
import { tokenise } from "../text/tokenise.ts";

/** What stands where a text has ended. */
export const PADDING = 0;
/** A token that was not learnt. */
export const UNKNOWN = 1;
/** The number of the first token that was. */
const FIRST = 2;

/** What stands behind every turn of a context; no text has such a token. */
const TURN = "\n";

/** The numbers of a text's tokens for an embedding. */
export class Vocabulary {
  readonly tokens: readonly string[];
  readonly #numbers: ReadonlyMap<string, number>;

  constructor(tokens: readonly string[]) {
    this.tokens = tokens;
    this.#numbers = new Map(tokens.map((token, i) => [token, i + FIRST]));
  }

  /** Rows that an embedding of these tokens has. */
  get size(): number {
    return this.tokens.length + FIRST;
  }

  /**
   * The tokens of texts, frequent ones first, equals in ascending order.
   *
   * @param keeps whether a token that occurs `count` times is one of them
   * @param turns whether there is one for the end of a turn, so that contexts can be encoded
   */
  static of(texts: readonly string[], keeps: (token: string, count: number) => boolean, turns = false): Vocabulary {
    const counts = new Map<string, number>();
    for (const text of texts) for (const token of tokensOf(text)) counts.set(token, (counts.get(token) ?? 0) + 1);
    const kept = [...counts].filter(([token, count]) => keeps(token, count));
    kept.sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1));
    const tokens = kept.map(([token]) => token);
    return new Vocabulary(turns ? [TURN, ...tokens] : tokens);
  }

  /** The numbers of the first `most` tokens. A text without tokens is one that is not known. */
  encode(text: string, most: number): Int32Array {
    const tokens = tokensOf(text).slice(0, most);
    if (tokens.length === 0) return Int32Array.of(UNKNOWN);
    return Int32Array.from(tokens, (token) => this.#numbers.get(token) ?? UNKNOWN);
  }

  /** The numbers of the last `most` tokens of what was said before, a mark behind every turn. */
  encodeContext(turns: readonly string[], most: number): Int32Array {
    const tokens = turns.flatMap((turn) => [...tokensOf(turn), TURN]).slice(-most);
    return Int32Array.from(tokens, (token) => this.#numbers.get(token) ?? UNKNOWN);
  }

  /** The vocabulary of a saved model. @throws {ModelFileError} */
  static load(tokens: Json | undefined): Vocabulary {
    if (!Array.isArray(tokens) || !tokens.every((token) => typeof token === "string")) {
      throw new ModelFileError('the model\'s "tokens" must be a list of texts');
    }
    return new Vocabulary(tokens as string[]);
  }
}

/** Words and marks in lower case. */
const tokensOf = (text: string): string[] => tokenise(text.toLowerCase(), "word-punctuation");

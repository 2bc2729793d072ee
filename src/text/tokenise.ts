/**
 * How a text is cut into tokens.
 *
 * - `word`: runs of two or more letters, digits or underscores of any script; everything else separates. This is
 *   scikit-learn's default, `(?u)\b\w\w+\b`, with Python's `\w` (letters and numbers of every script; no combining marks).
 * - `word-punctuation`: words of one letter and more, with the apostrophes inside them (`i'm`; a typographic one becomes
 *   `'`), runs of one repeated mark or symbol (`!`, `!!!`, `...`) and single emoji. Skin tones and joiners are dropped.
 */
export type TokenPattern = "word" | "word-punctuation";

const LETTERS = String.raw`[\p{L}\p{N}_][\p{L}\p{M}\p{N}_]*`;

const PATTERNS: Record<TokenPattern, string> = {
  // A greedy run of \w is bounded by \b at both ends by itself. Category N is what Python's str.isnumeric adds to the letters.
  word: String.raw`[\p{L}\p{N}_]{2,}`,
  "word-punctuation": String.raw`${LETTERS}(?:['’]${LETTERS})*|\p{Extended_Pictographic}|(?!\p{Emoji_Modifier})([\p{P}\p{S}])\1*`,
};
/** Compiled when first used: the sets of all scripts take milliseconds, which who reads no text need not wait for. */
const compiled: { [pattern in TokenPattern]?: RegExp } = {};

/** The names that {@link tokenise} knows. */
export const TOKEN_PATTERNS = Object.keys(PATTERNS) as readonly TokenPattern[];

/**
 * The tokens of a text in their order, as they stand in it (lower-case the text before, where that is wanted).
 *
 * @example
 * tokenise("I'm so happy!!! 😂", "word"); // ["so", "happy"]
 * tokenise("I'm so happy!!! 😂", "word-punctuation"); // ["I'm", "so", "happy", "!!!", "😂"]
 */
export function tokenise(text: string, pattern: TokenPattern = "word"): string[] {
  compiled[pattern] ??= new RegExp(PATTERNS[pattern], "gu");
  const tokens = text.match(compiled[pattern]) ?? [];
  return pattern === "word" ? tokens : tokens.map((token) => token.replaceAll("’", "'"));
}

/**
 * All runs of `shortest` to `longest` neighbouring tokens, each joined by spaces: the short ones first.
 *
 * @example
 * wordNgrams(["not", "so", "bad"], [1, 2]); // ["not", "so", "bad", "not so", "so bad"]
 */
export function wordNgrams(tokens: string[], [shortest, longest]: readonly [number, number]): string[] {
  if (longest === 1) return tokens;
  const ngrams = shortest === 1 ? [...tokens] : [];
  for (let n = Math.max(shortest, 2); n <= Math.min(longest, tokens.length); n++) {
    for (let start = 0; start + n <= tokens.length; start++) {
      let ngram = tokens[start];
      for (let i = start + 1; i < start + n; i++) ngram += ` ${tokens[i]}`;
      ngrams.push(ngram);
    }
  }
  return ngrams;
}

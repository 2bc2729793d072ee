/**
 * The transcript as the seed recipe wants it: lower case, accents stripped, a space before each of `. ! ?`, every other run of
 * characters that are not letters a-z turned into one space, no space at either end. Text with no letter and no mark gives "".
 * Digits are not letters here, so "10:30" vanishes.
 *
 * Source: Sahu 2019 (arXiv 1904.06022), which takes it from the PyTorch tutorials (`unicodeToAscii`, `normalizeString`).
 *
 * @example
 * normaliseTranscript("Café?! It's 9 o'clock."); // "cafe ? ! it s o clock ."
 */
export function normaliseTranscript(text: string): string {
  return text
    .toLowerCase()
    .normalize("NFD")
    .replace(/\p{Mn}/gu, "")
    .replace(/[.!?]/g, " $&")
    .replace(/[^a-z.!?]+/g, " ")
    .trim();
}

/**
 * The text without accents, as scikit-learn's `strip_accents` does it.
 *
 * - `unicode`: compatibility decomposition (NFKD), then every character with a non-zero combining class is dropped.
 * - `ascii`: the same decomposition, then everything outside ASCII is dropped.
 *
 * @example
 * stripAccents("Ærøskøbing, naïve", "unicode"); // "Ærøskøbing, naive"
 */
export function stripAccents(text: string, form: "unicode" | "ascii"): string {
  const decomposed = text.normalize("NFKD");
  return form === "ascii"
    ? decomposed.replace(/[^\0-\x7f]/g, "")
    : decomposed.replace(/\p{M}/gu, (mark) => (isReordered(mark) ? "" : mark));
}

// JavaScript does not tell a character's canonical combining class, but normalisation sorts neighbours by it and moves no
// character of class 0. U+0334 has the lowest class in use (1) and U+0345 the highest (240): whatever has a class changes place with one of them.
function isReordered(mark: string): boolean {
  return `${mark}\u0334`.normalize("NFD") !== `${mark}\u0334` || `\u0345${mark}`.normalize("NFD") !== `\u0345${mark}`;
}

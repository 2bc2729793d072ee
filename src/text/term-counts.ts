/** How often each term stands in each document: compressed rows, term numbers ascending in each. */
export interface TermCounts {
  readonly indptr: Int32Array;
  readonly indices: Int32Array;
  readonly counts: Int32Array;
}

/**
 * Counts the terms of each document.
 *
 * @param documents one list of terms a document.
 * @param numberOf the number of a term, or undefined for one that does not count.
 */
export function countTerms(
  documents: Iterable<readonly string[]>,
  numberOf: (term: string) => number | undefined,
): TermCounts {
  const indptr = [0];
  const indices: number[] = [];
  const counts: number[] = [];
  for (const terms of documents) {
    const numbers: number[] = [];
    for (const term of terms) {
      const number = numberOf(term);
      if (number !== undefined) numbers.push(number);
    }
    const sorted = Int32Array.from(numbers).sort();
    for (let i = 0; i < sorted.length; i++) {
      if (i > 0 && sorted[i] === sorted[i - 1]) {
        counts[counts.length - 1]++;
      } else {
        indices.push(sorted[i]);
        counts.push(1);
      }
    }
    indptr.push(indices.length);
  }
  return { indptr: Int32Array.from(indptr), indices: Int32Array.from(indices), counts: Int32Array.from(counts) };
}

/**
 * Orders strings by their code points, as Python does. JavaScript's `<` orders by UTF-16 units, where the surrogates of
 * emoji and rare ideographs (0xD800 to 0xDFFF) stand before U+E000 to U+FFFF although they mean what comes after.
 */
export function byCodePoint(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const x = a.charCodeAt(i);
    const y = b.charCodeAt(i);
    if (x !== y) return codePointRank(x) - codePointRank(y);
  }
  return a.length - b.length;
}

const codePointRank = (unit: number) => (unit >= 0xd800 && unit < 0xe000 ? unit + 0x10000 : unit);

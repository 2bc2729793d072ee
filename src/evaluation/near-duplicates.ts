/** Texts that share so large a part of their words are near-duplicates. */
const SIMILARITY = 0.8;

/**
 * Which texts say nearly the same. Compared are sets of words, lower-cased, without accents and punctuation: texts are joined that are
 * equal so, or whose sets have a Jaccard similarity (shared words over all words) of at least 0.8, and whatever is joined to one of a
 * group is joined to all of it. A text without words is like no other.
 *
 * Candidates share one of their rarest words (prefix filtering; Bayardo, Ma and Srikant 2007, "Scaling Up All Pairs Similarity
 * Search"), so that tens of thousands of texts take a second.
 *
 * @returns a number for every text; equal numbers mean nearly equal texts
 * @example
 * nearDuplicates(["I am fine.", "i am fine", "Not at all"]); // [0, 0, 2]
 */
export function nearDuplicates(texts: readonly string[]): Int32Array {
  const bags = rareWordsFirst(texts.map(wordsOf));
  const joined = new DisjointSets(texts.length);
  const whole = new Map<string, number>();
  const holders = new Map<number, number[]>();
  for (const row of Int32Array.from(bags, (_, row) => row).sort((a, b) => bags[a].length - bags[b].length || a - b)) {
    const bag = bags[row];
    if (bag.length === 0) continue;
    const key = bag.join(" ");
    const twin = whole.get(key);
    if (twin !== undefined) {
      joined.join(twin, row);
      continue;
    }
    whole.set(key, row);
    // Two sets that are similar enough share a word of the first n - ceil(0.8 n) + 1 of each, in any common order.
    const prefix = bag.slice(0, bag.length - leastShared(bag.length) + 1);
    const candidates = new Set(Array.from(prefix, (word) => holders.get(word) ?? []).flat());
    for (const other of candidates) if (similar(bags[other], bag)) joined.join(other, row);
    for (const word of prefix) {
      const own = holders.get(word);
      if (own) own.push(row);
      else holders.set(word, [row]);
    }
  }
  return Int32Array.from(texts, (_, row) => joined.rootOf(row));
}

/** The words of a text, each once. */
export function wordsOf(text: string): string[] {
  const plain = text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
  return [...new Set(plain.replace(/['’]/g, "").match(/[\p{L}\p{N}]+/gu) ?? [])];
}

/** Words as numbers, in ascending order of how many texts have them, so that the first ones are the rarest. */
function rareWordsFirst(bags: readonly (readonly string[])[]): Int32Array[] {
  const frequency = new Map<string, number>();
  for (const bag of bags) for (const word of bag) frequency.set(word, (frequency.get(word) ?? 0) + 1);
  const order = [...frequency.keys()].sort((a, b) => frequency.get(a)! - frequency.get(b)! || (a < b ? -1 : 1));
  const rank = new Map(order.map((word, i) => [word, i]));
  return bags.map((bag) => Int32Array.from(bag, (word) => rank.get(word)!).sort());
}

/** A set of n words is only similar to sets with which it shares so many; the slack is for 0.8 n rounded up. */
const leastShared = (n: number): number => Math.ceil(SIMILARITY * n - 1e-9);

function similar(a: Int32Array, b: Int32Array): boolean {
  if (a.length < leastShared(b.length)) return false;
  let shared = 0;
  for (let i = 0, j = 0; i < a.length && j < b.length; ) {
    if (a[i] === b[j]) {
      shared++;
      i++;
      j++;
    } else if (a[i] < b[j]) i++;
    else j++;
  }
  return shared >= SIMILARITY * (a.length + b.length - shared) - 1e-9;
}

/** Sets that are joined pair by pair; a set is named after its smallest member. */
export class DisjointSets {
  readonly #parent: Int32Array;

  constructor(size: number) {
    this.#parent = Int32Array.from({ length: size }, (_, i) => i);
  }

  rootOf(i: number): number {
    const parent = this.#parent;
    while (parent[i] !== i) {
      parent[i] = parent[parent[i]];
      i = parent[i];
    }
    return i;
  }

  join(a: number, b: number): void {
    const [rootA, rootB] = [this.rootOf(a), this.rootOf(b)];
    this.#parent[Math.max(rootA, rootB)] = Math.min(rootA, rootB);
  }
}

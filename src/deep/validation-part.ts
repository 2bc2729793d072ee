import { Random } from "../random.ts";

/** Rows to learn from and rows to judge by. */
export interface TrainingParts {
  readonly learn: Int32Array;
  readonly judge: Int32Array;
}

/**
 * Holds rows out of training, to choose the best epoch by. With groups (speakers) whole groups are drawn until `share` is reached, and one
 * whose leaving would leave a class without examples stays; without them a share of each class is drawn.
 *
 * @param codes the class of each row
 */
export function validationPart(
  codes: ArrayLike<number>,
  groups: readonly string[] | undefined,
  share: number,
  seed: number,
): TrainingParts {
  const random = new Random(seed);
  const held = new Set<number>();
  const members = partition(groups ?? Array.from(codes, (code) => `class ${code}`));
  const left = partition(Array.from(codes, String));
  const wanted = Math.max(1, Math.round(share * codes.length));
  if (groups) {
    for (const group of random.shuffle([...members.keys()].sort())) {
      const rows = members.get(group)!;
      if (held.size > 0 && held.size + rows.length > 1.5 * wanted) continue;
      const leaves = partition(rows.map((row) => String(codes[row])));
      if ([...leaves].some(([code, own]) => left.get(code)!.length - own.length < 2)) continue;
      for (const [code, own] of leaves) left.set(code, left.get(code)!.slice(own.length));
      for (const row of rows) held.add(row);
      if (held.size >= wanted) break;
    }
  } else {
    for (const rows of members.values()) {
      const count = Math.min(rows.length - 2, Math.round(share * rows.length));
      for (const row of random.shuffle([...rows]).slice(0, Math.max(0, count))) held.add(row);
    }
  }
  const all = Int32Array.from(codes, (_, row) => row);
  return { learn: all.filter((row) => !held.has(row)), judge: all.filter((row) => held.has(row)) };
}

function partition(names: readonly string[]): Map<string, number[]> {
  const members = new Map<string, number[]>();
  names.forEach((name, row) => {
    const own = members.get(name);
    if (own) own.push(row);
    else members.set(name, [row]);
  });
  return members;
}

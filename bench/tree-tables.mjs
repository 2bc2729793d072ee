// The four tables that the forests are measured on, and the files through which programs of their own get them.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Random } from "../dist/index.js";

/** Six classes, each leaning half a standard deviation to a side of its own in every informative column. */
function synthetic(rows, columns, informative, seed) {
  const random = new Random(seed);
  const leans = Float64Array.from({ length: 6 * informative }, () => (random.uniform() < 0.5 ? -0.5 : 0.5));
  const codes = Int32Array.from({ length: rows }, () => random.integer(6));
  const data = new Float32Array(rows * columns);
  for (let i = 0; i < data.length; i++) {
    const column = i % columns;
    const lean = column < informative ? leans[codes[Math.floor(i / columns)] * informative + column] : 0;
    data[i] = random.normal() + lean;
  }
  return { rows, columns, classes: 6, data, codes };
}

/** As TF-IDF makes of texts: rows of 3 to 18 of the terms, frequent ones after Zipf and one in seven of them leaning to the row's class; else 0. */
export function words(rows, columns, random) {
  const codes = Int32Array.from({ length: rows }, () => random.integer(6));
  const data = new Float32Array(rows * columns);
  for (let row = 0; row < rows; row++) {
    const terms = new Set();
    const count = 3 + random.integer(16);
    while (terms.size < count) {
      const rank = Math.floor(columns ** random.uniform()) - 1;
      terms.add(random.uniform() < 0.15 ? (rank + 97 * codes[row]) % columns : rank);
    }
    for (const term of terms) data[row * columns + term] = (0.5 + random.uniform()) / Math.sqrt(count);
  }
  return { rows, columns, classes: 6, data, codes };
}

/** scikit-learn's `load_digits`, which the tests keep: 64 bytes of pixels, then the digit. */
function digits() {
  const bytes = readFileSync(new URL("../test/fixtures/ml/digits.bin", import.meta.url));
  const rows = bytes.length / 65;
  const data = Float32Array.from({ length: rows * 64 }, (_, i) => bytes[i + Math.floor(i / 64)]);
  const codes = Int32Array.from({ length: rows }, (_, row) => bytes[row * 65 + 64]);
  return { rows, columns: 64, classes: 10, data, codes };
}

const MAKERS = {
  narrow: () => synthetic(5500, 8, 8, 1),
  wide: () => synthetic(5500, 600, 60, 2),
  words: () => words(5500, 600, new Random(1)),
  digits,
};

/** A table by name, with `x` and `y` as the package takes them. */
export function tableOf(id) {
  const table = MAKERS[id]();
  const { rows, columns, data, codes } = table;
  return { id, ...table, x: { kind: "dense", rows, columns, data }, y: Array.from(codes, (code) => `c${code}`) };
}

const bytesOf = (array) => new Uint8Array(array.buffer, array.byteOffset, array.byteLength);

/**
 * Writes a table and the forest that emovox grew from it to `folder`: `ID.table` holds the rows, columns and classes (i32 each), the values
 * (float32) and the classes of the rows (i32); `ID.forest` the numbers of trees, nodes and leaf rows (i32), where each tree starts
 * (i32, trees + 1), column, right child (i32 a node), threshold (f64 a node) and the leaf rows (f64).
 */
export function writeTable(folder, table, forest) {
  const { id, rows, columns, classes, data, codes } = table;
  const { offsets, feature, right, threshold, leafValues } = forest;
  const file = (ending, parts) =>
    writeFileSync(join(folder, `${id}.${ending}`), Buffer.concat(parts.map((part) => bytesOf(part))));
  file("table", [Int32Array.of(rows, columns, classes), data, codes]);
  const sizes = Int32Array.of(offsets.length - 1, feature.length, leafValues.length / classes);
  file("forest", [sizes, offsets, feature, right, threshold, leafValues]);
}

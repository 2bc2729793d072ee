import { denseMatrix, matrixFromRows, type DenseMatrix, takeRows } from "../src/matrix.ts";
import { fixtureBytes, fixtureJson } from "./fixture.ts";
import { table } from "./random-table.ts";

/** Examples, of which every third is for testing. */
export interface Dataset {
  readonly train: DenseMatrix;
  readonly trainY: string[];
  readonly test: DenseMatrix;
  readonly testY: string[];
}

function divide(x: DenseMatrix, y: readonly string[]): Dataset {
  const rows = Array.from(y, (_, i) => i);
  const [train, test] = [rows.filter((i) => i % 3 !== 0), rows.filter((i) => i % 3 === 0)];
  return {
    train: takeRows(x, train),
    trainY: train.map((i) => y[i]),
    test: takeRows(x, test),
    testY: test.map((i) => y[i]),
  };
}

/** scikit-learn's `load_digits` (1,797 x 64, ten classes) and `load_wine` (178 x 13, three), and a table of ours (1,500 x 8, four). */
export async function dataset(name: "digits" | "wine" | "table"): Promise<Dataset> {
  if (name === "table") {
    const { x, codes } = table(1, 1500, 8, 4, 0);
    return divide(x, Array.from(codes, String));
  }
  if (name === "wine") {
    const { X, y } = await fixtureJson("ml/wine.json");
    return divide(matrixFromRows(X), y.map(String));
  }
  const bytes = await fixtureBytes("ml/digits.bin"); // a byte a pixel, then the digit
  const rows = bytes.length / 65;
  const x = denseMatrix(rows, 64);
  for (let i = 0; i < x.data.length; i++) x.data[i] = bytes[i + Math.floor(i / 64)];
  return divide(
    x,
    Array.from({ length: rows }, (_, row) => String(bytes[row * 65 + 64])),
  );
}

import { expect, test } from "vitest";
import { DataError, ModelFileError } from "../src/errors.ts";
import { matrixFromRows, toSparse } from "../src/matrix.ts";
import { MinMaxScaler, StandardScaler } from "../src/models/scaler.ts";
import { fixtureJson } from "./fixture.ts";

// scikit-learn 1.2.1: StandardScaler().fit(X_train): mean_ and scale_
test.each(["lr_iris", "lr_a8"])("%s: mean and scale are scikit-learn's", async (name) => {
  const { X_train, scaler_mean, scaler_scale } = await fixtureJson(`ml/${name}.json`);
  const scaler = new StandardScaler().fit(matrixFromRows(X_train));
  // The rows are float32 here (6e-8 relative), float64 there; values reach 8.
  scaler_mean.forEach((mean: number, c: number) => {
    expect(Math.abs(scaler.mean[c] - mean)).toBeLessThan(1e-7);
    expect(Math.abs(scaler.scale[c] / scaler_scale[c] - 1)).toBeLessThan(1e-7);
  });
});

test("columns come out with mean 0 and deviation 1, or from 0 to 1", () => {
  const x = matrixFromRows([
    [1, -5],
    [2, 5],
    [3, 0],
    [6, 4],
  ]);
  const standard = new StandardScaler().fit(x).transform(x);
  for (let c = 0; c < 2; c++) {
    const column = [0, 1, 2, 3].map((r) => standard.data[r * 2 + c]);
    expect(column.reduce((a, b) => a + b) / 4).toBeCloseTo(0, 6);
    expect(column.reduce((a, b) => a + b * b, 0) / 4).toBeCloseTo(1, 6);
  }
  const scaler = new MinMaxScaler().fit(x);
  expect([...scaler.transform(x).data]).toEqual([0, 0, 0.2, 1, 0.4, 0.5, 1, 0.9].map(Math.fround));
  expect([...scaler.transform(matrixFromRows([[11, -15]])).data]).toEqual([2, -1]);
});

test("a constant column comes out as 0, whatever its size", () => {
  for (const value of [0, 7, 0.1, 1e-30, -1e30]) {
    const x = matrixFromRows(Array.from({ length: 1000 }, () => [value]));
    for (const scaler of [new StandardScaler(), new MinMaxScaler()]) {
      const { data } = scaler.fit(x).transform(x);
      // The mean of a constant may be off by rounding, of the size of the value.
      for (const scaled of data) expect(Math.abs(scaled)).toBeLessThanOrEqual(1e-13 * Math.abs(value));
    }
  }
});

test("a small deviation about a large mean is kept", () => {
  const x = matrixFromRows([[16777210], [16777212], [16777214]]);
  expect(new StandardScaler().fit(x).scale[0]).toBeCloseTo(Math.sqrt(8 / 3), 9);
});

test("what is saved scales the same", () => {
  const x = matrixFromRows([
    [1, 2],
    [4, 9],
  ]);
  const standard = new StandardScaler().fit(x);
  const minMax = new MinMaxScaler().fit(x);
  expect(StandardScaler.load(standard.save()).transform(x)).toEqual(standard.transform(x));
  expect(MinMaxScaler.load(minMax.save()).transform(x)).toEqual(minMax.transform(x));
  expect(() => StandardScaler.load(minMax.save())).toThrow(ModelFileError);
  const { tensors, ...state } = standard.save();
  const scale = { ...tensors.scale, data: Float64Array.of(0, 1) };
  expect(() => StandardScaler.load({ ...state, tensors: { ...tensors, scale } })).toThrow("not above 0");
});

test("bad input is refused in one sentence", () => {
  const scaler = new StandardScaler();
  expect(() => scaler.transform(matrixFromRows([[1]]))).toThrow("call fit first");
  expect(() => scaler.fit(matrixFromRows([]))).toThrow("no rows");
  expect(() => scaler.fit(matrixFromRows([[NaN]]))).toThrow(DataError);
  expect(() => scaler.fit(toSparse(matrixFromRows([[1]])))).toThrow("dense rows");
  scaler.fit(matrixFromRows([[1], [2]]));
  expect(() => scaler.transform(matrixFromRows([[1, 2]]))).toThrow("2 columns, but the model learnt from 1");
});

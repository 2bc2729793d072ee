import * as fc from "fast-check";
import { expect, test } from "vitest";
import { growForest } from "../src/core/forest-grower.ts";
import { type DenseMatrix, type Matrix, matrixFromRows, type SparseMatrix, takeRows, toSparse } from "../src/matrix.ts";
import { RandomForestClassifier } from "../src/models/random-forest.ts";
import { Random } from "../src/random.ts";
import { faultOfTree } from "./reference-forest.ts";
import { accuracy, table, tables, textLike } from "./random-table.ts";

const treeOptions = {
  nEstimators: 1,
  maxDepth: 2147483647,
  minSamplesSplit: 2,
  minSamplesLeaf: 1,
  drawsThresholds: false,
  maxBins: null,
  bootstrap: false,
  balancedSubsample: false,
  seed: 0,
  treesPerCall: 1,
};

test("every split is the best there is, and every leaf is due (brute force)", () => {
  const rules = fc.record({
    maxDepth: fc.constantFrom(1, 3, 100),
    minSamplesSplit: fc.constantFrom(2, 7),
    minSamplesLeaf: fc.constantFrom(1, 4),
  });
  fc.assert(
    fc.property(tables, rules, fc.boolean(), (shape, growing, weighted) => {
      const { x, codes } = table(shape.seed, shape.rows, shape.columns, shape.classes, shape.levels);
      const random = new Random(shape.seed);
      const weights = Float64Array.from(codes, () => (weighted ? 0.1 + random.uniform() : 1));
      const options = { ...treeOptions, ...growing, classes: shape.classes, maxFeatures: shape.columns };
      const { forest } = growForest(x, codes, weights, options);
      expect(faultOfTree(forest, x, codes, weights, growing)).toBeNull();
    }),
    { numRuns: 150 },
  );
});

test("dense and sparse rows grow the same forest and predict the same bits", () => {
  fc.assert(
    fc.property(
      tables,
      fc.boolean(),
      fc.boolean(),
      fc.integer({ min: 1, max: 6 }),
      (shape, weighted, balanced, least) => {
        const { x, codes } = table(shape.seed, shape.rows, shape.columns, shape.classes, shape.levels);
        const random = new Random(shape.seed);
        const weights = Float64Array.from(codes, () => (weighted ? random.uniform() : 1));
        const options = {
          ...treeOptions,
          nEstimators: 5,
          bootstrap: true,
          balancedSubsample: balanced,
          minSamplesLeaf: least,
          classes: shape.classes,
          maxFeatures: 2,
          seed: shape.seed >>> 0,
        };
        const sparse = toSparse(x);
        expect(growForest(sparse, codes, weights, options)).toEqual(growForest(x, codes, weights, options));
      },
    ),
    { numRuns: 100 },
  );
});

test("small nodes of many dense columns, which are looked up by rows, are split as those of sparse rows", () => {
  const shapes = fc.record({
    seed: fc.integer(),
    rows: fc.integer({ min: 60, max: 260 }),
    columns: fc.constantFrom(15, 16, 17, 40),
    levels: fc.constantFrom(0, 5),
    kind: fc.constantFrom("best", "drawn", "regression"),
  });
  fc.assert(
    fc.property(shapes, ({ seed, rows, columns, levels, kind }) => {
      const { x, codes } = table(seed, rows, columns, 3, levels);
      const options = {
        ...treeOptions,
        nEstimators: 3,
        bootstrap: true,
        classes: kind === "regression" ? 1 : 3,
        drawsThresholds: kind === "drawn",
        maxFeatures: 4,
        seed: seed >>> 0,
      };
      const target =
        kind === "regression" ? Float64Array.from(codes, (code, row) => code + x.data[row * columns]) : codes;
      const weights = new Float64Array(rows).fill(1);
      expect(growForest(x, target, weights, options)).toEqual(growForest(toSparse(x), target, weights, options));
    }),
    { numRuns: 60 },
  );
});

test("trees of few values a row, from which the smaller child's are parted, are those of dense rows", () => {
  const shapes = fc.record({
    seed: fc.integer(),
    rows: fc.integer({ min: 40, max: 300 }),
    columns: fc.constantFrom(3, 30, 90),
    share: fc.constantFrom(0.01, 0.04, 0.12, 0.3),
    kind: fc.constantFrom("best", "drawn", "regression", "histogram"),
    bootstrap: fc.boolean(),
    growing: fc.record({
      maxDepth: fc.constantFrom(2, 9, 2147483647),
      minSamplesSplit: fc.constantFrom(2, 12),
      minSamplesLeaf: fc.constantFrom(1, 3),
      maxFeatures: fc.integer({ min: 1, max: 3 }),
    }),
  });
  fc.assert(
    fc.property(shapes, ({ seed, rows, columns, share, kind, bootstrap, growing }) => {
      const { x, codes } = textLike(seed, rows, columns, share);
      const isRegression = kind === "regression";
      const options = {
        ...treeOptions,
        ...growing,
        nEstimators: 3,
        treesPerCall: 2,
        bootstrap,
        classes: isRegression ? 1 : 3,
        drawsThresholds: kind === "drawn",
        maxBins: kind === "histogram" ? 5 : null,
        seed: seed >>> 0,
      };
      const target = isRegression ? Float64Array.from(codes, (code, row) => code + x.data[row * columns]) : codes;
      const weights = new Float64Array(rows).fill(1);
      expect(growForest(toSparse(x), target, weights, options)).toEqual(growForest(x, target, weights, options));
    }),
    { numRuns: 200 },
  );
});

test("how rows come does not matter to a forest, nor how it lays them out: few values other than 0, or many", () => {
  for (const share of [0, 0.02, 0.3]) {
    const { x, codes } = textLike(5, 120, 20, share);
    const y = Array.from(codes, (code) => `c${code}`);
    const forestOf = (rows: Matrix) => {
      const model = new RandomForestClassifier({ nEstimators: 6, seed: 3 });
      model.fit(rows, y);
      return model;
    };
    const { forest } = forestOf(x);
    expect(forestOf(toSparse(x)).forest).toEqual(forest);
    // Zeros that are stored, and zeros below zero.
    expect(forestOf({ ...everyValueStored(x), values: x.data.map((value) => value || -0) }).forest).toEqual(forest);
    const options = { ...treeOptions, nEstimators: 6, bootstrap: true, classes: 3, maxFeatures: 4, seed: 3 };
    const weights = new Float64Array(120).fill(1);
    expect(growForest(x, codes, weights, options).forest).toEqual(forest);
    expect(growForest(toSparse(x), codes, weights, options).forest).toEqual(forest);
  }
});

function everyValueStored({ rows, columns, data }: DenseMatrix): SparseMatrix {
  const indptr = Int32Array.from({ length: rows + 1 }, (_, row) => row * columns);
  const indices = Int32Array.from(data, (_, i) => i % columns);
  return { kind: "csr", rows, columns, indptr, indices, values: data };
}

const binShapes = fc.record({
  seed: fc.integer(),
  rows: fc.integer({ min: 8, max: 240 }),
  columns: fc.constantFrom(2, 5, 20),
  levels: fc.constantFrom(0, 8),
  regression: fc.boolean(),
  sparse: fc.boolean(),
  weighted: fc.constantFrom("no", "some are 0", "fractions"),
});

function binned(shape: typeof binShapes extends fc.Arbitrary<infer T> ? T : never, maxBins: number | null) {
  const { seed, rows, columns, levels, regression, weighted } = shape;
  const { x, codes } = table(seed, rows, columns, 3, levels);
  const random = new Random(seed);
  const weights = Float64Array.from(codes, (_, row) => {
    if (weighted === "no" || row < 6) return 1;
    return weighted === "fractions" ? 0.1 + random.uniform() : random.integer(3);
  });
  const options = { ...treeOptions, nEstimators: 3, bootstrap: true, maxFeatures: 2, seed: seed >>> 0 };
  const target = regression ? Float64Array.from(codes, (code, row) => code + x.data[row * columns]) : codes;
  const matrix = shape.sparse ? toSparse(x) : x;
  return { x, grown: growForest(matrix, target, weights, { ...options, classes: regression ? 1 : 3, maxBins }) };
}

test("with a bin for every value, histograms grow the exact forest to the bit", () => {
  fc.assert(
    fc.property(binShapes, (shape) => {
      expect(binned(shape, 255).grown).toEqual(binned(shape, null).grown);
    }),
    { numRuns: 150 },
  );
});

test("with few bins, dense and sparse rows grow the same forest, and thresholds lie between so many bins", () => {
  fc.assert(
    fc.property(binShapes, fc.constantFrom(2, 3, 7), (shape, maxBins) => {
      const { x, grown } = binned(shape, maxBins);
      expect(binned({ ...shape, sparse: !shape.sparse }, maxBins).grown).toEqual(grown);
      const { feature, threshold } = grown.forest;
      for (let column = 0; column < x.columns; column++) {
        // A split lies between two bins that the node has rows of, so between one of the pairs of `maxBins` bins.
        const different = new Set(threshold.filter((_, node) => feature[node] === column));
        expect(different.size).toBeLessThanOrEqual((maxBins * (maxBins - 1)) / 2);
      }
    }),
    { numRuns: 100 },
  );
});

test("drawing goes on past constant columns, in every node, until one can be split", () => {
  fc.assert(
    fc.property(tables, fc.boolean(), (shape, sparse) => {
      // Many columns that are constant at once or soon, and one that tells all rows apart.
      const { x, y } = table(shape.seed, shape.rows, 12, shape.classes, 2);
      const random = new Random(shape.seed);
      const order = random.shuffle(Array.from({ length: shape.rows }, (_, row) => row));
      for (let row = 0; row < shape.rows; row++) {
        for (let c = 2; c < 6; c++) x.data[row * 12 + c] = c - 3;
        x.data[row * 12 + 7] = order[row];
      }
      const model = new RandomForestClassifier({ nEstimators: 5, bootstrap: false, maxFeatures: 1, seed: shape.seed });
      model.fit(sparse ? toSparse(x) : x, y);
      const certain = model.predictProba(x).data.filter((p) => p === 1).length;
      expect(certain).toBe(shape.rows);
      expect(accuracy(model.predictProba(x), model.classes, y)).toBe(1);
      for (const c of [2, 3, 4, 5]) expect(model.featureImportances?.[c]).toBe(0);
    }),
    { numRuns: 60 },
  );
});

test("a column that is constant on one side of a split is still found on the other", () => {
  // Every row is one combination of six bits: to tell all apart, each branch needs every column once.
  const x = matrixFromRows(Array.from({ length: 64 }, (_, row) => [0, 1, 2, 3, 4, 5].map((bit) => (row >> bit) & 1)));
  const random = new Random(1);
  for (let seed = 0; seed < 20; seed++) {
    const y = Array.from({ length: 64 }, (_, row) => `c${row < 4 ? row % 2 : random.integer(2)}`);
    for (const rows of [x, toSparse(x)]) {
      const model = new RandomForestClassifier({ nEstimators: 5, bootstrap: false, maxFeatures: 1, seed });
      model.fit(rows, y);
      expect(model.predictProba(x).data.filter((p) => p === 1).length).toBe(64);
    }
  }
});

test("long columns are sorted by another method, with the same outcome", () => {
  const { x, codes } = table(1, 3000, 3, 3, 0);
  const weights = new Float64Array(3000).fill(1);
  const options = { ...treeOptions, classes: 3, maxFeatures: 3, maxDepth: 2 };
  const { forest } = growForest(x, codes, weights, options);
  expect(faultOfTree(forest, x, codes, weights, options)).toBeNull();
  expect(growForest(toSparse(x), codes, weights, options).forest).toEqual(forest);
  // 70,000 rows need keys of 64 bits; each row 70 times over is the same forest but for the counts.
  const index = Array.from({ length: 70000 }, (_, i) => i % 1000);
  const few = takeRows(x, index.slice(0, 1000));
  const many = takeRows(x, index);
  const fewCodes = codes.slice(0, 1000);
  const manyCodes = Uint16Array.from(index, (i) => codes[i]);
  const short = growForest(few, fewCodes, new Float64Array(1000).fill(1), options).forest;
  const repeated = { ...short, cover: short.cover?.map((count) => 70 * count) };
  expect(growForest(many, manyCodes, new Float64Array(70000).fill(1), options).forest).toEqual(repeated);
  expect(growForest(toSparse(many), manyCodes, new Float64Array(70000).fill(1), options).forest).toEqual(repeated);
});

test("how the trees are divided among calls does not matter", () => {
  const { x, codes } = table(2, 80, 4, 3, 8);
  const options = { ...treeOptions, nEstimators: 12, bootstrap: true, classes: 3, maxFeatures: 2, seed: 7 };
  const weights = new Float64Array(80).fill(1);
  const whole = growForest(x, codes, weights, { ...options, treesPerCall: 12 });
  for (const treesPerCall of [1, 5]) expect(growForest(x, codes, weights, { ...options, treesPerCall })).toEqual(whole);
});

test("without bootstrap a weight of n counts like n copies", () => {
  const { x, codes } = table(4, 60, 3, 3, 8);
  const counts = Array.from(codes, (_, i) => 1 + (i % 3));
  const index = counts.flatMap((count, i) => Array.from({ length: count }, () => i));
  const options = { ...treeOptions, classes: 3, maxFeatures: 2 };
  const weighted = growForest(x, codes, Float64Array.from(counts), options);
  const repeated = growForest(
    takeRows(x, index),
    Uint16Array.from(index, (i) => codes[i]),
    new Float64Array(index.length).fill(1),
    options,
  );
  expect(weighted).toEqual(repeated);
  // Weights that are no whole numbers take the other path through the arithmetic.
  const thirds = growForest(
    x,
    codes,
    Float64Array.from(counts, (count) => count / 3),
    options,
  );
  expect(thirds.forest.feature).toEqual(weighted.forest.feature);
  expect(thirds.forest.threshold).toEqual(weighted.forest.threshold);
});

const growTree = (x: Matrix, codes: number[]) =>
  growForest(x, Uint16Array.from(codes), new Float64Array(codes.length).fill(1), {
    ...treeOptions,
    classes: 2,
    maxFeatures: 1,
  }).forest;

test("values closer than 1e-7 count as equal, and thresholds stay below the right neighbour", () => {
  const near = matrixFromRows([[0], [5e-8], [1e-7], [1.5e-7]]);
  expect([...growTree(near, [0, 0, 1, 1]).feature]).toEqual([-1]); // neighbours are close, all along
  const huge = matrixFromRows([[-3e38], [-3e38], [3e38], [3e38]]);
  expect(growTree(huge, [0, 0, 1, 1]).threshold[0]).toBe(0);
  const signedZero = matrixFromRows([[-0], [0], [1], [1]]);
  expect(growTree(signedZero, [0, 0, 1, 1]).threshold[0]).toBe(0.5);
  expect(growTree(signedZero, [0, 1, 1, 1]).feature.length).toBe(3); // -0 and 0 are not parted
});

import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { float16Bits, float16Value } from "../src/core/float16.ts";
import type { Forest } from "../src/core/forest.ts";
import { ModelFileError, OptionError } from "../src/errors.ts";
import type { Matrix } from "../src/matrix.ts";
import { CalibratedClassifier } from "../src/models/calibrated-classifier.ts";
import { compactLeaves } from "../src/models/compact-leaves.ts";
import { ExtraTreesClassifier } from "../src/models/extra-trees.ts";
import { GradientBoostingClassifier } from "../src/models/gradient-boosting.ts";
import { loadClassifier } from "../src/models/load-classifier.ts";
import { LogisticRegression } from "../src/models/logistic-regression.ts";
import { loadModel, saveModel } from "../src/models/model-file.ts";
import { RandomForestClassifier } from "../src/models/random-forest.ts";
import { RandomForestRegressor } from "../src/models/random-forest-regressor.ts";
import type { ModelState } from "../src/models/state.ts";
import { VotedForest } from "../src/models/voted-forest.ts";
import { VotingClassifier } from "../src/models/voting-classifier.ts";
import { createExtractor } from "../src/features/extractor.ts";
import { StandardScaler } from "../src/models/scaler.ts";
import { Recognizer } from "../src/recognizer.ts";
import { table, tables } from "./random-table.ts";

describe("halves", () => {
  test("every half is read and written again", () => {
    for (let bits = 0; bits < 65536; bits++) {
      const isNaN = (bits & 0x7c00) === 0x7c00 && (bits & 1023) > 0;
      if (isNaN) expect(float16Value(bits)).toBeNaN();
      else expect(float16Bits(float16Value(bits))).toBe(bits);
    }
  });

  // numpy 1.24: int(np.float16(v).view(np.uint16))
  test.each([
    [0.1, 11878],
    [1 / 3, 13653],
    [2049, 26624],
    [2051, 26626],
    [65519.9, 31743],
    [65520, 31744],
    [5.96e-8, 1],
    [2.98e-8, 0],
    [2 ** -25, 0],
    [6.1e-5, 1023],
    [-0.7, 47514],
    [1e-9, 0],
    [Number.NaN, 0x7e00],
    [-Infinity, 0xfc00],
  ])("%d is what numpy makes of it", (value, bits) => {
    expect(float16Bits(value)).toBe(bits);
  });
});

const BOUNDS = { f16: 0.001, u8: 1 / 255 } as const;
const formats = ["f16", "u8"] as const;

/** The largest difference of the classifier's probabilities from those of its compact form, whose rows must sum to 1. */
async function changeOf(state: ModelState, x: Matrix, leaves: "f16" | "u8"): Promise<number> {
  const own = await loadClassifier(state).predictProba(x);
  const compact = await loadClassifier(loadModel(saveModel(state, { leaves }))).predictProba(x);
  for (let row = 0; row < x.rows; row++) {
    const sum = compact.data.subarray(row * own.columns, (row + 1) * own.columns).reduce((a, b) => a + b, 0);
    expect(sum).toBeCloseTo(1, 12);
  }
  return own.data.reduce((most, value, i) => Math.max(most, Math.abs(value - compact.data[i])), 0);
}

test("probabilities of compact forests sum to 1 and change by less than the bound", async () => {
  await fc.assert(
    fc.asyncProperty(
      tables,
      fc.integer({ min: 1, max: 6 }),
      fc.constantFrom(...formats),
      async (shape, leaf, format) => {
        const { x, y } = table(shape.seed, shape.rows, shape.columns, shape.classes, shape.levels);
        for (const Forest of [RandomForestClassifier, ExtraTreesClassifier]) {
          const forest = new Forest({ nEstimators: 7, minSamplesLeaf: leaf, seed: shape.seed });
          forest.fit(x, y);
          expect(await changeOf(forest.save(), x, format)).toBeLessThan(BOUNDS[format]);
        }
      },
    ),
    { numRuns: 50 },
  );
});

const sample = table(5, 300, 4, 3, 0);
const forest = new RandomForestClassifier({ nEstimators: 20, minSamplesLeaf: 9 });
forest.fit(sample.x, sample.y);
// Weights that are no multiples of each other make shares that no counts have.
const uneven = (length: number) => Float64Array.from({ length }, (_, i) => Math.sqrt(i + 2));
const weighted = new RandomForestClassifier({ nEstimators: 5, minSamplesLeaf: 9 });
weighted.fit(sample.x, sample.y, { sampleWeight: uneven(300) });
const boosted = new GradientBoostingClassifier({ nEstimators: 8 });
boosted.fit(sample.x, sample.y);

test("shares are stored as counts where these give the same bits, else in float32 or float64", () => {
  const dtype = (model: RandomForestClassifier) => model.save().tensors.leafValues.dtype;
  const same = (model: RandomForestClassifier) => {
    const loaded = RandomForestClassifier.load(loadModel(saveModel(model.save())));
    const used = (other: RandomForestClassifier) =>
      other.forest?.feature.reduce<number[]>((all, column, node) => {
        const { right, leafValues, classes } = other.forest as Forest;
        if (column < 0) all.push(...leafValues.subarray(right[node] * classes, (right[node] + 1) * classes));
        return all;
      }, []);
    expect(used(loaded)).toEqual(used(model));
  };
  expect(dtype(forest)).toBe("U8");
  same(forest);
  const stump = new RandomForestClassifier({ nEstimators: 3, maxDepth: 1 });
  const many = table(6, 3000, 3, 2, 0);
  stump.fit(many.x, many.y);
  expect(dtype(stump)).toBe("U16");
  same(stump);
  expect(dtype(weighted)).toBe("F64");
  same(weighted);
  const { forest: grown } = stump;
  if (!grown) throw new Error("no forest");
  const leafValues = Float64Array.from(grown.leafValues, (_, i) => (i % 2 ? 1 - Math.fround(0.3) : Math.fround(0.3)));
  const single = RandomForestClassifier.fromForest({ ...grown, leafValues }, stump.classes);
  expect(dtype(single)).toBe("F32");
  same(single);
});

test("leaves that take no more in full stay as they are", () => {
  const pure = new RandomForestClassifier({ nEstimators: 5 });
  pure.fit(sample.x, sample.y);
  for (const format of formats) {
    expect(compactLeaves(pure.save(), format).largestChange).toBe(0);
    expect(saveModel(pure.save(), { leaves: format })).toEqual(saveModel(pure.save()));
  }
});

test("leaves that become alike are stored once, and what was stored in a byte is so again without a change", () => {
  const full = saveModel(weighted.save());
  const bytes = saveModel(weighted.save(), { leaves: "u8" });
  const { leafValues } = loadModel(bytes).tensors;
  expect(leafValues.dtype).toBe("U8");
  expect(leafValues.shape[0]).toBeLessThan(loadModel(full).tensors.leafValues.shape[0]);
  expect(bytes.length).toBeLessThan(full.length);
  const loaded = loadClassifier(loadModel(bytes));
  const again = loadClassifier(loadModel(saveModel(loaded.save(), { leaves: "u8" })));
  expect(again.predictProba(sample.x)).toEqual(loaded.predictProba(sample.x));
  expect(saveModel(loaded.save()).length).toBeLessThanOrEqual(bytes.length);
});

test.each(formats)("boosted margins change by at most the rounds times the change of a leaf (%s)", (format) => {
  const { state, largestChange, largestMarginChange } = compactLeaves(boosted.save(), format);
  expect(largestMarginChange).toBe(8 * largestChange);
  expect(compactLeaves(weighted.save(), format).largestMarginChange).toBe(0);
  const own = boosted.margins(sample.x);
  const compact = GradientBoostingClassifier.load(loadModel(saveModel(state))).margins(sample.x);
  const change = own.reduce((most, value, i) => Math.max(most, Math.abs(value - compact[i])), 0);
  expect(change).toBeGreaterThan(0);
  expect(change).toBeLessThanOrEqual(largestMarginChange * (1 + 1e-12));
  const values = boosted.forest?.leafValues ?? new Float64Array(0);
  const range = Math.max(...values) - Math.min(...values);
  expect(largestChange).toBeLessThanOrEqual((format === "u8" ? range / 510 : 2 ** -11) * (1 + 1e-12));
});

test("regression: a step between the lowest and the highest leaf, or half precision", () => {
  const targets = Float64Array.from(sample.codes, (code, i) => 40 + 3 * code + (i % 7) / 10);
  const model = new RandomForestRegressor({ nEstimators: 5, minSamplesLeaf: 3 });
  model.fit(sample.x, targets);
  const own = model.predict(sample.x);
  for (const [format, bound] of [
    ["u8", 7 / 510],
    ["f16", 1 / 64],
  ] as const) {
    const compact = RandomForestRegressor.load(loadModel(saveModel(model.save(), { leaves: format })));
    const change = compact.predict(sample.x).reduce((most, v, i) => Math.max(most, Math.abs(v - own[i])), 0);
    expect(change).toBeGreaterThan(0);
    expect(change).toBeLessThanOrEqual(bound);
  }
  const alike = new RandomForestRegressor({ nEstimators: 2 });
  alike.fit(sample.x, new Float64Array(300).fill(1e6 + 0.1));
  expect(RandomForestRegressor.load(loadModel(saveModel(alike.save(), { leaves: "u8" }))).predict(sample.x)[0]).toBe(
    1e6 + 0.1,
  );
  expect(() => saveModel(alike.save(), { leaves: "f16" })).toThrow("f16, which ends at 65504");
});

test("the trees of ensembles, of calibrated classifiers and of recognisers are stored so, too", async () => {
  const voting = new VotingClassifier({ rf: new RandomForestClassifier({ nEstimators: 5, maxDepth: 3 }), gb: boosted });
  await voting.fit(sample.x, sample.y);
  const calibrated = new CalibratedClassifier(voting, { folds: 2 });
  await calibrated.fit(sample.x, sample.y);
  const { tensors } = loadModel(saveModel(calibrated.save(), { leaves: "u8" }));
  const dtypes = Object.entries(tensors).flatMap(([name, { dtype }]) => (name.endsWith("leafValues") ? [dtype] : []));
  expect(dtypes).toEqual(["U8", "U8"]);
  expect(await changeOf(calibrated.save(), sample.x, "u8")).toBeLessThan(0.02);

  const extractor = createExtractor({ preset: "sahu2019", level: "utterance", sampleRate: 16000 });
  const features = table(8, 60, extractor.names.length, 3, 0);
  const classifier = new RandomForestClassifier({ nEstimators: 5, maxDepth: 3 });
  classifier.fit(features.x, features.y, { sampleWeight: uneven(60) });
  const scaler = new StandardScaler().fit(features.x);
  const recognizer = new Recognizer({ audio: { extractor, scaler, classifier, temperature: 1 } });
  const compact = Recognizer.load(recognizer.save({ leaves: "u8" }));
  const samples = Float32Array.from({ length: 16000 }, (_, i) => ((i * 7919) % 200) / 400 - 0.25);
  const own = (await recognizer.predict({ samples, sampleRate: 16000 })).probabilities;
  const other = (await compact.predict({ samples, sampleRate: 16000 })).probabilities;
  for (const name of recognizer.classes) expect(Math.abs(own[name] - other[name])).toBeLessThan(1 / 255);
  expect(recognizer.save({ leaves: "u8" }).length).toBeLessThan(recognizer.save().length);
});

test("what cannot be stored so is refused in one sentence", () => {
  const save = (state: ModelState, leaves: string) => () => saveModel(state, { leaves: leaves as "u8" });
  expect(save(forest.save(), "i4")).toThrow('leaves is "i4"; it must be f16 or u8');
  expect(save(forest.save(), "i4")).toThrow(OptionError);
  const linear = new LogisticRegression();
  linear.fit(sample.x, sample.y);
  expect(save(linear.save(), "u8")).toThrow("has no trees");
  const { forest: grown } = boosted;
  if (!grown) throw new Error("no forest");
  const votes = new Float64Array(grown.leafValues.length);
  const voted = new VotedForest({ ...grown, leafValues: votes }, ["a", "b"]);
  expect(save(voted.save(), "u8")).toThrow("has no trees");
  const state = forest.save();
  const { shape } = state.tensors.leafValues;
  const halved = { dtype: "F64" as const, shape, data: new Float64Array(3 * shape[0]).fill(0.5) };
  expect(save({ ...state, tensors: { ...state.tensors, leafValues: halved } }, "u8")).toThrow("sum to 1.5, not 1");
});

test("a file is of the oldest format that can hold it, and files of format 1 are read", () => {
  const version = (bytes: Uint8Array) => /"formatVersion":"(\d)"/.exec(new TextDecoder("latin1").decode(bytes))?.[1];
  const wide = table(1, 30, 200, 2, 0);
  const many = new RandomForestClassifier({ nEstimators: 3, minSamplesLeaf: 5 });
  many.fit(wide.x, wide.y, { sampleWeight: uneven(30) });
  expect(version(saveModel(many.save()))).toBe("1");
  expect(version(saveModel(many.save(), { leaves: "f16" }))).toBe("2");
  const state = forest.save();
  expect(version(saveModel(state))).toBe("2");
  const { feature } = state.tensors;
  // What format 1 had: two bytes a column, leaves in float64.
  const { columns, leafValues } = forest.forest as Forest;
  expect(columns).toBe(4);
  const old = saveModel({
    ...state,
    tensors: {
      ...state.tensors,
      feature: { dtype: "I16", shape: feature.shape, data: Int16Array.from(feature.data) },
      leafValues: { dtype: "F64", shape: [leafValues.length / 3, 3], data: leafValues },
    },
  });
  expect(version(old)).toBe("1");
  expect(loadClassifier(loadModel(old)).predictProba(sample.x)).toEqual(forest.predictProba(sample.x));
});

test.each([128, 129, 32768, 32769])("columns up to the last of %d are kept", (columns) => {
  const state = new RandomForestClassifier({ nEstimators: 1 });
  const last = Float32Array.of(0, 1, 0, 1);
  const x: Matrix = {
    kind: "csr",
    rows: 4,
    columns,
    indptr: Int32Array.of(0, 1, 2, 3, 4),
    indices: new Int32Array(4).fill(columns - 1),
    values: last,
  };
  state.fit(x, ["a", "b", "a", "b"]);
  const loaded = RandomForestClassifier.load(loadModel(saveModel(state.save())));
  expect(loaded.forest?.feature[0]).toBe(columns - 1);
});

test("damaged compact leaves are refused before anything is run", () => {
  const damage = (state: ModelState, name: string, change: (data: number[]) => void) => () => {
    const tensor = state.tensors[name];
    const numbers = [...tensor.data];
    change(numbers);
    const data = tensor.data.constructor as Float64ArrayConstructor;
    return loadClassifier({ ...state, tensors: { ...state.tensors, [name]: { ...tensor, data: data.from(numbers) } } });
  };
  const compact = (model: { save(): ModelState }, leaves: "f16" | "u8") => compactLeaves(model.save(), leaves).state;
  const refused = (attempt: () => unknown, message: string) => {
    expect(attempt).toThrow(message);
    expect(attempt).toThrow(ModelFileError);
  };
  const u8 = compact(forest, "u8");
  expect(() => loadClassifier(u8)).not.toThrow();
  refused(
    damage(u8, "leafValues", (data) => data.fill(0)),
    "sum to 0",
  );
  refused(
    damage(u8, "leaf", (data) => void (data[0] = 255)),
    "a leaf points to row 255",
  );
  const f16 = compact(weighted, "f16");
  refused(
    damage(f16, "leafValues", (data) => void (data[0] = 0x7c00)),
    "no number",
  );
  refused(
    damage(f16, "leafValues", (data) => void (data[0] = 0xbc00)),
    "no probability",
  );
  refused(
    damage(f16, "leafValues", (data) => data.fill(0)),
    "sum to 0",
  );
  const steps = compact(boosted, "u8");
  refused(
    damage(steps, "leafScale", (data) => void (data[1] = -1)),
    "steps of -1",
  );
  refused(
    damage(steps, "leafScale", (data) => void (data[0] = Number.NaN)),
    "leafScale",
  );
  const { leafScale: _, ...rest } = steps.tensors;
  refused(() => loadClassifier({ ...steps, tensors: rest }), 'lacks the tensor "leafScale"');
});

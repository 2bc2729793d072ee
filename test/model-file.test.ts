import * as fc from "fast-check";
import { expect, test } from "vitest";
import { ModelFileError } from "../src/errors.ts";
import { matrixFromRows } from "../src/matrix.ts";
import { LinearSVC } from "../src/models/linear-svc.ts";
import { loadClassifier } from "../src/models/load-classifier.ts";
import { LogisticRegression } from "../src/models/logistic-regression.ts";
import { loadModel, saveModel } from "../src/models/model-file.ts";
import { hasPart, joinStates, partOf } from "../src/models/nested-state.ts";
import { RandomForestClassifier } from "../src/models/random-forest.ts";
import { readSafetensors, writeSafetensors } from "../src/models/safetensors.ts";
import { loadScaler, MinMaxScaler, StandardScaler } from "../src/models/scaler.ts";
import type { Tensor } from "../src/models/state.ts";

const arrays = {
  F64: Float64Array,
  F32: Float32Array,
  F16: Uint16Array,
  I32: Int32Array,
  U32: Uint32Array,
  I16: Int16Array,
  U16: Uint16Array,
  I8: Int8Array,
  U8: Uint8Array,
};

const tensor: fc.Arbitrary<Tensor> = fc
  .tuple(
    fc.constantFrom(...(Object.keys(arrays) as Tensor["dtype"][])),
    fc.array(fc.nat(4), { maxLength: 3 }),
    fc.infiniteStream(fc.integer()),
  )
  .map(([dtype, shape, numbers]) => {
    const length = shape.reduce((a, b) => a * b, 1);
    return { dtype, shape, data: arrays[dtype].from(Array.from({ length }, () => numbers.next().value as number)) };
  });
const name = fc.string().filter((text) => text !== "__metadata__");
const files = fc.record({ tensors: fc.dictionary(name, tensor), metadata: fc.dictionary(fc.string(), fc.string()) });

test("what is written is read again, and written to the same bytes", () => {
  fc.assert(
    fc.property(files, (file) => {
      const bytes = writeSafetensors(file);
      const read = readSafetensors(bytes);
      expect({ ...read.metadata }).toEqual({ ...file.metadata });
      expect(Object.keys(read.tensors).sort()).toEqual(Object.keys(file.tensors).sort());
      for (const [key, value] of Object.entries(file.tensors)) expect(read.tensors[key]).toEqual(value);
      expect(writeSafetensors(file)).toEqual(bytes);
    }),
  );
});

// Python's safetensors 0.8: save({"b": np.array([1, 2, 3], np.uint8), "a": np.array([[1.5, -2]], np.float32)}, {"k": "v"}) gives these very bytes:
// wide elements first, header padded with spaces to a multiple of 8
test("the bytes are those of the format", () => {
  const bytes = writeSafetensors({
    tensors: {
      b: { dtype: "U8", shape: [3], data: Uint8Array.of(1, 2, 3) },
      a: { dtype: "F32", shape: [1, 2], data: Float32Array.of(1.5, -2) },
    },
    metadata: { k: "v" },
  });
  const header =
    '{"__metadata__":{"k":"v"},"a":{"dtype":"F32","shape":[1,2],"data_offsets":[0,8]},"b":{"dtype":"U8","shape":[3],"data_offsets":[8,11]}}';
  const padded = Math.ceil(header.length / 8) * 8;
  expect([...bytes.subarray(0, 8)]).toEqual([padded, 0, 0, 0, 0, 0, 0, 0]);
  expect(new TextDecoder().decode(bytes.subarray(8, 8 + padded))).toBe(header.padEnd(padded));
  expect([...bytes.subarray(8 + padded)]).toEqual([0, 0, 0xc0, 0x3f, 0, 0, 0, 0xc0, 1, 2, 3]);
});

function fileOf(header: string, data = new Uint8Array(8)): Uint8Array {
  const json = new TextEncoder().encode(header);
  const bytes = new Uint8Array(8 + json.length + data.length);
  new DataView(bytes.buffer).setUint32(0, json.length, true);
  bytes.set(json, 8);
  bytes.set(data, 8 + json.length);
  return bytes;
}

const entry = (from: number, to: number, shape = [(to - from) / 4], dtype = "F32") =>
  JSON.stringify({ dtype, shape, data_offsets: [from, to] });

test.each([
  ["nothing", new Uint8Array(), "is cut"],
  ["half a length", new Uint8Array(5), "is cut"],
  ["an absurd header", new Uint8Array(16).fill(255), "header would be"],
  ["a header cut short", fileOf("{}", new Uint8Array()).subarray(0, 9), "is cut"],
  ["a header that is no JSON", fileOf("{]"), "not JSON"],
  ["a header that is no UTF-8", Uint8Array.of(1, 0, 0, 0, 0, 0, 0, 0, 255), "not JSON"],
  ["a header that is a list", fileOf("[]"), "not a JSON object"],
  ["a deep header", fileOf(`{"a":${"[".repeat(5000)}${"]".repeat(5000)}}`), "not a model file"],
  ["metadata of numbers", fileOf('{"__metadata__":{"a":1}}'), "must be texts"],
  ["a tensor that is a number", fileOf('{"a":1}'), "described by no object"],
  ["an unknown element type", fileOf(`{"a":${entry(0, 8, [2], "BF64")}}`), "unknown type"],
  ["an inherited element type", fileOf(`{"a":${entry(0, 8, [2], "constructor")}}`), "unknown type"],
  ["a negative shape", fileOf(`{"a":${entry(0, 8, [-2])}}`), "no sound shape"],
  ["offsets that run backwards", fileOf(`{"a":${entry(8, 0, [2])}}`), "data_offsets"],
  ["a tensor past the end", fileOf(`{"a":${entry(0, 16)}}`), "is cut"],
  ["a size that does not fit", fileOf(`{"a":${entry(0, 8, [3])}}`), "which is not 3 of F32"],
  ["an overlap", fileOf(`{"a":${entry(0, 8)},"b":${entry(4, 8)}}`), "overlaps"],
  ["a gap", fileOf(`{"a":${entry(4, 8)}}`), "belong to none"],
  ["bytes at the end", fileOf(`{"a":${entry(0, 4)}}`), "4 bytes after"],
  ["a name twice", fileOf(`{"a":${entry(0, 8)},"a":${entry(0, 8)}}`), "same name"],
])("%s is refused", (_, bytes, message) => {
  expect(() => readSafetensors(bytes)).toThrow(message);
  expect(() => readSafetensors(bytes)).toThrow(ModelFileError);
});

const x = matrixFromRows([
  [0, 1],
  [1, 0],
  [2, 5],
  [3, 3],
  [4, 1],
  [5, 0],
]);
const y = ["a", "a", "b", "b", "c", "c"];

function models() {
  const forest = new RandomForestClassifier({ nEstimators: 3 });
  const regression = new LogisticRegression();
  forest.fit(x, y);
  regression.fit(x, y);
  return [forest, regression];
}

test("every classifier comes back from its file with the same answers", () => {
  for (const model of models()) {
    const bytes = saveModel(model.save());
    const loaded = loadClassifier(loadModel(bytes));
    expect(loaded.kind).toBe(model.kind);
    expect(loaded.classes).toEqual(model.classes);
    expect(loaded.predictProba(x)).toEqual(model.predictProba(x));
    expect(saveModel(loaded.save())).toEqual(bytes);
  }
});

test("a part of a longer buffer is read as well", () => {
  const [forest] = models();
  const bytes = saveModel(forest.save());
  const longer = new Uint8Array(bytes.length + 7);
  longer.set(bytes, 3);
  const loaded = loadClassifier(loadModel(longer.subarray(3, 3 + bytes.length)));
  expect(loaded.predictProba(x)).toEqual(forest.predictProba(x));
});

test("files of other formats, newer versions and unknown kinds are refused", () => {
  const metadata = { format: "emovox", formatVersion: "1", kind: "k", config: "{}" };
  const load = (changed: object) => () =>
    loadModel(writeSafetensors({ tensors: {}, metadata: { ...metadata, ...changed } }));
  expect(load({})()).toEqual({ kind: "k", config: {}, tensors: {} });
  expect(load({ format: "pt" })).toThrow("no model of emovox");
  expect(load({ formatVersion: "3" })).toThrow("written by a newer version");
  expect(load({ formatVersion: "x" })).toThrow("format version");
  expect(load({ kind: "" })).toThrow("what kind");
  expect(load({ config: "{" })).toThrow("not JSON");
  expect(load({ config: "[]" })).toThrow("not a JSON object");
  expect(() => loadClassifier(load({ kind: "toString" })())).toThrow('unknown kind "toString"');
});

test("a file that was damaged anywhere is read, or refused with a ModelFileError, and never anything else", () => {
  const originals = models().map((model) => saveModel(model.save()));
  const damage = fc.record({
    which: fc.nat(originals.length - 1),
    changes: fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 8 }),
    keep: fc.double({ min: 0, max: 1, noNaN: true }),
    cut: fc.boolean(),
  });
  fc.assert(
    fc.property(damage, ({ which, changes, keep, cut }) => {
      const bytes = originals[which].slice();
      for (const [at, value] of changes) bytes[at % bytes.length] = value;
      try {
        const model = loadClassifier(loadModel(cut ? bytes.subarray(0, Math.floor(keep * bytes.length)) : bytes));
        model.predictProba(x);
      } catch (error) {
        // A model that learnt from another number of columns is sound, but not for these rows.
        if (!(error instanceof Error && /ModelFileError|DataError/.test(error.name))) throw error;
      }
    }),
    { numRuns: 3000 },
  );
});

test("a state holds others under names", () => {
  const [forest] = models();
  const scaler = new StandardScaler().fit(x);
  const joined = joinStates("recognizer", { rate: 16000 }, { classifier: forest.save(), scaler: scaler.save() });
  const state = loadModel(saveModel(joined));
  expect(state.config.rate).toBe(16000);
  expect(Object.keys(state.tensors)).toContain("classifier.feature");
  expect(hasPart(state, "scaler")).toBe(true);
  expect(hasPart(state, "text")).toBe(false);
  expect(loadClassifier(partOf(state, "classifier")).predictProba(x)).toEqual(forest.predictProba(x));
  expect(loadScaler(partOf(state, "scaler")).transform(x)).toEqual(scaler.transform(x));
  expect(() => partOf(state, "text")).toThrow('no part "text"');
  const nested = joinStates("outer", {}, { inner: state });
  expect(partOf(partOf(nested, "inner"), "scaler").tensors).toEqual(scaler.save().tensors);
  expect(loadScaler(new MinMaxScaler().fit(x).save())).toBeInstanceOf(MinMaxScaler);
});

test("a header with a text of megabytes, escapes in it, is read", () => {
  const text = '"\\'.repeat(3_000_000);
  expect(readSafetensors(writeSafetensors({ tensors: {}, metadata: { text } })).metadata.text).toBe(text);
});

test("absurd sizes are refused: weights, columns and temperatures that would leave float64 or memory", () => {
  const linear = new LogisticRegression({ coefBits: 8 });
  const x = matrixFromRows([[0], [1], [2], [3]]);
  const y = ["low", "low", "high", "high"];
  linear.fit(x, y);
  const state = linear.save();
  for (const value of [1e201, -1e306, Infinity, Number.NaN]) {
    const scale = { ...state.tensors.scale, data: Float64Array.of(value, 1) } as Tensor;
    expect(() => loadClassifier({ ...state, tensors: { ...state.tensors, scale } })).toThrow(ModelFileError);
  }
  const forest = new RandomForestClassifier({ nEstimators: 1 });
  forest.fit(x, y);
  const wide = forest.save();
  expect(() => loadClassifier({ ...wide, config: { ...wide.config, columns: 2147483647 } })).toThrow("too many");
  const machine = new LinearSVC();
  machine.fit(x, y);
  const saved = machine.save();
  for (const temperature of [1e-320, 0, 1e7]) {
    const config = { ...saved.config, calibrator: { method: "temperature", temperature } };
    expect(() => loadClassifier({ ...saved, config })).toThrow("calibration is not sound");
  }
  const sigmoids = [{ slope: 1e300, offset: 0 }];
  const config = { ...saved.config, calibrator: { method: "sigmoid", sigmoids } };
  expect(() => loadClassifier({ ...saved, config })).toThrow("calibration is not sound");
});

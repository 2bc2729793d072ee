// Who grows and runs the forests of bench/trees.mjs. Each peer's `works` are named as those of peers/child.mjs are: KIND-TABLE.
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { loadClassifier, loadModel, RandomForestClassifier, saveModel, version } from "../../dist/index.js";
import { modelToOnnx } from "../../dist/interchange.js";
import { startChild } from "./child.mjs";

export const TREES = 100;
const require = createRequire(import.meta.url);
const here = (file) => fileURLToPath(new URL(`../${file}`, import.meta.url));
const versionOf = (name) => JSON.parse(readFileSync(here(`node_modules/${name}/package.json`), "utf8")).version;
const seconds = async (work) => {
  const start = performance.now();
  await work();
  return (performance.now() - start) / 1000;
};

export const grow = ({ x, y }, options = {}) => {
  const forest = new RandomForestClassifier({ nEstimators: TREES, seed: 1, ...options });
  forest.fit(x, y);
  return forest;
};

/** The table's rows, one matrix each. */
const rowsOf = ({ rows, columns, data }) =>
  Array.from({ length: rows }, (_, row) => ({
    kind: "dense",
    rows: 1,
    columns,
    data: data.slice(row * columns, (row + 1) * columns),
  }));

/** A peer that lives in this process: `make` turns a table into works by kind. */
async function inProcess(tables, version, make) {
  const works = {};
  for (const table of tables) {
    for (const [kind, work] of Object.entries(await make(table))) works[`${kind}-${table.id}`] = [work];
  }
  return { version, works };
}

const emovox = {
  name: "emovox",
  load: ({ tables, forests }) =>
    inProcess(tables, version, (table) => {
      const forest = forests.get(table.id);
      const rows = rowsOf(table);
      const bytes = saveModel(forest.save());
      return {
        train: { run: () => void grow(table) },
        row: { run: ({ count }) => repeat(count, (i) => forest.predictProba(rows[i % rows.length])) },
        batch: {
          run: ({ count }) => repeat(count, () => forest.predictProba(table.x)),
          values: () => forest.predictProba(table.x).data.slice(0, 500 * table.classes),
        },
        load: { run: ({ count }) => repeat(count, () => loadClassifier(loadModel(bytes))) },
        first: { run: ({ count }) => repeat(count, () => loadClassifier(loadModel(bytes)).predictProba(rows[0])) },
      };
    }),
};

function repeat(count, work) {
  for (let i = 0; i < count; i++) work(i);
}

const plain = {
  name: "plain JavaScript",
  load: ({ tables, forests }) =>
    inProcess(tables, process.versions.node, (table) => {
      const { forest } = forests.get(table.id);
      const { rows, columns, data, classes } = table;
      const out = new Float64Array(rows * classes);
      const predict = (from, to) => walkTrees(forest, data, columns, out, from, to);
      const note = "a loop over flat arrays";
      return {
        row: { note, run: ({ count }) => repeat(count, (i) => predict(i % rows, (i % rows) + 1)) },
        batch: {
          note,
          run: ({ count }) => repeat(count, () => predict(0, rows)),
          values: () => {
            predict(0, rows);
            return out.slice(0, 500 * classes);
          },
        },
      };
    }),
};

function walkTrees({ offsets, feature, right, threshold, leafValues, classes }, x, columns, out, from, to) {
  const trees = offsets.length - 1;
  for (let row = from; row < to; row++) {
    const base = row * columns;
    const at = row * classes;
    out.fill(0, at, at + classes);
    for (let tree = 0; tree < trees; tree++) {
      const root = offsets[tree];
      let node = root;
      while (feature[node] >= 0) node = x[base + feature[node]] <= threshold[node] ? node + 1 : root + right[node];
      const leaf = right[node] * classes;
      for (let c = 0; c < classes; c++) out[at + c] += leafValues[leaf + c];
    }
    for (let c = 0; c < classes; c++) out[at + c] /= trees;
  }
}

const onnx = {
  name: "onnxruntime-web",
  async load({ tables, forests }) {
    const { env, InferenceSession, Tensor } = await import("onnxruntime-web");
    env.wasm.numThreads = 1;
    env.logLevel = "error";
    return inProcess(tables, versionOf("onnxruntime-web"), async (table) => {
      const session = await InferenceSession.create(modelToOnnx(forests.get(table.id)));
      const tensor = ({ data, rows }) => new Tensor("float32", data, [rows, table.columns]);
      const rows = rowsOf(table).map((row) => tensor(row));
      const all = tensor(table.x);
      const ask = async (input) => (await session.run({ float_input: input }, ["probabilities"])).probabilities.data;
      const run = async (count, inputOf) => {
        for (let i = 0; i < count; i++) await ask(inputOf(i));
      };
      return {
        row: { run: ({ count }) => run(count, (i) => rows[i % rows.length]) },
        batch: {
          run: ({ count }) => run(count, () => all),
          values: async () => (await ask(all)).slice(0, 500 * table.classes),
        },
      };
    });
  },
};

const ml = {
  name: "ml-random-forest",
  load({ tables }) {
    const { RandomForestClassifier: Forest } = require("ml-random-forest");
    const trees = 2;
    const note = `${trees} trees, ${TREES / trees} times`;
    return inProcess(tables, versionOf("ml-random-forest"), ({ rows, columns, data, codes }) => {
      const table = Array.from({ length: rows }, (_, row) =>
        Array.from(data.subarray(row * columns, (row + 1) * columns)),
      );
      const labels = Array.from(codes);
      const options = {
        seed: 1,
        nEstimators: trees,
        maxFeatures: Math.floor(Math.sqrt(columns)),
        replacement: false,
        noOOB: true,
      };
      let forest;
      const train = async () => {
        forest = new Forest(options);
        return (TREES / trees) * (await seconds(() => forest.train(table, labels)));
      };
      const scaled = async (count, work) => {
        if (forest === undefined) await train();
        return (TREES / trees) * (await seconds(() => repeat(count, work)));
      };
      return {
        train: { note, once: true, run: train },
        row: { note, run: ({ count }) => scaled(count, (i) => forest.predict([table[i % rows]])) },
        batch: { note, run: ({ count }) => scaled(count, () => forest.predict(table)) },
      };
    });
  },
};

/** YDF grows 300 trees of at most 16 levels, and there is no asking it for others. */
const YDF_TREES = 300;

const ydf = {
  name: "YDF",
  async load({ tables }) {
    globalThis.JSZip ??= require("jszip");
    const training = await require("ydf-training")({ print() {}, printErr() {} });
    const inference = await require("ydf-inference")({ print() {}, printErr() {} });
    const versions = `${versionOf("ydf-training")}/${versionOf("ydf-inference")}`;
    const note = `depth 16; a third of ${YDF_TREES} trees`;
    return inProcess(tables, versions, ({ rows, columns, data, y }) => {
      const names = Array.from({ length: columns }, (_, c) => `f${c}`);
      const columnOf = (c, from, to) => Array.from({ length: to - from }, (_, i) => data[(from + i) * columns + c]);
      const examples = (from, to) => Object.fromEntries(names.map((name, c) => [name, columnOf(c, from, to)]));
      const share = TREES / YDF_TREES;
      let model;
      const train = () =>
        quietly(async () => {
          const all = { ...examples(0, rows), label: y };
          let trained;
          const spent = await seconds(() => {
            trained = new training.RandomForestLearner("label", "CLASSIFICATION").train(all);
          });
          model = await inference.loadModelFromZipBlob(await (await trained.save()).arrayBuffer());
          trained.unload();
          return share * spent;
        });
      const scaled = async (count, from, to) => {
        if (model === undefined) await train();
        const input = examples(from, to);
        return share * (await seconds(() => repeat(count, () => model.predict(input))));
      };
      return {
        train: { note, once: true, run: train },
        row: { note, run: ({ count }) => scaled(count, 0, 1) },
        batch: { note, run: ({ count }) => scaled(count, 0, rows) },
      };
    });
  },
};

/** YDF talks on the console, which belongs to the figures. */
async function quietly(work) {
  const { log } = console;
  console.log = () => {};
  try {
    return await work();
  } finally {
    console.log = log;
  }
}

const sklearn = {
  name: "scikit-learn",
  load({ folder }) {
    const python = process.env.PYTHON ?? (existsSync("/usr/bin/python3") ? "/usr/bin/python3" : "python3");
    return startChild(python, [here("python/trees_peer.py"), folder, String(TREES)]);
  },
};

const native = {
  name: "C",
  load({ folder }) {
    const file = path.join(folder, "forest");
    const flags = ["-O3", "-march=native", "-ffp-contract=off", "-o", file, here("native/forest.c")];
    const { error, status, stderr } = spawnSync("gcc", flags, { encoding: "utf8" });
    if (error) throw new Error("not installed");
    if (status !== 0) throw new Error(`gcc failed: ${stderr.split("\n")[0]}`);
    return startChild(file, [folder]);
  },
};

/** By the names of the option `--peers`. */
export const treePeers = { emovox, plain, native, onnx, sklearn, ydf, ml };

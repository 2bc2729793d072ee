// node bench/forest-layout.mjs [--rounds N]: seconds that a forest takes to grow from dense and from sparse rows, by the share of the values that are
// not 0, and whether both are the same forest. src/models/fit-plan.ts chooses by it. Run after `npm run build`; synthetic tables of six classes.
import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { Random, toSparse } from "../dist/index.js";

const ROWS = 5500;
const CLASSES = 6;
const TREES = 20;
const { values } = parseArgs({ options: { rounds: { type: "string", default: "3" } } });
const module = new WebAssembly.Module(readFileSync(new URL("../build/learn.wasm", import.meta.url)));

/** Each class has more or fewer values than 0 in every column; they are positive, real or whole numbers. */
function table(columns, share, whole, random) {
  const leans = Float64Array.from({ length: CLASSES * columns }, () => (random.uniform() < 0.5 ? 0.6 : 1.4));
  const codes = Uint16Array.from({ length: ROWS }, () => random.integer(CLASSES));
  const data = Float32Array.from({ length: ROWS * columns }, (_, i) => {
    const lean = leans[codes[Math.floor(i / columns)] * columns + (i % columns)];
    if (random.uniform() >= share * lean) return 0;
    return whole ? 1 + random.integer(15) : 0.1 + Math.abs(random.normal());
  });
  return { x: { kind: "dense", rows: ROWS, columns, data }, codes };
}

/** The least seconds of laying the rows out and growing from them, and the nodes that were grown. */
function grow(x, codes, rounds) {
  const { exports: core } = new WebAssembly.Instance(module);
  const put = (array) => {
    const at = core.alloc(array.byteLength) >>> 0;
    new Uint8Array(core.memory.buffer, at).set(new Uint8Array(array.buffer, array.byteOffset, array.byteLength));
    return at;
  };
  const rows = x.kind === "dense" ? [put(x.data)] : [put(x.indptr), put(x.indices), put(x.values)];
  const layOut = x.kind === "dense" ? core.trainingDataDense : core.trainingDataSparse;
  const classOf = put(codes);
  const weights = put(new Float64Array(ROWS).fill(1));
  const drawn = Math.floor(Math.sqrt(x.columns));
  let seconds = Infinity;
  let nodes;
  for (let round = 0; round < rounds; round++) {
    const start = performance.now();
    const data = layOut(...rows, ROWS, x.columns);
    const forest =
      core.growForest(data, classOf, 0, weights, CLASSES, drawn, 2 ** 31 - 1, 2, 1, 0, 0, 1, 0, 1, 0, TREES) >>> 0;
    seconds = Math.min(seconds, (performance.now() - start) / 1000);
    const [at, count] = new Uint32Array(core.memory.buffer, forest, 2);
    nodes = Buffer.from(core.memory.buffer.slice(at, at + 16 * count));
    core.releaseForest(forest);
    core.releaseTrainingData(data);
  }
  return { seconds, nodes };
}

console.log(`${ROWS} rows, ${TREES} trees\n`);
console.log("| columns | values | not 0 | dense, s | sparse, s | dense / sparse | same forest |");
console.log("|--------:|--------|------:|---------:|----------:|---------------:|-------------|");
for (const columns of [600, 64, 8]) {
  for (const whole of [false, true]) {
    for (const share of [0.02, 0.05, 0.1, 0.15, 0.2, 0.4]) {
      const { x, codes } = table(columns, share, whole, new Random(1));
      const [dense, sparse] = [x, toSparse(x)].map((rows) => grow(rows, codes, Number(values.rounds)));
      const cells = [
        String(columns).padStart(7),
        (whole ? "whole" : "real").padEnd(6),
        `${Math.round(100 * share)} %`.padStart(5),
        dense.seconds.toFixed(3).padStart(8),
        sparse.seconds.toFixed(3).padStart(9),
        (dense.seconds / sparse.seconds).toFixed(2).padStart(14),
        (dense.nodes.equals(sparse.nodes) ? "yes" : "NO").padEnd(11),
      ];
      console.log(`| ${cells.join(" | ")} |`);
    }
  }
}

// How long the linear models take to fit, beside scikit-learn in the same run, one thread each: after `npm run build`,
//   node bench/linear.mjs [CSV]      CSV: a table with the columns Utterance and Emotion, such as MELD's train_sent_emo.csv
// Without one the text is synthetic (terms after Zipf). The sparse table is its TF-IDF of 1- and 2-grams; the dense one is always synthetic.
// Where there is no python3 with scikit-learn (PYTHON names another), only the project's own times are printed.
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import { join } from "node:path";
import { parse } from "csv-parse/sync";
import { LinearSVC, LogisticRegression, MultinomialNB, Random, TfidfVectorizer, version } from "../dist/index.js";

const RUNS = 3;

function synthetic(rows) {
  const random = new Random(1);
  const labels = Array.from({ length: rows }, () => ["ang", "hap", "sad", "fea", "sur", "neu"][random.integer(6)]);
  const texts = labels.map((label) =>
    Array.from({ length: 3 + random.integer(16) }, () => {
      const rank = Math.floor(4000 ** random.uniform());
      return `w${random.uniform() < 0.15 ? rank + label.charCodeAt(0) * 17 : rank}`;
    }).join(" "),
  );
  return { texts, labels };
}

function read(path) {
  const rows = parse(readFileSync(path), { columns: true, bom: true });
  if (rows.length === 0 || rows[0].Utterance === undefined || rows[0].Emotion === undefined) {
    console.error(`${path}: has no rows with the columns Utterance and Emotion`);
    process.exit(2);
  }
  return { texts: rows.map((row) => row.Utterance), labels: rows.map((row) => row.Emotion) };
}

/** Two hundred columns, a class in each of the first. */
function denseTable(rows, columns = 200) {
  const random = new Random(2);
  const labels = Array.from({ length: rows }, () => `c${random.integer(6)}`);
  const data = Float32Array.from({ length: rows * columns }, (_, i) => {
    const label = Number(labels[Math.floor(i / columns)][1]);
    return random.normal() + (i % columns === label ? 1 : 0);
  });
  return { x: { kind: "dense", rows, columns, data }, y: labels };
}

function bestOf(create, { x, y }) {
  let best = Infinity;
  for (let run = 0; run < RUNS; run++) {
    const model = create();
    const start = performance.now();
    model.fit(x, y);
    best = Math.min(best, (performance.now() - start) / 1000);
  }
  return best;
}

function write(folder, name, { x, y }) {
  const classes = [...new Set(y)].sort();
  const part = (kind, data) =>
    writeFileSync(join(folder, `${name}.${kind}`), new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  writeFileSync(join(folder, `${name}.json`), JSON.stringify({ kind: x.kind, rows: x.rows, columns: x.columns }));
  part(
    "y",
    Int32Array.from(y, (label) => classes.indexOf(label)),
  );
  part("values", x.kind === "dense" ? x.data : x.values);
  if (x.kind === "dense") return;
  part("indices", x.indices);
  part("indptr", x.indptr);
}

const path = process.argv[2];
const { texts, labels } = path ? read(path) : synthetic(7837);
const vectorizer = new TfidfVectorizer({ ngramRange: [1, 2], sublinearTf: true, minDf: 3 });
const sparse = { x: vectorizer.fitTransform(texts), y: labels };
const dense = denseTable(5000);
const works = [
  ["lr-l2-dense", "LogisticRegression, dense", () => new LogisticRegression(), dense],
  ["lr-l2-sparse", "LogisticRegression, sparse", () => new LogisticRegression(), sparse],
  ["lr-l1-sparse", "LogisticRegression L1, sparse", () => new LogisticRegression({ penalty: "l1" }), sparse],
  ["svc-sparse", "LinearSVC, sparse (six fits here: probabilities)", () => new LinearSVC(), sparse],
  ["mnb-sparse", "MultinomialNB, sparse", () => new MultinomialNB(), sparse],
];

const folder = mkdtempSync(join(os.tmpdir(), "emovox-linear-"));
let peer;
try {
  write(folder, "sparse", sparse);
  write(folder, "dense", dense);
  const one = { OMP_NUM_THREADS: "1", OPENBLAS_NUM_THREADS: "1", MKL_NUM_THREADS: "1" };
  const script = new URL("python/linear_peer.py", import.meta.url).pathname;
  const run = spawnSync(process.env.PYTHON ?? "/usr/bin/python3", [script, folder, String(RUNS)], {
    env: { ...process.env, ...one },
    encoding: "utf8",
  });
  if (run.status === 0) peer = JSON.parse(run.stdout);
  else console.error(`scikit-learn did not run: ${run.error?.message ?? run.stderr.trim().split("\n").at(-1)}`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}

console.log(
  `emovox ${version}, Node ${process.versions.node}, ${os.cpus()[0]?.model ?? "unknown processor"}, one thread`,
);
console.log(
  `sparse: ${path ? "the table given" : "synthetic text"}, ${sparse.x.rows} x ${sparse.x.columns}; dense: synthetic, 5000 x 200; best of ${RUNS} fits`,
);
if (peer)
  console.log(
    `scikit-learn ${peer.version}: lbfgs; L1 by saga (and liblinear: one class against the rest); liblinear for LinearSVC`,
  );
for (const [key, title, create, table] of works) {
  const own = bestOf(create, table);
  const other = peer?.seconds[key];
  const beside = other === undefined ? "" : `  scikit-learn ${other.toFixed(4)} s, ratio ${(other / own).toFixed(2)}`;
  console.log(`${title.padEnd(50)} ${own.toFixed(4)} s${beside}`);
}
if (peer) console.log(`(L1 by liblinear: ${peer.seconds["lr-l1-sparse-liblinear"].toFixed(4)} s)`);

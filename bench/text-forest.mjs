// The text forest of the published tables at their size: 2,462 TF-IDF terms, 600 trees, minSamplesSplit 25. Run after `npm run build`.
//
//   node bench/text-forest.mjs                       a synthetic table of 7,837 rows (term frequencies after Zipf)
//   node bench/text-forest.mjs MELD [--workers 2]    the first 7,834 rows of MELD's train_sent_emo.csv; MELD is the folder that holds it
//
// `--workers N` grows the forest once more by N threads, and holds it to the same bytes. `--rounds N` takes the best of N.
import os from "node:os";
import { parseArgs } from "node:util";
import {
  loadCorpus,
  Random,
  RandomForestClassifier,
  saveModel,
  takeRows,
  TfidfVectorizer,
  toSparse,
  version,
} from "../dist/node.js";
import { fitForest } from "../dist/parallel-node.js";
import { words } from "./tree-tables.mjs";

const COLUMNS = 2462;

function synthetic() {
  const random = new Random(1);
  const part = (rows) => {
    const { columns, data, codes } = words(rows, COLUMNS, random);
    return { x: toSparse({ kind: "dense", rows, columns, data }), y: Array.from(codes, (code) => `c${code}`) };
  };
  return { name: "synthetic table", train: part(7837), test: part(1960) };
}

/** Uni- and bigrams in at least five of the rows, the most frequent of them; the test rows are those that MELD's authors chose. */
async function meld(folder) {
  const { utterances } = await loadCorpus({ name: "meld", path: folder });
  const of = (part) => utterances.filter(({ split }) => split === part);
  const vectorizer = new TfidfVectorizer({ ngramRange: [1, 2], minDf: 5, sublinearTf: true, maxFeatures: COLUMNS });
  const [train, test] = [of("train").slice(0, 7834), of("test")];
  const texts = (part) => part.map(({ transcript }) => transcript);
  const labels = (part) => part.map(({ emotion }) => emotion);
  return {
    name: "MELD",
    train: { x: vectorizer.fitTransform(texts(train)), y: labels(train) },
    test: { x: vectorizer.transform(texts(test)), y: labels(test) },
  };
}

function accuracy(forest, { x, y }) {
  const { data, columns } = forest.predictProba(x);
  let correct = 0;
  for (let r = 0; r < x.rows; r++) {
    const row = [...data.subarray(r * columns, (r + 1) * columns)];
    if (forest.classes[row.indexOf(Math.max(...row))] === y[r]) correct++;
  }
  return correct / x.rows;
}

const { values: asked, positionals } = parseArgs({
  allowPositionals: true,
  options: { workers: { type: "string", default: "0" }, rounds: { type: "string", default: "1" } },
});
const { name, train, test } = positionals.length > 0 ? await meld(positionals[0]) : synthetic();
const options = { nEstimators: 600, minSamplesSplit: 25, seed: 1 };

/** The best seconds of the rounds, and those of the processor. */
async function measured(fit) {
  let best = Infinity;
  let busy = Infinity;
  let forest;
  for (let round = 0; round < Number(asked.rounds); round++) {
    forest = new RandomForestClassifier(options);
    const before = process.cpuUsage();
    const start = performance.now();
    await fit(forest);
    best = Math.min(best, (performance.now() - start) / 1000);
    const { user, system } = process.cpuUsage(before);
    busy = Math.min(busy, (user + system) / 1e6);
  }
  return { forest, text: `${best.toFixed(2)} s (processor ${busy.toFixed(2)} s)` };
}

console.log(
  `emovox ${version}, Node ${process.versions.node}, ${os.cpus()[0]?.model ?? "unknown processor"}, load ${os.loadavg()[0].toFixed(1)}`,
);
console.log(
  `${name}, ${train.x.rows} x ${train.x.columns}, ${train.x.values.length} values, ${new Set(train.y).size} classes, 600 trees, minSamplesSplit 25`,
);
// The engine compiles first.
new RandomForestClassifier({ nEstimators: 5 }).fit(takeRows(train.x, [...Array(200).keys()]), train.y.slice(0, 200));
const one = await measured((forest) => forest.fit(train.x, train.y));
console.log(`one thread: train ${one.text}`);
const start = performance.now();
const share = accuracy(one.forest, test);
const seconds = (performance.now() - start) / 1000;
console.log(`predict ${test.x.rows} rows ${seconds.toFixed(2)} s, accuracy ${(100 * share).toFixed(1)} %`);
if (Number(asked.workers) > 0) {
  const several = await measured((forest) => fitForest(forest, train.x, train.y, { workers: Number(asked.workers) }));
  console.log(`${asked.workers} workers: train ${several.text}`);
  const same = Buffer.from(saveModel(one.forest.save())).equals(Buffer.from(saveModel(several.forest.save())));
  if (!same) throw new Error("the workers' forest differs from that of one thread");
}
console.log(`peak memory ${Math.round(process.resourceUsage().maxRSS / 1024)} MB`);

// The text forest of the published tables at their size: 7,837 training and 1,960 test rows, 2,462 TF-IDF terms, 600 trees,
// minSamplesSplit 25, one thread. The table is synthetic (term frequencies after Zipf); run after `npm run build`.
import os from "node:os";
import { Random, RandomForestClassifier, version } from "../dist/index.js";

const COLUMNS = 2462;
const random = new Random(1);

/** Columns of a Zipf-like vocabulary, a few of them leaning towards the row's class. */
function table(rows) {
  const labels = Array.from({ length: rows }, () => ["ang", "hap", "sad", "fea", "sur", "neu"][random.integer(6)]);
  const indptr = new Int32Array(rows + 1);
  const indices = [];
  const values = [];
  for (let r = 0; r < rows; r++) {
    const terms = new Set();
    const count = 3 + random.integer(16);
    const lean = labels[r].charCodeAt(0) * 17;
    while (terms.size < count) {
      const rank = Math.floor(COLUMNS ** random.uniform()) - 1;
      terms.add(random.uniform() < 0.15 ? (rank + lean) % COLUMNS : rank);
    }
    for (const term of [...terms].sort((a, b) => a - b)) {
      indices.push(term);
      values.push((0.5 + random.uniform()) / Math.sqrt(count));
    }
    indptr[r + 1] = indices.length;
  }
  const matrix = { kind: "csr", rows, columns: COLUMNS, indptr, indices: Int32Array.from(indices), values: Float32Array.from(values) };
  return { matrix, labels };
}

const train = table(7837);
const test = table(1960);
const forest = new RandomForestClassifier({ nEstimators: 600, minSamplesSplit: 25, seed: 1 });
let start = performance.now();
forest.fit(train.matrix, train.labels);
const fitted = (performance.now() - start) / 1000;
start = performance.now();
const { data } = forest.predictProba(test.matrix);
const predicted = (performance.now() - start) / 1000;
let correct = 0;
for (let r = 0; r < 1960; r++) {
  const row = [...data.subarray(r * 6, r * 6 + 6)];
  if (forest.classes[row.indexOf(Math.max(...row))] === test.labels[r]) correct++;
}
console.log(`emovox ${version}, Node ${process.versions.node}, ${os.cpus()[0]?.model ?? "unknown processor"}, one thread`);
console.log("synthetic table, 7,837 x 2,462, six classes, 600 trees, minSamplesSplit 25");
console.log(`train ${fitted.toFixed(2)} s, predict 1,960 rows ${predicted.toFixed(2)} s, accuracy ${((100 * correct) / 1960).toFixed(1)} %`);
console.log(`peak memory ${Math.round(process.resourceUsage().maxRSS / 1024)} MB`);

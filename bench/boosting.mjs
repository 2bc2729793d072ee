// Boosting on few rows of many columns, as embeddings and functionals of small corpora are: 450 x 1,200 normal values, seven classes, a hundred
// columns leaning towards one class each, 255 bins, one thread. `node bench/boosting.mjs [ROUNDS [ROWS [COLUMNS]]]` after `npm run build`.
import os from "node:os";
import { GradientBoostingClassifier, Random, version } from "../dist/index.js";

const [rounds = 20, rows = 450, columns = 1200] = process.argv.slice(2).map(Number);
const random = new Random(1);
const data = new Float32Array(rows * columns);
for (let row = 0; row < rows; row++) {
  for (let column = 0; column < columns; column++) {
    data[row * columns + column] = random.normal() + (column < 100 && column % 7 === row % 7 ? 0.5 : 0);
  }
}
const y = Array.from({ length: rows }, (_, row) => `c${row % 7}`);
const model = new GradientBoostingClassifier({ nEstimators: rounds });
const times = [];
const start = performance.now();
let last = process.cpuUsage().user;
model.fit({ kind: "dense", rows, columns, data }, y, {
  onProgress: () => {
    const now = process.cpuUsage().user;
    times.push((now - last) / 1e6);
    last = now;
  },
});
const seconds = (performance.now() - start) / 1000;
times.sort((a, b) => a - b);
console.log(
  `emovox ${version}, Node ${process.versions.node}, ${os.cpus()[0]?.model ?? "unknown processor"}, one thread`,
);
console.log(`${rows} x ${columns}, seven classes, ${rounds} rounds, ${model.forest.feature.length} nodes`);
console.log(
  `train ${seconds.toFixed(2)} s; processor time a round: median ${times[times.length >> 1].toFixed(3)} s, least ${times[0].toFixed(3)} s`,
);

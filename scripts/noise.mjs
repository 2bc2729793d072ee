// What the published recipe makes of pure noise: eight columns of random numbers, as many rows of each class as the published table has,
// ten speakers. Prints the scores of a random forest under the protocol `seed` and under honest ones.
//   node scripts/noise.mjs [--trees 1200] [--seed 0] [--json]
import { parseArgs } from "node:util";
import { RandomForestClassifier, Random } from "../build/lib/index.js";
import { components } from "../build/lib/evaluation/components.js";
import { reproduce } from "../build/lib/evaluation/reproduce.js";

const { values: options } = parseArgs({
  options: {
    trees: { type: "string", default: "1200" },
    seed: { type: "string", default: "0" },
    json: { type: "boolean", default: false },
  },
});
const seed = Number(options.seed);
const counts = { ang: 1103, hap: 1636, sad: 2933, fea: 40, sur: 107, neu: 1708 };
const random = new Random(seed);
const labels = random.shuffle(Object.entries(counts).flatMap(([name, n]) => Array(n).fill(name)));
const columns = 8;
const data = Float32Array.from({ length: labels.length * columns }, () => random.normal());
const speakers = labels.map(() => `speaker${random.integer(10)}`);
const rows = {
  corpus: "noise",
  synthetic: true,
  classes: Object.keys(counts),
  labels,
  features: { kind: "dense", rows: labels.length, columns, data },
  speakers,
};
const forest = {
  ...components.models.rf,
  create: (settings) =>
    new RandomForestClassifier({ nEstimators: Number(options.trees), minSamplesSplit: 25, seed: settings.seed }),
};
const report = [];
for (const protocol of ["seed", "loso", "row-kfold"]) {
  const results = await reproduce(rows, {
    protocol,
    components: { ...components, models: { rf: forest } },
    balance: "none",
    seed,
    cells: [{ modality: "audio", model: "rf" }],
    canaryRuns: 0,
  });
  const [cell] = results.cells;
  const [majority] = results.baselines;
  const recall = Object.fromEntries(cell.perClass.map((row) => [row.class, row.recall]));
  report.push({
    protocol,
    accuracy: cell.accuracy,
    f1: cell.f1,
    uar: cell.uar,
    majority: majority.accuracy,
    feaRecall: recall.fea,
    surRecall: recall.sur,
    seconds: cell.seconds,
  });
}
if (options.json) console.log(JSON.stringify(report));
else {
  console.log("protocol    accuracy  macro F1   UAR  majority  recall fea  recall sur   (%)");
  const percent = (share, width) => (100 * share).toFixed(1).padStart(width);
  for (const { protocol, accuracy, f1, uar, majority, feaRecall, surRecall } of report) {
    console.log(
      `${protocol.padEnd(10)}${percent(accuracy, 10)}${percent(f1, 10)}${percent(uar, 6)}${percent(majority, 10)}${percent(feaRecall, 12)}${percent(surRecall, 12)}`,
    );
  }
}

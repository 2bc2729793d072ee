// How often the noise canary cries: false alarms on honest protocols, leaks of the published kind found. Corpora are drawn at random: from 60 to
// 600 utterances, 2 to 6 classes of uneven sizes, 4 to 12 speakers, features that tell the classes apart or do not.
//   node scripts/canary.mjs [--corpora 200] [--runs 3] [--json]
import { parseArgs } from "node:util";
import { Random } from "../build/lib/index.js";
import { components } from "../build/lib/evaluation/components.js";
import { planProtocol } from "../build/lib/evaluation/protocols.js";
import { judgeCanary } from "../build/lib/evaluation/canary.js";
import { createTaskRunner } from "../build/lib/evaluation/tasks.js";
import { incompleteBeta } from "../build/lib/evaluation/student-t.js";

const { values: options } = parseArgs({
  options: {
    corpora: { type: "string", default: "200" },
    runs: { type: "string", default: "3" },
    json: { type: "boolean", default: false },
  },
});
const corpora = Number(options.corpora);
const runs = Number(options.runs);
const names = ["ang", "hap", "sad", "neu", "fea", "sur"];

/** Fear and surprise are rare, as in the published table: the recipe then copies them. */
function corpus(seed) {
  const random = new Random(seed);
  const size = 60 + random.integer(541);
  const common = 2 + random.integer(3);
  const classes = [...names.slice(0, common), "fea", ...(random.integer(2) === 1 ? ["sur"] : [])];
  const rare = { fea: 2 + random.integer(6), sur: 3 + random.integer(10) };
  const labels = random.shuffle(
    classes.flatMap((name, c) =>
      Array(rare[name] ?? Math.max(4, Math.round((size * (common - c)) / ((common * (common + 1)) / 2)))).fill(name),
    ),
  );
  const speakers = labels.map(() => `speaker${random.integer(4 + (seed % 9))}`);
  const signal = random.integer(2) * 2;
  const columns = 8;
  const data = Float32Array.from(
    { length: labels.length * columns },
    (_, i) => random.normal() + (classes.indexOf(labels[Math.floor(i / columns)]) === i % columns ? signal : 0),
  );
  return {
    corpus: "drawn",
    classes,
    labels,
    features: { kind: "dense", rows: labels.length, columns, data },
    speakers,
    ids: labels.map((_, row) => `u${row}`),
  };
}

async function cries(rows, protocol, seed) {
  const setting = { data: rows, seed, balance: protocol === "seed" ? "none" : "weights", normalize: "none" };
  const run = createTaskRunner(setting, components);
  const plan = planProtocol(protocol, rows, seed);
  const cell = { modality: "audio", model: "rf" };
  const all = [];
  for (let draw = 0; draw < runs; draw++) {
    const outcomes = [];
    for (const fold of plan.folds.keys()) {
      outcomes.push((await run({ protocol, kind: "noise", run: draw, cell, fold })).outcome);
    }
    all.push(outcomes);
  }
  return judgeCanary(all, plan.classes.length, { cell: "audio/rf", seed }).leaks;
}

/** The bound that a share of k of n does not exceed (below it: fall below) with 97.5 % confidence (Clopper and Pearson 1934), by bisection. */
function bound(k, n, upper) {
  if (upper ? k === n : k === 0) return upper ? 1 : 0;
  let [low, high] = [0, 1];
  for (let i = 0; i < 60; i++) {
    const p = (low + high) / 2;
    const tail = upper ? 1 - incompleteBeta(k + 1, n - k, p) : incompleteBeta(k, n - k + 1, p);
    if (upper ? tail > 0.025 : tail < 0.025) low = p;
    else high = p;
  }
  return (low + high) / 2;
}

const report = [];
for (const protocol of ["loso", "holdout", "stratified-kfold", "seed"]) {
  let alarms = 0;
  for (let c = 0; c < corpora; c++) if (await cries(corpus(c + 1), protocol, c)) alarms++;
  report.push({ protocol, corpora, alarms, lower: bound(alarms, corpora, false), upper: bound(alarms, corpora, true) });
}
if (options.json) console.log(JSON.stringify(report));
else {
  console.log("protocol           corpora  it cries      %   [95 % interval]");
  const percent = (share) => (100 * share).toFixed(1).padStart(5);
  for (const { protocol, alarms, lower, upper } of report) {
    console.log(
      `${protocol.padEnd(18)}${String(corpora).padStart(8)}${String(alarms).padStart(10)}  ${percent(alarms / corpora)}   [${percent(lower)}, ${percent(upper)}]`,
    );
  }
}

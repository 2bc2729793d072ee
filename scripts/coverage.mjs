// How often 95 % intervals hold the truth, and how wide they are, on simulated corpora: speakers who are recognised more or less well, six classes
// of uneven sizes. Beside them the plain percentile bootstrap.
//   node scripts/coverage.mjs [--corpora 1000] [--speakers 4,5,8,10,20,50] [--json]
import { parseArgs } from "node:util";
import { Random } from "../build/lib/index.js";
import { bootstrap, confidenceIntervals, differences } from "../build/lib/evaluation/bootstrap.js";
import { countDrawn, figures } from "../build/lib/evaluation/score.js";

const { values: options } = parseArgs({
  options: {
    corpora: { type: "string", default: "1000" },
    speakers: { type: "string", default: "4,5,8,10,20,50" },
    json: { type: "boolean", default: false },
  },
});
const corpora = Number(options.corpora);
const classes = ["ang", "hap", "sad", "fea", "sur", "neu"];
const shares = [0.15, 0.22, 0.33, 0.03, 0.05, 0.22];
const ease = [0.8, 0.2, 0.9, -1.5, -1, 0.5];
const random = new Random(1);
const logistic = (x) => 1 / (1 + Math.exp(-x));

/** Truth and two models' predictions of one speaker's 20 to 79 utterances; the second model is a little worse, on the same speakers. */
function speaker() {
  const own = 0.6 * random.normal();
  const right = ease.map((x) => logistic(x + own + 0.4 * random.normal()));
  return Array.from({ length: 20 + random.integer(60) }, () => {
    let t = 0;
    for (let u = random.uniform() - shares[0]; u > 0 && t < 5; u -= shares[t]) t++;
    const say = (p) => (random.uniform() < p ? t : (t + 1 + random.integer(5)) % 6);
    return [t, say(right[t]), say(0.93 * right[t])];
  });
}

function predictions(count) {
  const speakers = Array.from({ length: count }, speaker);
  const rows = speakers.flat();
  const column = (c) => Int32Array.from(rows, (row) => row[c]);
  let at = 0;
  const units = speakers.map((own) => Int32Array.from(own, () => at++));
  return { truth: column(0), models: [column(1), column(2)], units };
}

const judge =
  ({ truth, units }, predicted) =>
  (weights) => {
    const { accuracy, uar, f1 } = figures(countDrawn({ truth, predicted, classes }, units, weights));
    return { accuracy, uar, f1 };
  };
const once = (drawn, model) => judge(drawn, drawn.models[model])(new Int32Array(drawn.units.length).fill(1));

const crowd = predictions(20000);
const truth = once(crowd, 0);
const worse = once(crowd, 1);
const keys = ["accuracy", "uar", "f1"];

function percentiles(replicates, key) {
  const sorted = Float64Array.from(replicates.drawn, (figures) => figures[key]).sort();
  return [sorted[Math.floor(0.025 * sorted.length)], sorted[Math.ceil(0.975 * sorted.length) - 1]];
}

const report = [];
for (const count of options.speakers.split(",").map(Number)) {
  const held = {};
  const width = {};
  const note = (name, [lower, upper], value) => {
    held[name] = (held[name] ?? 0) + (lower <= value && value <= upper ? 1 : 0);
    width[name] = (width[name] ?? 0) + (upper - lower) / corpora;
  };
  for (let c = 0; c < corpora; c++) {
    const drawn = predictions(count);
    const [a, b] = drawn.models.map((model) => bootstrap(drawn.units, judge(drawn, model), c));
    const intervals = confidenceIntervals(a);
    const between = differences(a, b);
    for (const key of keys) {
      note(key, intervals[key], truth[key]);
      note(`${key} percentile`, percentiles(a, key), truth[key]);
      note(`${key} difference`, between[key].ci, truth[key] - worse[key]);
    }
  }
  const coverage = Object.fromEntries(Object.entries(held).map(([name, n]) => [name, n / corpora]));
  report.push({ speakers: count, corpora, coverage, width });
}
if (options.json) console.log(JSON.stringify(report));
else {
  const title = (name) => keys.map((key) => `${key} ${name}`.trim());
  const percent = (share) => (100 * share).toFixed(1).padStart(7);
  console.log(`intervals that hold the truth, % of ${corpora} corpora (mean width in points)`);
  console.log("speakers  kind         accuracy          UAR     macro F1");
  for (const { speakers, coverage, width } of report) {
    for (const [kind, name] of [
      ["interval", ""],
      ["difference", "difference"],
      ["percentile", "percentile"],
    ]) {
      const cells = title(name).map(
        (key) => `${percent(coverage[key])} (${(100 * width[key]).toFixed(1).padStart(4)})`,
      );
      console.log(`${String(speakers).padStart(8)}  ${kind.padEnd(10)}${cells.join("")}`);
    }
  }
}

// What compact leaves cost and save: forests and boosted trees that learn from half of a table, their files with leaves in full, in half precision
// and in a byte, and how the answers for the other half change.
// usage: node bench/compact-leaves.mjs    after npm run build
import {
  GradientBoostingClassifier,
  loadClassifier,
  loadModel,
  mostProbable,
  RandomForestClassifier,
  saveModel,
  takeRows,
  version,
} from "../dist/index.js";
import { markdown } from "./table.mjs";
import { tableOf } from "./tree-tables.mjs";

const MODELS = {
  "forest, 100 trees": () => new RandomForestClassifier({ seed: 1 }),
  "forest, `minSamplesLeaf: 5`": () => new RandomForestClassifier({ seed: 1, minSamplesLeaf: 5 }),
  'the same, `classWeight: "balanced"`': () =>
    new RandomForestClassifier({ seed: 1, minSamplesLeaf: 5, classWeight: "balanced" }),
  "boosting, 100 rounds": () => new GradientBoostingClassifier({ seed: 1 }),
};
const TITLES = { narrow: "5,500 x 8", digits: "digits" };

const lines = [];
for (const [id, title] of Object.entries(TITLES)) {
  const { x, y } = tableOf(id);
  const [train, test] = [0, 1].map((rest) => [...y.keys()].filter((row) => row % 2 === rest));
  const truth = test.map((row) => y[row]);
  const rows = takeRows(x, test);
  for (const [name, create] of Object.entries(MODELS)) {
    const model = create();
    model.fit(
      takeRows(x, train),
      train.map((row) => y[row]),
    );
    const own = model.predictProba(rows);
    const chosen = mostProbable(own);
    const accuracy = (codes) => truth.filter((label, i) => model.classes[codes[i]] === label).length / truth.length;
    const full = saveModel(model.save()).length;
    const kB = (bytes) => (bytes / 1000).toFixed(0);
    const files = ["f16", "u8"].map((leaves) => ({ leaves, bytes: saveModel(model.save(), { leaves }) }));
    const smaller = files.filter(({ bytes }) => bytes.length < full);
    const named = ["in full", ...files.filter((file) => !smaller.includes(file)).map(({ leaves }) => leaves)];
    lines.push([title, name, named.join(", "), kB(full), "0", "0", `${(100 * accuracy(chosen)).toFixed(2)} %`]);
    for (const { leaves, bytes } of smaller) {
      const compact = loadClassifier(loadModel(bytes)).predictProba(rows);
      const other = mostProbable(compact);
      const largest = own.data.reduce((most, value, i) => Math.max(most, Math.abs(value - compact.data[i])), 0);
      const moved = chosen.filter((code, i) => code !== other[i]).length;
      const share = `${(100 * accuracy(other)).toFixed(2)} %`;
      lines.push([title, name, leaves, kB(bytes.length), largest.toPrecision(2), `${moved} of ${test.length}`, share]);
    }
  }
}
const header = [
  "table",
  "model",
  "leaves",
  "file, kB",
  "largest change of a probability",
  "answers changed",
  "accuracy",
];
console.log(`${markdown(header, lines)}\n\nemovox ${version}`);

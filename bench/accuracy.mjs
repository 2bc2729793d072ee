// Mean accuracies over ten seeds of forests, extra-trees and boosting, beside those of scikit-learn and XGBoost on the same splits: a half of
// scikit-learn's digits and wine trains and the other half tests, drawn anew for each seed; with MELD's folder also the TF-IDF of its transcripts,
// its published training and test parts each time. There forests have 30 trees rather than 100 (scikit-learn takes ten seconds for 100, ten times
// for two models), and boosting, which draws nothing, is fitted once.
// usage: npm run bench:accuracy [-- MELD]    after npm run build; needs Debian's python3-sklearn and python3-xgboost; with MELD some three minutes
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import {
  ExtraTreesClassifier,
  GradientBoostingClassifier,
  matrixFromRows,
  Random,
  RandomForestClassifier,
  takeRows,
  TfidfVectorizer,
} from "../dist/index.js";
import { loadCorpus } from "../dist/node.js";

const SEEDS = 10;
const TREES = 100;
const TREES_MELD = 30;
const peer = fileURLToPath(new URL("python/accuracy_peer.py", import.meta.url));

function python(stderrTo, ...args) {
  const { status, stdout, stderr, error } = spawnSync("/usr/bin/python3", [peer, ...args], {
    encoding: "utf8",
    maxBuffer: 1 << 28,
    stdio: ["ignore", "pipe", stderrTo],
  });
  if (status !== 0) {
    console.error(`the peers cannot be run: ${error?.message ?? stderr?.trim().split("\n").at(-1) ?? "see above"}`);
    process.exit(2);
  }
  return JSON.parse(stdout);
}

function progress(text) {
  if (process.stderr.isTTY) process.stderr.write(`\r\u001B[K${text}`);
}

/** Half of the rows of each class, drawn by the seed, and the other half. */
function halves(y, seed) {
  const random = new Random(seed);
  const train = [...new Set(y)].sort().flatMap((label) => {
    const own = random.shuffle(Int32Array.from(y.keys()).filter((row) => y[row] === label));
    return [...own.subarray(0, own.length >> 1)];
  });
  const training = new Set(train);
  return [train.sort((a, b) => a - b), [...y.keys()].filter((row) => !training.has(row))];
}

async function meld(folder) {
  const { utterances } = await loadCorpus(`meld:${folder}`);
  const rows = utterances.filter(({ split }) => split !== "dev");
  const place = (part) => rows.flatMap(({ split }, row) => (split === part ? [row] : []));
  const [train, test] = [place("train"), place("test")];
  const texts = rows.map(({ transcript }) => transcript);
  const vectorizer = new TfidfVectorizer({ minDf: 5, sublinearTf: true, ngramRange: [1, 2] });
  vectorizer.fit(train.map((row) => texts[row]));
  const { indptr, indices, values, ...shape } = vectorizer.transform(texts);
  return {
    name: "MELD, text",
    matrix: { ...shape, indptr, indices, values },
    csr: { ...shape, indptr: [...indptr], indices: [...indices], values: [...values] },
    y: rows.map(({ emotion }) => emotion),
    splits: Array.from({ length: SEEDS }, () => [train, test]),
    trees: TREES_MELD,
    boostingSeeds: 1,
  };
}

function accuracy(model, { matrix, y }, [train, test]) {
  model.fit(
    takeRows(matrix, train),
    train.map((row) => y[row]),
  );
  const { data, columns } = model.predictProba(takeRows(matrix, test));
  const right = test.filter((row, r) => {
    const own = data.subarray(r * columns, (r + 1) * columns);
    return model.classes[own.indexOf(Math.max(...own))] === y[row];
  });
  return right.length / test.length;
}

const models = {
  forest: (nEstimators, seed) => new RandomForestClassifier({ nEstimators, seed }),
  "extra-trees": (nEstimators, seed) => new ExtraTreesClassifier({ nEstimators, seed }),
  boosting: (_, seed) => new GradientBoostingClassifier({ seed }),
};

const tables = python("pipe", "tables").map(({ name, x, y }) => ({
  name,
  x,
  matrix: matrixFromRows(x),
  y,
  splits: Array.from({ length: SEEDS }, (_, seed) => halves(y, seed)),
  trees: TREES,
  boostingSeeds: SEEDS,
}));
if (process.argv[2] !== undefined) tables.push(await meld(process.argv[2]));

const folder = mkdtempSync(path.join(tmpdir(), "emovox-accuracy-"));
const file = path.join(folder, "tables.json");
// Matrices are for this side; the peers are given plain rows.
writeFileSync(
  file,
  JSON.stringify(tables, (key, value) => (key === "matrix" ? undefined : value)),
);
const { versions, accuracies } = python("inherit", "fit", file);
rmSync(folder, { recursive: true });

const mean = (values) => (100 * values.reduce((sum, value) => sum + value, 0)) / values.length;
const spread = (values) =>
  Math.sqrt(values.reduce((sum, v) => sum + (100 * v - mean(values)) ** 2, 0) / (values.length - 1));
const shown = (values) =>
  values.length === 1
    ? `${mean(values).toFixed(2)}, once`
    : `${mean(values).toFixed(2)} ± ${spread(values).toFixed(2)}`;
console.log(
  `accuracy in %, mean ± standard deviation over ${SEEDS} seeds, forests of ${TREES} trees (MELD's: ${TREES_MELD}); ${JSON.stringify(versions)}`,
);
console.log(`${"table".padEnd(12)}${"model".padEnd(14)}${"emovox".padEnd(16)}${"peer".padEnd(16)}difference`);
for (const table of tables) {
  for (const [name, create] of Object.entries(models)) {
    const splits = name === "boosting" ? table.splits.slice(0, table.boostingSeeds) : table.splits;
    const own = splits.map((split, seed) => {
      progress(`${table.name}: ${name} of emovox, seed ${seed + 1} of ${splits.length}`);
      return accuracy(create(table.trees, seed), table, split);
    });
    progress("");
    const other = accuracies[table.name][name];
    const difference = mean(own) - mean(other);
    console.log(
      `${table.name.padEnd(12)}${name.padEnd(14)}${shown(own).padEnd(16)}${shown(other).padEnd(16)}${difference >= 0 ? "+" : "−"}${Math.abs(difference).toFixed(2)}`,
    );
  }
}

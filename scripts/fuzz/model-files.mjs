// Valid model files of every format that is read, small ones, and how each is mutated and tried.
import { readFileSync } from "node:fs";
import { RandomForestClassifier as MlForest } from "ml-random-forest";
import { DecisionTreeClassifier as MlTree } from "ml-cart";
import * as emovox from "../../build/lib/index.js";
import { modelToOnnx, readModel, withFeatureNames } from "../../build/lib/interchange.js";
import { createExtractor } from "../../build/lib/features/extractor.js";
import { readOnnxModel, writeOnnxModel } from "../../build/lib/models/interchange/onnx-proto.js";
import { Pipeline } from "../../build/lib/models/pipeline.js";
import { mutateBytes, mutateJson, mutateLines, mutateMessage, mutateSafetensors } from "./mutate.mjs";

const encode = (text) => new TextEncoder().encode(text);
const decode = (bytes) => new TextDecoder().decode(bytes);
const fixture = (name) =>
  JSON.parse(readFileSync(new URL(`../../test/fixtures/ml/${name}.json`, import.meta.url), "utf8"));

const names = ["a", "b", "c"];

function examples() {
  const random = new emovox.Random(5);
  const rows = Array.from({ length: 40 }, () => [random.normal(), random.normal(), random.integer(3)]);
  const codes = rows.map(([a, b, c]) => (a + b > 0.5 ? 2 : c > 1 ? 1 : 0));
  return { rows, codes, x: emovox.matrixFromRows(rows), y: codes.map((code) => names[code]) };
}

const TEXTS = ["so happy", "happy day", "so sad", "sad day", "what a day", "so what"];
const MOODS = ["joy", "joy", "grief", "grief", "calm", "calm"];

async function ownModels() {
  const { x, y } = examples();
  const positive = { ...x, data: x.data.map(Math.abs) };
  const small = { nEstimators: 2, maxDepth: 3, seed: 1 };
  const models = [
    new emovox.RandomForestClassifier(small),
    new emovox.ExtraTreesClassifier(small),
    new emovox.GradientBoostingClassifier({ nEstimators: 2, maxDepth: 2 }),
    new emovox.LogisticRegression(),
    new emovox.LogisticRegression({ coefBits: 8 }),
    new emovox.LinearSVC(),
    new emovox.LinearSVC({ calibration: "isotonic" }),
    new emovox.MultinomialNB(),
    new emovox.ComplementNB(),
    new emovox.VotingClassifier({ a: new emovox.LogisticRegression(), b: new emovox.RandomForestClassifier(small) }),
    new emovox.StackingClassifier({ a: new emovox.MultinomialNB(), b: new emovox.LogisticRegression() }, { folds: 2 }),
    new emovox.CalibratedClassifier(new emovox.MultinomialNB(), { method: "sigmoid", folds: 2 }),
    new Pipeline({ scalers: [new emovox.StandardScaler()], classifier: new emovox.LogisticRegression() }),
  ];
  for (const model of models) await model.fit(positive, y);
  const texts = new Pipeline({
    vectorizer: new emovox.TfidfVectorizer({ ngramRange: [1, 2] }),
    classifier: new emovox.MultinomialNB(),
  });
  await texts.fit(TEXTS, MOODS);
  return [...models, texts];
}

async function onnxFiles() {
  const models = await ownModels();
  const files = [0, 2, 3, 7, 12].map((i) => modelToOnnx(models[i], { featureNames: names }));
  return files.map((bytes) => ({ bytes, message: readOnnxModel(bytes) }));
}

function recognizerFile() {
  const { x, y } = examples();
  const vectorizer = new emovox.TfidfVectorizer();
  const reads = new emovox.MultinomialNB();
  reads.fit(vectorizer.fitTransform(TEXTS), MOODS);
  const extractor = createExtractor({ preset: "sahu2019", level: "utterance", sampleRate: 16000 });
  const eight = emovox.matrixFromRows(
    Array.from({ length: x.rows }, (_, r) => Array.from({ length: 8 }, (_, c) => x.data[r * 3 + (c % 3)] + c)),
  );
  const scaler = new emovox.StandardScaler().fit(eight);
  const hears = new emovox.RandomForestClassifier({ nEstimators: 2, maxDepth: 3 });
  hears.fit(
    scaler.transform(eight),
    y.map((name) => ({ a: "joy", b: "grief", c: "calm" })[name]),
  );
  const parts = {
    audio: { extractor, scaler, classifier: hears, temperature: 1.5 },
    text: { vectorizer, classifier: reads, temperature: 0.8 },
  };
  return new emovox.Recognizer(parts).save();
}

function mlModels() {
  const { rows, codes } = examples();
  const forest = new MlForest({ nEstimators: 3, seed: 1, noOOB: true, treeOptions: { maxDepth: 4 } });
  forest.train(rows, codes);
  const tree = new MlTree({ maxDepth: 4 });
  tree.train(rows, codes);
  return [forest, tree].map((model) => JSON.parse(JSON.stringify(model)));
}

/** JSON: mostly by its structure, or else by its bytes. */
const jsonFormat = (values) => ({
  files: values.map((value) => encode(JSON.stringify(value))),
  mutate: (i, bytes, other, random) =>
    random.integer(4) === 0
      ? mutateBytes(bytes, other, random)
      : encode(JSON.stringify(mutateJson(values[i], random)) ?? ""),
  run: runClassifier,
});

/** Columns and classes that are tried with three rows; more get one. */
const MOST_WIDE = 65536;

/** Reads a file and, where that goes, asks it for answers. @throws {InputError} for a file that is refused */
async function runClassifier(bytes, random) {
  const { classifier, columns, featureNames } = readModel(bytes);
  const { classes } = classifier;
  if (classifier instanceof Pipeline && classifier.vectorizer) {
    return checkAnswers(await classifier.predictProba(["", "so happy", "what a sad, sad day"]), classes, 3);
  }
  const width = columns ?? 3;
  if (featureNames !== null && featureNames.length !== width)
    throw new Error(`${featureNames.length} names of ${width} columns`);
  const x = emovox.denseMatrix(width > MOST_WIDE ? 1 : 3, width);
  // Values at the end of float32 overflow in a scaler, which is refused: now and then only.
  const values = random.integer(16) === 0 ? [0, 3e38, -3e38, 1e-45] : [0, 1, -1, random.normal()];
  for (let i = 0; i < Math.min(x.data.length, 3 * MOST_WIDE); i++) x.data[i] = values[random.integer(4)];
  checkAnswers(await classifier.predictProba(x), classes, x.rows);
}

function checkAnswers({ rows, columns, data }, classes, wanted) {
  if (rows !== wanted || columns !== classes.length || data.length !== rows * columns) {
    throw new Error(`${rows} x ${columns} probabilities for ${wanted} rows and ${classes.length} classes`);
  }
  for (let r = 0; r < rows; r++) {
    for (let c = 0; c < columns; c++) {
      const p = data[r * columns + c];
      if (!(p >= 0 && p <= 1 + 1e-6)) throw new Error(`a probability is ${p}`);
    }
  }
}

const tone = Float32Array.from({ length: 3200 }, (_, i) => 0.3 * Math.sin(i / 13));

async function runRecognizer(bytes) {
  const recognizer = emovox.Recognizer.load(bytes);
  const input = {
    ...(recognizer.audio && { samples: tone, sampleRate: 16000 }),
    ...(recognizer.text && { text: "so happy, so sad" }),
  };
  const { probabilities } = await recognizer.predict(input);
  checkAnswers(
    { rows: 1, columns: Object.keys(probabilities).length, data: Object.values(probabilities) },
    Object.keys(probabilities),
    1,
  );
}

/** By name: valid files, their mutation, and what is done with a mutated one. */
export const FORMATS = {
  safetensors: async () => {
    const files = (await ownModels()).map((model) =>
      emovox.saveModel(
        model instanceof Pipeline && model.vectorizer ? model.save() : withFeatureNames(model.save(), names),
      ),
    );
    const withTrees = (await ownModels()).filter(({ kind }) => kind === "gradient-boosting" || kind === "voting");
    for (const leaves of ["f16", "u8"]) {
      for (const model of withTrees) files.push(emovox.saveModel(withFeatureNames(model.save(), names), { leaves }));
    }
    files.push(emovox.saveModel(readModel(encode(JSON.stringify(mlModels()[0]))).classifier.save()));
    return { files, mutate: (_, bytes, other, random) => mutateSafetensors(bytes, other, random), run: runClassifier };
  },
  recognizer: async () => ({
    files: [recognizerFile()],
    mutate: (_, bytes, other, random) => mutateSafetensors(bytes, other, random),
    run: runRecognizer,
  }),
  onnx: async () => {
    const given = await onnxFiles();
    return {
      files: given.map(({ bytes }) => bytes),
      mutate: (i, bytes, other, random) =>
        random.integer(4) === 0
          ? mutateBytes(bytes, other, random)
          : writeOnnxModel(mutateMessage(given[i].message, random)),
      run: runClassifier,
    };
  },
  xgboost: async () => jsonFormat(fixture("xgboost_models").map(({ model }) => model)),
  lightgbm: async () => ({
    files: fixture("lightgbm_models").cases.map(({ model }) => encode(model)),
    mutate: (_, bytes, other, random) =>
      random.integer(4) === 0 ? mutateBytes(bytes, other, random) : encode(mutateLines(decode(bytes), random)),
    run: runClassifier,
  }),
  sklearn: async () => {
    const { forests, regressions, texts } = fixture("sklearn_models");
    const chosen = [
      forests[0],
      forests[5],
      forests[7],
      regressions[0],
      regressions[1],
      regressions[6],
      texts[0],
      texts[3],
    ];
    return jsonFormat([...chosen.map(({ model }) => model), forests[0].model.steps[0]]);
  },
  ml: async () => jsonFormat(mlModels()),
};

import { expect, test } from "vitest";
import { ModelFileError } from "../src/errors.ts";
import { matrixFromRows } from "../src/matrix.ts";
import type { Classifier } from "../src/models/classifier.ts";
import { GradientBoostingClassifier } from "../src/models/gradient-boosting.ts";
import { featureNamesOf, withFeatureNames } from "../src/models/feature-names.ts";
import { readModel } from "../src/models/interchange/read-model.ts";
import { modelToOnnx } from "../src/models/interchange/onnx-export.ts";
import { LogisticRegression } from "../src/models/logistic-regression.ts";
import { saveModel } from "../src/models/model-file.ts";
import { MultinomialNB } from "../src/models/multinomial-nb.ts";
import { Pipeline } from "../src/models/pipeline.ts";
import { RandomForestClassifier } from "../src/models/random-forest.ts";
import { StandardScaler } from "../src/models/scaler.ts";
import { VotingClassifier } from "../src/models/voting-classifier.ts";
import { TfidfVectorizer } from "../src/text/tfidf.ts";
import { fixtureJson } from "./fixture.ts";
import { table } from "./random-table.ts";

const encode = (value: unknown) => new TextEncoder().encode(typeof value === "string" ? value : JSON.stringify(value));

const { x, y } = table(2, 60, 4, 3, 0);
const names = ["pitch", "energy", "tilt", "rate"];
const leaf = (...shares: number[]) => ({ distribution: [shares] });
const cart = { name: "DTClassifier", root: { splitColumn: 1, splitValue: 0.5, left: leaf(1, 0), right: leaf(0, 1) } };

test("the format is told by the content", async () => {
  const [xgboost] = await fixtureJson("ml/xgboost_models.json");
  const { cases } = await fixtureJson("ml/lightgbm_models.json");
  const { forests, texts } = await fixtureJson("ml/sklearn_models.json");
  const forest = new RandomForestClassifier({ nEstimators: 3 });
  forest.fit(x, y);
  const files: [Uint8Array, string, number | null][] = [
    [encode(xgboost.model), "XGBoost JSON, multi:softprob", 4],
    [encode(cases[0].model), "LightGBM text, binary", 4],
    [encode(cases[0].model.replaceAll("\n", "\r\n")), "LightGBM text, binary", 4],
    [encode(forests[0].model), "scikit-learn 1.2.1: RandomForestClassifier", 3],
    [encode(forests[0].model.steps[0]), "scikit-learn forest", 3],
    [encode(texts[0].model), "scikit-learn 1.2.1: TfidfVectorizer, LogisticRegression", null],
    [encode(cart), "ml-cart JSON", 2],
    [saveModel(forest.save()), "emovox safetensors, random-forest", 4],
    [modelToOnnx(forest), "ONNX-ML TreeEnsembleClassifier, written by emovox", 4],
  ];
  for (const [bytes, format, columns] of files) {
    const model = readModel(bytes);
    expect(model).toMatchObject({ format, columns });
    if (columns === null) continue;
    const said = await model.classifier.predictProba(matrixFromRows([new Array(columns).fill(0)]));
    expect(said.data.length).toBe(model.classifier.classes.length);
  }
});

test("names of columns are kept in emovox's own files and in ONNX, whatever the kind", async () => {
  const models: Classifier[] = [
    new RandomForestClassifier({ nEstimators: 3 }),
    new GradientBoostingClassifier({ nEstimators: 2 }),
    new LogisticRegression(),
    new Pipeline({ scalers: [new StandardScaler()], classifier: new LogisticRegression() }),
    new VotingClassifier({ a: new LogisticRegression(), b: new RandomForestClassifier({ nEstimators: 2 }) }),
    new MultinomialNB(),
  ];
  const positive = { ...x, data: x.data.map(Math.abs) };
  for (const model of models) {
    await model.fit(positive, y);
    const bytes = saveModel(withFeatureNames(model.save(), names));
    const read = readModel(bytes);
    expect(read).toMatchObject({ columns: 4, featureNames: names });
    expect(await read.classifier.predictProba(x)).toEqual(await model.predictProba(x));
    expect(readModel(saveModel(model.save()), { featureNames: names }).featureNames).toEqual(names);
    expect(readModel(saveModel(withFeatureNames(model.save(), null))).featureNames).toBeNull();
  }
  expect(readModel(modelToOnnx(models[0], { featureNames: names })).featureNames).toEqual(names);
});

test("names that do not fit the model are refused", () => {
  const forest = new RandomForestClassifier({ nEstimators: 2 });
  forest.fit(x, y);
  const bytes = saveModel(forest.save());
  for (const featureNames of [["a"], ["a", "a", "b", "c"]]) {
    expect(() => readModel(bytes, { featureNames })).toThrow("4 columns; their names must be as many, and different");
  }
  const state = forest.save();
  for (const bad of [["a", 1], "abcd", ["a", "a", "b", "c"]] as string[][]) {
    expect(() => featureNamesOf({ ...state, config: { ...state.config, featureNames: bad } })).toThrow(ModelFileError);
  }
});

test("a model of texts has no columns to name", async () => {
  const model = new Pipeline({ vectorizer: new TfidfVectorizer(), classifier: new LogisticRegression() });
  await model.fit(["so happy", "happy day", "so sad", "sad day"], ["joy", "joy", "grief", "grief"]);
  const bytes = saveModel(model.save());
  expect(readModel(bytes).columns).toBeNull();
  expect(() => readModel(bytes, { featureNames: ["a"] })).toThrow("the model reads texts");
});

test.each<[string, Uint8Array, string]>([
  ["an empty file", new Uint8Array(0), "the file is empty"],
  ["a pickle", Uint8Array.of(0x80, 4, 0x95, 0, 0, 0), "export it with tools/export_sklearn.py"],
  ["an archive", encode("PK\u0003\u0004xyz"), "export it with tools/export_sklearn.py"],
  ["other text", encode("hello"), "the format is not known"],
  ["a list", encode("[1, 2]"), "the format is not known"],
  ["JSON of something else", encode('{"name": "a"}'), "is no model that is known"],
  ["half of a JSON", encode('{"learner": {'), "begins as JSON, but is none"],
  ["bytes that are no text", Uint8Array.of(0x7b, 0xff, 0xfe), "not UTF-8"],
  ["a start of LightGBM", encode("tree\nversion=v4\n"), "max_feature_idx"],
  ["a start of ONNX", Uint8Array.of(0x08, 0x07), "it has no graph"],
  ["a start of safetensors", Uint8Array.of(9, 0, 0, 0, 0, 0, 0, 0, 0x7b), "the model file is cut"],
])("%s is refused", (_, bytes, message) => {
  expect(() => readModel(bytes)).toThrow(message);
  expect(() => readModel(bytes)).toThrow(ModelFileError);
});

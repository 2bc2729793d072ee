import * as fc from "fast-check";
import { expect, test } from "vitest";
import { DataError } from "../src/errors.ts";
import { ABSENT_TERMS, explainPrediction, type PartExplanation } from "../src/explanation.ts";
import { createExtractor } from "../src/features/extractor.ts";
import { denseMatrix, matrixFromRows, toSparse } from "../src/matrix.ts";
import type { Classifier } from "../src/models/classifier.ts";
import { ComplementNB } from "../src/models/complement-nb.ts";
import { explainClassifier } from "../src/models/explain-classifier.ts";
import { explainLinear } from "../src/models/explain-linear.ts";
import { ExtraTreesClassifier } from "../src/models/extra-trees.ts";
import { GradientBoostingClassifier } from "../src/models/gradient-boosting.ts";
import { LinearSVC } from "../src/models/linear-svc.ts";
import { LogisticRegression } from "../src/models/logistic-regression.ts";
import { MultinomialNB } from "../src/models/multinomial-nb.ts";
import { RandomForestClassifier } from "../src/models/random-forest.ts";
import { StandardScaler } from "../src/models/scaler.ts";
import { VotingClassifier } from "../src/models/voting-classifier.ts";
import { Random } from "../src/random.ts";
import { Recognizer } from "../src/recognizer.ts";
import { TfidfVectorizer } from "../src/text/tfidf.ts";
import { table } from "./random-table.ts";

const softmax = (scores: readonly number[]): number[] => {
  const weights = scores.map((score) => Math.exp(score - Math.max(...scores)));
  const sum = weights.reduce((a, b) => a + b);
  return weights.map((weight) => weight / sum);
};
const furthest = (a: ArrayLike<number>, b: ArrayLike<number>) =>
  Array.from(a).reduce((most, value, i) => Math.max(most, Math.abs(value - b[i])), Number(a.length !== b.length));

/** base + values of one row, one number an output. */
function sums({ base, values }: { base: Float64Array; values: Float64Array }, row: number, columns: number): number[] {
  return Array.from(base, (start, o) => {
    let sum = start;
    for (let c = 0; c < columns; c++) sum += values[(row * columns + c) * base.length + o];
    return sum;
  });
}

test("contributions of linear models sum to their scores, dense and sparse, whatever the background", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 5 }),
      fc.integer({ min: 1, max: 6 }),
      fc.integer({ min: 1, max: 4 }),
      fc.integer(),
      (rows, columns, outputs, seed) => {
        const random = new Random(seed);
        const draw = (length: number) => Float64Array.from({ length }, () => random.normal());
        const model = { coef: draw(outputs * columns), intercept: draw(outputs) };
        const x = denseMatrix(
          rows,
          columns,
          Float32Array.from(draw(rows * columns), (v) => (v > 0 ? v : 0)),
        );
        for (const background of [undefined, draw(columns)]) {
          const dense = explainLinear(model, x, background);
          expect(furthest(explainLinear(model, toSparse(x), background).values, dense.values)).toBe(0);
          for (let row = 0; row < rows; row++) {
            const scores = Array.from(model.intercept, (start, o) =>
              x.data
                .subarray(row * columns, (row + 1) * columns)
                .reduce((sum, value, c) => sum + value * model.coef[o * columns + c], start),
            );
            expect(furthest(sums(dense, row, columns), scores)).toBeLessThan(1e-12); // rounding of sums of numbers near 1
          }
        }
      },
    ),
  );
  expect(() => explainLinear({ coef: new Float64Array(4), intercept: new Float64Array(2) }, denseMatrix(1, 3))).toThrow(
    DataError,
  );
});

test("every classifier that can be explained adds up to what it says", () => {
  for (const classes of [2, 4]) {
    const { x, y } = table(5, 60, 6, classes, 0);
    const counts = denseMatrix(x.rows, x.columns, x.data.map(Math.abs));
    const models: [Classifier, typeof x][] = [
      [new RandomForestClassifier({ nEstimators: 5 }), x],
      [new ExtraTreesClassifier({ nEstimators: 5 }), x],
      [new GradientBoostingClassifier({ nEstimators: 5 }), x],
      [new LogisticRegression(), x],
      [new MultinomialNB(), counts],
      [new ComplementNB(), counts],
    ];
    for (const [model, rows] of models) {
      void model.fit(rows, y);
      const said = model.predictProba(rows) as { data: Float64Array };
      const explained = explainClassifier(model, rows);
      for (let row = 0; row < 10; row++) {
        const total = sums(explained, row, rows.columns);
        const probabilities = explained.unit === "probability" ? total : softmax(total);
        expect(furthest(probabilities, said.data.subarray(row * classes, (row + 1) * classes))).toBeLessThan(1e-9);
      }
    }
    const machine = new LinearSVC();
    machine.fit(x, y);
    const scores = machine.decisionFunction(x);
    const explained = explainClassifier(machine, x);
    const total = sums(explained, 3, x.columns);
    expect(total).toHaveLength(classes);
    expect(total[classes - 1]).toBeCloseTo(scores.data[4 * scores.columns - 1], 12);
    if (classes === 2) expect(total[0]).toBe(-total[1]);
  }
});

test("what cannot be explained is refused in words", async () => {
  const { x, y } = table(5, 40, 3, 2, 0);
  const voting = new VotingClassifier({ a: new LogisticRegression() });
  await voting.fit(x, y);
  expect(() => explainClassifier(voting, x)).toThrow('kind "voting" cannot be explained feature by feature');
  expect(() => explainClassifier(new LogisticRegression(), x)).toThrow("call fit first");
});

const words = ["so happy", "very happy day", "so sad", "a very sad day", "happy happy", "sad sad"];
const moods = ["joy", "joy", "sadness", "sadness", "joy", "sadness"];

function textPart(classifier: Classifier, temperature: number) {
  const vectorizer = new TfidfVectorizer();
  void classifier.fit(vectorizer.fitTransform(words), moods);
  return { vectorizer, classifier, temperature };
}

const total = ({ base, features }: PartExplanation) =>
  Array.from(base, (start, o) => features.reduce((sum, { contributions }) => sum + contributions[o], start));

test("the words of a text add up to its probabilities, temperature included", async () => {
  const recognizer = new Recognizer({ text: textPart(new LogisticRegression(), 1.7) });
  const { prediction, parts } = await explainPrediction(recognizer, { text: "so very happy, unknown" });
  expect(prediction.emotion).toBe("joy");
  expect(parts[0].features.map(({ name }) => name)).toEqual(["happy", "so", "very"]);
  expect(furthest(softmax(total(parts[0])), Object.values(prediction.probabilities))).toBeLessThan(1e-12);
  const happy = parts[0].features[0].contributions;
  expect(happy[0]).toBeGreaterThan(happy[1]);
});

test("trees over words say what rests on absent ones", async () => {
  const recognizer = new Recognizer({ text: textPart(new RandomForestClassifier({ nEstimators: 20 }), 1) });
  const { prediction, parts } = await explainPrediction(recognizer, { text: "happy" });
  expect(parts[0].features.map(({ name }) => name)).toEqual(["happy", ABSENT_TERMS]);
  expect(furthest(total(parts[0]), Object.values(prediction.probabilities))).toBeLessThan(1e-6);
});

test("sound and words: the scores of both parts add up", async () => {
  const extractor = createExtractor({ preset: "sahu2019", sampleRate: 8000 });
  const random = new Random(1);
  const sounds = moods.map((_, i) =>
    Float32Array.from(
      { length: 4000 },
      (__, n) => (i % 2 ? 0.1 : 0.4) * Math.sin(n / (3 + i)) + 0.01 * random.normal(),
    ),
  );
  const raw = matrixFromRows(sounds.map((samples) => extractor.extract(samples, 8000).data));
  const scaler = new StandardScaler().fit(raw);
  const classifier = new LogisticRegression();
  classifier.fit(scaler.transform(raw), moods);
  const text = textPart(new LogisticRegression(), 0.8);
  const recognizer = new Recognizer({ audio: { extractor, scaler, classifier, temperature: 1.3 }, text });
  const { prediction, parts } = await explainPrediction(recognizer, {
    samples: sounds[0],
    sampleRate: 8000,
    text: "so happy",
  });
  expect(parts.map(({ modality }) => modality)).toEqual(["audio", "text"]);
  expect(parts[0].features.map(({ name }) => name)).toEqual(extractor.names);
  expect(parts[0].features[0].value).toBe(raw.data[0]);
  const both = total(parts[0]).map((score, c) => score + total(parts[1])[c]);
  expect(furthest(softmax(both), Object.values(prediction.probabilities))).toBeLessThan(1e-9);
});

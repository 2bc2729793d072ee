import { expect, test } from "vitest";
import { InputError } from "../src/errors.ts";
import { denseMatrix } from "../src/matrix.ts";
import { CalibratedClassifier } from "../src/models/calibrated-classifier.ts";
import type { Classifier } from "../src/models/classifier.ts";
import { ComplementNB } from "../src/models/complement-nb.ts";
import { LinearSVC } from "../src/models/linear-svc.ts";
import { loadClassifier } from "../src/models/load-classifier.ts";
import { LogisticRegression } from "../src/models/logistic-regression.ts";
import { MultinomialNB } from "../src/models/multinomial-nb.ts";
import { StackingClassifier } from "../src/models/stacking-classifier.ts";
import { VotingClassifier } from "../src/models/voting-classifier.ts";
import type { Json } from "../src/models/state.ts";
import { Random } from "../src/random.ts";
import { clouds } from "./clouds.ts";

const members = () => ({ bayes: new MultinomialNB(), svm: new LinearSVC({ calibration: "sigmoid" }) });

const models: [string, () => Classifier][] = [
  ["linear SVM", () => new LinearSVC({ calibration: "isotonic", classWeight: { c1: 2 } })],
  ["logistic regression", () => new LogisticRegression({ penalty: "l1", classWeight: "balanced" })],
  ["multinomial naive Bayes", () => new MultinomialNB()],
  ["complement naive Bayes", () => new ComplementNB()],
  ["voting", () => new VotingClassifier(members(), { voting: "hard", weights: { svm: 2 } })],
  ["stacking", () => new StackingClassifier(members(), { folds: 3 })],
  ["calibrated", () => new CalibratedClassifier(new LogisticRegression(), { method: "isotonic" })],
];

const values: Json[] = [null, true, 0, -1, 0.5, 1e308, "", "c1", "toString", [], [0], {}, { length: 3 }];

/** The value with one of its parts, or of their parts, replaced or left out. */
function damaged(value: Json, random: Random): Json {
  if (typeof value !== "object" || value === null || random.integer(6) === 0)
    return values[random.integer(values.length)];
  const entries = Object.entries(value);
  if (entries.length === 0) return values[random.integer(values.length)];
  const [key, part] = entries[random.integer(entries.length)];
  if (Array.isArray(value)) return value.map((own, i) => (String(i) === key ? damaged(part, random) : own));
  const { [key]: _, ...rest } = value as Record<string, Json>;
  return random.integer(6) === 0 ? rest : { ...rest, [key]: damaged(part, random) };
}

test.each(models)(
  "%s: a damaged config is loaded and predicts, or is refused, and never anything else",
  async (_, create) => {
    const { x, y } = clouds(1, 30, 3, 3);
    const rows = denseMatrix(30, 3, x.data.map(Math.abs));
    const model = create();
    await model.fit(rows, y);
    const state = model.save();
    const random = new Random(3);
    let refused = 0;
    for (let i = 0; i < 1500; i++) {
      const config = damaged(state.config, random);
      if (typeof config !== "object" || config === null || Array.isArray(config)) continue;
      try {
        const proba = await loadClassifier({ ...state, config: config as Record<string, Json> }).predictProba(rows);
        expect(proba.data.length).toBe(90);
        for (const p of proba.data) expect(p).toBeGreaterThanOrEqual(0);
      } catch (error) {
        if (!(error instanceof InputError)) throw error;
        refused++;
      }
    }
    expect(refused).toBeGreaterThan(10);
  },
);

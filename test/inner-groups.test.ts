import * as fc from "fast-check";
import { afterEach, expect, test, vi } from "vitest";
import { DataError } from "../src/errors.ts";
import { Fold } from "../src/evaluation/fold.ts";
import { trainAudioBranch, trainTextBranch } from "../src/evaluation/train.ts";
import { createExtractor } from "../src/features/extractor.ts";
import { type DenseMatrix, denseMatrix, type Matrix, matrixFromRows, type Probabilities } from "../src/matrix.ts";
import { CalibratedClassifier } from "../src/models/calibrated-classifier.ts";
import type { FitOptions } from "../src/models/classifier.ts";
import { GradientBoostingClassifier } from "../src/models/gradient-boosting.ts";
import { innerFolds } from "../src/models/inner-folds.ts";
import { encodeLabels } from "../src/models/label-encoder.ts";
import { LinearSVC } from "../src/models/linear-svc.ts";
import { LogisticRegression } from "../src/models/logistic-regression.ts";
import { Pipeline } from "../src/models/pipeline.ts";
import { StackingClassifier } from "../src/models/stacking-classifier.ts";
import { stratifiedFolds } from "../src/models/stratified-folds.ts";
import { VotingClassifier } from "../src/models/voting-classifier.ts";
import { Random } from "../src/random.ts";
import { clouds } from "./clouds.ts";
import { NearestNeighbour } from "./evaluation-doubles.ts";

afterEach(() => void vi.restoreAllMocks());

const shapes = fc.record({
  rows: fc.array(fc.record({ group: fc.integer({ min: 0, max: 7 }), code: fc.integer({ min: 0, max: 3 }) }), {
    minLength: 12,
    maxLength: 80,
  }),
  folds: fc.integer({ min: 2, max: 6 }),
  seed: fc.integer(),
  least: fc.constantFrom(1, 2),
});

test("every row is held out once, with its whole group but for classes that would be too few to learn from", () => {
  fc.assert(
    fc.property(shapes, ({ rows, folds, seed, least }) => {
      // Four of each class at least, of groups of their own.
      const all = [...rows, ...Array.from({ length: 16 }, (_, i) => ({ group: 8 + (i % 8), code: i >> 2 }))];
      const groups = all.map(({ group }) => `s${group}`);
      const labels = encodeLabels(all.map(({ code }) => `c${code}`));
      const parts = innerFolds(labels, { folds, seed, groups, least });
      expect(parts.flatMap(({ test }) => [...test]).sort((a, b) => a - b)).toEqual([...groups.keys()]);
      for (const { train, test } of parts) {
        expect([...train, ...test].sort((a, b) => a - b)).toEqual([...groups.keys()]);
        const own = new Set(Array.from(test, (row) => groups[row]));
        for (const row of train) expect(own).not.toContain(groups[row]);
        for (const code of labels.classes.keys()) {
          expect(train.filter((row) => labels.codes[row] === code).length).toBeGreaterThanOrEqual(least);
        }
      }
      expect(innerFolds(labels, { folds, seed, groups, least })).toEqual(parts);
    }),
    { numRuns: 60 },
  );
});

test("a class of one speaker alone is dealt out row by row, and nothing else is", () => {
  const y = Array.from({ length: 60 }, (_, i) => (i % 6 === 0 && i < 30 ? "rare" : i % 2 ? "a" : "b"));
  const groups = y.map((label, i) => (label === "rare" ? "s0" : `s${i % 4}`));
  const labels = encodeLabels(y);
  const folds = innerFolds(labels, { folds: 4, seed: 3, groups, least: 2 });
  expect(folds.length).toBe(4);
  for (const { train, test } of folds) {
    const common = (rows: Int32Array) =>
      new Set(
        Array.from(
          rows.filter((row) => y[row] !== "rare"),
          (row) => groups[row],
        ),
      );
    for (const group of common(test)) expect(common(train)).not.toContain(group);
    expect(train.filter((row) => y[row] === "rare").length).toBeGreaterThanOrEqual(3);
  }
});

test("without groups, with one alone and with one a row, rows are dealt out as ever", () => {
  const labels = encodeLabels(Array.from({ length: 40 }, (_, i) => `c${i % 3}`));
  const expected = stratifiedFolds(labels.codes, 5, 7);
  const rows = Array.from({ length: 40 }, (_, i) => String(i));
  for (const groups of [undefined, rows.map(() => "one"), rows]) {
    expect(innerFolds(labels, { folds: 5, seed: 7, groups, least: 2 })).toEqual(expected);
  }
});

/**
 * The poison: four rows a speaker that are nearly alike and of one class, which nothing else tells. Who knows the speaker knows the class;
 * of a new speaker nobody knows it.
 */
function poisoned(seed: number, speakers = 60) {
  const random = new Random(seed);
  const voices = Array.from({ length: speakers }, () => Array.from({ length: 8 }, () => random.normal()));
  const kinds = random.shuffle(Array.from({ length: speakers }, (_, i) => `c${i % 2}`));
  const rows = Array.from({ length: 4 * speakers }, (_, i) => i >> 2);
  return {
    x: matrixFromRows(rows.map((s) => voices[s].map((v) => v + 0.001 * random.normal()))),
    y: rows.map((s) => kinds[s]),
    groups: rows.map((s) => `speaker ${s}`),
  };
}

const surest = ({ data }: Probabilities) => data.reduce((most, p) => Math.max(most, p), 0);

test.each(["temperature", "sigmoid", "isotonic"] as const)(
  "calibration by %s believes in voices known by heart unless speakers are kept apart",
  async (method) => {
    const { x, y, groups } = poisoned(1);
    const strangers = poisoned(2).x;
    const sureWith = async (options: FitOptions) => {
      const calibrated = new CalibratedClassifier(new NearestNeighbour(), { method });
      await calibrated.fit(x, y, options);
      return surest(await calibrated.predictProba(strangers));
    };
    expect(await sureWith({})).toBeGreaterThan(0.95);
    expect(await sureWith({ groups })).toBeLessThan(0.7);
  },
);

test("stacking relies on a member that knows voices by heart unless speakers are kept apart", async () => {
  const { x, y, groups } = poisoned(3);
  const weightWith = async (options: FitOptions) => {
    const final = new LogisticRegression();
    const ensemble = new StackingClassifier({ heart: new NearestNeighbour() }, { finalEstimator: final });
    await ensemble.fit(x, y, options);
    return Math.max(...final.coef.map(Math.abs));
  };
  expect(await weightWith({})).toBeGreaterThan(1.5);
  expect(await weightWith({ groups })).toBeLessThan(0.4);
});

test.each(["temperature", "sigmoid", "isotonic"] as const)(
  "a support vector machine's probabilities by %s are those of strangers when speakers are kept apart",
  (calibration) => {
    // As many columns as speakers: each is known by one of them.
    const { y, groups } = poisoned(4, 40);
    const x = denseMatrix(y.length, 40);
    y.forEach((_, row) => (x.data[row * 40 + (row >> 2)] = 1));
    const sureWith = (options: FitOptions) => {
      const machine = new LinearSVC({ calibration });
      machine.fit(x, y, options);
      return { sure: surest(machine.predictProba(x)), coef: machine.coef };
    };
    const [known, strange] = [sureWith({}), sureWith({ groups })];
    expect(known.sure).toBeGreaterThan(0.9);
    expect(strange.sure).toBeLessThan(0.75);
    expect(strange.coef).toEqual(known.coef); // the boundaries learn from all rows, as ever
  },
);

test("boosting that stops early does not go on for voices that it knows by heart", () => {
  const { x, y, groups } = poisoned(6, 200);
  const early = { earlyStoppingRounds: 3, validationFraction: 0.3 }; // sixty speakers, for a loss that is no accident
  const lossWith = (options: FitOptions) => {
    const boosting = new GradientBoostingClassifier({ nEstimators: 40, minSamplesLeaf: 2, ...early });
    boosting.fit(x, y, options);
    return Math.min(...boosting.heldOutLoss);
  };
  expect(lossWith({})).toBeLessThan(0.3);
  expect(lossWith({ groups })).toBeGreaterThan(0.6); // ln 2 = 0.69 is to know nothing
});

/** Knows by its first column which group a row is of, and whom it has learnt from. */
class Witness extends NearestNeighbour {
  static faults: string[] = [];
  static fits = 0;
  #known = new Set<number>();
  #final: boolean;

  constructor(final = false) {
    super();
    this.#final = final;
  }

  override fit(x: Matrix, y: readonly string[], { groups }: FitOptions = {}): void {
    super.fit(x, y);
    Witness.fits++;
    if (groups?.length !== x.rows) Witness.faults.push(`${groups?.length} groups for ${x.rows} rows`);
    if (this.#final) return;
    const first = Array.from({ length: x.rows }, (_, row) => (x as DenseMatrix).data[row * x.columns]);
    first.forEach((voice, row) => {
      if (groups?.[row] !== `s${voice}`) Witness.faults.push(`row of s${voice} said to be of ${groups?.[row]}`);
    });
    this.#known = new Set(first);
  }

  override predictProba(x: Matrix): Probabilities {
    const voices = new Set(Array.from({ length: x.rows }, (_, row) => (x as DenseMatrix).data[row * x.columns]));
    const met = [...voices].filter((voice) => this.#known.has(voice));
    if (!this.#final && met.length > 0) Witness.faults.push(`s${met[0]} stands on both sides`);
    return super.predictProba(x);
  }
}

test.each([
  ["calibration", () => new CalibratedClassifier(new Witness(), { folds: 3 }), 4],
  ["calibration of a vote", () => new CalibratedClassifier(new VotingClassifier({ w: new Witness() })), 6],
  ["calibration of a pipeline", () => new CalibratedClassifier(new Pipeline({ classifier: new Witness() })), 6],
  ["stacking", () => new StackingClassifier({ w: new Witness() }, { finalEstimator: new Witness(true) }), 7],
  [
    "calibration of a stack",
    () =>
      new CalibratedClassifier(
        new StackingClassifier({ w: new Witness() }, { folds: 2, finalEstimator: new Witness(true) }),
        { folds: 2 },
      ),
    12,
  ],
])("%s: each row's group goes along, and none stands on both sides of a fold", async (_, create, fits) => {
  const rows = Array.from({ length: 96 }, (_, i) => [i % 8, i]);
  Witness.faults = [];
  Witness.fits = 0;
  await create().fit(
    matrixFromRows(rows),
    rows.map(([, i]) => `c${(i >> 3) % 2}`),
    { groups: rows.map(([voice]) => `s${voice}`) },
  );
  expect(Witness.faults).toEqual([]);
  expect(Witness.fits).toBe(fits);
});

test.each([
  ["calibration", () => new CalibratedClassifier(new LogisticRegression())],
  ["stacking", () => new StackingClassifier({ lr: new LogisticRegression() })],
  ["support vector machine", () => new LinearSVC()],
  ["boosting", () => new GradientBoostingClassifier({ nEstimators: 3, earlyStoppingRounds: 2 })],
])("%s: groups that are not one a row are refused", async (_, create) => {
  const { x, y } = clouds(1, 30, 3, 2);
  const fit = async (groups: unknown) => create().fit(x, y, { groups: groups as string[] });
  await expect(fit(y.slice(1))).rejects.toThrow("there are 30 rows but 29 groups");
  await expect(fit(y.slice(1))).rejects.toThrow(DataError);
  await expect(fit(y.map((name, i) => (i === 4 ? undefined : name)))).rejects.toThrow(
    "the group of row 4 is undefined",
  );
  await expect(fit(y.map((_, i) => `s${i % 4}`))).resolves.toBeUndefined();
});

test("training passes the speakers on, in the folds and at the end", async () => {
  const { x, y } = clouds(5, 48, 8, 2);
  const speakers = y.map((_, i) => `s${i % 3}`);
  const inFold = vi.spyOn(Fold.prototype, "fitPredict");
  const learnt = vi.spyOn(LogisticRegression.prototype, "fit");
  const corpus = { corpus: "test", classes: ["c0", "c1"], labels: y, speakers };
  const options = { classifier: "lr", seed: 1 } as const;
  const check = () => {
    expect(inFold.mock.calls.map(([, , given]) => given?.groups)).toEqual([speakers, speakers, speakers]);
    const groups = learnt.mock.calls.map(([, , given]) => given?.groups);
    expect(groups.map((names) => new Set(names).size)).toEqual([2, 2, 2, 3]);
    expect(groups.at(-1)).toEqual(speakers);
    vi.clearAllMocks();
  };
  const extractor = createExtractor({ preset: "sahu2019", level: "utterance", sampleRate: 16000 });
  await trainAudioBranch({ ...corpus, features: x }, extractor, options);
  check();
  await trainTextBranch({ ...corpus, transcripts: y.map((name, i) => `${name} word${i % 5}`) }, options);
  check();
});

import { log } from "../core/math.ts";
import { DataError, ModelFileError } from "../errors.ts";
import type { Matrix, Probabilities } from "../matrix.ts";
import {
  applyCalibrator,
  type CalibrationMethod,
  type Calibrator,
  calibratorFromJson,
  calibratorToJson,
  checkMethod,
  fitCalibrator,
} from "./calibrator.ts";
import { checkExamples } from "./check.ts";
import type { Classifier, FitOptions } from "./classifier.ts";
import { checkHeldOutOptions, heldOutProbabilities } from "./held-out.ts";
import { encodeLabels } from "./label-encoder.ts";
import type { Loader } from "./members.ts";
import { joinStates, partOf } from "./nested-state.ts";
import type { Scores } from "./scores.ts";
import type { Json, ModelState } from "./state.ts";
import { checkKind, classesOf, optionsOf, withOptions } from "./state-reader.ts";

export interface CalibratedOptions {
  /** `temperature` when left out. */
  method?: CalibrationMethod;
  /** Parts that are held out in turn. 5 when left out. */
  folds?: number;
  /** Of the division into parts. 0 when left out. */
  seed?: number;
}

/** Keeps logarithms finite: forests say 0 of classes that a leaf has not seen. */
const SMALLEST = 1e-6;

/**
 * A classifier whose probabilities are made truthful: a calibrator learns from its probabilities of rows that it had not learnt from
 * (stratified parts, of whole groups where `fit` is given groups: no speaker then stands on both sides); then it learns from all rows. That is scikit-learn's
 * `CalibratedClassifierCV(ensemble=False)`, but that the sigmoid is taken of log-odds, which it can leave as they are.
 *
 * @example
 * const calibrated = new CalibratedClassifier(new RandomForestClassifier({ seed: 1 }), { method: "isotonic" });
 * await calibrated.fit(x, y, { groups: speakers });
 * const { data } = await calibrated.predictProba(x);
 */
export class CalibratedClassifier implements Classifier {
  static readonly kind = "calibrated";
  readonly kind = CalibratedClassifier.kind;
  readonly classifier: Classifier;
  readonly options: Readonly<Required<CalibratedOptions>>;
  #calibrator: Calibrator | null = null;

  /** @throws {OptionError} for an option that is out of range */
  constructor(classifier: Classifier, { method = "temperature", folds = 5, seed = 0 }: CalibratedOptions = {}) {
    checkMethod(method);
    checkHeldOutOptions({ folds, seed });
    this.classifier = classifier;
    this.options = { method, folds, seed };
  }

  get classes(): readonly string[] {
    return this.#calibrator ? this.classifier.classes : [];
  }

  /** What was learnt from held-out rows; `null` before `fit`. */
  get calibrator(): Calibrator | null {
    return this.#calibrator;
  }

  /** @throws {DataError} what the classifier refuses, groups that are not one a row, or a class with too few examples to hold some out */
  async fit(x: Matrix, y: readonly string[], { sampleWeight, groups, onProgress }: FitOptions = {}): Promise<void> {
    checkExamples(x, y, sampleWeight);
    const labels = encodeLabels(y);
    const { method, folds, seed } = this.options;
    const part = (from: number, of: number) => (done: number) => onProgress?.((from + of * done) / (folds + 1));
    const held = await heldOutProbabilities(this.classifier, x, labels, {
      folds,
      seed,
      sampleWeight,
      groups,
      onProgress: part(0, folds),
    });
    const weights = sampleWeight ?? new Float64Array(x.rows).fill(1);
    this.#calibrator = fitCalibrator(method, probabilityScores(held, method), labels.codes, weights);
    await this.classifier.fit(x, y, { sampleWeight, groups, onProgress: part(folds, 1) });
  }

  async predictProba(x: Matrix): Promise<Probabilities> {
    if (!this.#calibrator) throw new DataError("the calibrated classifier has not learnt yet: call fit first");
    return applyCalibrator(
      this.#calibrator,
      probabilityScores(await this.classifier.predictProba(x), this.options.method),
    );
  }

  save(): ModelState {
    if (!this.#calibrator) throw new DataError("the calibrated classifier has not learnt yet: call fit first");
    const config = {
      options: { ...this.options } as Record<string, Json>,
      classes: this.classes,
      calibrator: calibratorToJson(this.#calibrator),
    };
    return joinStates(this.kind, config, { classifier: this.classifier.save() });
  }

  /** The classifier that `save` wrote. @param load loads the classifier inside @throws {ModelFileError} */
  static load(state: ModelState, load: Loader): CalibratedClassifier {
    checkKind(state, CalibratedClassifier.kind);
    const classifier = load(partOf(state, "classifier"));
    const classes = classesOf(state);
    if (classifier.classes.join("\n") !== classes.join("\n")) {
      throw new ModelFileError("the model's classifier does not have the classes of its calibration");
    }
    const loaded = withOptions(() => new CalibratedClassifier(classifier, optionsOf(state) as CalibratedOptions));
    const { method } = loaded.options;
    const columns = classes.length === 2 && method !== "temperature" ? 1 : classes.length;
    loaded.#calibrator = calibratorFromJson(state.config.calibrator, columns);
    if (loaded.#calibrator.method !== method) throw new ModelFileError("the model's calibration is not of its method");
    return loaded;
  }
}

/** What a calibrator takes: logarithms, log-odds or the probabilities themselves; the last two of the second class alone, if there are two. */
export function probabilityScores({ rows, columns, data }: Probabilities, method: CalibrationMethod): Scores {
  const logOf = (p: number) => log(Math.max(p, SMALLEST));
  if (method === "temperature") return { rows, columns, data: data.map(logOf) };
  const scores = method === "sigmoid" ? data.map((p) => logOf(p) - logOf(1 - p)) : data;
  return columns > 2
    ? { rows, columns, data: scores }
    : { rows, columns: 1, data: scores.filter((_, i) => i % 2 === 1) };
}

import { DataError } from "../errors.ts";
import type { CalibrationMethod } from "../models/calibrator.ts";
import { mostProbable } from "../matrix.ts";
import { type Cell, cellName, type Components } from "./cell.ts";
import type { Condition, ConditionStudy } from "./conditions.ts";
import type { MeanContributions } from "./contributions.ts";
import type { Fold, FoldPrediction } from "./fold.ts";
import type { Balance, Parts } from "./fold-parts.ts";
import type { Counts } from "./metrics.ts";
import type { Plan } from "./protocols.ts";
import { completeGroups, type EvaluationRows } from "./rows.ts";
import { type Params, type SearchMethod, type SearchResult, searchParams } from "./search.ts";
import { deriveSeed } from "./seeds.ts";
import { speakersAlike } from "./speaker-frames.ts";
import { rowNumbers } from "./utterance-rows.ts";

/** Test rows of one fold with their true and their predicted classes, as indices into the plan's classes. */
export interface Outcome {
  readonly rows: Int32Array;
  readonly truth: Int32Array;
  readonly predicted: Int32Array;
  /** rows x classes of the plan, row-major; absent for what gives none. */
  readonly probabilities?: Float64Array;
  /** The settings that a search within the fold chose. */
  readonly search?: SearchResult;
  /** The predicted classes under each condition. */
  readonly conditions?: readonly ConditionOutcome[];
  /** What the columns added to the scores of test rows. */
  readonly contributions?: MeanContributions;
}

export interface ConditionOutcome {
  readonly study: ConditionStudy;
  readonly name: string;
  readonly predicted: Int32Array;
}

/** What is done in every fold beside fitting scaler, vectoriser and classifier. Under the protocol `seed` none of it is. */
export interface FoldSteps {
  /** How rare classes are made up for. */
  readonly balance: Balance;
  /** Scaling of audio features and of frames by speaker, instead of by all training rows; or of every row by itself, after the latter. */
  readonly normalize: "none" | "speaker" | "utterance";
  /** How many columns are kept, after joining; all when left out. */
  readonly select?: number;
  /** How probabilities are made truthful. */
  readonly calibrate?: CalibrationMethod;
  /** How models with a search space are tuned, within the fold's training part. */
  readonly search?: SearchMethod;
}

export interface PipelineOptions extends FoldSteps {
  readonly seed: number;
  /** Whether the rows are noise, to find out about the protocol: a smaller model will do, and no search. */
  readonly canary?: boolean;
  /** What the fitted model is tried under, beside the test rows as they are; models of utterances are not. */
  readonly conditions?: readonly Condition[];
  /** On how many test rows at most the contributions of columns are measured; not at all when left out. */
  readonly explain?: number;
  /** Called with the share of the fold that is done, from 0 to 1. */
  readonly onProgress?: (done: number) => void;
}

/** Inner folds of a search. */
const SEARCH_FOLDS = 3;

/**
 * Runs one cell in one fold of a plan: scaler, vectoriser, joining, selection, balancing and classifier, each fitted in the fold.
 *
 * @throws {DataError} when the rows lack what the cell's modality or a step needs.
 */
export async function runFold(
  plan: Plan,
  fold: Fold,
  rows: EvaluationRows,
  cell: Cell,
  components: Components,
  options: PipelineOptions,
): Promise<Outcome> {
  checkCell(cell, rows);
  const setting = { plan, rows, cell, components, options };
  const search = await searchIn(fold, setting);
  const prediction = await predict(fold, setting, search?.params ?? {});
  const { rows: tested, predicted, probabilities, classes, contributions } = prediction;
  const column = classes.map((name) => plan.classes.indexOf(name));
  const aligned = new Float64Array(tested.length * plan.classes.length);
  for (let r = 0; r < tested.length; r++) {
    column.forEach((to, c) => (aligned[r * plan.classes.length + to] = probabilities.data[r * classes.length + c]));
  }
  return {
    rows: tested,
    truth: Int32Array.from(tested, (row) => plan.classes.indexOf(rows.labels[row])),
    predicted: Int32Array.from(predicted, (name) => plan.classes.indexOf(name)),
    probabilities: aligned,
    ...(search ? { search } : {}),
    ...(prediction.conditions.length === 0 ? {} : { conditions: conditionOutcomes(prediction, setting) }),
    ...(contributions ? { contributions } : {}),
  };
}

function conditionOutcomes({ conditions, classes }: FoldPrediction, { plan, cell, components, options }: Setting) {
  const codes = classes.map((name) => plan.classes.indexOf(name));
  return conditionsIn(components, cell, options).map(({ study, name }, c) => ({
    study,
    name,
    predicted: mostProbable(conditions[c]).map((column) => codes[column]),
  }));
}

/** Models of utterances look their rows' text and frames up by number, which degraded features do not reach. */
const conditionsIn = ({ models }: Components, { model }: Cell, { conditions = [] }: PipelineOptions) =>
  models[model].reads ? [] : conditions;

interface Setting {
  readonly plan: Plan;
  readonly rows: EvaluationRows;
  readonly cell: Cell;
  readonly components: Components;
  readonly options: PipelineOptions;
}

async function searchIn(fold: Fold, setting: Setting): Promise<SearchResult | undefined> {
  const { plan, rows, cell, components, options } = setting;
  const { space } = components.models[cell.model];
  if (!space || !options.search || options.canary || plan.leaks) return undefined;
  const seed = deriveSeed(options.seed, "search", cellName(cell), fold.name);
  const inner = fold.inner(plan.groups, SEARCH_FOLDS, seed);
  const indexOf = new Map(plan.classes.map((name, index) => [name, index]));
  const evaluate = async (params: Params, part: Fold): Promise<Counts> => {
    const quiet = {
      ...setting,
      options: { ...options, calibrate: undefined, onProgress: undefined, conditions: [], explain: undefined },
    };
    const { rows: tested, predicted } = await predict(part, quiet, params);
    const counts = plan.classes.map(() => plan.classes.map(() => 0));
    tested.forEach((row, i) => counts[indexOf.get(rows.labels[row])!][indexOf.get(predicted[i])!]++);
    return counts;
  };
  return searchParams(space, options.search, inner, seed, evaluate);
}

async function predict(fold: Fold, setting: Setting, params: Params): Promise<FoldPrediction> {
  const { plan, cell, components, options } = setting;
  const { seed, balance, calibrate, canary = false, onProgress } = options;
  const entry = components.models[cell.model];
  const rows = plan.leaks || options.normalize !== "speaker" ? setting.rows : speakersAlike(setting.rows, fold);
  const settings = { modality: cell.modality, protocol: plan.protocol, canary, params, rows };
  const purpose = [cellName(cell), fold.name];
  const model = entry.create({ ...settings, seed: deriveSeed(seed, ...purpose) });
  const fitting = {
    weights: balance === "weights" && !plan.leaks,
    calibrate: plan.leaks ? undefined : calibrate,
    earlyStopping: entry.earlyStopping === true && !plan.leaks,
    groups: plan.groups,
    seed: deriveSeed(seed, "held out", ...purpose),
    explain: options.explain,
    onProgress,
  };
  if (!entry.members) return fold.fitPredict(model, preparedParts(fold, setting, cell), fitting);
  const members = entry.members.map((member) => ({
    classifier: components.models[member.model].create({
      ...settings,
      modality: member.modality,
      params: {},
      seed: deriveSeed(seed, ...purpose, cellName(member)),
    }),
    parts: preparedParts(fold, setting, member),
  }));
  return fold.fitPredictStacked(members, model, fitting);
}

function preparedParts(fold: Fold, setting: Setting, cell: Cell): Parts {
  const { plan, options } = setting;
  const { balance, select, seed } = options;
  let parts = modalityParts(fold, setting, cell);
  if (plan.leaks) return parts;
  if (setting.components.models[cell.model].reads && (select !== undefined || balance === "smote")) {
    throw new DataError(
      `cell ${cellName(cell)} reads utterances: columns cannot be selected nor rows made up between them`,
    );
  }
  if (select !== undefined) parts = fold.select(parts, select);
  if (balance === "oversample") parts = fold.oversample(parts, deriveSeed(seed, "oversample", fold.name));
  if (balance === "smote") parts = fold.smote(parts, deriveSeed(seed, "smote", fold.name));
  return parts;
}

function modalityParts(fold: Fold, setting: Setting, { modality, model }: Cell): Parts {
  const { plan, rows, components, options } = setting;
  const reads = components.models[model].reads?.(modality);
  const audio = (): Parts => fold.named(audioParts(fold, setting, model), rows.featureNames);
  if (reads) {
    const numbers = fold.take(rowNumbers(rows.labels.length));
    return reads.features ? fold.concat(numbers, audioParts(fold, withoutConditions(setting), model)) : numbers;
  }
  const transcripts = rows.transcripts!;
  const said = (options.conditions ?? []).map((condition) => condition.transcripts ?? transcripts);
  const text = (): Parts => fold.fitTransform(components.vectorizer(plan.protocol), transcripts, said);
  if (modality === "audio") return audio();
  return modality === "text" ? text() : fold.concat(audio(), text());
}

const withoutConditions = (setting: Setting): Setting => ({
  ...setting,
  options: { ...setting.options, conditions: [] },
});

function audioParts(fold: Fold, { plan, rows, components, options }: Setting, model: string): Parts {
  const { normalize } = options;
  const features = rows.features!;
  const heard = (options.conditions ?? []).map((condition) =>
    condition.features === undefined ? features : condition.features,
  );
  if (!plan.scale) return fold.take(features, heard);
  const scaler = components.scaler(plan.protocol, model);
  if (plan.leaks || normalize === "none") return fold.fitTransform(scaler, features, heard);
  if (normalize === "speaker") {
    const speakers = completeGroups(rows, "speakers", "normalising per speaker");
    return fold.fitTransformParts(scaler, fold.scalePerSpeaker(features, speakers, heard));
  }
  return fold.scalePerUtterance(fold.fitTransform(scaler, features, heard));
}

/** Makes sure that the rows have what a cell is given. @throws {DataError} naming what is missing. */
export function checkCell(cell: Cell, { corpus, features, transcripts }: EvaluationRows): void {
  const lacking = cell.modality !== "text" && !features ? "audio" : "transcripts";
  if (canRun(cell, { features, transcripts })) return;
  throw new DataError(`${corpus}: cell ${cellName(cell)} needs ${lacking}, which this corpus does not have`);
}

/** Whether the rows have what a cell is given. */
export function canRun({ modality }: Cell, rows: Pick<EvaluationRows, "features" | "transcripts">): boolean {
  return (
    (modality === "text" || rows.features !== undefined) && (modality === "audio" || rows.transcripts !== undefined)
  );
}

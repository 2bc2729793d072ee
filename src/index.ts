// emovox for browsers and Node: no file access, no runtime dependency.
export { type AudioData, decodeWav } from "./audio/wav.ts";
export { mixToMono } from "./audio/mix.ts";
export { autocorrelate } from "./core/autocorrelation.ts";
export { RealFft } from "./core/fft.ts";
export { functionalNames, functionals } from "./core/functionals.ts";
export { Hpss, type HpssOptions } from "./core/hpss.ts";
export { hasSimd } from "./core/info.ts";
export { Resampler } from "./core/resample.ts";
export {
  dctMatrix,
  delta,
  type MelOptions,
  melFilterbank,
  regressionDelta,
  type WindowKind,
  windowFunction,
} from "./core/tables.ts";
export { digest } from "./digest.ts";
export * from "./errors.ts";
export { brierScore, expectedCalibrationError } from "./evaluation/calibration.ts";
export {
  type Contribution,
  explainPrediction,
  type PartExplanation,
  type PredictionExplanation,
  sumByFamily,
} from "./explanation.ts";
export * from "./features/index.ts";
export * from "./matrix.ts";
export type { Classifier, FitOptions } from "./models/classifier.ts";
export { CalibratedClassifier } from "./models/calibrated-classifier.ts";
export { ComplementNB } from "./models/complement-nb.ts";
export { LinearSVC } from "./models/linear-svc.ts";
export { explainForest, type Explanation, type TreeModel } from "./models/explain.ts";
export { type ClassifierExplanation, explainClassifier } from "./models/explain-classifier.ts";
export { explainLinear, type LinearModel } from "./models/explain-linear.ts";
export { ExtraTreesClassifier } from "./models/extra-trees.ts";
export { type BoostingFitOptions, GradientBoostingClassifier } from "./models/gradient-boosting.ts";
export type { GradientBoostingOptions } from "./models/gradient-boosting-options.ts";
export { LogisticRegression } from "./models/logistic-regression.ts";
export {
  type LiveHop,
  LiveSession,
  type LiveSessionOptions,
  liveColumns,
  liveSampleRate,
  liveSessionOptions,
} from "./live/live-session.ts";
export { type LiveScope, serveLive } from "./live/serve-live.ts";
export { VoiceActivity, type VoiceActivityOptions, voiceActivityOptions } from "./live/voice-activity.ts";
export { loadClassifier } from "./models/load-classifier.ts";
export { MultinomialNB } from "./models/multinomial-nb.ts";
export type { LeafFormat } from "./models/leaf-format.ts";
export { loadModel, type SaveOptions, saveModel } from "./models/model-file.ts";
export {
  type PermutationImportance,
  permutationImportance,
  type PermutationOptions,
} from "./models/permutation-importance.ts";
export { type ForestFitOptions, RandomForestClassifier } from "./models/random-forest.ts";
export { RandomForestRegressor, type RegressionForestOptions } from "./models/random-forest-regressor.ts";
export { readSafetensors, writeSafetensors } from "./models/safetensors.ts";
export { MinMaxScaler, StandardScaler } from "./models/scaler.ts";
export { forestFromSklearn } from "./models/interchange/sklearn-forest.ts";
export { StackingClassifier } from "./models/stacking-classifier.ts";
export type { ModelState, Tensor } from "./models/state.ts";
export { applyTemperature, fitTemperature } from "./models/temperature.ts";
export { VotingClassifier } from "./models/voting-classifier.ts";
export { Random } from "./random.ts";
export {
  type PredictOptions,
  type Prediction,
  Recognizer,
  type RecognizerInput,
  type RecognizerParts,
} from "./recognizer.ts";
export { normaliseTranscript } from "./text/normalise.ts";
export { TfidfVectorizer, type TfidfOptions } from "./text/tfidf.ts";
export { tokenise } from "./text/tokenise.ts";
export type { Corpus, Utterance } from "./utterance.ts";
export { version } from "./version.ts";

/**
 * Features, models and the recogniser, for browsers and Node: no file access, no network, no runtime dependency.
 *
 * @example
 * import { Recognizer } from "emovox";
 *
 * const { emotion, probabilities } = await new Recognizer().predict({ text: "I am so happy to see you!" });
 * console.log(emotion, probabilities);
 *
 * @module emovox
 */
export { type AudioData, type DecodeOptions, decodeWav } from "./audio/wav.ts";
export { mixToMono } from "./audio/mix.ts";
export { autocorrelate } from "./core/autocorrelation.ts";
export { RealFft } from "./core/fft.ts";
export { functionalNames, functionals } from "./core/functionals.ts";
export { Hpss, type HpssMasks, type HpssOptions } from "./core/hpss.ts";
export { hasSimd } from "./core/info.ts";
export type { Forest } from "./core/forest.ts";
export type { LogisticFit } from "./core/logistic.ts";
export { Resampler, type ResamplerStream } from "./core/resample.ts";
export type { PadMode } from "./core/signal.ts";
export { type ComplexSpectrogram, magphase, Stft, type StftOptions } from "./core/stft.ts";
export type { LinearSvmFit } from "./core/svm.ts";
export { type DeltaMode, delta, regressionDelta } from "./core/deltas.ts";
export { dctMatrix, type MelNorm, type MelOptions, melFilterbank } from "./core/tables.ts";
export { type WindowKind, windowFunction, windowKinds } from "./core/windows.ts";
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
export { CalibratedClassifier, type CalibratedOptions } from "./models/calibrated-classifier.ts";
export type { Calibrator } from "./models/calibrator.ts";
export type { ClassWeight } from "./models/class-weight.ts";
export { ComplementNB, type ComplementNBOptions } from "./models/complement-nb.ts";
export type { HeldOutPart } from "./models/early-stopping-part.ts";
export type { Curve } from "./models/isotonic.ts";
export { LinearSVC } from "./models/linear-svc.ts";
export type { LinearSVCOptions } from "./models/linear-svc-options.ts";
export { explainForest, type Explanation, type TreeModel } from "./models/explain.ts";
export { type ClassifierExplanation, explainClassifier } from "./models/explain-classifier.ts";
export { explainLinear, type LinearModel } from "./models/explain-linear.ts";
export { ExtraTreesClassifier } from "./models/extra-trees.ts";
export { type BoostingFitOptions, GradientBoostingClassifier } from "./models/gradient-boosting.ts";
export type { GradientBoostingOptions } from "./models/gradient-boosting-options.ts";
export { LogisticRegression, type LogisticRegressionOptions } from "./models/logistic-regression.ts";
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
export type { LeafFormat } from "./models/leaf-format.ts";
export type { Loader, Members } from "./models/members.ts";
export { MultinomialNB, type MultinomialNBOptions } from "./models/multinomial-nb.ts";
export { loadModel, type SaveOptions, saveModel } from "./models/model-file.ts";
export {
  type PermutationImportance,
  permutationImportance,
  type PermutationOptions,
} from "./models/permutation-importance.ts";
export type { Sigmoid } from "./models/platt.ts";
export { type ForestFitOptions, type OutOfBag, RandomForestClassifier } from "./models/random-forest.ts";
export type { RandomForestOptions } from "./models/random-forest-options.ts";
export { RandomForestRegressor, type RegressionForestOptions } from "./models/random-forest-regressor.ts";
export { readSafetensors, type TensorFile, writeSafetensors } from "./models/safetensors.ts";
export { MinMaxScaler, StandardScaler } from "./models/scaler.ts";
export { forestFromSklearn } from "./models/interchange/sklearn-forest.ts";
export type { Scores } from "./models/scores.ts";
export { StackingClassifier, type StackingOptions } from "./models/stacking-classifier.ts";
export type { Json, ModelState, Tensor, TensorData } from "./models/state.ts";
export { applyTemperature, fitTemperature } from "./models/temperature.ts";
export { VotingClassifier, type VotingOptions } from "./models/voting-classifier.ts";
export { Random } from "./random.ts";
export {
  type AudioBranch,
  type PredictOptions,
  type Prediction,
  Recognizer,
  type RecognizerInput,
  type RecognizerParts,
  type TextBranch,
  type UtteranceModel,
} from "./recognizer.ts";
export { normaliseTranscript } from "./text/normalise.ts";
export { TfidfVectorizer, type TfidfOptions } from "./text/tfidf.ts";
export { type TokenPattern, tokenise } from "./text/tokenise.ts";
export type { Corpus, Utterance } from "./utterance.ts";
export { version } from "./version.ts";

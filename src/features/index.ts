export { type FrameFeature, type FrameOptions, frameFeatures } from "../core/frame-features.ts";
export { estimateTuning, type TuningOptions } from "../core/tuning.ts";
export { type KaldiFeature, kaldiFeatures } from "../core/kaldi.ts";
export { emovoxOptions, emovoxSampleRate } from "./emovox.ts";
export {
  createExtractor,
  type Extractor,
  type ExtractorRequest,
  type Level,
  type Preset,
  presets,
} from "./extractor.ts";
export { kaldiOptions } from "./kaldi.ts";
export { librosaOptions, type OptionRecord, type OptionValue, parseOptionValue } from "./options.ts";
export { sahu2019Names, sahu2019Options } from "./sahu2019.ts";
export { createStream, type FrameStream } from "./stream.ts";

/**
 * For Node: what reads and writes files (audio of every kind, corpora, tables), beside all that `emovox` has.
 *
 * @example
 * import { createExtractor, readAudio } from "emovox/node";
 *
 * const { sampleRate, samples } = await readAudio("speech.wav");
 * const extractor = createExtractor({ preset: "librosa", sampleRate, features: ["mfcc"] });
 * console.log(extractor.extract(samples).rows);
 *
 * @module emovox/node
 */
export * from "./index.ts";
export { decodeAudio, decodeMono, type MonoAudio } from "./audio/decode.ts";
export { encodeWav } from "./audio/encode-wav.ts";
export { findAudioFiles, readAudio, type ReadAudioOptions } from "./corpora/audio-file.ts";
export { corpusNames, type CorpusOptions, type CorpusSource, loadCorpus } from "./corpora/registry.ts";
export {
  readSeedTables,
  type SeedTable,
  type SeedTablePaths,
  type SeedTables,
  writeSeedTables,
} from "./corpora/seed-tables.ts";
export { writeFileAtomically } from "./corpora/write-file.ts";

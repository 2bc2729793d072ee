import { readFile } from "node:fs/promises";
import { type Channel, channels } from "../audio/channels.ts";
import { readAudio } from "../corpora/audio-file.ts";
import { CorpusError, withFile } from "../errors.ts";
import { type EvaluationRows, rowsOfCorpus } from "../evaluation/rows.ts";
import { deriveSeed } from "../evaluation/seeds.ts";
import { createExtractor, type Extractor } from "../features/extractor.ts";
import { type DenseMatrix, denseMatrix } from "../matrix.ts";
import { Random } from "../random.ts";
import type { Corpus, Utterance } from "../utterance.ts";
import { type AudioRow, FeatureCache } from "./feature-cache.ts";
import { progress } from "./output.ts";
import { sha256 } from "./task-store.ts";

/** Utterance features of every file of a corpus, one row an utterance, with what else the sound tells: length, loudness, copies. */
export async function extractCorpus(
  corpus: Corpus,
  extractorFor: (sampleRate: number) => Extractor,
  cache?: FeatureCache,
  through?: { readonly channel: Channel; readonly seed: number },
): Promise<EvaluationRows> {
  const { utterances } = corpus;
  const bar = progress(through ? through.channel.name : `features of ${corpus.name}`);
  const recipe = `${cache ? recipeOf(extractorFor(16000)) : ""}${through ? ` ${through.channel.name} ${through.seed}` : ""}`;
  const rows: AudioRow[] = [];
  try {
    for (const [r, utterance] of utterances.entries()) {
      if (utterance.file === undefined) throw new CorpusError(`${corpus.name}: utterance ${utterance.id} has no audio`);
      const random = new Random(deriveSeed(through?.seed ?? 0, through?.channel.name ?? "", utterance.id));
      const channel =
        through && ((samples: Float32Array, rate: number) => through.channel.degrade(samples, rate, random));
      rows.push(await audioRow(utterance, utterance.file, { extractorFor, cache, recipe, channel }));
      bar.update((r + 1) / utterances.length, utterance.id);
    }
  } finally {
    bar.stop();
  }
  await cache?.prune();
  const features = denseMatrix(rows.length, rows[0]?.features.length ?? 0);
  for (const [r, row] of rows.entries()) features.data.set(row.features, r * features.columns);
  return {
    ...rowsOfCorpus(corpus, features),
    audioHashes: rows.map(({ hash }) => hash),
    seconds: Float64Array.from(rows, ({ seconds }) => seconds),
    loudness: Float64Array.from(rows, ({ loudness }) => loudness),
    featureNames: extractorFor(16000).names,
  };
}

/** Utterance features of every file of a corpus as they would be had the sound come through each of the {@link channels}. */
export async function extractChannels(
  corpus: Corpus,
  extractorFor: (sampleRate: number) => Extractor,
  seed: number,
  cache?: FeatureCache,
): Promise<NonNullable<EvaluationRows["channels"]>> {
  const extracted = [];
  for (const channel of channels) {
    const { features } = await extractCorpus(corpus, extractorFor, cache, { channel, seed });
    extracted.push({ name: channel.name, features: features! });
  }
  return extracted;
}

/** What networks hear: 40 log-mel energies of Kaldi's every 16 ms. */
export const frameFeatures = {
  preset: "kaldi",
  level: "frames",
  sampleRate: 16000,
  features: ["fbank"],
  options: { numMelBins: 40, hopLength: 256 },
} as const;

/** Speeds that training takes in place of the speaker's own (Ko et al. 2015). */
const SPEEDS = [0.9, 1.1];

/** The frames of every file of a corpus, and as they would be at other speeds. */
export async function extractFrames(corpus: Corpus): Promise<Pick<EvaluationRows, "frames" | "frameVariants">> {
  const { utterances } = corpus;
  const extractor = createExtractor(frameFeatures);
  const bar = progress(`frames of ${corpus.name}`);
  const frames: DenseMatrix[] = [];
  const frameVariants: DenseMatrix[][] = [];
  try {
    for (const [r, { id, file, start, end }] of utterances.entries()) {
      if (file === undefined) throw new CorpusError(`${corpus.name}: utterance ${id} has no audio`);
      const { samples, sampleRate } = await readAudio(file, { start, end });
      // Samples that are said to come at another rate are faster or slower speech, of higher or lower pitch.
      const at = (speed: number) => extractor.extract(samples, Math.round(sampleRate * speed));
      frames.push(at(1));
      frameVariants.push(SPEEDS.map(at));
      bar.update((r + 1) / utterances.length, id);
    }
  } finally {
    bar.stop();
  }
  return { frames, frameVariants };
}

interface RowOptions {
  readonly extractorFor: (sampleRate: number) => Extractor;
  readonly cache?: FeatureCache;
  /** All that decides the features beside the audio. */
  readonly recipe: string;
  readonly channel?: (samples: Float32Array, sampleRate: number) => Float32Array;
}

async function audioRow(
  { start, end }: Utterance,
  file: string,
  { extractorFor, cache, recipe, channel }: RowOptions,
): Promise<AudioRow> {
  const key = cache && FeatureCache.key(await readFile(file).catch(() => new Uint8Array()), start, end, recipe);
  const known = key && (await cache?.load(key));
  if (known) return known;
  const { samples: read, sampleRate } = await readAudio(file, { start, end });
  const samples = channel ? channel(read, sampleRate) : read;
  let features: Float32Array;
  try {
    features = extractorFor(sampleRate).extract(samples, sampleRate).data;
  } catch (error) {
    throw withFile(error, file);
  }
  const row = {
    hash: sha256(String(sampleRate), new Uint8Array(samples.buffer, samples.byteOffset, samples.byteLength)),
    seconds: samples.length / sampleRate,
    loudness: Math.sqrt(samples.reduce((sum, value) => sum + value * value, 0) / samples.length),
    features: Float32Array.from(features),
  };
  if (key) await cache?.save(key, row);
  return row;
}

/** The extractor's options, and what it makes of a fixed signal: a build that computes other values gets other names in the cache. */
function recipeOf(extractor: Extractor): string {
  const random = new Random(1);
  const probe = Float32Array.from(
    { length: 16000 },
    (_, i) => ((i % 97) / 97 - 0.5) / 2 + 0.2 * (random.uniform() - 0.5),
  );
  const { data } = extractor.extract(probe, 16000);
  return `${extractor.hash} ${sha256(new Uint8Array(data.buffer, data.byteOffset, data.byteLength))}`;
}

// All that computes: the recogniser, live and for files, explanations, the digest and the benchmark.
import {
  createExtractor,
  decodeWav,
  digest,
  hasSimd,
  LiveSession,
  liveSampleRate,
  mixToMono,
  Random,
  Recognizer,
  type RecognizerInput,
  serveLive,
} from "emovox";
import { explain } from "./explain.ts";
import type { Analysis, Answer, Calls, JudgedWindow, ModelFacts, Request } from "./protocol.ts";

/** A file is judged at no more places than this over its length. */
const MOST_WINDOWS = 400;
const MOST_SECONDS = 1800;

let recognizer: Recognizer | null = null;
let bytes = 0;
/** What was analysed last. */
let sound: { samples: Float32Array; sampleRate: number } | null = null;

function load(model: Uint8Array | null): Recognizer {
  const loaded = model ? Recognizer.load(model) : new Recognizer();
  recognizer = loaded;
  bytes = model?.length ?? loaded.save().length;
  return loaded;
}

const current = (): Recognizer => recognizer ?? load(null);

function facts({ classes, audio, text, info }: Recognizer): ModelFacts {
  const reports = info.reports as { audio?: { score?: { uar?: number } } } | undefined;
  const uar = reports?.audio?.score?.uar;
  return {
    classes,
    hears: audio !== undefined,
    reads: text !== undefined,
    audioClasses: audio?.classifier.classes ?? [],
    textClasses: text?.classifier.classes ?? [],
    bytes,
    audioKind: audio?.classifier.kind ?? null,
    textKind: text?.classifier.kind ?? null,
    uar: typeof uar === "number" ? 100 * uar : null,
  };
}

function input(text: string, withSound: boolean): RecognizerInput {
  const words = text.trim() === "" || !current().text ? {} : { text };
  return withSound && sound && current().audio ? { ...sound, ...words } : words;
}

async function analyse(...[given, text]: Parameters<Calls["analyse"]>): Promise<Analysis> {
  if ("wav" in given) {
    const { sampleRate, channels } = decodeWav(given.wav);
    sound = { samples: mixToMono(channels), sampleRate };
  } else sound = given;
  const { samples, sampleRate } = sound;
  const seconds = samples.length / sampleRate;
  if (seconds > MOST_SECONDS) {
    throw new Error(`The sound is ${Math.round(seconds / 60)} minutes long; here it may be ${MOST_SECONDS / 60}.`);
  }
  const start = performance.now();
  const whole = await current().predict(input(text, true));
  const milliseconds = performance.now() - start;

  const hopSeconds = Math.min(2, Math.max(0.25, seconds / MOST_WINDOWS));
  const session = new LiveSession(sampleRate, { hopSeconds });
  const padded = new Float32Array(samples.length + Math.ceil(sampleRate * (hopSeconds + 0.5)));
  padded.set(samples);
  const windows: JudgedWindow[] = [];
  const parts: Float32Array[] = [];
  let columns = 0;
  for (const hop of session.push(padded)) {
    columns = hop.frames.columns;
    parts.push(hop.frames.data);
    if (!hop.window || hop.whole || hop.seconds > seconds + hopSeconds || !current().audio) continue;
    const words = input(text, false);
    const prediction = await current().predict({ samples: hop.window, sampleRate: liveSampleRate, ...words });
    windows.push({ seconds: hop.seconds, prediction });
  }
  const rows = Math.min(Math.ceil(seconds * 100), parts.reduce((sum, part) => sum + part.length, 0) / columns);
  const data = new Float32Array(rows * columns);
  let at = 0;
  for (const part of parts) {
    if (at >= data.length) break;
    data.set(part.subarray(0, data.length - at), at);
    at += part.length;
  }
  return { seconds, whole, windows, milliseconds, frames: { rows, columns, data } };
}

const median = (times: number[]): number => times.sort((a, b) => a - b)[times.length >> 1];

async function timed(runs: number, body: () => unknown): Promise<number> {
  const times: number[] = [];
  for (let i = 0; i < runs + 1; i++) {
    const start = performance.now();
    await body();
    if (i > 0) times.push(performance.now() - start);
  }
  return median(times);
}

const calls: Calls = {
  load: (model) => facts(load(model)),
  analyse,
  predict: (text, withSound) => current().predict(input(text, withSound)),
  explain: (text, withSound, emotion) => explain(current(), input(text, withSound), emotion),
  digest: () => digest(),
  async benchmark() {
    const random = new Random(1);
    const seconds = 10;
    const samples = Float32Array.from({ length: seconds * liveSampleRate }, () => 0.1 * random.normal());
    const mfcc = createExtractor({
      preset: "librosa",
      sampleRate: liveSampleRate,
      options: { nFft: 512, hopLength: 160, winLength: 400, nMels: 40, nMfcc: 13 },
    });
    const start = performance.now();
    await digest();
    const digestMilliseconds = performance.now() - start;
    const mfccTime = await timed(15, () => mfcc.extract(samples));
    const window = samples.subarray(0, 3 * liveSampleRate);
    const audio = current().audio;
    const features = audio ? await timed(9, () => audio.extractor.extract(window, liveSampleRate)) : Number.NaN;
    const row = audio?.scaler?.transform(audio.extractor.extract(window, liveSampleRate));
    const model = audio && row ? await timed(9, () => audio.classifier.predictProba(row)) : Number.NaN;
    return {
      digestMilliseconds,
      mfccSpeed: (1000 * seconds) / mfccTime,
      featureMilliseconds: features,
      modelMilliseconds: model,
      simd: hasSimd,
    };
  },
};

addEventListener("message", async ({ data }: MessageEvent<Request | { live: string }>) => {
  if ("live" in data) return;
  const answer = (rest: { value: unknown } | { error: string }) =>
    (postMessage as (message: Answer) => void)({ id: data.id, ...rest });
  try {
    const call = calls[data.call] as (...args: readonly unknown[]) => unknown;
    answer({ value: await call(...data.args) });
  } catch (error) {
    answer({ error: error instanceof Error ? error.message : String(error) });
  }
});

// Live recognition judges with the model that is loaded.
serveLive(globalThis as unknown as Parameters<typeof serveLive>[0], (model) => (model ? load(model) : current()));

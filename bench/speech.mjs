// The audio that everything is measured on: the bundled miniature corpus, file after file, repeated to 600 s; its first 200 utterances;
// and both at other rates for what works there.
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { decodeWav, mixToMono, Resampler } from "../dist/index.js";

export const sampleRate = 16000;
export const hopLength = 160;
export const nFft = 512;
/** The options of MFCCs and spectral features, in emovox's names. */
export const frameOptions = { winLength: 400, hopLength, nFft, nMels: 40, nMfcc: 13, center: false };
/** The options of pitch. */
export const pitchOptions = { frameLength: 1024, fMin: 65, fMax: 500 };

const SECONDS = 600;
const SECONDS_AT_48K = 60;
const UTTERANCES = 200;

export class Speech {
  #utterances44k;

  constructor() {
    const corpus = fileURLToPath(new URL("../data/mini", import.meta.url));
    const files = readdirSync(corpus, { recursive: true }).filter((file) => file.endsWith(".wav"));
    const all = files.sort().map((file) => mixToMono(decodeWav(readFileSync(path.join(corpus, file))).channels));
    this.utterances = all.slice(0, UTTERANCES);
    this.signal = new Float32Array(SECONDS * sampleRate);
    for (let at = 0, u = 0; at < this.signal.length; u++) {
      const utterance = all[u % all.length];
      this.signal.set(utterance.subarray(0, this.signal.length - at), at);
      at += utterance.length;
    }
    this.signal48k = new Resampler(sampleRate, 48000).process(this.signal.subarray(0, SECONDS_AT_48K * sampleRate));
    /** Holds `signal`, `signal48k` and `utterances` as raw float32 for peers that are programs of their own. */
    this.folder = mkdtempSync(path.join(os.tmpdir(), "emovox-bench-"));
    writeFileSync(path.join(this.folder, "signal.f32"), this.signal);
    writeFileSync(path.join(this.folder, "signal48k.f32"), this.signal48k);
    for (const [u, utterance] of this.utterances.entries()) {
      writeFileSync(path.join(this.folder, `utterance${u}.f32`), utterance);
    }
  }

  /** The utterances at 44.1 kHz, made when they are first asked for. */
  get utterances44k() {
    const resampler = new Resampler(sampleRate, 44100);
    this.#utterances44k ??= this.utterances.map((utterance) => resampler.process(utterance));
    return this.#utterances44k;
  }

  remove() {
    rmSync(this.folder, { recursive: true });
  }
}

import { dctMatrix, melFilterbank, windowFunction } from "../../dist/index.js";
import { frameOptions, nFft, sampleRate } from "../speech.mjs";

export const name = "tfjs wasm";

const { winLength, hopLength, nMels, nMfcc } = frameOptions;
const BINS = nFft / 2 + 1;
/** Frames that are multiplied at once. */
const BLOCK = 2048;

export async function load() {
  const tf = await import("@tensorflow/tfjs-core");
  const wasm = await import("@tensorflow/tfjs-backend-wasm");
  wasm.setThreadsCount(1);
  if (!(await tf.setBackend("wasm"))) throw new Error("its wasm backend did not start");

  const window = windowFunction("hann", winLength);
  const turn = (k, i) => (2 * Math.PI * ((k * i) % nFft)) / nFft;
  const basis = (wave) =>
    tf.tensor2d(
      Float32Array.from(
        { length: winLength * BINS },
        (_, at) => window[Math.floor(at / BINS)] * wave(turn(at % BINS, Math.floor(at / BINS))),
      ),
      [winLength, BINS],
    );
  const cosines = basis(Math.cos);
  const sines = basis(Math.sin);
  const mel = tf.tensor2d(melFilterbank({ sampleRate, nFft, nMels }).data, [nMels, BINS]);
  const dct = tf.tensor2d(dctMatrix(nMfcc, nMels).data, [nMfcc, nMels]);

  const mfccs = (samples) => {
    const count = 1 + Math.floor((samples.length - winLength) / hopLength);
    const out = new Float32Array(count * nMfcc);
    for (let first = 0; first < count; first += BLOCK) {
      const rows = Math.min(BLOCK, count - first);
      const frames = new Float32Array(rows * winLength);
      for (let r = 0; r < rows; r++) {
        const at = (first + r) * hopLength;
        frames.set(samples.subarray(at, at + winLength), r * winLength);
      }
      const block = tf.tidy(() => {
        const x = tf.tensor2d(frames, [rows, winLength]);
        const power = tf.add(tf.square(tf.matMul(x, cosines)), tf.square(tf.matMul(x, sines)));
        const energies = tf.log(tf.maximum(tf.matMul(power, mel, false, true), 1e-10));
        return tf.matMul(tf.mul(energies, 10 / Math.LN10), dct, false, true);
      });
      out.set(block.dataSync(), first * nMfcc);
      block.dispose();
    }
    return out;
  };

  return {
    version: tf.version_core,
    works: {
      mfcc: [
        {
          note: "matrix products",
          run({ samples }) {
            mfccs(samples);
          },
          values: ({ samples }) => mfccs(samples).filter((_, i) => i % nMfcc === 1),
        },
      ],
      "mfcc-utterances": [
        {
          note: "matrix products",
          run({ utterances }) {
            for (const utterance of utterances) mfccs(utterance);
          },
        },
      ],
    },
  };
}

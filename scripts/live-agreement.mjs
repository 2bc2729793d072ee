// How often live recognition ends with the emotion that `emovox predict` gives for the whole file: every file of the miniature corpus
// (synthetic speech), or every WAV file below a folder, in faint noise, about a second before it and a second and a half behind it.
// usage: npm run live:agreement [-- FOLDER [NOISE [RATE]]]; NOISE in dB below full scale, -80 when left out; RATE of the device in Hz, the file's when left out
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { decodeWav, LiveSession, liveSampleRate, mixToMono, Random, Recognizer, Resampler } from "../dist/index.js";

const folder = process.argv[2] ?? "data/mini";
const noise = Number(process.argv[3] ?? -80);
const device = process.argv[4] === undefined ? null : Number(process.argv[4]);
const files = readdirSync(folder, { recursive: true })
  .filter((name) => name.toLowerCase().endsWith(".wav"))
  .sort()
  .map((name) => join(folder, name));
if (files.length === 0 || !(noise <= 0)) {
  console.error(
    files.length === 0 ? `${folder}: no WAV files` : `NOISE must be 0 or below, in dB, not ${process.argv[3]}`,
  );
  process.exit(2);
}

const recognizer = new Recognizer();
const random = new Random(1);
const counts = { noisy: 0, whole: 0, window: 0, some: 0, none: 0, unheard: 0 };
const distances = [];
for (const file of files) {
  const { sampleRate, channels } = decodeWav(readFileSync(file));
  const samples = mixToMono(channels);
  const { emotion, probabilities } = await recognizer.predict({ samples, sampleRate });
  // Speech begins anywhere between two frames.
  const before = Math.round((0.8 + 0.4 * random.uniform()) * sampleRate);
  const level = 10 ** (noise / 20);
  const length = before + samples.length + Math.round(1.5 * sampleRate);
  const sound = Float32Array.from({ length }, () => level * random.normal());
  samples.forEach((sample, n) => (sound[n + before] += sample));
  const noisy = await recognizer.predict({ samples: sound.slice(before, before + samples.length), sampleRate });
  if (noisy.emotion === emotion) counts.noisy++;
  const said = { whole: [], window: [] };
  const rate = device ?? sampleRate;
  for (const { window, whole } of new LiveSession(rate).push(new Resampler(sampleRate, rate).process(sound))) {
    if (!window) continue;
    const heard = await recognizer.predict({ samples: window, sampleRate: liveSampleRate });
    said[whole ? "whole" : "window"].push(heard);
  }
  const last = said.whole.at(-1);
  if (last) {
    const differences = Object.keys(probabilities).map((name) =>
      Math.abs(last.probabilities[name] - probabilities[name]),
    );
    distances.push(Math.max(...differences));
  } else counts.none++;
  if (last?.emotion === emotion) counts.whole++;
  if (said.window.length === 0) counts.unheard++;
  if (said.window.at(-1)?.emotion === emotion) counts.window++;
  if (said.window.some((heard) => heard.emotion === emotion)) counts.some++;
}
const share = (n) => `${n} of ${files.length} (${((100 * n) / files.length).toFixed(0)} %)`;
console.log(`noise at ${noise} dB; as predict says of the file:`);
console.log(`  predict, of the file in this noise: ${share(counts.noisy)}`);
console.log(`  the whole utterance, in the pause behind it: ${share(counts.whole)}; none was judged: ${counts.none}`);
console.log(`  the last window while speaking: ${share(counts.window)}; none was judged: ${counts.unheard}`);
console.log(`  some window while speaking: ${share(counts.some)}`);
const sorted = distances.sort((a, b) => a - b);
const at = (q) => (sorted[Math.floor(q * (sorted.length - 1))] ?? Number.NaN).toFixed(3);
console.log(`  largest difference of a probability, whole utterance: median ${at(0.5)}, 90 % below ${at(0.9)}`);

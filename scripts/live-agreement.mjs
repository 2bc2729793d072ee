// How often live recognition ends with the emotion that `emovox predict` gives for the whole file: every file of the miniature corpus (synthetic
// speech), or every WAV file below a folder, between a second of faint noise before it and a second and a half behind it.
// usage: npm run live:agreement [-- FOLDER]
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { decodeWav, LiveSession, liveSampleRate, mixToMono, Random, Recognizer } from "../dist/index.js";

const folder = process.argv[2] ?? "data/mini";
const files = readdirSync(folder, { recursive: true })
  .filter((name) => name.endsWith(".wav"))
  .sort()
  .map((name) => join(folder, name));
if (files.length === 0) {
  console.error(`${folder}: no WAV files`);
  process.exit(2);
}

const recognizer = new Recognizer();
const counts = { last: 0, some: 0, none: 0 };
for (const file of files) {
  const { sampleRate, channels } = decodeWav(readFileSync(file));
  const samples = mixToMono(channels);
  const { emotion } = await recognizer.predict({ samples, sampleRate });
  const random = new Random(1);
  const sound = Float32Array.from({ length: samples.length + 2.5 * sampleRate }, () => 1e-4 * random.normal());
  samples.forEach((sample, n) => (sound[n + sampleRate] += sample));
  const said = [];
  for (const { window } of new LiveSession(sampleRate).push(sound)) {
    if (!window) continue;
    const heard = await recognizer.predict({ samples: window, sampleRate: liveSampleRate });
    said.push(heard.emotion);
  }
  if (said.length === 0) counts.none++;
  if (said.at(-1) === emotion) counts.last++;
  if (said.includes(emotion)) counts.some++;
}
const share = (n) => `${n} of ${files.length} (${((100 * n) / files.length).toFixed(0)} %)`;
console.log(`the last window says what predict says of the whole file: ${share(counts.last)}`);
console.log(`some window does: ${share(counts.some)}`);
console.log(`nothing was judged: ${share(counts.none)}`);

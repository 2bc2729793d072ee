// Makes data/mini, the bundled miniature corpus: synthetic speech in the layout of IEMOCAP. Run it with `npm run make:mini`.
// The same espeak-ng gives the same files: everything random comes from one seed.
import { spawnSync } from "node:child_process";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { Random } from "../build/lib/random.js";
import { OPEN, PLAY, SENTENCES } from "./mini-sentences.mjs";

const OUT = "data/mini";
const RATE = 16000;
const random = new Random(20190415);

// How a label shifts the voice of its speaker, in the mean: pitch (steps of espeak-ng, 0 to 99), range (% of the usual), rate
// (words a minute), gain (dB). The spread within a label is as large as the shifts, so that labels overlap.
const SHIFTS = {
  ang: { pitch: 7, range: 125, rate: 20, gain: 5 },
  hap: { pitch: 10, range: 140, rate: 4, gain: 1 },
  exc: { pitch: 15, range: 155, rate: 14, gain: 2.5 },
  sad: { pitch: -11, range: 55, rate: -26, gain: -5 },
  fru: { pitch: -7, range: 75, rate: -14, gain: -2.5 },
  fea: { pitch: 21, range: 65, rate: 30, gain: -3 },
  sur: { pitch: 25, range: 185, rate: -6, gain: 2 },
  neu: { pitch: 0, range: 90, rate: 4, gain: -0.5 },
};
const SPREAD = { pitch: 6, range: 22, rate: 13, gain: 2 };

// Valence, activation and dominance, 1 to 5, as written beside each label; and the label's name in an evaluator's line.
const ATTRIBUTES = {
  ang: { name: "Anger", vad: [1.5, 4, 4] },
  hap: { name: "Happiness", vad: [4, 3, 3] },
  exc: { name: "Excited", vad: [4.5, 4, 3.5] },
  sad: { name: "Sadness", vad: [2, 2, 2] },
  fru: { name: "Frustration", vad: [2, 3, 3] },
  fea: { name: "Fear", vad: [2, 3.5, 1.5] },
  sur: { name: "Surprise", vad: [3, 3.5, 2.5] },
  neu: { name: "Neutral state", vad: [3, 2.5, 2.5] },
};

// Utterances a session and label; unbalanced as the real corpus is.
const COUNTS = [
  { neu: 11, sad: 5, fru: 8, hap: 5, exc: 6, ang: 9, sur: 5, fea: 4 },
  { neu: 12, sad: 6, fru: 7, hap: 4, exc: 6, ang: 8, sur: 4, fea: 5 },
  { neu: 11, sad: 5, fru: 8, hap: 5, exc: 6, ang: 10, sur: 5, fea: 4 },
  { neu: 12, sad: 5, fru: 7, hap: 5, exc: 6, ang: 8, sur: 5, fea: 4 },
  { neu: 11, sad: 6, fru: 7, hap: 5, exc: 5, ang: 9, sur: 5, fea: 5 },
];

// Two speakers a session: a voice of espeak-ng and where it lies.
const SPEAKERS = [
  { F: voice("en-us+f1", 52, 200, 0), M: voice("en-us+m1", 44, 194, 0) },
  { F: voice("en-gb+f2", 46, 208, -1.5), M: voice("en-gb+m3", 50, 202, 1.5) },
  { F: voice("en-gb-scotland+f3", 56, 194, 1), M: voice("en-gb-scotland+m2", 40, 210, -1) },
  { F: voice("en-us+f4", 48, 214, -1), M: voice("en-us+m7", 48, 198, 0.5) },
  { F: voice("en-029+f5", 54, 204, 1.5), M: voice("en-gb+m4", 42, 206, -1.5) },
];

const OPEN_SHARE = 0.18; // of the utterances outside the play have an open sentence,
const MISLEADING_SHARE = 0.06; // and so many one that fits another label

function voice(name, pitch, rate, gain) {
  return { name, pitch, rate, gain };
}

const version = espeak(["--version"]).toString().split("Data at")[0].trim();
const used = new Map();
const table = [];
rmSync(OUT, { recursive: true, force: true });
for (let s = 0; s < SPEAKERS.length; s++) makeSession(s);
writeFileSync(`${OUT}/README.md`, readme());
console.log(`${OUT}: ${table.length} utterances, ${used.size} sentences`);

function makeSession(s) {
  const counts = { ...COUNTS[s] };
  const swing = random.shuffle(["ang", "neu", "fru", "exc", "sad"]);
  const play = PLAY.map(([who, label, sentence]) => ({ who, label: label ?? swing.pop(), sentence }));
  for (const { label } of play) counts[label]--;

  const labels = random.shuffle(Object.entries(counts).flatMap(([label, n]) => Array(n).fill(label)));
  const said = new Set();
  const scenes = labels.map((label, i) => {
    const sentence = chooseSentence(label, said);
    said.add(sentence);
    return { who: i % 3 === 2 ? "FM"[random.integer(2)] : "FM"[i % 2], label, sentence };
  });
  const half = scenes.length >> 1;
  const name = `Ses0${s + 1}`;
  makeDialogue(s, `${name}F_impro01`, scenes.slice(0, half));
  makeDialogue(s, `${name}M_impro02`, scenes.slice(half));
  makeDialogue(s, `${name}F_script01_1`, play);
}

/** A sentence for a label that was not said in the session, one of those said least so far. */
function chooseSentence(label, said) {
  const draw = random.uniform();
  const others = Object.keys(SENTENCES).filter((other) => other !== label);
  let pool = SENTENCES[label];
  if (draw < OPEN_SHARE) pool = OPEN;
  else if (draw < OPEN_SHARE + MISLEADING_SHARE) pool = SENTENCES[others[random.integer(others.length)]];
  const free = random.shuffle(pool.filter((sentence) => !said.has(sentence)));
  return free.sort((a, b) => timesUsed(a) - timesUsed(b))[0];
}

function timesUsed(sentence) {
  return used.get(sentence) ?? 0;
}

function makeDialogue(s, dialogue, lines) {
  const session = `${OUT}/Session${s + 1}`;
  const folders = ["EmoEvaluation", "transcriptions"].map((folder) => `${session}/dialog/${folder}`);
  const wavFolder = `${session}/sentences/wav/${dialogue}`;
  for (const folder of [...folders, wavFolder]) mkdirSync(folder, { recursive: true });

  const evaluation = ["% [START_TIME - END_TIME] TURN_NAME EMOTION [V, A, D]", ""];
  const transcript = [];
  const turns = { F: 0, M: 0 };
  let clock = 1 + random.uniform();
  for (const { who, label, sentence } of lines) {
    const turn = `${dialogue}_${who}${String(turns[who]++).padStart(3, "0")}`;
    const samples = speak(SPEAKERS[s][who], label, sentence, 12 + 6 * s);
    writeFileSync(`${wavFolder}/${turn}.wav`, wav(samples));
    used.set(sentence, timesUsed(sentence) + 1);
    table.push({ session: s + 1, label, seconds: samples.length / RATE });

    const [start, end] = [clock, clock + samples.length / RATE].map((time) => time.toFixed(4));
    const { name, vad } = ATTRIBUTES[label];
    evaluation.push(`[${start} - ${end}]\t${turn}\t${label}\t[${vad.map((v) => v.toFixed(4)).join(", ")}]`);
    evaluation.push(`C-E1:\t${name};\t()`, "");
    transcript.push(`${turn} [${start.padStart(8, "0")}-${end.padStart(8, "0")}]: ${sentence}`);
    clock += samples.length / RATE + 0.2 + random.uniform();
  }
  writeFileSync(`${folders[0]}/${dialogue}.txt`, `${evaluation.join("\n")}\n`);
  writeFileSync(`${folders[1]}/${dialogue}.txt`, `${transcript.join("\n")}\n`);
}

/** One utterance at 16 kHz, with uniform noise of `noise` steps of 16 bits on it (a room's own, so that no silence is exact). */
function speak(speaker, label, sentence, noise) {
  const shift = SHIFTS[label];
  const drawn = (key) => shift[key] + SPREAD[key] * random.normal();
  const pitch = clamp(Math.round(speaker.pitch + drawn("pitch")), 0, 99);
  const rate = clamp(Math.round(speaker.rate + drawn("rate")), 110, 300);
  const range = clamp(Math.round(drawn("range")), 10, 250);
  const gain = 10 ** ((speaker.gain + drawn("gain")) / 20);
  const ssml = `<prosody range="${range}%">${sentence}</prosody>`;
  const spoken = espeak(["-m", "-v", speaker.name, "-p", `${pitch}`, "-s", `${rate}`, "-a", "50", "--stdout", ssml]);
  const samples = resample(trim(readSamples(spoken)), spoken.readUInt32LE(24));
  return samples.map((x) => clamp(Math.round(x * gain + noise * (2 * random.uniform() - 1)), -32768, 32767));
}

function espeak(options) {
  const run = spawnSync("espeak-ng", options, { maxBuffer: 1 << 26 });
  if (run.error?.code === "ENOENT") {
    console.error("make-mini-corpus: espeak-ng is not installed; on Debian: apt-get install espeak-ng");
    process.exit(1);
  }
  if (run.status !== 0) throw new Error(`espeak-ng ${options.join(" ")}: ${run.stderr}`);
  return run.stdout;
}

/** The samples of espeak-ng's WAV: a header of 44 bytes (whose sizes are not set on a pipe), then 16-bit mono. */
function readSamples(bytes) {
  return Float64Array.from({ length: (bytes.length - 44) >> 1 }, (_, i) => bytes.readInt16LE(44 + 2 * i));
}

/** Without the silence before and after, but for 20 ms. */
function trim(samples) {
  const margin = 441;
  return samples.slice(Math.max(samples.findIndex(isLoud) - margin, 0), samples.findLastIndex(isLoud) + margin);
}

function isLoud(sample) {
  return Math.abs(sample) > 125;
}

/** To 16 kHz, by a Hann-windowed sinc of 32 input samples on either side that passes what lies below 7.6 kHz. */
function resample(samples, from) {
  const half = 32;
  const cutoff = (2 * 7600) / from;
  return Float64Array.from({ length: Math.floor((samples.length * RATE) / from) }, (_, n) => {
    const centre = (n * from) / RATE;
    let sum = 0;
    for (let k = Math.ceil(centre - half); k <= centre + half; k++) {
      const t = k - centre;
      const sinc = t === 0 ? cutoff : Math.sin(Math.PI * cutoff * t) / (Math.PI * t);
      sum += (samples[k] ?? 0) * sinc * (0.5 + 0.5 * Math.cos((Math.PI * t) / half));
    }
    return sum;
  });
}

/** A RIFF file, 16-bit mono. */
function wav(samples) {
  const bytes = Buffer.alloc(44 + 2 * samples.length);
  bytes.write("RIFF", 0);
  bytes.writeUInt32LE(bytes.length - 8, 4);
  bytes.write("WAVEfmt ", 8);
  bytes.writeUInt32LE(16, 16); // size of the format chunk
  bytes.writeUInt16LE(1, 20); // PCM
  bytes.writeUInt16LE(1, 22); // channels
  bytes.writeUInt32LE(RATE, 24);
  bytes.writeUInt32LE(2 * RATE, 28); // bytes a second
  bytes.writeUInt16LE(2, 32); // bytes a frame
  bytes.writeUInt16LE(16, 34); // bits a sample
  bytes.write("data", 36);
  bytes.writeUInt32LE(2 * samples.length, 40);
  for (let i = 0; i < samples.length; i++) bytes.writeInt16LE(samples[i], 44 + 2 * i);
  return bytes;
}

function clamp(value, least, most) {
  return Math.min(Math.max(value, least), most);
}

function readme() {
  const labels = Object.keys(SHIFTS);
  const count = (session, label) =>
    table.filter((row) => (session ?? row.session) === row.session && (label ?? row.label) === row.label).length;
  const row = (title, session) =>
    `| ${title} | ${labels.map((label) => count(session, label)).join(" | ")} | ${count(session)} |`;
  const minutes = table.reduce((sum, { seconds }) => sum + seconds, 0) / 60;
  return `# The miniature corpus

${table.length} short utterances (${minutes.toFixed(1)} minutes, 16 kHz, 16 bit, mono) in the layout of IEMOCAP's full release: five sessions, ten
speakers (a woman F and a man M in each session), eight labels that map to six emotions. It lets every command run end to end
without a download, and gives tests something with known properties.

**The speech is synthetic, so no figure measured here says anything about people.** The labels are those that the
script intended; nobody listened to them. Valence, activation and dominance are one constant triple a label.

## How it was made
\`npm run make:mini\` (\`scripts/make-mini-corpus.mjs\`) with ${version}, from ${used.size} sentences written
for it (\`scripts/mini-sentences.mjs\`). The same version of espeak-ng gives the same files again.

- Each speaker is a voice of espeak-ng with a pitch, rate and loudness of its own. A label shifts pitch, pitch range, rate and
  loudness by a mean amount; each utterance strays from it by as much again, so that labels overlap. Each session has its own level of noise.
- \`script01_1\` is one play of ${PLAY.length} lines, the same in every session, but for the label of two lines. In \`impro01\` and \`impro02\`, about
  ${Math.round(100 * OPEN_SHARE)} % of the sentences carry no emotion in their words and ${Math.round(100 * MISLEADING_SHARE)} % fit another label.
- As in the real corpus, the labels are unbalanced: few of fear and surprise.

## Utterances
| | ${labels.join(" | ")} | all |
|---|${labels.map(() => "---:").join("|")}|---:|
${SPEAKERS.map((_, s) => row(`Session ${s + 1}`, s + 1)).join("\n")}
${row("All", undefined)}

The six emotions of the seed's map: ang; hap and exc together; sad and fru together; fea; sur; neu.

## Licence
CC0 1.0: the sentences and the recordings are in the public domain, as far as law allows.
`;
}

// Every file of the miniature corpus, from its bytes and its transcript to probabilities, in Node, Chromium and Firefox: the recogniser that comes
// along and forests that were trained and saved here must answer with the same bits, deep models within 1e-5. With CI set, a missing browser is a failure.
import { readFileSync } from "node:fs";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { rolldown } from "rolldown";
import {
  createExtractor,
  decodeWav,
  loadCorpus,
  RandomForestClassifier,
  Recognizer,
  StandardScaler,
} from "../dist/node.js";
import { DeepClassifier, frameCnn, MLPClassifier } from "../dist/deep.js";
import { denseMatrix, mixToMono, TfidfVectorizer } from "../dist/index.js";
import { chromium, firefox, installed, runBrowser } from "./browsers.mjs";
import { answersOf } from "./same-answer-page.mjs";

const TOLERANCE = 1e-5;
const WASM = "node_modules/@tensorflow/tfjs-backend-wasm/wasm-out";

const { utterances } = await loadCorpus("iemocap:data/mini");
const files = utterances.map(({ file, transcript }) => ({ bytes: readFileSync(file), text: transcript ?? "" }));
const labels = utterances.map(({ emotion }) => emotion);
const sounds = files.map(({ bytes }) => {
  const { sampleRate, channels } = decodeWav(bytes);
  return { samples: mixToMono(channels), sampleRate };
});

/** Trains on all there is: what is held here is that answers are equal, not that they are right. */
async function train() {
  const extractor = createExtractor({ preset: "emovox" });
  const rows = sounds.map(({ samples, sampleRate }) => extractor.extract(samples, sampleRate));
  const data = new Float32Array(rows.length * rows[0].columns);
  rows.forEach((row, i) => data.set(row.data, i * row.columns));
  const x = denseMatrix(rows.length, rows[0].columns, data);
  const scaler = new StandardScaler();
  scaler.fit(x);
  const scaled = scaler.transform(x);
  const forest = new RandomForestClassifier({ nEstimators: 50, seed: 1 });
  await forest.fit(scaled, labels);
  const vectorizer = new TfidfVectorizer({ minDf: 1 });
  const words = vectorizer.fitTransform(files.map(({ text }) => text));
  const reader = new RandomForestClassifier({ nEstimators: 50, seed: 2 });
  await reader.fit(words, labels);
  const perceptron = new MLPClassifier({ hiddenLayerSizes: [16], maxIter: 10, seed: 1 });
  await perceptron.fit(scaled, labels);
  const bands = createExtractor({
    preset: "kaldi",
    sampleRate: 16000,
    features: ["fbank"],
    options: { numMelBins: 24 },
  });
  const cnn = new DeepClassifier(frameCnn, { units: 8, epochs: 2, batchSize: 32, validationShare: 0, seed: 1 });
  await cnn.fit(
    sounds.map(({ samples, sampleRate }) => ({ frames: bands.extract(samples, sampleRate) })),
    labels,
  );
  const temperature = 1;
  const text = { vectorizer, classifier: reader, temperature };
  return [
    { name: "the package's own", exact: true, model: new Recognizer() },
    {
      name: "random forests",
      exact: true,
      model: new Recognizer({ audio: { extractor, scaler, classifier: forest, temperature }, text }),
    },
    {
      name: "multilayer perceptron",
      exact: false,
      model: new Recognizer({ audio: { extractor, scaler, classifier: perceptron, temperature } }),
    },
    {
      name: "CNN on frames",
      exact: false,
      model: new Recognizer({ audio: { extractor: bands, classifier: cnn, temperature } }),
    },
  ];
}

const recognizers = (await train()).map(({ model, ...rest }) => ({ ...rest, bytes: Buffer.from(model.save()) }));

mkdirSync("build", { recursive: true });
const bundle = await rolldown({ input: "scripts/same-answer-page.mjs", platform: "browser" });
await bundle.write({ file: "build/same-answer.js", format: "esm", codeSplitting: false });
await bundle.close();

const page = `<!doctype html><meta charset="utf-8"><script type="module">import { run } from "/same-answer.js"; run();</script>`;
const list = { models: recognizers.length, files: files.map(({ text }) => text) };
function serve({ url }, response) {
  const [, kind, name] = url.split("/");
  response.setHeader(
    "content-type",
    { "": "text/html", "same-answer.js": "text/javascript", wasm: "application/wasm" }[kind] ??
      "application/octet-stream",
  );
  if (kind === "") return response.end(page);
  if (kind === "same-answer.js") return response.end(readFileSync("build/same-answer.js"));
  if (kind === "wasm") return response.end(readFileSync(join(WASM, name)));
  if (kind === "list") return response.end(JSON.stringify(list));
  if (kind === "models" && recognizers[name]) return response.end(recognizers[name].bytes);
  if (kind === "files" && files[name]) return response.end(files[name].bytes);
  response.statusCode = 404;
  response.end();
}

const expected = [];
for (const { bytes } of recognizers) expected.push(await answersOf(Recognizer.load(bytes), files));

/** Probabilities as they are sent: 16 hexadecimal digits each. */
const numbersOf = (hex) =>
  Array.from({ length: hex.length / 16 }, (_, i) => Buffer.from(hex.slice(16 * i, 16 * i + 16), "hex").readDoubleBE());

function compare(own, other) {
  let equal = 0;
  let largest = 0;
  own.forEach((answer, i) => {
    if (answer === other?.[i]) equal++;
    const there = numbersOf(other?.[i] ?? "");
    numbersOf(answer).forEach(
      (p, k) =>
        (largest = Math.max(
          largest,
          Math.abs(p - (there[k] ?? Number.NaN)) || (there[k] === p ? 0 : Number.POSITIVE_INFINITY),
        )),
    );
  });
  return { equal, largest };
}

let failures = 0;
const row = (...cells) => console.log(cells.map((cell, i) => String(cell).padEnd([10, 24, 14, 0][i])).join(" "));
row("engine", "recogniser", "equal bits", "largest difference");
for (const engine of [chromium, firefox]) {
  if (!installed(engine.command)) {
    console.log(`${engine.name}: missing (on Debian: apt-get install ${engine.debian})`);
    if (process.env.CI) failures++;
    continue;
  }
  const { answers, error } = JSON.parse(await runBrowser(engine, serve, { seconds: 300 }));
  if (error !== undefined) {
    failures++;
    console.log(`${engine.name}: ${error}`);
    continue;
  }
  for (const [i, { name, exact }] of recognizers.entries()) {
    const { equal, largest } = compare(expected[i], answers[i]);
    const good = expected[i].length > 0 && (exact ? equal === expected[i].length : largest <= TOLERANCE);
    if (!good) failures++;
    row(engine.name, name, `${equal} of ${expected[i].length}`, `${largest.toExponential(1)}${good ? "" : "  FAILED"}`);
  }
}
process.exit(failures === 0 ? 0 : 1);

// Sends many utterances through every preset and the recogniser in one process and prints what memory it holds on the way.
//   node scripts/memory.mjs [--utterances 100000] [--json]
import { parseArgs } from "node:util";
import { createExtractor, frameFeatures, Random, Recognizer } from "../build/lib/index.js";
import { core } from "../build/lib/core/module.js";

const { values: options } = parseArgs({
  options: { utterances: { type: "string", default: "100000" }, json: { type: "boolean", default: false } },
});
const utterances = Number(options.utterances);
const sampleRate = 16000;
const random = new Random(1);
const noise = Float32Array.from({ length: 2 * sampleRate }, (_, i) => (i % 131) / 262 + 0.3 * random.uniform() - 0.4);

const features = frameFeatures.filter((feature) => feature !== "stft");
const everything = createExtractor({
  preset: "librosa",
  sampleRate,
  features,
  level: "utterance",
  options: { deltaMode: "nearest" },
});
const cepstra = createExtractor({ preset: "librosa", sampleRate });
const seed = createExtractor({ preset: "sahu2019", sampleRate });
const own = createExtractor({ preset: "emovox" });
const recognizer = new Recognizer();
const work = [
  (samples) => cepstra.extract(samples),
  (samples) => everything.extract(samples),
  (samples) => cepstra.extract(samples, 22050),
  (samples) => seed.extract(samples),
  (samples) => own.extract(samples, sampleRate),
  // An extractor made anew for every signal, as a careless caller does.
  (samples) => createExtractor({ preset: "librosa", sampleRate, options: { nFft: 512 } }).extract(samples),
  (samples) => recognizer.predict({ samples, sampleRate }),
];

const checkpoints = [0.01, 0.1, 0.5, 1].map((share) => Math.round(share * utterances));
const report = [];
const start = performance.now();
for (let i = 1; i <= utterances; i++) {
  const length = sampleRate * (0.3 + 0.7 * random.uniform());
  const from = Math.floor(random.uniform() * sampleRate);
  await work[i % work.length](noise.subarray(from, from + Math.floor(length)));
  // What is to be freed when an object is collected is freed between tasks; a server would come by there by itself. With --expose-gc
  // objects are collected then too, and the figures do not hang on when the engine would.
  if (i % 100 === 0) globalThis.gc?.();
  if (i % 100 === 0) await new Promise((resolve) => setImmediate(resolve));
  if (checkpoints.includes(i)) {
    const megabytes = (bytes) => Math.round(bytes / 1e5) / 10;
    const seconds = Math.round((performance.now() - start) / 100) / 10;
    const { rss, heapUsed } = process.memoryUsage();
    report.push({
      utterances: i,
      core: megabytes(core.memory.buffer.byteLength),
      rss: megabytes(rss),
      heap: megabytes(heapUsed),
      seconds,
    });
    if (!options.json)
      console.log(
        report.length === 1 ? "utterances   core MB   RSS MB   heap MB   seconds\n" : "",
        Object.values(report.at(-1))
          .map((v) => String(v).padStart(9))
          .join(" "),
      );
  }
}
if (options.json) console.log(JSON.stringify(report));

// What concerns emovox alone: growth of time and memory with the length of the audio, size of the core, start of a fresh process.
import { spawnSync } from "node:child_process";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { createExtractor } from "../dist/index.js";
import { coreDeflated } from "../build/lib/core/binary.js";
import { learnDeflated } from "../build/lib/core/binary-learn.js";
import { median } from "./measure.mjs";
import { frameOptions, sampleRate } from "./speech.mjs";

export const checkTitles = {
  growth: "time for a longer signal",
  memory: "memory of a batch",
  streamKilobytes: "memory of a stream",
  coreKilobytes: "size of the core, with trees and linear models",
  startMilliseconds: "start of a process",
};

const SHORT = 60;
const LONG = 600;

/** @returns figures under the names of `checkTitles`; one that cannot be had is left out, and `say` is told why */
export function check(speech, rounds, say) {
  const signal = path.join(speech.folder, "signal.f32");
  const measures = {
    growth: () => timeGrowth(speech, rounds),
    memory: () => inFreshProcess("memory", signal),
    streamKilobytes: () => inFreshProcess("stream", signal) / 1024,
    coreKilobytes: () => Buffer.from(coreDeflated + learnDeflated, "base64").length / 1024,
    startMilliseconds: () => median(Array.from({ length: rounds }, () => inFreshProcess("start"))),
  };
  const found = {};
  for (const [name, measure] of Object.entries(measures)) {
    try {
      found[name] = measure();
    } catch (error) {
      say(`${checkTitles[name]}: ${error.message}`);
    }
  }
  return found;
}

/** Time for the MFCCs of 600 s over the time for 60 s. */
function timeGrowth({ signal }, rounds) {
  const extractor = createExtractor({ preset: "librosa", sampleRate, features: ["mfcc"], options: frameOptions });
  const timed = (seconds) => {
    const samples = signal.subarray(0, seconds * sampleRate);
    const start = performance.now();
    extractor.extract(samples);
    return performance.now() - start;
  };
  timed(LONG);
  const ratios = Array.from({ length: rounds }, () => {
    const short = median(Array.from({ length: 10 }, () => timed(SHORT)));
    return timed(LONG) / short;
  });
  return median(ratios);
}

function inFreshProcess(...args) {
  const script = fileURLToPath(new URL("fresh.mjs", import.meta.url));
  // What the engine compiles and throws away lies in the heap that is measured: a stream is run without its optimiser, so that code stays.
  const flags = args[0] === "stream" ? ["--expose-gc", "--no-opt", "--no-flush-bytecode"] : ["--expose-gc"];
  const { stdout, stderr, status } = spawnSync(process.execPath, [...flags, script, ...args], {
    encoding: "utf8",
  });
  if (status !== 0) throw new Error(/^\w*Error: .*/m.exec(stderr)?.[0] ?? `a process ended with ${status}`);
  return Number(stdout);
}

// Run in a process of its own by checks.mjs.
//   start          milliseconds from before the import of emovox to the first MFCCs, of a second of audio
//   stream FILE    bytes that the process holds more after the MFCCs of FILE as a stream than after the first tenth of it, the second time
//   memory FILE    growth of the process's peak memory over the computation of the MFCCs of FILE, in multiples of FILE's size
import { existsSync, readFileSync } from "node:fs";

const [task, file] = process.argv.slice(2);

/** Bytes that the process has held at most. Linux counts its parent's in `maxRSS`, whose place the process took when it started. */
function peakMemory() {
  const own = "/proc/self/status";
  if (!existsSync(own)) return process.resourceUsage().maxRSS * 1024;
  return Number(/^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(own, "utf8"))[1]) * 1024;
}
const request = {
  preset: "librosa",
  sampleRate: 16000,
  features: ["mfcc"],
  options: { winLength: 400, hopLength: 160, nFft: 512, nMels: 40, nMfcc: 13, center: false },
};

if (task === "start") {
  const samples = Float32Array.from({ length: 16000 }, (_, i) => ((i * 7919) % 1000) / 1000 - 0.5);
  const start = performance.now();
  const { createExtractor } = await import("../dist/index.js");
  createExtractor(request).extract(samples);
  console.log(performance.now() - start);
} else if (task === "stream") {
  const { createExtractor, createStream } = await import("../build/lib/index.js");
  const { core } = await import("../build/lib/core/module.js");
  const samples = new Float32Array(readFileSync(file).buffer);
  const piece = samples.length / 6000;
  const held = () => {
    // Buffers of arrays go with the second collection, code that has grown old with later ones.
    for (let i = 0; i < 10; i++) globalThis.gc();
    const { heapUsed, arrayBuffers } = process.memoryUsage();
    return heapUsed + arrayBuffers + core.memory.buffer.byteLength;
  };
  const growth = () => {
    const stream = createStream(createExtractor({ ...request, options: { ...request.options, topDb: null } }));
    let early = 0;
    for (let at = 0; at < samples.length; at += piece) {
      if (at === samples.length / 10) early = held();
      stream.push(samples.subarray(at, at + piece));
    }
    return held() - early;
  };
  growth(); // the engine compiles, and what it compiles lies in the same heap
  console.log(growth());
} else {
  const { createExtractor } = await import("../dist/index.js");
  const extractor = createExtractor(request);
  const { buffer } = readFileSync(file);
  const samples = new Float32Array(buffer);
  extractor.extract(samples.subarray(0, 16000));
  const before = process.memoryUsage().rss;
  extractor.extract(samples);
  const peak = peakMemory();
  console.log((peak - before) / samples.byteLength);
}

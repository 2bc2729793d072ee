// Milliseconds from before the import of the package to the first MFCC, in a fresh process of its own each time; the median of 11.
import { spawnSync } from "node:child_process";
import { cpus } from "node:os";

const RUNS = 11;
const program = `
const start = performance.now();
const { createExtractor } = await import("./dist/index.js");
const imported = performance.now();
createExtractor({ preset: "librosa", sampleRate: 16000 }).extract(new Float32Array(16000).fill(0.1));
console.log(JSON.stringify([imported - start, performance.now() - start]));
`;
const runs = Array.from({ length: RUNS }, () => {
  const { status, stdout, stderr } = spawnSync(process.execPath, ["--input-type=module", "-e", program], {
    encoding: "utf8",
  });
  if (status !== 0) throw new Error(stderr);
  return JSON.parse(stdout);
});
function median(i) {
  const times = runs.map((run) => run[i]).sort((a, b) => a - b);
  return times[RUNS >> 1].toFixed(1);
}
console.log(`Node ${process.versions.node}, ${cpus()[0].model}; median of ${RUNS} fresh processes`);
console.log(`import                ${median(0)} ms`);
console.log(`import to first MFCC  ${median(1)} ms`);

import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { nFft } from "../speech.mjs";

const root = fileURLToPath(new URL("../../", import.meta.url));

/** The core's transform of four frames at a time, compiled into `folder`. */
export function abreast(folder) {
  const file = path.join(folder, "abreast.wasm");
  const asc = spawnSync(
    process.execPath,
    ["node_modules/assemblyscript/bin/asc.js", "bench/assembly/abreast.ts", "--target", "release", "-o", file],
    { cwd: root, encoding: "utf8" },
  );
  const label = "in the core, four at a time";
  if (asc.status !== 0) return { label, error: `the AssemblyScript compiler failed: ${asc.stderr.split("\n")[0]}` };
  const core = new WebAssembly.Instance(new WebAssembly.Module(readFileSync(file))).exports;
  const plan = core.plan(nFft);
  const frames = core.alloc(16 * nFft * 4);
  const place = (samples) => new Float32Array(core.memory.buffer, frames, 16 * nFft).set(samples);
  return {
    label,
    run({ samples, count }) {
      place(samples);
      for (let i = 0; i < count; i += 4) core.transform(plan, frames + (i & 15) * nFft * 4);
    },
    values({ samples }) {
      place(samples);
      core.transform(plan, frames);
      const lanes = new Float32Array(core.memory.buffer, core.realParts(plan), (nFft / 2 + 1) * 4);
      return lanes.filter((_, i) => i % 4 === 0);
    },
  };
}

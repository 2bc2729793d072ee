import { spawnSync } from "node:child_process";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { startChild } from "./child.mjs";

const here = (file) => fileURLToPath(new URL(`../${file}`, import.meta.url));
const pffft = here("node_modules/@echogarden/pffft-wasm/src");

export const fftw = {
  name: "FFTW",
  load: ({ folder }) =>
    build(folder, "fftw", [here("native/fftw.c"), "-lfftw3f", "-lm"], { "fft-abreast": "sixteen in one plan" }),
};

export const native = {
  name: "C with pffft",
  load: ({ folder }) =>
    build(folder, "mfcc", [`-I${pffft}`, here("native/mfcc.c"), path.join(pffft, "pffft.c"), "-lm"]),
};

/** Compiles a program into `folder` and starts it. */
function build(folder, program, sources, notes) {
  const file = path.join(folder, program);
  const { error, status, stderr } = spawnSync("gcc", ["-Ofast", "-march=native", "-o", file, ...sources], {
    encoding: "utf8",
  });
  if (error || /fatal error|cannot find/.test(stderr)) throw new Error("not installed");
  if (status !== 0) throw new Error(`gcc failed: ${stderr.split("\n")[0]}`);
  return startChild(file, [folder], notes);
}

import { spawnSync } from "node:child_process";
import { expect, test } from "vitest";

const run = (...args: string[]) => {
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: "utf8" });
  return { status, stdout, stderr };
};

test("200,000 random calls neither trap nor leave their buffers, and give the same bits with SIMD and without", () => {
  const { status, stdout, stderr } = run("scripts/fuzz.mjs", "--calls", "200000", "--seed", "7");
  expect(stderr).toBe("");
  expect(status).toBe(0);
  const [, calls, , failed] = stdout.trim().split("\n").at(-1)?.split(/\s+/) ?? [];
  expect(Number(calls)).toBeGreaterThanOrEqual(200_000);
  expect(Number(failed)).toBe(0);
});

test("500 mutated model files of every format are read and give probabilities, or are refused", () => {
  const { status, stdout, stderr } = run("scripts/fuzz-models.mjs", "--count", "500", "--seed", "7");
  expect(stderr).toBe("");
  expect(status).toBe(0);
  const lines = stdout.trim().split("\n").slice(3);
  const counts = lines
    .map((line) => line.split(/\s+/))
    .map(([format, ...cells]) => [format, ...cells.slice(0, 4).map(Number)]);
  const formats = ["safetensors", "recognizer", "onnx", "xgboost", "lightgbm", "sklearn", "ml"];
  expect(counts.map(([format]) => format)).toEqual(formats);
  for (const [, files, read, refused, failed] of counts as [string, number, number, number, number][]) {
    expect([files, failed]).toEqual([500, 0]);
    // Neither is everything refused before it is looked at, nor is nothing broken.
    expect(read).toBeGreaterThan(50);
    expect(refused).toBeGreaterThan(50);
  }
});

test("the fuzz run refuses an unknown format, and a count that is none", () => {
  expect(run("scripts/fuzz-models.mjs", "--format", "pickle").status).toBe(2);
  expect(run("scripts/fuzz-models.mjs", "--count", "many").status).toBe(2);
});

test("utterances leave the core's memory as large as it was", () => {
  const { status, stdout } = run("--expose-gc", "scripts/memory.mjs", "--utterances", "2000", "--json");
  expect(status).toBe(0);
  const report: { utterances: number; core: number }[] = JSON.parse(stdout);
  expect(report.map(({ utterances }) => utterances)).toEqual([20, 200, 1000, 2000]);
  const [, early, , late] = report;
  expect(late.core).toBe(early.core);
});

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

test("utterances leave the core's memory as large as it was", () => {
  const { status, stdout } = run("--expose-gc", "scripts/memory.mjs", "--utterances", "2000", "--json");
  expect(status).toBe(0);
  const report: { utterances: number; core: number }[] = JSON.parse(stdout);
  expect(report.map(({ utterances }) => utterances)).toEqual([20, 200, 1000, 2000]);
  const [, early, , late] = report;
  expect(late.core).toBe(early.core);
});

import { type ChildProcess, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { FeatureCache } from "../../src/cli/feature-cache.ts";
import { directoryStore } from "../../src/cli/task-store.ts";
import type { Results } from "../../src/evaluation/results.ts";

const main = new URL("../../dist/cli/main.js", import.meta.url).pathname;

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "emovox-resume-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const cells = [
  ["--only", "audio/lr,text/mnb,both/lr"],
  ["--protocol", "loso,script-disjoint"],
  ["--canary-runs", "1"],
  ["--studies", "missing,words,learning,contributions"],
].flat();

function start(out: string, ...more: string[]): { child: ChildProcess; ended: Promise<number | null> } {
  const args = [main, "reproduce", ...cells, "--out", join(folder, out), ...more];
  const child = spawn(process.execPath, args, { stdio: ["ignore", "ignore", "inherit"] });
  return { child, ended: new Promise((resolve) => child.on("exit", resolve)) };
}

/** The results without what they took: equal bytes for equal figures. */
async function figures(out: string): Promise<string> {
  const all: Results[] = JSON.parse(await readFile(join(folder, out, "results.json"), "utf8"));
  return JSON.stringify(
    all.map((results) => ({
      ...results,
      run: null,
      cells: results.cells.map((cell) => ({ ...cell, seconds: 0 })),
    })),
  );
}

test("a run that is killed goes on where it was, and ends with the bytes of one that was not; so does any number of workers", async () => {
  expect(await start("whole").ended).toBe(0);
  const whole = await figures("whole");

  const { child, ended } = start("killed");
  const tasks = join(folder, "killed", "partial", "tasks");
  for (;;) {
    const done = existsSync(tasks) ? (await readdir(tasks)).filter((name) => name.endsWith(".json")).length : 0;
    if (done >= 4) break;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  child.kill("SIGKILL");
  await ended;
  expect(existsSync(join(folder, "killed", "results.json"))).toBe(false);
  const kept = (await readdir(tasks)).filter((name) => name.endsWith(".json"));
  expect(kept.length).toBeGreaterThanOrEqual(4);
  // One of them damaged: it is run again.
  await writeFile(join(tasks, kept[0]), '{"name":');
  expect(await start("killed", "--workers", "3").ended).toBe(0);
  expect(await figures("killed")).toBe(whole);
  expect(existsSync(join(folder, "killed", "partial"))).toBe(false);

  const digests = JSON.parse(whole).map(({ digest }: Results) => digest);
  expect(digests).toHaveLength(2);
  expect(new Set(digests).size).toBe(2);
});

test("the cache gives the same rows, and is left at its limit", async () => {
  const cached = (out: string) => start(out, "--cache", join(folder, "cache"), "--protocol", "loso").ended;
  expect(await cached("first")).toBe(0);
  const rows = (await readdir(join(folder, "cache"), { recursive: true })).filter((name) => name.endsWith(".row"));
  expect(rows).toHaveLength(264);
  expect(await cached("second")).toBe(0);
  const digest = async (out: string): Promise<Results> =>
    JSON.parse(await readFile(join(folder, out, "results.json"), "utf8"));
  expect((await digest("second")).digest).toBe((await digest("first")).digest);
  expect((await digest("second")).run.dataHash).toBe((await digest("first")).run.dataHash);
});

test("a row of the cache is what was saved; a damaged one is not there; the oldest go first", async () => {
  const cache = new FeatureCache(join(folder, "rows"), 250);
  const row = { hash: "ab".repeat(32), seconds: 1.5, loudness: 0.1, features: Float32Array.of(1, -2, 3.5) };
  const keys = ["a", "b", "c"].map((name) => FeatureCache.key(new TextEncoder().encode(name), 0, undefined, "recipe"));
  expect(new Set(keys).size).toBe(3);
  for (const key of keys) {
    await cache.save(key, row);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  expect(await cache.load(keys[0])).toEqual(row);
  expect(await cache.load("00")).toBeUndefined();
  await cache.prune();
  // 92 bytes each: two fit, and b was used least recently.
  expect(await cache.load(keys[1])).toBeUndefined();
  const path = join(folder, "rows", keys[0].slice(0, 2), `${keys[0]}.row`);
  const bytes = await readFile(path);
  bytes[85] ^= 1;
  await writeFile(path, bytes);
  expect(await cache.load(keys[0])).toBeUndefined();
  expect(await cache.load(keys[2])).toEqual(row);
});

test("results of tasks come back whole, and only under their key", async () => {
  const store = directoryStore(join(folder, "tasks"), "key");
  const outcome = {
    rows: Int32Array.of(3, 5),
    truth: Int32Array.of(0, 1),
    predicted: Int32Array.of(1, 1),
    probabilities: Float64Array.of(0.1, 0.9, 1 / 3, 2 / 3),
    conditions: [{ study: "words", name: "10 % wrong words", predicted: Int32Array.of(0, 1) }],
    contributions: { unit: "score", rows: 2, names: ["x"], classes: ["a", "b"], values: Float64Array.of(0.25, 1 / 7) },
  } as const;
  await store.save("loso audio-rf fold-0", { outcome, seconds: 1.25 });
  expect(await store.load("loso audio-rf fold-0")).toEqual({ outcome, seconds: 1.25 });
  expect(await store.load("loso audio-rf fold-1")).toBeUndefined();
  expect(await directoryStore(join(folder, "tasks"), "other").load("loso audio-rf fold-0")).toBeUndefined();
});

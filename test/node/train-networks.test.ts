import { type ChildProcess, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Recognizer } from "../../src/recognizer.ts";
import "../../src/deep/index.ts";

// The built command line trains a network and is killed, or interrupted, in the middle.
const main = new URL("../../dist/cli/main.js", import.meta.url).pathname;

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "emovox-train-"));
  const words = { joy: "what a lovely happy day", grief: "so sad and so alone", anger: "leave me you fool" };
  const lines = Array.from({ length: 960 }, (_, i) => {
    const [emotion, said] = Object.entries(words)[i % 3];
    const own = said.split(" ").filter((_word, w) => (i >> w) % 2 === 0);
    return `${emotion},${own.join(" ")} then ${i % 7},${["train", "train", "train", "dev", "test"][i % 5]}`;
  });
  await writeFile(join(folder, "texts.csv"), ["emotion,transcript,split", ...lines].join("\n"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

interface Training {
  readonly child: ChildProcess;
  readonly ended: Promise<number | null>;
  readonly epochs: number[];
}

/** @param at what is done to the process when this epoch is reported */
function train(out: string, at: Readonly<Record<number, NodeJS.Signals>> = {}, checkpoint = `${out}-state`): Training {
  const args = [main, "train", "--text-corpus", "csv:texts.csv", "--classifier", "lstm", "--seed", "3", "--json"];
  const files = ["--out", `${out}.safetensors`, "--checkpoint", checkpoint];
  const child = spawn(process.execPath, [...args, ...files], { cwd: folder, stdio: ["ignore", "pipe", "inherit"] });
  const epochs: number[] = [];
  let rest = "";
  child.stdout.on("data", (data) => {
    const lines = (rest + String(data)).split("\n");
    rest = lines.pop()!;
    for (const line of lines) {
      const { epoch } = JSON.parse(line);
      if (epoch === undefined) continue;
      epochs.push(epoch);
      if (at[epoch]) child.kill(at[epoch]);
    }
  });
  return { child, epochs, ended: new Promise((resolve) => child.on("close", resolve)) };
}

const model = (out: string) => readFile(join(folder, `${out}.safetensors`));

test("a training that is killed goes on from its checkpoint, to the bytes of one that was not", async () => {
  const whole = train("whole");
  expect(await whole.ended).toBe(0);
  const first = train("killed", { 3: "SIGKILL" });
  expect(await first.ended).toBe(null);
  expect(existsSync(join(folder, "killed.safetensors"))).toBe(false);
  const state = join(folder, "killed-state.words.safetensors");
  expect(existsSync(state)).toBe(true);
  const second = train("killed");
  expect(await second.ended).toBe(0);
  // The state is written behind the line of its epoch.
  expect(second.epochs[0]).toBeGreaterThan(2);
  expect(second.epochs.at(-1)).toBe(whole.epochs.length);
  expect((await model("killed")).equals(await model("whole"))).toBe(true);
  expect(existsSync(state)).toBe(false);
}, 120_000);

test("Ctrl-C ends a training early, and the best weights so far are written", async () => {
  const { ended, epochs } = train("stopped", { 2: "SIGINT" });
  expect(await ended).toBe(0);
  expect(epochs.length).toBeLessThan(6);
  const { probabilities } = await Recognizer.load(await model("stopped")).predict({ text: "lovely happy day" });
  expect(Object.keys(probabilities).sort()).toEqual(["anger", "grief", "joy"]);
  expect(Object.values(probabilities).reduce((sum, p) => sum + p)).toBeCloseTo(1, 6);
}, 120_000);

test("a checkpoint that is none is refused by name", async () => {
  await writeFile(join(folder, "broken.words.safetensors"), "no checkpoint");
  const args = ["train", "--text-corpus", "csv:texts.csv", "--classifier", "lstm", "--out", "x.safetensors"];
  const child = spawn(process.execPath, [main, ...args, "--checkpoint", "broken"], { cwd: folder });
  let said = "";
  child.stderr.on("data", (data) => (said += String(data)));
  expect(await new Promise((resolve) => child.on("close", resolve))).toBe(2);
  expect(said).toContain("broken.words.safetensors");
  expect(said.trim().split("\n")).toHaveLength(1);
}, 120_000);

import { readFile, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import { encodeWav } from "../../src/audio/encode-wav.ts";
import { version } from "../../src/version.ts";
import { CommandLine, someSpeech } from "./run-cli.ts";

// What a user types, sees and gets as exit code: help, features, predictions.
const cli = new CommandLine();
const { emovox } = cli;

const tone = (seconds: number, rate = 16000) =>
  Float32Array.from({ length: seconds * rate }, (_, i) => 0.3 * Math.sin((2 * Math.PI * 180 * i) / rate));

let speech: string;

beforeAll(async () => {
  speech = await someSpeech();
  await writeFile(join(cli.folder, "tone.wav"), encodeWav({ sampleRate: 16000, channels: [tone(1)] }, "pcm16"));
});

test("--help shows every command, and each command an example", async () => {
  const { code, stdout } = await emovox("--help");
  expect(code).toBe(0);
  for (const command of ["predict", "convert", "extract", "train", "evaluate", "reproduce", "doctor"]) {
    expect(stdout).toContain(command);
    expect((await emovox(command, "--help")).stdout).toContain(`$ emovox ${command}`);
  }
  expect((await emovox("--version")).stdout.trim()).toBe(version);
});

test("the version is that of package.json", async () => {
  const manifest = JSON.parse(await readFile(new URL("../../package.json", import.meta.url), "utf8"));
  expect(manifest.version).toBe(version);
});

test("extract prints one object a file", async () => {
  const set = ["--set", "nFft=512", "--set", "hopLength=160", "--set", "nMfcc=13"];
  const { code, stdout, stderr } = await emovox("extract", "tone.wav", speech, "--features", "mfcc,rms", ...set);
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  const [first, second] = stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
  expect(first).toMatchObject({ file: "tone.wav", sampleRate: 16000, preset: "librosa", level: "frames" });
  expect(first.options.nFft).toBe(512);
  expect(first.names).toEqual([...Array.from({ length: 13 }, (_, k) => `mfcc_${k}`), "rms"]);
  expect(first.rows).toHaveLength(101);
  expect(first.rows[50]).toHaveLength(14);
  expect(second.file).toBe(speech);
});

test("extract writes CSV and NumPy files", async () => {
  const csv = await emovox("extract", "tone.wav", "--preset", "sahu2019", "--format", "csv");
  const [header, row] = csv.stdout.trim().split("\n");
  expect(header.split(",").slice(0, 3)).toEqual(["file", "row", "sig_mean"]);
  expect(row.split(",")).toHaveLength(10);
  expect((await emovox("extract", "tone.wav", "--format", "npy", "--out", "tone.npy")).code).toBe(0);
  const npy = await readFile(join(cli.folder, "tone.npy"));
  expect(npy.subarray(1, 6).toString()).toBe("NUMPY");
  expect(npy.toString("latin1", 10, 128)).toContain("'shape': (32, 20)");
  expect(npy.length).toBe(128 + 32 * 20 * 4);
});

test("extract takes Kaldi's options", async () => {
  const set = ["--set", "numMelBins=40", "--set", "useEnergy=true", "--set", "snipEdges=false"];
  const { code, stdout } = await emovox("extract", "tone.wav", "--preset", "kaldi", "--features", "fbank,mfcc", ...set);
  expect(code).toBe(0);
  const { names, rows, options } = JSON.parse(stdout);
  expect(names).toHaveLength(41 + 13);
  expect(names[0]).toBe("fbank_energy");
  expect(rows).toHaveLength(100);
  expect(options).toMatchObject({ numMelBins: 40, windowType: "povey" });
});

test("extract resamples when it is asked to", async () => {
  const { stdout } = await emovox("extract", "tone.wav", "--sample-rate", "8000", "--features", "rms");
  expect(JSON.parse(stdout)).toMatchObject({ sampleRate: 8000 });
  expect(JSON.parse(stdout).rows).toHaveLength(1 + Math.floor(8000 / 512));
});

test.each([
  ["a file", () => [speech]],
  ["a file and words", () => [speech, "--text", "Leave me alone, I hate this!"]],
  ["words alone", () => ["--text", "I am so happy to see you!"]],
  ["words that it does not know", () => ["--text", "Zzyzx qwrtp"]],
  ["empty words", () => ["--text", ""]],
])("predict gives probabilities of %s", async (_, args) => {
  const { code, stdout } = await emovox("predict", ...args(), "--json");
  expect(code).toBe(0);
  const { emotion, probabilities, milliseconds } = JSON.parse(stdout);
  const values = Object.values<number>(probabilities);
  expect(values.reduce((sum, p) => sum + p, 0)).toBeCloseTo(1, 9);
  expect(probabilities[emotion]).toBe(Math.max(...values));
  expect(milliseconds).toBeGreaterThan(0);
});

test("predict names no emotion where it is told to abstain", async () => {
  const { stdout } = await emovox("predict", "--text", "I am so happy!", "--abstain-below", "1", "--json");
  expect(JSON.parse(stdout).emotion).toBe(null);
  expect((await emovox("predict", "--text", "I am so happy!", "--abstain-below", "1")).stdout).toContain(
    "text: unsure",
  );
  expect((await emovox("predict", "--text", "I am so happy!", "--abstain-below", "2")).code).toBe(2);
});

test("predict on a folder answers for each file", async () => {
  const { stdout } = await emovox("predict", join(speech, ".."), "--json");
  expect(stdout.trim().split("\n").length).toBe((await readdir(join(speech, ".."))).length);
});

test("doctor gives a digest", async () => {
  const report = JSON.parse((await emovox("doctor", "--scalar", "--json")).stdout);
  expect(report.digest).toMatch(/^[0-9a-f]{64}$/);
  expect(report.simd).toBe(true);
  expect(report.core).toBe("simd");
  expect(report.scalarDigest).toBe(report.digest);
});

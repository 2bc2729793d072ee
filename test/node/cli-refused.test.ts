import { mkdir, readFile, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import { encodeWav } from "../../src/audio/encode-wav.ts";
import { CommandLine } from "./run-cli.ts";

// The same of what is wrong: exit code 2, one line that names it, and nothing half written.
const cli = new CommandLine();
const { emovox, refused } = cli;

const tone = (seconds: number, rate = 16000) =>
  Float32Array.from({ length: seconds * rate }, (_, i) => 0.3 * Math.sin((2 * Math.PI * 180 * i) / rate));

beforeAll(async () => {
  await writeFile(join(cli.folder, "tone.wav"), encodeWav({ sampleRate: 16000, channels: [tone(1)] }, "pcm16"));
});

test("bad audio is refused in one line that names the file", async () => {
  const good = encodeWav({ sampleRate: 16000, channels: [tone(1)] }, "pcm16");
  const float = encodeWav({ sampleRate: 16000, channels: [Float32Array.of(0, Number.NaN, 0)] }, "float32");
  const patched = (at: number, ...bytes: number[]) => {
    const copy = good.slice();
    copy.set(bytes, at);
    return copy;
  };
  const files: Record<string, [Uint8Array, string]> = {
    "text.wav": [new TextEncoder().encode("This is no audio at all, only words."), "text.wav: "],
    "empty.wav": [new Uint8Array(0), "empty"],
    "header.wav": [good.slice(0, 30), "header"],
    "cut.wav": [good.slice(0, 20000), "truncated"],
    "silent.wav": [encodeWav({ sampleRate: 16000, channels: [new Float32Array(0)] }, "pcm16"), "0 samples"],
    "channels.wav": [patched(22, 0, 0), "0 channels"],
    "rate.wav": [patched(24, 1, 0, 0, 0), "rate"],
    "nan.wav": [float, "NaN"],
  };
  for (const [name, [bytes, words]] of Object.entries(files)) {
    await writeFile(join(cli.folder, name), bytes);
    await refused(["predict", name], name, words);
    await refused(["extract", name, "--out", "bad.json"], name, words);
  }
  expect(await readdir(cli.folder)).not.toContain("bad.json");
  expect((await emovox("extract", "cut.wav", "--lenient", "--features", "rms")).code).toBe(0);
  await refused(["predict", "missing.wav"], "missing.wav", "no such file");
  await mkdir(join(cli.folder, "nothing"), { recursive: true });
  await refused(["predict", "nothing"], "nothing", "no audio");
});

test("bad options are refused", async () => {
  await refused(["extract", "tone.wav", "--set", "nFtt=512"], 'unknown option "nFtt"');
  await refused(["extract", "tone.wav", "--set", "nFft=zwei"], "nFft must be a number");
  await refused(["extract", "tone.wav", "--features", "pitch"], 'unknown feature "pitch"');
  await refused(["reproduce", "--only", "audio/gpt"], 'unknown cell "audio/gpt"');
  await refused(["reproduce", "--protocol", "hope"], 'unknown protocol "hope"');
  await refused(["reproduce", "--corpus", "emodb"], "NAME:PATH");
  await refused(["reproduce", "--corpus", `emodb:${cli.folder}/nothing`], "nothing");
  await refused(["predict"], "name an audio file");
  expect((await emovox("extract", "tone.wav", "--format", "xml")).code).toBe(2);
  expect((await emovox("dance")).code).toBe(2);
});

test("bad tables are refused", async () => {
  const row = "a.wav,0,hello";
  const tables: Record<string, [string, string[]]> = {
    "column.csv": ["wav_file,label\na.wav,0\n", ["column.csv", "transcription"]],
    "ragged.csv": [`wav_file,label,transcription\n${row}\nb.wav,1\n`, ["ragged.csv", "3"]],
    "label.csv": [`wav_file,label,transcription\n${row}\nb.wav,9,well\n`, ["label.csv", "9"]],
    "none.csv": ["", ["none.csv"]],
  };
  await writeFile(join(cli.folder, "good.csv"), `wav_file,label,transcription\n${row}\nb.wav,1,well\n`);
  for (const [name, [text, words]] of Object.entries(tables)) {
    await writeFile(join(cli.folder, name), text);
    await refused(["reproduce", "--text-train", name, "--text-test", "good.csv", "--out", "never"], ...words);
  }
  const audio = `wav_file,label,${["sig_mean", "sig_std", "rmse_mean", "rmse_std", "silence", "harmonic", "auto_corr_max", "auto_corr_std"].join(",")}\n`;
  await writeFile(join(cli.folder, "audio.csv"), `${audio}a.wav,0,1,1,1,1,1,1,1,1\nc.wav,1,1,1,1,1,1,1,1,1\n`);
  const both = [
    "--audio-train",
    "audio.csv",
    "--audio-test",
    "audio.csv",
    "--text-train",
    "good.csv",
    "--text-test",
    "good.csv",
  ];
  await refused(["reproduce", ...both, "--out", "never"], "b.wav", "c.wav");
  await refused(["reproduce", "--text-train", "good.csv", "--text-test", "good.csv", "--out", "never"], "fewer than");
  expect(await readdir(cli.folder)).not.toContain("never");
});

test("a corpus with a single example of a class, or fewer examples than classes, is refused", async () => {
  const head = "file,emotion,speaker,transcript\n";
  await writeFile(join(cli.folder, "single.csv"), `${head},joy,a,yes\n,joy,b,yes\n,anger,a,no\n,joy,c,fine\n`);
  await refused(
    ["reproduce", "--corpus", "csv:single.csv", "--only", "text/lr", "--out", "never"],
    "anger",
    "one example",
  );
  await writeFile(join(cli.folder, "one-class.csv"), `${head},joy,a,yes\n,joy,b,yes\n`);
  await refused(["train", "--text-corpus", "csv:one-class.csv", "--out", "never.safetensors"], "two classes");
});

test("a model file that is cut, corrupted or from a newer version is refused", async () => {
  const model = await readFile(new URL("../../models/emovox.safetensors", import.meta.url));
  const newer = Buffer.from(model);
  newer.write('"formatVersion":"9"', newer.indexOf('"formatVersion":"1"'));
  const flipped = Buffer.from(model);
  flipped[20] ^= 0xff;
  const files: Record<string, [Uint8Array, string]> = {
    "cut.safetensors": [model.subarray(0, 5000), "cut.safetensors"],
    "flipped.safetensors": [flipped, "flipped.safetensors"],
    "newer.safetensors": [newer, "newer version"],
    "empty.safetensors": [new Uint8Array(0), "empty.safetensors"],
  };
  for (const [name, [bytes, words]] of Object.entries(files)) {
    await writeFile(join(cli.folder, name), bytes);
    await refused(["predict", "tone.wav", "--model", name], name, words);
  }
  await refused(["predict", "tone.wav", "--model", "missing.safetensors"], "missing.safetensors", "no such file");
});

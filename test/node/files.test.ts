import { link, readdir, readFile, rm, symlink, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { findAudioFiles, readAudio } from "../../src/corpora/audio-file.ts";
import { readTable } from "../../src/corpora/csv.ts";
import { writeFileAtomically } from "../../src/corpora/write-file.ts";
import { AudioError, InputError, TableError } from "../../src/errors.ts";
import { makeTree, tinyWav, wavs } from "./tree.ts";

test("audio is read whole, or from start to end", async () => {
  const path = join(await makeTree(wavs("a.wav")), "a.wav");
  const whole = await readAudio(path);
  expect(whole.sampleRate).toBe(8000);
  expect(whole.samples.length).toBe(800);
  expect((await readAudio(path, { start: 0.05 })).samples).toEqual(whole.samples.subarray(400));
  expect((await readAudio(path, { start: 0.025, end: 0.05 })).samples).toEqual(whole.samples.subarray(200, 400));
  expect((await readAudio(path, { start: 0.09, end: 7 })).samples).toEqual(whole.samples.subarray(720));
});

test("what cannot be read is refused with the file's name", async () => {
  const root = await makeTree({ "cut.wav": tinyWav.subarray(0, 500), "text.wav": "no sound", ...wavs("a.wav") });
  await writeFile(join(root, "huge.wav"), "RIFF");
  await truncate(join(root, "huge.wav"), 2147483649);
  const cases: [string, RegExp, object?][] = [
    ["missing.wav", /: no such file or directory$/],
    [".", /: is a directory, not a file$/],
    ["cut.wav", /: truncated data: the header promises 1600 bytes/],
    ["text.wav", /: not an audio file that is known/],
    ["huge.wav", /: the file has 2\.0 GiB/],
    ["a.wav", /: no audio from 0\.2 s to 0\.1 s: the file lasts 0\.1 s$/, { start: 0.2 }],
  ];
  for (const [name, message, options] of cases) {
    const path = join(root, name);
    const error = await readAudio(path, options).catch((e: unknown) => e);
    expect(error).toBeInstanceOf(AudioError);
    expect((error as Error).message.startsWith(`${path}: `)).toBe(true);
    expect((error as Error).message).toMatch(message);
  }
  expect((await readAudio(join(root, "cut.wav"), { lenient: true })).samples.length).toBe(228);
});

test("audio files are found below a directory in the order of their paths, hidden files left out", async () => {
  const root = await makeTree({
    ...wavs("b.WAV", "a/z.flac", "a/._z.flac", ".hidden/x.wav", "B.mp3"),
    "notes.txt": "",
  });
  await symlink(root, join(root, "a", "loop"));
  await symlink(join(root, "gone"), join(root, "dangling.wav"));
  const relative = (await findAudioFiles(root)).map((file) => file.slice(root.length + 1));
  expect(relative).toEqual(["B.mp3", "a/z.flac", "b.WAV"]);
  expect(await findAudioFiles(join(root, "notes.txt"))).toEqual([join(root, "notes.txt")]);
});

test("a directory without audio and a missing path are refused", async () => {
  const root = await makeTree({ "notes.txt": "" });
  await expect(findAudioFiles(root)).rejects.toThrow(`${root}: no audio in this directory (.wav, .flac`);
  await expect(findAudioFiles(join(root, "x"))).rejects.toThrow(`${join(root, "x")}: no such file or directory`);
});

test("a file is replaced whole, and nothing is left beside it", async () => {
  const root = await makeTree({ "a.txt": "old" });
  await link(join(root, "a.txt"), join(root, "b.txt"));
  await writeFileAtomically(join(root, "a.txt"), "new");
  expect(await readFile(join(root, "a.txt"), "utf8")).toBe("new");
  // The old file was not written into.
  expect(await readFile(join(root, "b.txt"), "utf8")).toBe("old");
  await rm(join(root, "b.txt"));
  const missing = join(root, "no", "a.txt");
  await expect(writeFileAtomically(missing, "x")).rejects.toThrow(InputError);
  await expect(writeFileAtomically(missing, "x")).rejects.toThrow(
    `${missing}: cannot write: no such file or directory`,
  );
  await expect(writeFileAtomically(root, "x")).rejects.toThrow(/is a directory/);
  expect(await readdir(root)).toEqual(["a.txt"]);
});

test("a table is read with its line numbers, a byte order mark, CRLF, quotes and empty lines accepted", async () => {
  const text = '\ufeffa, b\r\n1,2\r\n\r\n"x\r\n""y""",4\r\n5,\r\n';
  const path = join(await makeTree({ "t.csv": text }), "t.csv");
  expect(await readTable(path, ["b"])).toEqual([
    { line: 2, values: { a: "1", b: "2" } },
    { line: 4, values: { a: 'x\n"y"', b: "4" } },
    { line: 6, values: { a: "5", b: "" } },
  ]);
});

test("a damaged table is refused, led by its name", async () => {
  const cases: [string | Uint8Array, RegExp][] = [
    ["", /: the file is empty$/],
    ["\n\n", /: the file is empty$/],
    ["file,label\na,1\n", /: no column "emotion"; the columns are file, label$/],
    ["emotion,b\n1,2\n\n1,2,3\n", /: line 4 has 3 values, the first line has 2$/],
    ["emotion,b\n1\n", /: line 2 has 1 values/],
    ['emotion,b\n1,"2\n', /: Quote Not Closed: .*line 2/],
    [new Uint8Array([0x65, 0xff, 0x0a]), /: not UTF-8 text$/],
  ];
  for (const [content, message] of cases) {
    const path = join(await makeTree({ "t.csv": content }), "t.csv");
    const error = await readTable(path, ["emotion"]).catch((e: unknown) => e);
    expect(error).toBeInstanceOf(TableError);
    expect((error as Error).message.startsWith(`${path}: `)).toBe(true);
    expect((error as Error).message).toMatch(message);
  }
  await expect(readTable("/no/such.csv", [])).rejects.toThrow("/no/such.csv: no such file or directory");
});

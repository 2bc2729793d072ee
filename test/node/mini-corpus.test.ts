import { readdirSync, readFileSync, statSync } from "node:fs";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { beforeAll, expect, test } from "vitest";

// What data/mini promises to be, read with nothing of the project's own, so that no loader's mistake hides one of the corpus.
const ROOT = fileURLToPath(new URL("../../data/mini", import.meta.url));
const SEED_MAP: Record<string, string> = {
  ang: "ang",
  hap: "hap",
  exc: "hap",
  sad: "sad",
  fru: "sad",
  fea: "fea",
  sur: "sur",
  neu: "neu",
};

interface Line {
  id: string;
  session: string;
  dialogue: string;
  label: string;
  start: number;
  end: number;
  transcript: string;
}

const files: string[] = [];
const lines: Line[] = [];

beforeAll(() => {
  for (const entry of readdirSync(ROOT, { recursive: true, withFileTypes: true })) {
    if (entry.isFile()) files.push(relative(ROOT, join(entry.parentPath, entry.name)));
  }
  for (const file of files.sort()) {
    const [, session, dialogue] = /^(Session[1-5])\/dialog\/EmoEvaluation\/(\w+)\.txt$/.exec(file) ?? [];
    if (session === undefined) continue;
    const evaluation = readFileSync(join(ROOT, file), "utf8").split("\n");
    expect(evaluation[0]).toBe("% [START_TIME - END_TIME] TURN_NAME EMOTION [V, A, D]");
    const transcripts = new Map<string, string>();
    for (const line of readFileSync(join(ROOT, file.replace("EmoEvaluation", "transcriptions")), "utf8").split("\n")) {
      const [, id, transcript] = /^(\w+) \[\d{3}\.\d{4}-\d{3}\.\d{4}\]: (\S.*)$/.exec(line) ?? [];
      if (id !== undefined) transcripts.set(id, transcript);
    }
    for (const line of evaluation) {
      const turn = /^\[(\d+\.\d{4}) - (\d+\.\d{4})\]\t(\w+)\t(\w+)\t\[\d\.\d{4}, \d\.\d{4}, \d\.\d{4}\]$/.exec(line);
      if (turn === null) continue;
      const [, start, end, id, label] = turn;
      lines.push({
        id,
        session,
        dialogue,
        label,
        start: Number(start),
        end: Number(end),
        transcript: transcripts.get(id) ?? "",
      });
    }
    expect(transcripts.size).toBe(lines.filter((line) => line.dialogue === dialogue).length);
  }
});

test("five sessions, ten speakers, at least 240 utterances, six emotions in every session", () => {
  expect(lines.length).toBeGreaterThanOrEqual(240);
  expect(new Set(lines.map(({ id }) => id)).size).toBe(lines.length);
  expect(new Set(lines.map(({ session }) => session)).size).toBe(5);
  expect(new Set(lines.map(({ session, id }) => session + /_([FM])\d{3}$/.exec(id)?.[1])).size).toBe(10);
  expect([...new Set(lines.map(({ label }) => label))].sort()).toEqual(Object.keys(SEED_MAP).sort());
  const emotions = new Set(Object.values(SEED_MAP));
  for (let s = 1; s <= 5; s++) {
    const here = lines.filter(({ session }) => session === `Session${s}`);
    expect(new Set(here.map(({ label }) => SEED_MAP[label]))).toEqual(emotions);
  }
  for (const emotion of emotions) {
    expect(lines.filter(({ label }) => SEED_MAP[label] === emotion).length).toBeGreaterThanOrEqual(20);
  }
});

test("every utterance is named after its dialogue, has a transcript, and its times run on", () => {
  lines.forEach(({ id, session, dialogue, start, end, transcript }, i) => {
    expect(id).toMatch(new RegExp(`^${dialogue}_[FM]\\d{3}$`));
    expect(dialogue).toMatch(new RegExp(`^Ses0${session.at(-1)}[FM]_(impro|script)\\d\\d`));
    expect(transcript, id).not.toBe("");
    expect(end).toBeGreaterThan(start);
    if (lines[i - 1]?.dialogue === dialogue) expect(start).toBeGreaterThan(lines[i - 1].end);
  });
});

test("every utterance has a WAV file, 16-bit mono, of the length that its line tells, and not silent", () => {
  for (const { id, session, dialogue, start, end } of lines) {
    const bytes = readFileSync(join(ROOT, session, "sentences/wav", dialogue, `${id}.wav`));
    expect(bytes.toString("latin1", 0, 4) + bytes.toString("latin1", 8, 16), id).toBe("RIFFWAVEfmt ");
    expect(bytes.readUInt32LE(4)).toBe(bytes.length - 8);
    const [kind, channels, rate, bits] = [20, 22, 24, 34].map((at) => bytes.readUInt16LE(at));
    expect([kind, channels, rate, bits]).toEqual([1, 1, 16000, 16]);
    expect(bytes.toString("latin1", 36, 40)).toBe("data");
    expect(bytes.readUInt32LE(40)).toBe(bytes.length - 44);
    const samples = new Int16Array(bytes.buffer.slice(bytes.byteOffset + 44, bytes.byteOffset + bytes.length));
    // Times are written with four digits, so the length agrees within two halves of 1e-4 s.
    expect(Math.abs(samples.length / 16000 - (end - start))).toBeLessThan(1.01e-4);
    const peak = samples.reduce((most, x) => Math.max(most, Math.abs(x)), 0);
    expect(peak, id).toBeGreaterThan(1000);
  }
  expect(files.filter((file) => file.endsWith(".wav")).length).toBe(lines.length);
});

test("at least 120 sentences, some spoken under several emotions, none more than five times", () => {
  const emotions = new Map<string, string[]>();
  for (const { transcript, label } of lines) {
    emotions.set(transcript, [...(emotions.get(transcript) ?? []), SEED_MAP[label]]);
  }
  expect(emotions.size).toBeGreaterThanOrEqual(120);
  expect(Math.max(...[...emotions.values()].map((list) => list.length))).toBeLessThanOrEqual(5);
  expect([...emotions.values()].filter((list) => new Set(list).size > 1).length).toBeGreaterThanOrEqual(10);
});

test("it takes at most 12 MB, and its README tells what it is", () => {
  expect(files.reduce((sum, file) => sum + statSync(join(ROOT, file)).size, 0)).toBeLessThanOrEqual(12_000_000);
  const readme = readFileSync(join(ROOT, "README.md"), "utf8");
  for (const words of [`${lines.length} short utterances`, "synthetic", "eSpeak NG", "CC0"]) {
    expect(readme).toContain(words);
  }
});

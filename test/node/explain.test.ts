import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { drawExplanations } from "../../src/cli/explanation-picture.ts";
import { commonest, describeMany, describeOne, forClass } from "../../src/cli/explanation-text.ts";
import { type Explained, explainInputs, explainRows } from "../../src/cli/explained.ts";
import { readFeatureTable } from "../../src/cli/feature-table.ts";
import { readAudio } from "../../src/corpora/audio-file.ts";
import { OptionError, TableError } from "../../src/errors.ts";
import { largestSteps } from "../../src/evaluation/charts/waterfall.ts";
import { saveModel } from "../../src/models/model-file.ts";
import { RandomForestClassifier } from "../../src/models/random-forest.ts";
import { table } from "../random-table.ts";

const folder = mkdtempSync(join(tmpdir(), "explain-"));
const speech = "data/mini/Session1/sentences/wav/Ses01F_impro01/Ses01F_impro01_F000.wav";
const { x, y } = table(3, 80, 3, 3, 0);

function csvOf(rows: number, header = "file,pitch,loudness,rate"): string {
  const lines = Array.from({ length: rows }, (_, r) => `f${r}.wav,${x.data.slice(r * 3, r * 3 + 3).join(",")}`);
  const path = join(folder, `${rows}-${header.length}.csv`);
  writeFileSync(path, `${header}\n${lines.join("\n")}\n`);
  return path;
}

function modelFile(): string {
  const forest = new RandomForestClassifier({ nEstimators: 10 });
  forest.fit(x, y);
  const path = join(folder, "forest.safetensors");
  writeFileSync(path, saveModel(forest.save()));
  return path;
}

async function all(answers: AsyncIterable<Explained>): Promise<Explained[]> {
  const list: Explained[] = [];
  for await (const answer of answers) list.push(answer);
  return list;
}

test("rows of a table: contributions and base sum to the probability of the class", async () => {
  const answers = await all(explainRows(modelFile(), csvOf(20)));
  expect(answers).toHaveLength(20);
  const name = commonest(answers.map(({ emotion }) => emotion));
  for (const answer of answers) {
    const { file, class: explained, probabilities, parts } = forClass(answer, name);
    expect(file).toMatch(/^f\d+\.wav$/);
    const sum = parts[0].features.reduce((total, { contribution }) => total + contribution, parts[0].base);
    expect(Math.abs(sum - probabilities[explained])).toBeLessThan(1e-6);
  }
  const shown = answers.map((answer) => forClass(answer, name));
  expect(describeMany(shown)).toMatch(/^20 answers; what moved \w+ most/);
  const svg = await drawExplanations(shown, true);
  expect(svg).toMatch(/^<\?xml/);
  expect(svg.match(/<circle/g)).toHaveLength(60);
  expect(() => forClass(answers[0], "toString")).toThrow('there is no class "toString"');
});

test("sound and words of one answer: two waterfalls on a page, one chart in an SVG", async () => {
  const { samples, sampleRate } = await readAudio(speech);
  const read = async () => ({ samples, sampleRate, text: "I am <so> happy" });
  const [answer] = await all(explainInputs(undefined, [{ source: `<${speech}>`, read }]));
  const shown = [forClass(answer, answer.emotion)];
  const text = describeOne(shown[0]);
  expect(text).toContain("logmel (480 features)");
  expect(text).toContain("happy");
  const page = await drawExplanations(shown, false);
  expect(page.match(/<svg/g)).toHaveLength(2);
  expect(page).not.toMatch(/<data|<script|<so>/);
  expect(page).toContain("prefers-color-scheme: dark");
  await expect(drawExplanations(shown, true)).rejects.toThrow(OptionError);
});

test("a table that is none is refused, by its name and line", async () => {
  const bad = (text: string) => {
    const path = join(folder, "bad.csv");
    writeFileSync(path, text);
    return readFeatureTable(path);
  };
  await expect(bad("a,b\n1,x\n")).rejects.toThrow('bad.csv: line 2: b is "x", not a finite number');
  await expect(bad("a,b\n1,\n")).rejects.toThrow(TableError);
  await expect(bad("a,b\n1,1e39\n")).rejects.toThrow("not a finite number");
  await expect(bad("a,b\n")).rejects.toThrow("the table has no rows");
  await expect(bad("file,label\nx,y\n")).rejects.toThrow("no column of features");
  await expect(all(explainRows(modelFile(), csvOf(2, "file,a,b,label")))).rejects.toThrow(
    /\.csv: the rows have 2 columns, but the model learnt from 3/,
  );
  await expect(all(explainRows(speech, csvOf(2)))).rejects.toThrow(`${speech}: `);
  expect(readFileSync(csvOf(2), "utf8")).toContain("f1.wav");
});

test("small steps are summed into one", () => {
  const steps = [3, -5, 1, -1, 0.5].map((value, i) => ({ name: `s${i}`, value }));
  expect(largestSteps(steps, 2, (count) => `${count} others`)).toEqual([
    { name: "s1", value: -5 },
    { name: "s0", value: 3 },
    { name: "3 others", value: 0.5 },
  ]);
  expect(largestSteps(steps, 4, String).map(({ name }) => name)).toEqual(["s1", "s0", "s2", "s3", "s4"]);
});

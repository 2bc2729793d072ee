import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { readSeedTables, SEED_FEATURES, type SeedTables, writeSeedTables } from "../../src/corpora/seed-tables.ts";
import { DataError, OptionError, TableError } from "../../src/errors.ts";
import { matrixFromRows } from "../../src/matrix.ts";
import { makeTree } from "./tree.ts";

const audioHeader = `wav_file,label,${SEED_FEATURES.join(",")}`;
const textHeader = "wav_file,label,transcription";
const good = {
  "audio_train.csv": `${audioHeader}\nA,0,1,2,3,4,5,6,7,8\nB,3,.5,0,0,0,0,0,0,-1e-3\n`,
  "audio_test.csv": `${audioHeader}\nC,5,1,1,1,1,1,1,1,1\n`,
  "text_train.csv": `${textHeader}\nA,0,hello there\nB,3,"no, not that"\n`,
  "text_test.csv": `${textHeader}\nC,5,\n`,
};

const paths = (root: string) => ({
  audioTrain: join(root, "audio_train.csv"),
  audioTest: join(root, "audio_test.csv"),
  textTrain: join(root, "text_train.csv"),
  textTest: join(root, "text_test.csv"),
});

test("the four tables are read together, or those of one modality", async () => {
  const all = paths(await makeTree(good));
  const { train, test: tested } = await readSeedTables(all);
  expect(train).toEqual({
    files: ["A", "B"],
    labels: ["ang", "fea"],
    audio: matrixFromRows([
      [1, 2, 3, 4, 5, 6, 7, 8],
      [0.5, 0, 0, 0, 0, 0, 0, -1e-3],
    ]),
    transcripts: ["hello there", "no, not that"],
  });
  expect(tested.labels).toEqual(["neu"]);
  expect(tested.transcripts).toEqual([""]);
  const audioOnly = await readSeedTables({ audioTrain: all.audioTrain, audioTest: all.audioTest });
  expect(audioOnly.train.audio).toEqual(train.audio);
  expect(audioOnly.train.transcripts).toBeUndefined();
  const textOnly = await readSeedTables({ textTrain: all.textTrain, textTest: all.textTest });
  expect(textOnly.train.audio).toBeUndefined();
  expect(textOnly.train.transcripts).toEqual(train.transcripts);
});

test("other columns, an index for one, and another order of columns change nothing", async () => {
  const root = await makeTree({
    ...good,
    "text_train.csv": ",transcription,label,wav_file\n0,hello there,0,A\n1,x,3,B\n",
  });
  expect((await readSeedTables(paths(root))).train.transcripts).toEqual(["hello there", "x"]);
});

test.each<[string, Partial<typeof good>, RegExp]>([
  [
    "unknown label",
    { "text_test.csv": `${textHeader}\nC,6,x\n` },
    /text_test\.csv: line 2: unknown label "6"; labels are 0 \(ang\)/,
  ],
  ["class name as label", { "text_test.csv": `${textHeader}\nC,neu,x\n` }, /line 2: unknown label "neu"/],
  [
    "not a number",
    { "audio_train.csv": `${audioHeader}\nA,0,1,2,3,4,5,6,7,8\nB,3,1,2,3,4,quiet,6,7,8\n` },
    /audio_train\.csv: line 3: silence is "quiet", not a number/,
  ],
  ["an empty number", { "audio_test.csv": `${audioHeader}\nC,5,1,1,1,1,1,1,1,\n` }, /line 2: auto_corr_std is "", not/],
  ["NaN", { "audio_test.csv": `${audioHeader}\nC,5,nan,1,1,1,1,1,1,1\n` }, /line 2: sig_mean is "nan", not/],
  [
    "other files",
    { "text_train.csv": `${textHeader}\nB,3,x\nA,0,y\n` },
    /text_train\.csv: line 2 is of B, but line 2 of .*audio_train\.csv is of A/,
  ],
  [
    "other labels",
    { "text_train.csv": `${textHeader}\nA,1,x\nB,3,y\n` },
    /text_train\.csv: line 2 has the label hap, but line 2 of .* has ang/,
  ],
  [
    "fewer rows",
    { "text_train.csv": `${textHeader}\nA,0,x\n` },
    /text_train\.csv has 1 rows, but .*audio_train\.csv has 2/,
  ],
  ["no rows", { "audio_train.csv": `${audioHeader}\n` }, /audio_train\.csv: the table has no rows/],
  [
    "a missing column",
    { "audio_train.csv": "wav_file,label\nA,0\n" },
    /no column "sig_mean"; the columns are wav_file, label/,
  ],
])("%s is refused", async (_, changed, message) => {
  const error = await readSeedTables(paths(await makeTree({ ...good, ...changed }))).catch((e: unknown) => e);
  expect(error).toBeInstanceOf(TableError);
  expect((error as Error).message).toMatch(message);
});

test("a modality needs both of its tables, and one modality is needed", async () => {
  const { audioTrain, textTest } = paths("x");
  await expect(readSeedTables({ audioTrain })).rejects.toThrow(/both audio tables/);
  await expect(readSeedTables({ textTest })).rejects.toThrow(/both text tables/);
  await expect(readSeedTables({})).rejects.toThrow(OptionError);
});

const audio = (value: number) => matrixFromRows([SEED_FEATURES.map((_, i) => value / (i + 3))]);

test("tables that are written are read back the same", async () => {
  const root = await makeTree({});
  const tables: SeedTables = {
    train: { files: ["a"], labels: ["sur"], audio: audio(1), transcripts: ['say "yes", please\nnow'] },
    test: { files: ["b,c"], labels: ["ang"], audio: audio(-1e-7), transcripts: [""] },
  };
  await writeSeedTables(root, tables);
  expect(await readSeedTables(paths(root))).toEqual(tables);
});

test("an unknown label is refused before anything is written", async () => {
  const root = await makeTree({});
  const table = { files: ["a"], labels: ["ang"], transcripts: ["x"] };
  const tables = { train: table, test: { ...table, labels: ["joy"] } };
  await expect(writeSeedTables(root, tables)).rejects.toThrow(DataError);
  expect(await readdir(root)).toEqual([]);
});

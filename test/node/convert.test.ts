import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import * as ort from "onnxruntime-web";
import { beforeAll, expect, test } from "vitest";
import { featureBatches } from "../../src/cli/feature-table.ts";
import { TableError } from "../../src/errors.ts";
import { matrixFromRows } from "../../src/matrix.ts";
import { saveModel } from "../../src/models/model-file.ts";
import { RandomForestClassifier } from "../../src/models/random-forest.ts";
import { fixtureJson, largestDifference } from "../fixture.ts";
import { CommandLine } from "./run-cli.ts";

const cli = new CommandLine();
const { emovox, refused } = cli;

const csvOf = (names: readonly string[], rows: readonly (readonly (number | string)[])[]) =>
  `${[names, ...rows].map((row) => row.join(",")).join("\n")}\n`;

/** The probabilities that the command printed, row by row, in the order of `names`. */
const printed = (stdout: string, names: readonly string[]) =>
  stdout
    .trim()
    .split("\n")
    .flatMap((line) => names.map((name) => JSON.parse(line).probabilities[name]));

// biome-ignore lint/suspicious/noExplicitAny: fixtures
let fixtures: { xgboost: any; lightgbm: any; forest: any; texts: any };

beforeAll(async () => {
  const { forests, texts } = await fixtureJson("ml/sklearn_models.json");
  fixtures = {
    xgboost: (await fixtureJson("ml/xgboost_models.json"))[0],
    lightgbm: (await fixtureJson("ml/lightgbm_models.json")).cases[1],
    forest: forests[1],
    texts: texts[0],
  };
  const put = (name: string, text: string) => writeFile(join(cli.folder, name), text);
  await put("xgboost.json", JSON.stringify(fixtures.xgboost.model));
  await put("lightgbm.txt", fixtures.lightgbm.model);
  await put("forest.json", JSON.stringify(fixtures.forest.model));
  await put("texts.json", JSON.stringify(fixtures.texts.model));
  await put("rows.csv", csvOf(["a", "b", "c", "d"], fixtures.xgboost.x));
});

test("convert writes ONNX that ONNX Runtime runs, and a file of emovox, from XGBoost's JSON", async () => {
  const names = ["--classes", "sad,calm,angry", "--columns", "a,b,c,d"];
  const { code, stdout, stderr } = await emovox("convert", "xgboost.json", ...names, "--out", "model.onnx", "--json");
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  expect(JSON.parse(stdout)).toMatchObject({
    format: "XGBoost JSON, multi:softprob",
    written: "ONNX-ML",
    classes: ["angry", "calm", "sad"],
    columns: 4,
    featureNames: ["a", "b", "c", "d"],
  });
  const session = await ort.InferenceSession.create(await readFile(join(cli.folder, "model.onnx")));
  const x = matrixFromRows(fixtures.xgboost.x);
  const { probabilities } = await session.run({ float_input: new ort.Tensor("float32", x.data, [x.rows, 4]) });
  const wanted = fixtures.xgboost.probabilities.flatMap(([sad, calm, angry]: number[]) => [angry, calm, sad]);
  expect(largestDifference(probabilities.data as Float32Array, wanted)).toBeLessThan(2e-6);

  // From ONNX to emovox's own format: classes and columns are in the file now.
  const back = await emovox("convert", "model.onnx", "--out", "model.safetensors");
  expect(back.stdout).toMatch(
    /3 classes: angry, calm, sad\n {2}4 columns: a, b, c, d\n(?:.*\n)*Written: model\.safeten/,
  );
  await writeFile(
    join(cli.folder, "mixed.csv"),
    csvOf(
      ["d", "label", "b", "a", "c"],
      fixtures.xgboost.x.map(([a, b, c, d]: number[]) => [d, "x", b, a, c]),
    ),
  );
  const said = await emovox("predict", "--table", "mixed.csv", "--model", "model.safetensors", "--json");
  expect(largestDifference(printed(said.stdout, ["angry", "calm", "sad"]), wanted)).toBeLessThan(2e-6);
});

test.each(["xgboost.json", "model-of-it.safetensors", "model-of-it.onnx"])(
  "predict --table takes %s: a line a row",
  async (name) => {
    if (name !== "xgboost.json") expect((await emovox("convert", "xgboost.json", "--out", name)).code).toBe(0);
    const { code, stdout } = await emovox("predict", "--table", "rows.csv", "--model", name, "--json");
    expect(code).toBe(0);
    const lines = stdout
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(lines).toHaveLength(80);
    expect(lines[3]).toMatchObject({ file: "line 5", line: 5 });
    expect(largestDifference(printed(stdout, ["0", "1", "2"]), fixtures.xgboost.probabilities.flat())).toBeLessThan(
      1e-6,
    );
    for (const { emotion, probabilities } of lines) {
      expect(probabilities[emotion]).toBe(Math.max(...(Object.values(probabilities) as number[])));
    }
  },
);

test("predict --table takes LightGBM's text and exports of scikit-learn, of rows and of texts", async () => {
  const { lightgbm, forest, texts } = fixtures;
  await writeFile(
    join(cli.folder, "light.csv"),
    csvOf(
      ["id", "rate", "tilt", "energy", "pitch"],
      lightgbm.x.map((row: number[], i: number) => [`r${i}`, ...[...row].reverse()]),
    ),
  );
  const light = await emovox(
    "predict",
    "--table",
    "light.csv",
    "--model",
    "lightgbm.txt",
    "--classes",
    "no,yes",
    "--json",
  );
  expect(largestDifference(printed(light.stdout, ["yes"]), lightgbm.probabilities)).toBeLessThan(1e-12);
  expect(JSON.parse(light.stdout.split("\n")[2]).file).toBe("r2");

  await writeFile(join(cli.folder, "forest.csv"), csvOf(["a", "b", "c"], forest.x));
  const trees = await emovox("predict", "--table", "forest.csv", "--model", "forest.json", "--json");
  expect(largestDifference(printed(trees.stdout, forest.classes), forest.probabilities.flat())).toBeLessThan(1e-12);

  await writeFile(
    join(cli.folder, "texts.csv"),
    csvOf(
      ["id", "text"],
      texts.x.map((text: string, i: number) => [i, JSON.stringify(text)]),
    ),
  );
  const words = await emovox("predict", "--table", "texts.csv", "--model", "texts.json", "--json");
  expect(largestDifference(printed(words.stdout, texts.classes), texts.probabilities.flat())).toBeLessThan(1e-7);
  const plain = await emovox("predict", "--table", "texts.csv", "--model", "texts.json", "--abstain-below", "0.99");
  expect(plain.stdout.split("\n")[2]).toMatch(/^2: unsure {2}\(happy \d\d\.\d %, /);
});

test("explain --table takes a model of another program", async () => {
  const { code, stdout } = await emovox("explain", "--table", "rows.csv", "--model", "xgboost.json", "--json");
  expect(code).toBe(0);
  expect(JSON.parse(stdout.split("\n")[0]).parts[0].features.map(({ name }: { name: string }) => name)).toEqual([
    "a",
    "b",
    "c",
    "d",
  ]);
});

test.each<[string, string, string]>([
  ["a value that is no number", "a,b,c,d\n1,2,3,4\n1,x,3,4\n", 'bad.csv: line 3: b is "x", not a finite number'],
  ["NaN", "a,b,c,d\n1,2,NaN,4\n", 'line 2: c is "NaN"'],
  ["an infinity", "a,b,c,d\n1,2,3,-inf\n", 'line 2: d is "-inf"'],
  ["a value beyond float32", "a,b,c,d\n1,2,3,1e39\n", 'line 2: d is "1e39"'],
  ["an empty value", "a,b,c,d\n1,,3,4\n", 'line 2: b is ""'],
  ["a column too few", "a,b,c\n1,2,3\n", "3 columns of features (a, b, c), but the model reads 4"],
  ["a column too many", "id,a,b,c,d,e\nr,1,2,3,4,5\n", "5 columns of features (a, b, c, d, e), but the model reads 4"],
  ["a short line", "a,b,c,d\n1,2,3,4\n\n1,2,3\n", "line 4 has 3 values, the first line has 4"],
  ["two columns of a name", "a,b,b,d\n1,2,3,4\n", 'two columns are named "b"'],
  ["no rows", "a,b,c,d\n", "the table has no rows"],
  ["an empty file", "", "the file is empty"],
  ["an open quote", 'a,b,c,d\n1,2,3,"4\n', "bad.csv: "],
])("a table with %s is refused", async (_, text, message) => {
  const path = join(cli.folder, "bad.csv");
  await writeFile(path, text);
  const read = async () => {
    for await (const { x } of featureBatches(path, { names: null, count: 4 })) expect(x.columns).toBe(4);
  };
  await expect(read).rejects.toThrow(message);
  await expect(read).rejects.toThrow(TableError);
});

test("predict --table refuses a bad value in one line", async () => {
  await writeFile(join(cli.folder, "nan.csv"), "a,b,c,d\n1,2,3,4\n1,2,NaN,4\n");
  await refused(
    ["predict", "--table", "nan.csv", "--model", "xgboost.json"],
    'nan.csv: line 3: c is "NaN", not a finite',
  );
});

test("a column that the model names and the table lacks, texts that are missing, files that are none", async () => {
  await refused(
    ["predict", "--table", "rows.csv", "--model", "lightgbm.txt"],
    'no column "pitch", which the model reads; the columns are a, b, c, d',
  );
  await refused(
    ["predict", "--table", "rows.csv", "--model", "texts.json"],
    "no column text, transcript, transcription",
  );
  await refused(["predict", "--table", "rows.csv", "--model", "missing.onnx"], "missing.onnx: no such file");
  await refused(["predict", "--table", "missing.csv", "--model", "xgboost.json"], "missing.csv: no such file");
  await writeFile(join(cli.folder, "latin.csv"), Buffer.from("a,b,c,d\n1,2,3,\xe9\n", "latin1"));
  await refused(["predict", "--table", "latin.csv", "--model", "xgboost.json"], "latin.csv: not UTF-8");
  await refused(["predict", "--table", "rows.csv"], "--model PATH");
  await refused(["predict", "x.wav", "--table", "rows.csv", "--model", "xgboost.json"], "either files or --table");
  await refused(["predict", "x.wav", "--classes", "a,b"], "belong to --table");
});

test("convert refuses what it cannot read or write, and leaves no file", async () => {
  await writeFile(join(cli.folder, "model.pkl"), Buffer.from([0x80, 4, 0x95, 1, 2, 3, 4, 5]));
  await refused(["convert", "model.pkl", "--out", "never.onnx"], "model.pkl: ", "tools/export_sklearn.py");
  await refused(["convert", "rows.csv", "--out", "never.onnx"], "rows.csv: the format is not known");
  await refused(["convert", "missing", "--out", "never.onnx"], "missing: no such file");
  await refused(["convert", "xgboost.json", "--out", "never.pmml"], "must end in .onnx or .safetensors");
  await refused(
    ["convert", "xgboost.json", "--classes", "a,b", "--out", "never.onnx"],
    "2 class names were given, but the model has 3",
  );
  await refused(["convert", "xgboost.json", "--columns", "a,b", "--out", "never.onnx"], "the model has 4 columns");
  await refused(
    ["convert", "texts.json", "--out", "never.onnx"],
    "texts.json: a pipeline of texts cannot be written as ONNX",
  );
  expect((await readdir(cli.folder)).filter((name) => name.includes("never"))).toEqual([]);
});

test("batches of a long table, whatever its line ends, are its rows; a wide one comes in small batches", async () => {
  const path = join(cli.folder, "long.csv");
  await writeFile(
    path,
    `\ufeffa,file,b\r\n${Array.from({ length: 2500 }, (_, i) => `${i},"f\r\n${i}",${-i}\r\n`).join("")}`,
  );
  const seen: number[] = [];
  const lines: number[] = [];
  for await (const { rows, x } of featureBatches(path, { names: ["b", "a"], count: 2 })) {
    expect(x.rows).toBeLessThanOrEqual(1024);
    expect(rows.length).toBe(x.rows);
    for (let r = 0; r < x.rows; r++) seen.push(x.data[2 * r], x.data[2 * r + 1]);
    lines.push(...rows.map(({ line }) => line));
  }
  expect(seen).toEqual(Array.from({ length: 5000 }, (_, i) => (i % 2 ? i >> 1 : -(i >> 1) || 0)));
  expect(lines.slice(0, 3)).toEqual([2, 4, 6]);
  const wide = Array.from({ length: 3e5 }, (_, i) => `c${i}`);
  const row = wide.map(() => 1).join(",");
  await writeFile(path, `${wide.join(",")}\n${row}\n${row}\n${row}\n${row}\n`);
  const sizes: number[] = [];
  for await (const { x } of featureBatches(path, { names: null, count: null })) sizes.push(x.rows);
  expect(sizes).toEqual([3, 1]);
});

test("leaves are stored in a byte on request, and the loss is told", async () => {
  const convert = (...args: string[]) => emovox("convert", "xgboost.json", "--json", "--out", ...args);
  const full = JSON.parse((await convert("full.safetensors")).stdout);
  const compact = JSON.parse((await convert("compact.safetensors", "--leaves", "u8")).stdout);
  expect(full).not.toHaveProperty("leafChange");
  expect(compact.leafChange).toBeGreaterThan(0);
  expect(full).not.toHaveProperty("marginChange");
  expect(compact.marginChange).toBeGreaterThan(compact.leafChange);
  expect(compact.bytes).toBeLessThan(full.bytes);
  expect((await readFile(join(cli.folder, "compact.safetensors"))).length).toBe(compact.bytes);
  const told = await emovox("convert", "xgboost.json", "--out", "compact.safetensors", "--leaves", "u8");
  expect(told.stdout).toContain(`changed by ${compact.leafChange.toPrecision(2)} at most`);
  expect(told.stdout).toContain(`can change by up to ${compact.marginChange.toPrecision(2)}`);
  const predict = (file: string) => emovox("predict", "--table", "rows.csv", "--model", file, "--json");
  const [own, other] = [await predict("full.safetensors"), await predict("compact.safetensors")].map(({ stdout }) =>
    printed(stdout, full.classes),
  );
  own.forEach((p, i) => expect(Math.abs(p - other[i])).toBeLessThan(0.05));
  await refused(["convert", "xgboost.json", "--out", "compact.onnx", "--leaves", "u8"], "--leaves is for .safetensors");
  const unknown = await emovox("convert", "xgboost.json", "--out", "c.safetensors", "--leaves", "i4");
  expect(unknown).toMatchObject({ code: 2, stdout: "" });
  expect(unknown.stderr).toContain("f16, u8");
  await refused(["convert", "texts.json", "--out", "c.safetensors", "--leaves", "f16"], "texts.json", "has no trees");
});

test("a long table goes through the command", async () => {
  const forest = new RandomForestClassifier({ nEstimators: 2 });
  forest.fit(matrixFromRows([[0], [1], [2], [3]]), ["low", "low", "high", "high"]);
  await writeFile(join(cli.folder, "small.safetensors"), saveModel(forest.save()));
  await writeFile(join(cli.folder, "long.csv"), `x\n${"0.5\n3\n".repeat(100_000)}`);
  const { code, stdout } = await emovox("predict", "--table", "long.csv", "--model", "small.safetensors", "--json");
  expect(code).toBe(0);
  const lines = stdout.trim().split("\n");
  expect(lines).toHaveLength(200_000);
  expect(JSON.parse(lines[199_999])).toMatchObject({ line: 200_001, emotion: "high" });
});

import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import { CommandLine, mini, someSpeech } from "./run-cli.ts";

// The same of tables, training and evaluation.
const cli = new CommandLine();
const { emovox, refused } = cli;

let speech: string;

beforeAll(async () => {
  speech = await someSpeech();
});

test("reproduce, train, predict and evaluate work together on the miniature corpus", async () => {
  const run = await emovox("reproduce", "--only", "audio/lr,text/lr", "--out", "results");
  expect(run.stdout).toContain("synthetic speech proves nothing about people");
  const results = JSON.parse(await readFile(join(cli.folder, "results/results.json"), "utf8"));
  expect(results.cells.map((cell: { modality: string; model: string }) => `${cell.modality}/${cell.model}`)).toEqual([
    "audio/lr",
    "text/lr",
  ]);
  expect(results.canary.leaks).toBe(false);
  expect(await readFile(join(cli.folder, "results/report.html"), "utf8")).toContain("<!doctype html>");

  const trained = await emovox("train", "--corpus", `iemocap:${mini}`, "--out", "mini.safetensors", "--json");
  expect(trained.code).toBe(0);
  expect(JSON.parse(trained.stdout).audio.score.rows).toBe(264);
  expect(await readFile(join(cli.folder, "mini.md"), "utf8")).toContain("# Model card");
  const predicted = await emovox("predict", speech, "--model", "mini.safetensors", "--json");
  expect(Object.keys(JSON.parse(predicted.stdout).probabilities).sort()).toEqual([
    "anger",
    "fear",
    "happiness",
    "neutral",
    "sadness",
    "surprise",
  ]);
  const evaluated = await emovox("evaluate", "--corpus", `iemocap:${mini}`, "--model", "mini.safetensors", "--json");
  const judged = JSON.parse(evaluated.stdout);
  expect(judged.accuracy).toBeGreaterThan(0.7);
  expect(judged.seen).toBe(true);
});

test("reproduce fills the cells of the other linear models where they are named", async () => {
  const only = "audio/svm,text/svm,both/svm,audio/mnb,text/mnb,both/mnb";
  for (const protocol of ["loso", "seed"]) {
    const run = await emovox("reproduce", "--only", only, "--protocol", protocol, "--out", "linear", "--json");
    expect(run.code).toBe(0);
    const { cells } = JSON.parse(run.stdout);
    expect(cells.map((cell: { title: string }) => cell.title)).toEqual(["SVM", "MNB", "SVM", "MNB", "SVM", "MNB"]);
    // Chance is a sixth.
    for (const cell of cells) if (cell.modality !== "audio") expect(cell.uar).toBeGreaterThan(0.4);
  }
});

test("reproduce makes the studies that it is asked for, in one report", async () => {
  const options = [
    "--protocol",
    "holdout",
    "--only",
    "fusion",
    "--studies",
    "missing,channel,words,learning,contributions",
  ];
  const run = await emovox("reproduce", ...options, "--canary-runs", "0", "--out", "studies", "--json");
  expect(run.stderr).toBe("");
  expect(run.code).toBe(0);
  const { studies, cells, comparisons } = JSON.parse(run.stdout);
  expect(cells.map(({ title }: { title: string }) => title)).toEqual(["LR", "LR", "LR", "Late fusion", "Stack"]);
  const conditions = studies.conditions.map(({ cell, condition }: Record<string, string>) => `${cell}: ${condition}`);
  // Six channels for four cells that hear, three error rates for four that read, two missing parts for three that do both.
  expect(conditions).toHaveLength(6 * 4 + 3 * 4 + 2 * 3);
  expect(conditions).toContain("both/late: telephone, 8 kHz");
  expect(studies.learning).toHaveLength(5);
  expect(studies.contributions.map(({ cell }: { cell: string }) => cell)).toEqual(["audio/lr", "text/lr", "both/lr"]);
  expect(studies.contributions[0].features[0].name).toMatch(/^(sig|rmse|silence|harmonic|auto_corr)/);
  expect(comparisons.map(({ a, b }: Record<string, string>) => `${a} ${b}`)).toContain("both/late text/lr");
  const page = await readFile(join(cli.folder, "studies/report.html"), "utf8");
  for (const part of ["Through worse channels", "What moves the scores", "reverberation, RT60 0.5 s"]) {
    expect(page).toContain(part);
  }
  for (const wrong of ["dreams", "missing,"]) {
    expect((await emovox("reproduce", "--studies", wrong)).stderr).toContain("known are missing, channel");
  }
});

test("reproduce searches, selects, calibrates and balances within the folds, and shuffles labels", async () => {
  const steps = ["--search", "halving", "--select", "6", "--calibrate", "temperature", "--balance", "smote"];
  const run = await emovox(
    "reproduce",
    "--only",
    "audio/lr",
    "--protocol",
    "kfold,holdout",
    ...steps,
    "--label-shuffles",
    "3",
    "--normalize",
    "speaker",
    "--workers",
    "2",
    "--out",
    "steps",
    "--json",
  );
  expect(run.code).toBe(0);
  const [kfold, holdout] = JSON.parse(run.stdout);
  expect([kfold.protocol, holdout.protocol]).toEqual(["kfold", "holdout"]);
  for (const results of [kfold, holdout]) {
    expect(results).toMatchObject({
      search: "halving",
      select: 6,
      calibrate: "temperature",
      balance: "smote",
      normalize: "speaker",
    });
    expect(results.labelShuffle.shuffles).toBe(3);
    for (const { search } of results.cells[0].byFold) expect(search.params.C).toBeGreaterThan(0);
  }
  const bad = [
    [["--workers", "0"], "at least 1"],
    [["--select", "-1"], "below 0"],
    [["--search", "hope"], "grid, random, halving"],
    [["--calibrate", "yes"], "temperature"],
    [["--balance", "more"], "weights, oversample"],
    [["--protocol", "seed", "--search", "grid"], "does not"],
  ] as const;
  for (const [options, says] of bad) {
    const { code, stderr } = await emovox("reproduce", "--only", "audio/lr", "--out", "never", ...options);
    expect(code).toBe(2);
    expect(stderr).toContain(says);
  }
});

test("reproduce names what a protocol lacks", async () => {
  const row = (n: number, speaker: string) => `u${n},${n % 2 ? "anger" : "joy"},words number ${n},${speaker}`;
  const table = (speaker: (n: number) => string) =>
    ["id,emotion,transcript,speaker", ...Array.from({ length: 12 }, (_, n) => row(n, speaker(n)))].join("\n");
  await writeFile(
    join(cli.folder, "alone.csv"),
    table(() => "Ann"),
  );
  await writeFile(
    join(cli.folder, "unnamed.csv"),
    table((n) => (n === 7 ? "" : `S${n % 3}`)),
  );
  const only = ["--only", "text/lr", "--protocol", "speaker", "--out", "never"];
  await refused(["reproduce", "--corpus", "csv:alone.csv", ...only], "csv:", "speaker", '"Ann" in every row');
  await refused(["reproduce", "--corpus", "csv:unnamed.csv", ...only], "speaker", "row-0000009");
});

test("reproduce fills the cells of boosting, perceptron and the published ensembles, with the published figures", async () => {
  const only = "text/xgb,text/mlp,text/e1,both/e2";
  const run = await emovox("reproduce", "--only", only, "--protocol", "holdout", "--out", "wider", "--json");
  expect(run.stderr).toBe("");
  expect(run.code).toBe(0);
  const { cells } = JSON.parse(run.stdout);
  const said = cells.map(({ title, published }: { title: string; published?: { accuracy: number } }) => [
    title,
    published?.accuracy,
  ]);
  expect(said).toEqual([
    ["XGB", 56.9],
    ["MLP", 60.6],
    ["E1", undefined],
    ["E2", 70.1],
  ]);
  // Chance is a sixth.
  for (const cell of cells) expect(cell.uar).toBeGreaterThan(0.3);
});

test("the four tables that the recipe makes of a corpus fill the three tables again", async () => {
  const made = await emovox(
    "reproduce",
    "--protocol",
    "seed",
    "--only",
    "audio/lr",
    "--write-tables",
    "tables",
    "--out",
    "seed",
  );
  expect(made.stdout).toContain("LEAKS");
  const paths = ["audio-train", "audio-test", "text-train", "text-test"].flatMap((name) => [
    `--${name}`,
    `tables/${name.replace("-", "_")}.csv`,
  ]);
  const { code, stdout } = await emovox("reproduce", ...paths, "--out", "again");
  expect(code).toBe(0);
  expect(stdout).toContain("LEAKS");
  const results = JSON.parse(await readFile(join(cli.folder, "again/results.json"), "utf8"));
  expect(results.cells).toHaveLength(6);
  expect(results.canary.leaks).toBe(true);
  await refused(["reproduce", ...paths, "--only", "audio/frame-cnn", "--out", "never"], "needs the frames");
}, 180_000);

test("the ten published cells are filled from four tables", async () => {
  const made = ["--protocol", "seed", "--only", "audio/lr", "--canary-runs", "0", "--write-tables", "all"];
  expect((await emovox("reproduce", ...made, "--out", "made")).code).toBe(0);
  await mkdir(join(cli.folder, "some"));
  const paths: string[] = [];
  for (const name of ["audio_train", "audio_test", "text_train", "text_test"]) {
    const [head, ...rows] = (await readFile(join(cli.folder, `all/${name}.csv`), "utf8")).trim().split("\n");
    await writeFile(join(cli.folder, `some/${name}.csv`), [head, ...rows.filter((_, i) => i % 6 === 0)].join("\n"));
    paths.push(`--${name.replace("_", "-")}`, `some/${name}.csv`);
  }
  const only = ["--only", "seed", "--canary-runs", "0", "--out", "ten", "--json"];
  const { code, stdout } = await emovox("reproduce", ...paths, ...only);
  expect(code).toBe(0);
  const { cells } = JSON.parse(stdout) as {
    cells: { modality: string; model: string; accuracy: number; uar: number; published: { accuracy: number } }[];
  };
  expect(cells.map(({ modality, model }) => `${modality}/${model}`).join()).toBe(
    "audio/rf,audio/lr,audio/cnn,text/rf,text/lr,text/lstm,both/rf,both/lr,both/cnn,both/transformer",
  );
  const published = [56.9, 32.3, 49.8, 61.4, 61.4, 63.1, 66.1, 63.1, 67.1, 63.6];
  expect(cells.map((cell) => cell.published.accuracy)).toEqual(published);
  // Chance is a sixth, and copies of test rows stand in training.
  for (const { uar } of cells) expect(uar).toBeGreaterThan(1 / 6);
}, 180_000);

import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { encodeWav } from "../../src/audio/encode-wav.ts";
import { version } from "../../src/version.ts";

// The built command line, run as a process: what a user types, sees and gets as exit code.
const main = new URL("../../dist/cli/main.js", import.meta.url).pathname;

interface Outcome {
  code: number;
  stdout: string;
  stderr: string;
}

function emovox(...args: string[]): Promise<Outcome> {
  return new Promise((resolve) => {
    execFile(process.execPath, [main, ...args], { cwd: folder, maxBuffer: 1 << 26 }, (error, stdout, stderr) =>
      resolve({ code: error ? Number(error.code) : 0, stdout, stderr }),
    );
  });
}

/** Runs a command that must be refused: exit code 2, one line on stderr that says this, nothing on stdout. */
async function refused(args: string[], ...says: string[]): Promise<void> {
  const { code, stdout, stderr } = await emovox(...args);
  expect(stderr.trim().split("\n")).toHaveLength(1);
  for (const words of says) expect(stderr).toContain(words);
  expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
}

const tone = (seconds: number, rate = 16000) =>
  Float32Array.from({ length: seconds * rate }, (_, i) => 0.3 * Math.sin((2 * Math.PI * 180 * i) / rate));

const mini = new URL("../../data/mini", import.meta.url).pathname;
const someMini = `${mini}/Session1/sentences/wav`;

let folder: string;
let speech: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "emovox-cli-"));
  const [dialog] = (await readdir(someMini)).sort();
  const [file] = (await readdir(join(someMini, dialog))).sort();
  speech = join(someMini, dialog, file);
  await writeFile(join(folder, "tone.wav"), encodeWav({ sampleRate: 16000, channels: [tone(1)] }, "pcm16"));
});

afterAll(() => rm(folder, { recursive: true, force: true }));

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
  const npy = await readFile(join(folder, "tone.npy"));
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

test("reproduce, train, predict and evaluate work together on the miniature corpus", async () => {
  const run = await emovox("reproduce", "--only", "audio/lr,text/lr", "--out", "results");
  expect(run.stdout).toContain("synthetic speech proves nothing about people");
  const results = JSON.parse(await readFile(join(folder, "results/results.json"), "utf8"));
  expect(results.cells.map((cell: { modality: string; model: string }) => `${cell.modality}/${cell.model}`)).toEqual([
    "audio/lr",
    "text/lr",
  ]);
  expect(results.canary.leaks).toBe(false);
  expect(await readFile(join(folder, "results/report.html"), "utf8")).toContain("<!doctype html>");

  const trained = await emovox("train", "--corpus", `iemocap:${mini}`, "--out", "mini.safetensors", "--json");
  expect(trained.code).toBe(0);
  expect(JSON.parse(trained.stdout).audio.score.rows).toBe(264);
  expect(await readFile(join(folder, "mini.md"), "utf8")).toContain("# Model card");
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
  const page = await readFile(join(folder, "studies/report.html"), "utf8");
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
    join(folder, "alone.csv"),
    table(() => "Ann"),
  );
  await writeFile(
    join(folder, "unnamed.csv"),
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
  const results = JSON.parse(await readFile(join(folder, "again/results.json"), "utf8"));
  expect(results.cells).toHaveLength(6);
  expect(results.canary.leaks).toBe(true);
  await refused(["reproduce", ...paths, "--only", "audio/frame-cnn", "--out", "never"], "needs the frames");
}, 180_000);

test("the ten published cells are filled from four tables", async () => {
  const made = ["--protocol", "seed", "--only", "audio/lr", "--canary-runs", "0", "--write-tables", "all"];
  expect((await emovox("reproduce", ...made, "--out", "made")).code).toBe(0);
  await mkdir(join(folder, "some"));
  const paths: string[] = [];
  for (const name of ["audio_train", "audio_test", "text_train", "text_test"]) {
    const [head, ...rows] = (await readFile(join(folder, `all/${name}.csv`), "utf8")).trim().split("\n");
    await writeFile(join(folder, `some/${name}.csv`), [head, ...rows.filter((_, i) => i % 6 === 0)].join("\n"));
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

test("doctor gives a digest", async () => {
  const report = JSON.parse((await emovox("doctor", "--scalar", "--json")).stdout);
  expect(report.digest).toMatch(/^[0-9a-f]{64}$/);
  expect(report.simd).toBe(true);
  expect(report.core).toBe("simd");
  expect(report.scalarDigest).toBe(report.digest);
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
    await writeFile(join(folder, name), bytes);
    await refused(["predict", name], name, words);
    await refused(["extract", name, "--out", "bad.json"], name, words);
  }
  expect(await readdir(folder)).not.toContain("bad.json");
  expect((await emovox("extract", "cut.wav", "--lenient", "--features", "rms")).code).toBe(0);
  await refused(["predict", "missing.wav"], "missing.wav", "no such file");
  await mkdir(join(folder, "nothing"), { recursive: true });
  await refused(["predict", "nothing"], "nothing", "no audio");
});

test("bad options are refused", async () => {
  await refused(["extract", "tone.wav", "--set", "nFtt=512"], 'unknown option "nFtt"');
  await refused(["extract", "tone.wav", "--set", "nFft=zwei"], "nFft must be a number");
  await refused(["extract", "tone.wav", "--features", "pitch"], 'unknown feature "pitch"');
  await refused(["reproduce", "--only", "audio/gpt"], 'unknown cell "audio/gpt"');
  await refused(["reproduce", "--protocol", "hope"], 'unknown protocol "hope"');
  await refused(["reproduce", "--corpus", "emodb"], "NAME:PATH");
  await refused(["reproduce", "--corpus", `emodb:${folder}/nothing`], "nothing");
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
  await writeFile(join(folder, "good.csv"), `wav_file,label,transcription\n${row}\nb.wav,1,well\n`);
  for (const [name, [text, words]] of Object.entries(tables)) {
    await writeFile(join(folder, name), text);
    await refused(["reproduce", "--text-train", name, "--text-test", "good.csv", "--out", "never"], ...words);
  }
  const audio = `wav_file,label,${["sig_mean", "sig_std", "rmse_mean", "rmse_std", "silence", "harmonic", "auto_corr_max", "auto_corr_std"].join(",")}\n`;
  await writeFile(join(folder, "audio.csv"), `${audio}a.wav,0,1,1,1,1,1,1,1,1\nc.wav,1,1,1,1,1,1,1,1,1\n`);
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
  expect(await readdir(folder)).not.toContain("never");
});

test("a corpus with a single example of a class, or fewer examples than classes, is refused", async () => {
  const head = "file,emotion,speaker,transcript\n";
  await writeFile(join(folder, "single.csv"), `${head},joy,a,yes\n,joy,b,yes\n,anger,a,no\n,joy,c,fine\n`);
  await refused(
    ["reproduce", "--corpus", "csv:single.csv", "--only", "text/lr", "--out", "never"],
    "anger",
    "one example",
  );
  await writeFile(join(folder, "one-class.csv"), `${head},joy,a,yes\n,joy,b,yes\n`);
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
    await writeFile(join(folder, name), bytes);
    await refused(["predict", "tone.wav", "--model", name], name, words);
  }
  await refused(["predict", "tone.wav", "--model", "missing.safetensors"], "missing.safetensors", "no such file");
});

// npm run bench: emovox against named peers, in one run on one thread. See docs/benchmarks.md.
import { spawnSync } from "node:child_process";
import { existsSync, writeFileSync } from "node:fs";
import os from "node:os";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

const ROUNDS = 9;
const here = (file) => fileURLToPath(new URL(file, import.meta.url));
const say = (text) => process.stderr.write(`${text}\n`);

function fail(text) {
  say(text);
  process.exit(2);
}

function readArguments() {
  try {
    const { values } = parseArgs({
      options: {
        json: { type: "boolean" },
        write: { type: "boolean" },
        only: { type: "string" },
        rounds: { type: "string", default: String(ROUNDS) },
      },
    });
    const rounds = Number(values.rounds);
    if (!Number.isInteger(rounds) || rounds < 1)
      fail(`--rounds must be a whole number from 1 on, not ${values.rounds}`);
    return { ...values, rounds };
  } catch (error) {
    return fail(`${error.message}\nusage: npm run bench -- [--json] [--write] [--only mfcc,fft,...] [--rounds N]`);
  }
}

function prepare() {
  if (!existsSync(here("../dist/index.js"))) fail("emovox is not built: run npm run build first");
  if (existsSync(here("node_modules"))) return;
  say("installing the peers into bench/node_modules");
  const { status } = spawnSync("npm", ["ci", "--prefix", here(".")], {
    stdio: ["ignore", 2, 2],
    shell: process.platform === "win32",
  });
  if (status !== 0) fail("npm ci --prefix bench failed; without network there are no peers to measure against");
}

/** Loads every peer; one that cannot be had is reported, not fatal. */
async function loadPeers(speech) {
  const modules = ["emovox", "meyda", "essentia", "tfjs", "fft-js", "pffft", "kissfft"].map(
    (file) => import(`./peers/${file}.mjs`),
  );
  const { torchaudio, aubio } = await import("./peers/python.mjs");
  const { fftw, native } = await import("./peers/native.mjs");
  const peers = [];
  for (const { name, load } of [...(await Promise.all(modules)), torchaudio, aubio, fftw, native]) {
    try {
      peers.push({ name, ...(await load(speech)) });
    } catch (error) {
      const [reason] = String(error?.message ?? error).split("\n");
      peers.push({
        name,
        works: {},
        version: /No module named|not installed/.test(reason) ? "not installed" : `failed: ${reason}`,
      });
    }
  }
  return peers;
}

async function main() {
  const { json, write, only, rounds } = readArguments();
  prepare();
  const { works } = await import("./works.mjs");
  const { Speech } = await import("./speech.mjs");
  const { measure } = await import("./measure.mjs");
  const { check } = await import("./checks.mjs");
  const { goals, judge } = await import("./goals.mjs");
  const { goalTable, speedTable } = await import("./table.mjs");

  const wanted = only?.split(",") ?? [...works.map(({ id }) => id), "checks"];
  const known = [...works.map(({ id }) => id), "checks"];
  const unknown = wanted.filter((id) => !known.includes(id));
  if (unknown.length > 0) fail(`--only knows ${known.join(", ")}, not ${unknown.join(", ")}`);

  const speech = new Speech();
  const peers = await loadPeers(speech);
  try {
    const results = [];
    for (const work of works.filter(({ id }) => wanted.includes(id))) {
      say(`measuring ${work.title}`);
      const candidates = peers.flatMap(({ name, works: own }) =>
        (own[work.id] ?? []).map((one) => ({ peer: name, ...one })),
      );
      const { id, title, perFrame } = work;
      results.push({ id, title, perFrame, rows: await measure(work, candidates, speech, rounds) });
    }
    if (wanted.includes("checks")) say("checking growth, memory, size and start");
    const checks = wanted.includes("checks") ? check(speech, rounds) : undefined;

    const versions = peers.map(({ name, version }) => [name, version]);
    const titles = new Map(works.map(({ id, title }) => [id, title]));
    const judged = judge(results, checks);
    const machine = describeMachine();
    if (json) {
      console.log(
        JSON.stringify(
          { machine, versions: Object.fromEntries(versions), rounds, results, checks, goals: judged },
          null,
          2,
        ),
      );
    } else {
      console.log([machine, goalTable(judged, titles), speedTable(results)].join("\n\n"));
      console.log(`\n${versions.map(([name, version]) => `${name} ${version}`).join(", ")}`);
    }
    if (write) {
      const { document } = await import("./document.mjs");
      const { draw } = await import("./picture.mjs");
      writeFileSync(here("../docs/benchmarks.md"), document({ results, judged, titles, machine, versions, rounds }));
      writeFileSync(here("../docs/benchmarks.svg"), await draw(results, goals, machine));
    }
  } finally {
    for (const { close } of peers) close?.();
    speech.remove();
  }
}

function describeMachine() {
  const processors = os.cpus();
  const day = new Date().toISOString().slice(0, 10);
  return `${processors[0]?.model ?? "unknown processor"}, ${processors.length} cores, ${os.type()} ${os.arch()}, Node ${process.versions.node}, ${day}`;
}

await main();

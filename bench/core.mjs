// npm run bench:core: emovox's features against named peers, in one run on one thread. See docs/benchmarks.md.
import { writeFileSync } from "node:fs";
import os from "node:os";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { goals, judge } from "./goals.mjs";
import { measure, ROUNDS } from "./measure.mjs";
import { preparePeers } from "./prepare.mjs";
import { goalTable, speedTable } from "./table.mjs";

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
    if (values.write && values.only) fail("--write is for the whole of it: leave --only out");
    return { ...values, rounds };
  } catch (error) {
    return fail(`${error.message}\nusage: npm run bench:core -- [--json] [--write] [--only mfcc,fft,...] [--rounds N]`);
  }
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

/** Measures the works named in `wanted`, one after the other. */
async function measureWorks(works, wanted, peers, speech, rounds) {
  const results = [];
  for (const work of works) {
    const { id, title, perFrame } = work;
    if (!wanted.includes(id)) continue;
    say(`measuring ${title}`);
    const candidates = peers.flatMap(({ name, works: own }) => (own[id] ?? []).map((one) => ({ peer: name, ...one })));
    results.push({ id, title, perFrame, rows: await measure(work, candidates, speech, rounds) });
  }
  return results;
}

async function main() {
  const { json, write, only, rounds } = readArguments();
  preparePeers();
  // What follows imports the built package, which is there by now.
  const { works } = await import("./works.mjs");
  const { Speech } = await import("./speech.mjs");
  const { check, checkTitles } = await import("./checks.mjs");
  const known = [...works.map(({ id }) => id), "checks"];
  const wanted = only?.split(",") ?? known;
  const unknown = wanted.filter((id) => !known.includes(id));
  if (unknown.length > 0) fail(`--only knows ${known.join(", ")}, not ${unknown.join(", ")}`);

  const speech = new Speech();
  const peers = await loadPeers(speech);
  let results;
  let checks;
  try {
    results = await measureWorks(works, wanted, peers, speech, rounds);
    if (wanted.includes("checks")) {
      say("checking growth, memory, size and start");
      checks = check(speech, rounds, say);
    }
  } finally {
    for (const { close } of peers) close?.();
    speech.remove();
  }

  const machine = describeMachine();
  const versions = peers.map(({ name, version }) => [name, version]);
  const titles = new Map([...works.map(({ id, title }) => [id, title]), ...Object.entries(checkTitles)]);
  const judged = judge(results, checks);
  if (json) {
    const found = { machine, versions: Object.fromEntries(versions), rounds, results, checks, goals: judged };
    console.log(JSON.stringify(found, null, 2));
  } else {
    const list = versions.map(([name, version]) => `${name} ${version}`).join(", ");
    console.log([machine, goalTable(judged, titles), speedTable(results), list].filter(Boolean).join("\n\n"));
  }
  if (write) {
    const { document } = await import("./document.mjs");
    const { draw } = await import("./picture.mjs");
    writeFileSync(here("../docs/benchmarks.md"), document({ results, judged, titles, machine, versions, rounds }));
    writeFileSync(here("../docs/benchmarks.svg"), await draw(results, goals, machine));
  }
}

function describeMachine() {
  const processors = os.cpus();
  const day = new Date().toISOString().slice(0, 10);
  return `${processors[0]?.model ?? "unknown processor"}, ${processors.length} cores, ${os.type()} ${os.arch()}, Node ${process.versions.node}, ${day}`;
}

await main();

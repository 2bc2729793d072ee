// npm run bench:trees: random forests of 100 trees without a limit of depth, emovox against named peers, in one run on one thread.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { preparePeers } from "./prepare.mjs";

preparePeers();
const { saveModel } = await import("../dist/index.js");
const { grow, treePeers } = await import("./peers/trees.mjs");
const { drawTrees, treesDocument, treeTables } = await import("./trees-document.mjs");
const { tableOf, writeTable } = await import("./tree-tables.mjs");

const TABLES = ["narrow", "wide", "words", "digits"];
const KINDS = ["train", "row", "batch", "load", "first"];
/** Seconds that one timed run shall take, short enough to be left alone by others now and then; what is slower runs once. */
const RUN = 0.02;
/** Seconds of such runs in a round. */
const ROUND = 0.3;
const PEERS = Object.keys(treePeers);
const here = (file) => fileURLToPath(new URL(file, import.meta.url));
const say = (text) => process.stderr.write(`${text}\n`);

function readArguments() {
  const usage = `usage: npm run bench:trees -- [--json] [--write] [--tables ${TABLES}] [--kinds ${KINDS}] [--peers ${PEERS}] [--rounds N]`;
  const fail = (text) => {
    say(`${text}\n${usage}`);
    process.exit(2);
  };
  try {
    const list = { type: "string" };
    const { values } = parseArgs({
      options: {
        json: { type: "boolean" },
        write: { type: "boolean" },
        tables: list,
        kinds: list,
        peers: list,
        rounds: { type: "string", default: "5" },
      },
    });
    const rounds = Number(values.rounds);
    if (!Number.isInteger(rounds) || rounds < 1)
      fail(`--rounds must be a whole number from 1 on, not ${values.rounds}`);
    const named = (option, known) => {
      const wanted = values[option]?.split(",") ?? known;
      const unknown = wanted.find((name) => !known.includes(name));
      if (unknown !== undefined) fail(`--${option} knows ${known.join(", ")}, not ${unknown}`);
      return wanted;
    };
    const chosen = { tables: named("tables", TABLES), kinds: named("kinds", KINDS), peers: named("peers", PEERS) };
    if (values.write && (values.tables || values.kinds || values.peers)) fail("--write is for the whole of it");
    return { json: values.json, write: values.write, rounds, ...chosen };
  } catch (error) {
    return fail(error.message);
  }
}

/** Loads the peers; one that cannot be had is reported, not fatal. */
async function loadPeers(names, setting) {
  const peers = [];
  for (const key of names) {
    const { name, load } = treePeers[key];
    try {
      peers.push({ name, ...(await load(setting)) });
    } catch (error) {
      const [reason] = String(error?.message ?? error).split("\n");
      const missing = /Cannot find (module|package)|No module named|not installed/.test(reason);
      peers.push({ name, works: {}, version: missing ? "not installed" : `failed: ${reason}` });
    }
  }
  return peers;
}

async function elapsed(run, count) {
  const start = performance.now();
  const own = await run({ count });
  return own ?? (performance.now() - start) / 1000;
}

/**
 * A row a candidate: the least seconds of one go, in turn with the others, round after round. What else the machine does only adds to a time,
 * and trainings are too few for a median to be without it.
 */
async function measureWork(kind, candidates, rounds) {
  const entries = [];
  let reference;
  for (const { peer, note, once, run, values } of candidates) {
    const entry = { peer, note, runs: [] };
    entries.push(entry);
    try {
      // What takes long and is extrapolated anyway is measured once.
      const first = await elapsed(run, 1);
      if (once) entry.runs.push(first);
      else {
        // Twice, for the engine to have optimised the code.
        const warm =
          kind === "train" ? first : Math.min(first, await elapsed(run, Math.ceil(Math.min(0.1 / first, 1000))));
        entry.count = kind === "train" ? 1 : Math.max(1, Math.min(100000, Math.round(RUN / warm)));
        entry.run = run;
      }
      if (values && kind === "batch") {
        const own = await values({ count: 1 });
        reference ??= own;
        // A peer that grows its own forest has no answers to compare.
        if (own.length === reference.length)
          entry.largestDifference = own.reduce((most, value, i) => Math.max(most, Math.abs(value - reference[i])), 0);
      }
    } catch (error) {
      entry.error = String(error?.message ?? error).split("\n")[0];
    }
  }
  for (let round = 0; round < rounds; round++) {
    for (const entry of entries) {
      if (!entry.run || entry.error !== undefined) continue;
      let spent = 0;
      do {
        const seconds = await elapsed(entry.run, entry.count);
        entry.runs.push(seconds / entry.count);
        spent += seconds;
      } while (spent < ROUND);
    }
  }
  return entries.map(({ peer, note, runs, error, largestDifference }) =>
    error === undefined ? { peer, note, seconds: Math.min(...runs), runs, largestDifference } : { peer, error },
  );
}

async function measureAll({ tables: ids, kinds, peers: names, rounds }) {
  const folder = mkdtempSync(join(os.tmpdir(), "emovox-trees-"));
  const tables = ids.map((id) => tableOf(id));
  const forests = new Map(tables.map((table) => [table.id, grow(table)]));
  for (const table of tables) writeTable(folder, table, forests.get(table.id).forest);
  const peers = await loadPeers(names, { folder, tables, forests });
  const results = [];
  const sizes = [];
  try {
    for (const kind of kinds) {
      for (const { id, rows } of tables) {
        say(`measuring ${kind} ${id}`);
        const candidates = peers.flatMap(({ name, works }) =>
          (works[`${kind}-${id}`] ?? []).map((one) => ({ peer: name, ...one })),
        );
        results.push({ kind, table: id, rows, entries: await measureWork(kind, candidates, rounds) });
      }
    }
    const pickles = peers.find(({ name }) => name === "scikit-learn")?.works ?? {};
    for (const { id } of tables) {
      const bytes = saveModel(forests.get(id).save()).length;
      const [pickle] = (await pickles[`load-${id}`]?.[0].values({ count: 1 })) ?? [];
      sizes.push({ table: id, bytes, pickle });
    }
  } finally {
    for (const { close } of peers) close?.();
    rmSync(folder, { recursive: true, force: true });
  }
  return { results, sizes, versions: peers.map(({ name, version }) => [name, version]) };
}

const asked = readArguments();
const load = os.loadavg()[0].toFixed(1);
const found = await measureAll(asked);
const processors = os.cpus();
const machine = `${processors[0]?.model ?? "unknown processor"}, ${processors.length} cores, ${os.type()} ${os.arch()}, Node ${process.versions.node}, ${new Date().toISOString().slice(0, 10)}, load at the start ${load}`;
if (asked.json) {
  console.log(
    JSON.stringify({ machine, rounds: asked.rounds, ...found, versions: Object.fromEntries(found.versions) }, null, 2),
  );
} else {
  const list = found.versions.map(([name, version]) => `${name} ${version}`).join(", ");
  console.log([machine, treeTables(found), list].join("\n\n"));
}
if (asked.write) {
  writeFileSync(here("../docs/benchmarks-trees.md"), treesDocument({ ...found, machine, rounds: asked.rounds }));
  writeFileSync(here("../docs/benchmarks-trees.svg"), await drawTrees(found.results, machine));
}

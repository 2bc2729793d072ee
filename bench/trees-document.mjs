// The figures of bench/trees.mjs as Markdown and as bars.
import { GOAL, inks, lightAndDark, OTHER, OWN, PAPER } from "./light-and-dark.mjs";
import { figure, markdown } from "./table.mjs";

const TITLES = { narrow: "5,500 x 8", wide: "5,500 x 600", words: "5,500 x 600, mostly 0", digits: "digits" };
const KINDS = {
  train: { title: "Training, seconds", of: ({ seconds }) => seconds },
  row: { title: "One row, microseconds", of: ({ seconds }) => seconds * 1e6 },
  batch: { title: "All rows at once, rows a second", of: ({ seconds }, rows) => rows / seconds, more: true },
  load: { title: "Loading the saved model, milliseconds", of: ({ seconds }) => seconds * 1e3 },
  first: { title: "Loading it and answering a first row, milliseconds", of: ({ seconds }) => seconds * 1e3 },
};
const GOALS = {
  train: { narrow: 0.38, wide: 0.6, words: 0.6, digits: 0.08 },
  row: { narrow: 20, wide: 25, words: 25, digits: 10 },
  batch: { narrow: 127000, wide: 82000, words: 82000, digits: 215000 },
  load: { narrow: 20 },
};
/** Of the size of scikit-learn's pickle. */
const SIZE_GOAL = 0.4;

/** The peers of a kind in the order in which they first come, each with its cell for every table. */
function linesOf(results, kind) {
  const of = results.filter((result) => result.kind === kind);
  const peers = [...new Set(of.flatMap(({ entries }) => entries.map(({ peer }) => peer)))];
  const cell = ({ entries, rows }, peer) => {
    const entry = entries.find((one) => one.peer === peer);
    if (entry === undefined) return "";
    return entry.error === undefined ? figure(KINDS[kind].of(entry, rows)) : entry.error;
  };
  const noteOf = (peer) =>
    of.flatMap(({ entries }) => entries).find((entry) => entry.peer === peer && entry.note)?.note;
  const goals = GOALS[kind] ?? {};
  const goal = ["goal", ...of.map(({ table }) => (goals[table] ? figure(goals[table]) : "")), ""];
  return {
    header: ["", ...of.map(({ table }) => TITLES[table]), ""],
    lines: [
      ...peers.map((peer) => [peer, ...of.map((result) => cell(result, peer)), noteOf(peer) ?? ""]),
      ...(GOALS[kind] ? [goal] : []),
    ],
  };
}

export function treeTables({ results, sizes }) {
  const kinds = Object.keys(KINDS).filter((kind) => results.some((result) => result.kind === kind));
  const parts = kinds.map((kind) => {
    const { header, lines } = linesOf(results, kind);
    return `### ${KINDS[kind].title}\n${markdown(header, lines)}`;
  });
  const lines = sizes.map(({ table, bytes, pickle }) => [
    TITLES[table],
    figure(bytes / 1000),
    pickle ? figure(pickle / 1000) : "",
    pickle ? `${figure((100 * bytes) / pickle)} % (goal: below ${100 * SIZE_GOAL} %)` : "",
  ]);
  parts.push(`### Saved model, kB\n${markdown(["", "emovox", "scikit-learn's pickle", ""], lines)}`);
  const differences = results.flatMap(({ table, entries }) =>
    entries.filter(({ largestDifference }) => largestDifference !== undefined).map((one) => ({ ...one, table })),
  );
  if (differences.length > 0) {
    const list = differences.map(
      ({ peer, table, largestDifference }) => `${peer} ${TITLES[table]} ${largestDifference.toExponential(1)}`,
    );
    parts.push(`Largest difference from emovox's probabilities, same forest: ${list.join(", ")}.`);
  }
  return parts.join("\n\n");
}

export const treesDocument = ({ results, sizes, machine, versions, rounds }) => `# Benchmarks of random forests

${machine}

![Training, one row and batches of emovox's random forest and its peers](benchmarks-trees.svg)

\`npm run bench:trees -- --write\` after \`npm run build\` writes this page (the peers are installed into \`bench/node_modules\` first); without \`--write\` it prints the tables,
with \`--json\` every single run, and \`--tables narrow --kinds train,row --peers emovox,sklearn --rounds 9\` narrows it down.

- A forest of 100 trees without a limit of depth, the square root of the columns at a node, bootstrap samples, one thread. Each figure is the
  least of many runs (what else the machine does only adds to a time), of ${rounds} rounds in which the peers take turns; a run is one fit, one batch, one
  loading, or as many rows as go through in 20 ms.
- The tables: six classes of 5,500 normal rows, each class half a standard deviation to one side or the other in all of 8 columns or in 60 of
  600; rows of 600 like those that TF-IDF makes of texts, 3 to 18 values of which are not 0 (synthetic); and scikit-learn's digits, 1,797 x 64. The
  goals for 600 columns are those of one table, not told apart further. A batch is all rows of the table, which are those of the training; one row is each of them in turn.
- "C", "plain JavaScript" and onnxruntime-web run emovox's own forest, so that their answers can be compared; the others grow their own.
  ml-random-forest is extrapolated from 2 trees. YDF grows 300 trees of at most 16 levels and its JavaScript has no options: a third
  of its time is given, and its rows go in as arrays by column, as its package takes them.
- Where one row goes in a call, a call from JavaScript (or Python) is part of the time. "C" makes none.

${treeTables({ results, sizes })}

Versions: ${versions.map(([name, version]) => `${name} ${version}`).join(", ")}. On Debian: \`apt-get install gcc python3-sklearn\`.
`;

const WIDTH = 200;

/** @returns {Promise<string>} SVG: a row of panels a kind, a panel a table, a bar a peer, logarithmic */
export async function drawTrees(results, machine) {
  const vega = await import("vega");
  const { compile } = await import("vega-lite");
  const kinds = ["train", "row", "batch"];
  const spec = {
    $schema: "https://vega.github.io/schema/vega-lite/v5.json",
    background: PAPER,
    padding: 12,
    title: {
      text: "Random forests of 100 trees",
      subtitle: ["one thread; logarithmic scales; the dashed lines are goals", machine],
      anchor: "start",
      fontSize: 15,
      subtitleFontSize: 11,
      offset: 14,
    },
    vconcat: kinds.map((kind) => {
      const of = results.filter((result) => result.kind === kind);
      // A peer that failed at a table keeps its line there, beside its name.
      const names = [...new Set(of.flatMap(({ entries }) => entries.map(({ peer }) => peer)))];
      const { title, more } = KINDS[kind];
      return {
        title: {
          text: `${title} (${more ? "longer" : "shorter"} is better)`,
          anchor: "start",
          fontSize: 12,
          offset: 8,
        },
        hconcat: of.map((result, at) => panel(result, names, at === 0)),
        bounds: "flush",
        spacing: 24,
      };
    }),
    spacing: 18,
    config: { font: "sans-serif", view: { stroke: null }, ...inks },
  };
  return lightAndDark(await new vega.View(vega.parse(compile(spec).spec), { renderer: "none" }).toSVG());
}

function panel({ kind, table, rows, entries }, names, first) {
  const { of } = KINDS[kind];
  const values = entries
    .filter(({ error }) => error === undefined)
    .map((entry) => ({
      name: entry.peer,
      value: of(entry, rows),
      text: figure(of(entry, rows)),
      own: entry.peer === "emovox",
    }));
  const lowest = Math.min(GOALS[kind][table], ...values.map(({ value }) => value)) / 3;
  const highest = Math.max(GOALS[kind][table], ...values.map(({ value }) => value)) * 6;
  const y = {
    field: "name",
    type: "nominal",
    scale: { domain: names },
    axis: first ? { title: null, ticks: false, domain: false, labelPadding: 6 } : null,
  };
  const x = { type: "quantitative", scale: { type: "log", domain: [lowest, highest], nice: false }, axis: null };
  const along = { x: { ...x, field: "value" }, y };
  const text = { type: "text", align: "left", dx: 4, fontSize: 10 };
  const written = { ...along, text: { field: "text" } };
  return {
    title: { text: TITLES[table], fontSize: 10, fontWeight: "normal", anchor: "start", frame: "group", offset: 4 },
    width: WIDTH,
    height: { step: 17 },
    layer: [
      {
        data: { values },
        mark: { type: "bar", height: { band: 0.72 } },
        encoding: {
          ...along,
          x2: { datum: lowest },
          color: { condition: { test: "datum.own", value: OWN }, value: OTHER },
        },
      },
      {
        data: { values: [{ value: GOALS[kind][table] }] },
        mark: { type: "rule", color: GOAL, strokeDash: [4, 3] },
        encoding: { x: along.x },
      },
      // The line of the goal does not run through the figures.
      { data: { values }, mark: { ...text, stroke: PAPER, strokeWidth: 4 }, encoding: written },
      { data: { values }, mark: text, encoding: written },
    ],
  };
}

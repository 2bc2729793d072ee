// The figures as bars, drawn by Vega-Lite to SVG.
import { GOAL, inks, lightAndDark, OTHER, OWN, PAPER } from "./light-and-dark.mjs";
import { nameOf } from "./table.mjs";

const WIDTH = 460;
/** Width of the column of names. Without a browser Vega guesses the width of text, so nothing may hang on it. */
const NAMES = 240;
const FIGURES = 60;

/** @returns {Promise<string>} SVG: a panel a work, a bar a peer, on a logarithmic scale */
export async function draw(results, goals, machine) {
  const vega = await import("vega");
  const { compile } = await import("vega-lite");
  const panels = results
    .filter(({ rows }) => rows.some((row) => row.rate !== undefined))
    .map(({ id, title, rows }) => panel(title, rows, goals.find((goal) => goal.work === id)?.bar));
  const spec = {
    $schema: "https://vega.github.io/schema/vega-lite/v5.json",
    background: PAPER,
    padding: 12,
    title: {
      text: "Seconds of audio a second",
      subtitle: ["one thread; logarithmic scale, longer is faster", machine],
      anchor: "start",
      frame: "group",
      dx: -NAMES,
      fontSize: 15,
      subtitleFontSize: 11,
      offset: 14,
    },
    vconcat: panels,
    spacing: 14,
    config: {
      font: "sans-serif",
      view: { stroke: null },
      ...inks,
    },
  };
  return lightAndDark(await new vega.View(vega.parse(compile(spec).spec), { renderer: "none" }).toSVG());
}

function panel(title, rows, goal) {
  const values = rows
    .filter((row) => row.rate !== undefined)
    .map((row) => ({ name: nameOf(row), rate: row.rate, text: label(row.rate), own: row.peer === "emovox" }));
  const y = { field: "name", type: "nominal", sort: null, axis: null };
  const x = {
    field: "rate",
    type: "quantitative",
    scale: { type: "log", domain: [1, 100000], nice: false },
    title: null,
    axis: null,
  };
  const bars = {
    mark: { type: "bar", cornerRadiusEnd: 2, height: { band: 0.72 } },
    encoding: { x2: { datum: 1 }, color: { condition: { test: "datum.own", value: OWN }, value: OTHER } },
  };
  const text = (align, at, field) => ({
    mark: { type: "text", align, fontSize: 11 },
    encoding: { x: { value: at }, text: { field } },
  });
  const line = {
    data: { values: [{ goal }] },
    mark: { type: "rule", color: GOAL, strokeDash: [4, 3] },
    encoding: { x: { ...x, field: "goal" }, y: undefined },
  };
  return {
    title: {
      text: title + (goal ? `   (goal ${label(goal)}, dashed)` : ""),
      anchor: "start",
      frame: "group",
      dx: -NAMES,
      fontSize: 12,
      offset: 4,
    },
    width: WIDTH,
    height: { step: 19 },
    layer: [
      {
        data: { values },
        encoding: { x, y },
        layer: [text("left", -NAMES, "name"), bars, text("right", WIDTH + FIGURES, "text")],
      },
      ...(goal ? [line] : []),
    ],
  };
}

const label = (rate) => Number(rate.toPrecision(3)).toLocaleString("en", { maximumFractionDigits: 1 });

// The figures as bars, drawn by Vega-Lite to SVG.
import { nameOf } from "./table.mjs";

const GOAL = "#c0392b";
const OWN = "#1b6ca8";
const OTHER = "#b8c4cf";

/** @returns {Promise<string>} SVG: a panel a work, a bar a peer, on a logarithmic scale */
export async function draw(results, goals, machine) {
  const vega = await import("vega");
  const { compile } = await import("vega-lite");
  const panels = results
    .filter(({ rows }) => rows.some((row) => row.rate !== undefined))
    .map(({ id, title, rows }) => panel(title, rows, goals.find((goal) => goal.work === id)?.bar));
  const spec = {
    $schema: "https://vega.github.io/schema/vega-lite/v5.json",
    background: "white",
    padding: 12,
    title: {
      text: "Seconds of audio a second, one thread (logarithmic; longer is faster)",
      subtitle: machine,
      anchor: "start",
      fontSize: 15,
      subtitleFontSize: 11,
      offset: 14,
    },
    vconcat: panels,
    spacing: 14,
    config: {
      font: "sans-serif",
      view: { stroke: null },
      axis: { grid: false, domain: false, ticks: false, labelFontSize: 11, labelLimit: 260, labelPadding: 6 },
    },
  };
  return new vega.View(vega.parse(compile(spec).spec), { renderer: "none" }).toSVG();
}

function panel(title, rows, goal) {
  const values = rows
    .filter((row) => row.rate !== undefined)
    .map((row) => ({ name: nameOf(row), rate: row.rate, text: label(row.rate), own: row.peer === "emovox" }));
  const y = { field: "name", type: "nominal", sort: null, title: null, axis: { minExtent: 250, maxExtent: 250 } };
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
  const figures = { mark: { type: "text", align: "left", dx: 5, fontSize: 11 }, encoding: { text: { field: "text" } } };
  const line = {
    data: { values: [{ goal }] },
    mark: { type: "rule", color: GOAL, strokeDash: [4, 3] },
    encoding: { x: { ...x, field: "goal" }, y: undefined },
  };
  return {
    title: { text: title + (goal ? `   (goal ${label(goal)}, dashed)` : ""), anchor: "start", fontSize: 12, offset: 4 },
    width: 460,
    height: { step: 19 },
    layer: [{ data: { values }, encoding: { x, y }, layer: [bars, figures] }, ...(goal ? [line] : [])],
  };
}

const label = (rate) => Number(rate.toPrecision(3)).toLocaleString("en", { maximumFractionDigits: 1 });

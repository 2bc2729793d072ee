import type { Html } from "../html.ts";
import type { Results } from "../results.ts";
import type { SideBySide } from "../side-by-side.ts";
import type { Plotter } from "./plotter.ts";

/** The page's colour of a protocol: one that leaks is alarming. */
export const protocolColour = (runs: readonly Results[], protocol: string): string => {
  const honest = runs.filter(({ leaks }) => !leaks).findIndex((run) => run.protocol === protocol);
  return honest < 0 ? "var(--alarm)" : `var(--protocol-${honest % 4})`;
};

/**
 * Every model of one modality: a dot and its 95 % interval for each protocol, a diamond for what was published, a dashed line for what the
 * largest class alone would give (under the first protocol that does not leak).
 *
 * @param figure which figure; the published macro recall is the UAR
 */
export function overviewChart(
  { Plot, draw }: Plotter,
  runs: readonly Results[],
  { title, models }: SideBySide,
  figure: "accuracy" | "recall",
): Html {
  const axis = figure === "recall" ? "recall (UAR), %" : "accuracy, %";
  const judged = models.filter(({ rows }) => rows.some(({ kind }) => kind !== "baseline"));
  const sources = [...new Set(judged.flatMap(({ rows }) => rows.map(({ source }) => source)))];
  const points = judged.flatMap(({ title: model, rows }) =>
    rows.flatMap(({ source, cell }) => {
      const place = { model, source, key: `${source}` };
      return cell
        ? [{ ...place, value: 100 * cell[figure], low: 100 * cell.ci[figure][0], high: 100 * cell.ci[figure][1] }]
        : [];
    }),
  );
  const published = judged.flatMap(({ title: model, rows }) =>
    rows.flatMap(({ source, kind, figures }) => {
      const text = figures[figure === "recall" ? 3 : 0].value;
      return kind === "published" && text !== "" ? [{ model, source, value: Number(text) }] : [];
    }),
  );
  // Copies of rare rows make a leaking protocol's largest class another one.
  const honest = runs.find(({ leaks }) => !leaks) ?? runs[0];
  const majority = honest.baselines.find(({ name }) => name === "majority");
  const colour = ({ source }: { source: string }): string => protocolColour(runs, source);
  return draw(`${title}: ${axis} of every model, by protocol`, {
    width: 480,
    height: 56 + judged.length * (16 + 15 * sources.length),
    marginLeft: 76,
    marginRight: 110,
    marginBottom: 40,
    x: { label: axis, labelOffset: 36, domain: [0, 100], grid: true },
    y: { domain: sources, axis: null, padding: 0.2 },
    fy: { label: null, domain: judged.map((model) => model.title), padding: 0.15 },
    color: { type: "identity" },
    style: { fontSize: "12px" },
    marks: [
      ...(majority
        ? [Plot.ruleX([100 * majority[figure]], { stroke: "currentColor", strokeOpacity: 0.5, strokeDasharray: "4 3" })]
        : []),
      Plot.ruleY(points, { fy: "model", y: "source", x1: "low", x2: "high", stroke: colour, strokeWidth: 2 }),
      Plot.dot(points, {
        fy: "model",
        y: "source",
        x: "value",
        fill: colour,
        r: 4,
        title: ({ model, source, value, low, high }) =>
          `${model}, ${source}: ${value.toFixed(1)} (${low.toFixed(1)} to ${high.toFixed(1)})`,
      }),
      Plot.dot(published, {
        fy: "model",
        y: "source",
        x: "value",
        symbol: "diamond",
        stroke: "currentColor",
        r: 5,
        title: ({ model, value }) => `${model}, published: ${value}`,
      }),
      Plot.text(
        judged.flatMap(({ title: model, rows }) =>
          rows.filter(({ kind }) => kind !== "baseline").map(({ source }) => ({ model, source })),
        ),
        {
          fy: "model",
          y: "source",
          text: "source",
          frameAnchor: "right",
          textAnchor: "start",
          dx: 6,
          fill: ({ source }) => (source === "published" ? "currentColor" : protocolColour(runs, source)),
        },
      ),
    ],
  });
}

import type { Html } from "../html.ts";
import type { LearningCurve } from "../study-results.ts";
import { lineColour, type Plotter } from "./plotter.ts";

/** Of a label, on the axis of 0 to 100. */
const LABEL_HEIGHT = 5;

/** The UAR of every cell against the training rows it had, with 95 % intervals, the rows on a scale of doublings. */
export function learningCurvesChart({ Plot, draw }: Plotter, label: string, curves: readonly LearningCurve[]): Html {
  const points = curves.flatMap(({ cell, points }, c) =>
    points.map(({ rows, uar, ci }) => ({
      cell,
      rows,
      value: 100 * uar,
      low: 100 * ci[0],
      high: 100 * ci[1],
      colour: lineColour(c),
    })),
  );
  const last = points.filter((point, p) => point.cell !== points[p + 1]?.cell).sort((a, b) => a.value - b.value);
  // Labels of curves that end close together would cover one another.
  let lowest = Number.NEGATIVE_INFINITY;
  const labels = last.map((point) => {
    lowest = Math.max(point.value, lowest + LABEL_HEIGHT);
    return { ...point, place: lowest };
  });
  return draw(label, {
    width: 560,
    height: 340,
    marginLeft: 46,
    marginRight: 110,
    marginBottom: 42,
    x: { type: "log", base: 2, label: "training rows", labelOffset: 36, tickFormat: "d", grid: true },
    y: { label: "UAR, %", domain: [0, 100], grid: true },
    color: { type: "identity" },
    style: { fontSize: "12px" },
    marks: [
      Plot.areaY(points, { x: "rows", y1: "low", y2: "high", z: "cell", fill: "colour", fillOpacity: 0.1 }),
      Plot.line(points, { x: "rows", y: "value", z: "cell", stroke: "colour", strokeWidth: 2 }),
      Plot.dot(points, {
        x: "rows",
        y: "value",
        r: 3,
        fill: "colour",
        title: ({ cell, rows, value, low, high }) =>
          `${cell}, ${rows.toFixed(0)} rows: ${value.toFixed(1)} (${low.toFixed(1)} to ${high.toFixed(1)})`,
      }),
      Plot.text(labels, { x: "rows", y: "place", text: "cell", fill: "colour", textAnchor: "start", dx: 8 }),
    ],
  });
}

import type { Html } from "../html.ts";
import type { ConditionResult } from "../study-results.ts";
import { lineColour, type Plotter } from "./plotter.ts";

/**
 * A row for each condition: a dot and its 95 % interval for every cell, and a line for the cell's UAR on the test rows as they are.
 *
 * @param plain the UAR of each cell without a condition, by the cell's name, in the order of the colours
 */
export function conditionsChart(
  { Plot, draw }: Plotter,
  label: string,
  results: readonly ConditionResult[],
  plain: ReadonlyMap<string, number>,
): Html {
  const cells = [...plain.keys()].filter((cell) => results.some((result) => result.cell === cell));
  const names = [...new Set(results.map(({ condition }) => condition))];
  const colour = (cell: string): string => lineColour([...plain.keys()].indexOf(cell));
  const dots = results.map(({ cell, condition, uar, ci, change }) => ({
    cell,
    condition,
    value: 100 * uar,
    low: 100 * ci.uar[0],
    high: 100 * ci.uar[1],
    plain: 100 * (uar - change.difference),
    colour: colour(cell),
  }));
  return draw(label, {
    width: 640,
    height: 56 + names.length * (14 + 14 * cells.length),
    marginLeft: 180,
    marginRight: 84,
    marginBottom: 40,
    x: { label: "UAR, %", labelOffset: 36, domain: [0, 100], grid: true },
    y: { axis: null, domain: cells, padding: 0.2 },
    fy: { label: null, domain: names, padding: 0.15 },
    color: { type: "identity" },
    style: { fontSize: "12px" },
    marks: [
      Plot.tickX(dots, { fy: "condition", y: "cell", x: "plain", stroke: "colour", strokeOpacity: 0.6 }),
      Plot.ruleY(dots, { fy: "condition", y: "cell", x1: "low", x2: "high", stroke: "colour", strokeWidth: 2 }),
      Plot.dot(dots, {
        fy: "condition",
        y: "cell",
        x: "value",
        r: 4,
        fill: "colour",
        title: ({ cell, condition, value, plain }) =>
          `${cell}, ${condition}: ${value.toFixed(1)}, ${plain.toFixed(1)} without`,
      }),
      Plot.text(dots, {
        fy: "condition",
        y: "cell",
        text: "cell",
        frameAnchor: "right",
        textAnchor: "start",
        dx: 6,
        fill: "colour",
        fontSize: 10,
      }),
    ],
  });
}

import type { Html } from "../html.ts";
import type { Breakdown } from "../subgroups.ts";
import type { Plotter } from "./plotter.ts";

/** How a model does on every speaker, gender, session, style, length and loudness: a dot for the UAR, the lowest of each kind marked. */
export function subgroupsChart(
  { Plot, draw }: Plotter,
  label: string,
  breakdowns: readonly Breakdown[],
  overall: number,
): Html {
  const dots = breakdowns.flatMap(({ by, subgroups, worst }) =>
    subgroups.map(({ name, rows, uar }) => ({ by, name, rows, value: 100 * uar, worst: name === worst })),
  );
  return draw(label, {
    width: 440,
    height: 50 + 34 * breakdowns.length,
    marginLeft: 80,
    marginRight: 20,
    marginBottom: 36,
    x: { label: "UAR, %", domain: [0, 100], grid: true, labelOffset: 32 },
    y: { label: null, domain: breakdowns.map(({ by }) => by) },
    color: { type: "identity" },
    style: { fontSize: "11px" },
    marks: [
      Plot.ruleX([100 * overall], { stroke: "currentColor", strokeOpacity: 0.6, strokeDasharray: "4 3" }),
      Plot.dot(dots, {
        x: "value",
        y: "by",
        r: 4,
        stroke: ({ worst }) => (worst ? "var(--alarm)" : "var(--shade)"),
        strokeWidth: 1.8,
        title: ({ by, name, rows, value }) => `${by} ${name}: ${value.toFixed(1)} % of ${rows} rows`,
      }),
      Plot.text(
        dots.filter(({ worst }) => worst),
        { x: "value", y: "by", text: "name", dy: -11, fontSize: 9 },
      ),
    ],
  });
}

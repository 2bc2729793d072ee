import type { Html } from "../html.ts";
import type { Plotter } from "./plotter.ts";

/** A bar of a waterfall. */
export interface WaterfallStep {
  readonly name: string;
  readonly value: number;
}

/**
 * The steps whose values are largest in magnitude, in that order, then one that sums the others, if there are any.
 *
 * @param others names the last step by the number of steps in it
 */
export function largestSteps(
  steps: readonly WaterfallStep[],
  shown: number,
  others: (count: number) => string,
): WaterfallStep[] {
  const ranked = [...steps].sort((a, b) => Math.abs(b.value) - Math.abs(a.value));
  if (ranked.length <= shown + 1) return ranked; // one other has a name, too
  const rest = ranked.slice(shown);
  return [
    ...ranked.slice(0, shown),
    { name: others(rest.length), value: rest.reduce((sum, { value }) => sum + value, 0) },
  ];
}

/**
 * How a number came about, from `base` down to the sum: one bar a step, from where the one above ended.
 *
 * @param unit the axis's label
 */
export function waterfallChart(
  { Plot, draw }: Plotter,
  label: string,
  base: number,
  steps: readonly WaterfallStep[],
  unit: string,
): Html {
  let end = base;
  const bars = steps.map(({ name, value }, i) => {
    const start = end;
    end += value;
    // Two steps may have one name; the place keeps them apart.
    return { key: `${i}`, name, value, start, end, low: Math.min(start, end), high: Math.max(start, end) };
  });
  const names = new Map(bars.map(({ key, name }) => [key, name]));
  const signed = ({ value }: WaterfallStep): string => `${value < 0 ? "−" : "+"}${Math.abs(value).toPrecision(2)}`;
  return draw(label, {
    width: 720,
    height: 100 + 26 * bars.length,
    marginTop: 44,
    marginBottom: 46,
    marginLeft: 230,
    marginRight: 50,
    x: { label: unit, labelOffset: 42, grid: true, nice: true, inset: 24 },
    y: { label: null, domain: bars.map(({ key }) => key), tickFormat: (key: string) => names.get(key)!, tickSize: 0 },
    style: { fontSize: "12px" },
    marks: [
      Plot.ruleX([base], { stroke: "currentColor", strokeOpacity: 0.5, strokeDasharray: "3 3" }),
      Plot.ruleX([end], { stroke: "currentColor" }),
      Plot.barX(bars, {
        x1: "low",
        x2: "high",
        y: "key",
        fill: ({ value }) => (value < 0 ? "var(--against, #2f6fb0)" : "var(--towards, #c8431f)"),
        title: ({ name, value }) => `${name}: ${value}`,
      }),
      Plot.text(bars, { x: "high", y: "key", text: signed, textAnchor: "start", dx: 4 }),
      Plot.text([`base ${base.toPrecision(3)}`], { x: () => base, frameAnchor: "top", dy: -12, text: (note) => note }),
      Plot.text([`sum ${end.toPrecision(3)}`], {
        x: () => end,
        frameAnchor: "top",
        dy: -26,
        text: (note) => note,
        fontWeight: "bold",
      }),
    ],
  });
}

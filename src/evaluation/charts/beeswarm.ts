import type { Html } from "../html.ts";
import type { Plotter } from "./plotter.ts";

/** A feature's contributions and values, one a row of the data. */
export interface SwarmFeature {
  readonly name: string;
  readonly contributions: ArrayLike<number>;
  readonly values: ArrayLike<number>;
}

/**
 * One row of dots a feature, the feature that matters most on top: where a dot lies is what the feature added for that example, its colour
 * whether the feature was low or high there (by rank, so that one odd value does not grey the others).
 *
 * @param unit the axis's label
 */
export function beeswarmChart(
  { Plot, draw }: Plotter,
  label: string,
  features: readonly SwarmFeature[],
  unit: string,
): Html {
  const dots = features.flatMap(({ contributions, values }, f) => {
    const ranks = rankShares(values);
    return Array.from(contributions, (x, row) => ({ f, x, fill: between(ranks[row]), value: values[row] }));
  });
  return draw(label, {
    width: 720,
    height: 70 + (30 + dots.length / features.length / 5) * features.length,
    marginBottom: 46,
    marginLeft: 230,
    marginRight: 20,
    x: { label: unit, labelOffset: 42, grid: true, nice: true },
    fy: {
      label: null,
      domain: features.map((_, f) => f),
      tickFormat: (f: number) => features[f].name,
      axis: "left",
      padding: 0.05,
    },
    color: { type: "identity" },
    style: { fontSize: "12px" },
    marks: [
      Plot.ruleX([0], { stroke: "currentColor", strokeOpacity: 0.6 }),
      Plot.dot(
        dots,
        Plot.dodgeY("middle", {
          x: "x",
          fy: "f",
          r: 1.4,
          padding: 0,
          fill: "fill",
          title: ({ f, x, value }) => `${features[f].name} = ${value}: ${x}`,
        }),
      ),
    ],
  });
}

/** Where each value stands among the values, from 0 (lowest) to 1; equal values stand alike. */
function rankShares(values: ArrayLike<number>): number[] {
  const sorted = Float64Array.from(values).sort();
  const last = Math.max(1, sorted.length - 1);
  return Array.from(values, (value) => (sorted.indexOf(value) + sorted.lastIndexOf(value)) / 2 / last);
}

/** A colour between two of the page's, mixed by the browser: the page decides what they are in the dark. */
const between = (share: number): string =>
  `color-mix(in oklab, var(--towards, #c8431f) ${(100 * share).toFixed(0)}%, var(--against, #2f6fb0))`;

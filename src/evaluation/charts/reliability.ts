import type { ReliabilityBin } from "../calibration.ts";
import type { Html } from "../html.ts";
import type { Plotter } from "./plotter.ts";

/**
 * A reliability diagram (DeGroot and Fienberg 1983): how often answers of like confidence are right, against their confidence. On the
 * diagonal probabilities are true; below it the model is too sure of itself. A dot's area is its share of the rows.
 */
export function reliabilityChart({ Plot, draw }: Plotter, label: string, bins: readonly ReliabilityBin[]): Html {
  const filled = bins.filter(({ weight }) => weight > 0);
  return draw(label, {
    width: 260,
    height: 260,
    marginLeft: 46,
    marginBottom: 40,
    x: { label: "confidence", domain: [0, 1], labelOffset: 36, ticks: 5, grid: true },
    y: { label: "share right", domain: [0, 1], ticks: 5, grid: true },
    r: { range: [0, 12] },
    style: { fontSize: "11px" },
    marks: [
      Plot.line(
        [
          [0, 0],
          [1, 1],
        ],
        { stroke: "currentColor", strokeOpacity: 0.5, strokeDasharray: "4 3" },
      ),
      Plot.ruleX(filled, {
        x: "confidence",
        y1: "confidence",
        y2: "accuracy",
        stroke: "var(--shade)",
        strokeOpacity: 0.6,
      }),
      Plot.dot(filled, {
        x: "confidence",
        y: "accuracy",
        r: "weight",
        fill: "var(--shade)",
        fillOpacity: 0.8,
        title: ({ confidence, accuracy, weight }) =>
          `${weight} rows: confidence ${confidence.toFixed(2)}, right ${accuracy.toFixed(2)}`,
      }),
    ],
  });
}

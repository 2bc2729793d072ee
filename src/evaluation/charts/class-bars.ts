import type { Html } from "../html.ts";
import type { ClassScore } from "../score.ts";
import type { Plotter } from "./plotter.ts";

const shown = ["precision", "recall", "f1"] as const;
const titles = { precision: "precision", recall: "recall", f1: "F1" } as const;

/** Precision, recall and F1 of every class, side by side. */
export function classBarsChart({ Plot, draw }: Plotter, label: string, classes: readonly ClassScore[]): Html {
  const bars = classes.flatMap((score) =>
    shown.map((figure) => ({ name: score.class, figure: titles[figure], value: 100 * score[figure] })),
  );
  return draw(label, {
    width: 440,
    height: 50 + 42 * classes.length,
    marginLeft: 90,
    marginRight: 70,
    marginBottom: 36,
    x: { label: "%", domain: [0, 100], grid: true, labelOffset: 32 },
    y: { axis: null, domain: Object.values(titles) },
    fy: { label: null, domain: classes.map((score) => score.class), padding: 0.2 },
    color: { type: "identity" },
    style: { fontSize: "11px" },
    marks: [
      Plot.barX(bars, {
        fy: "name",
        y: "figure",
        x: "value",
        fill: ({ figure }) =>
          figure === "F1" ? "var(--protocol-1)" : figure === "recall" ? "var(--shade)" : "var(--protocol-2)",
        title: ({ name, figure, value }) => `${name}, ${figure}: ${value.toFixed(1)}`,
      }),
      Plot.text(bars, {
        fy: "name",
        y: "figure",
        x: "value",
        text: ({ figure, value }) => `${figure} ${value.toFixed(0)}`,
        textAnchor: "start",
        dx: 3,
        fontSize: 9,
      }),
    ],
  });
}

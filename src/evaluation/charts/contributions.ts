import type { Html } from "../html.ts";
import type { Contributions } from "../study-results.ts";
import { lineColour, type Plotter } from "./plotter.ts";

/** Bars drawn of a cell. */
const DRAWN = 12;

/** The features that move a cell's scores most: a bar for the mean absolute contribution, in as many parts as there are classes. */
export function contributionsChart(
  { Plot, draw }: Plotter,
  label: string,
  { features, classes, unit }: Contributions,
): Html {
  const shown = features.slice(0, DRAWN);
  const parts = shown.flatMap(({ name, value: whole, byClass }) =>
    byClass.length === 0
      ? [{ name, of: "all classes", value: whole, colour: "var(--shade)" }]
      : byClass.map((value, c) => ({ name, of: classes[c], value, colour: lineColour(c) })),
  );
  return draw(label, {
    width: 560,
    height: 62 + 20 * shown.length,
    marginLeft: 190,
    marginRight: 20,
    marginBottom: 40,
    x: {
      label: {
        probability: "mean |TreeSHAP value|, probability",
        score: "mean |contribution|, score",
        impurity: "mean decrease in impurity, share",
      }[unit],
      labelOffset: 36,
      grid: true,
    },
    y: { label: null, domain: shown.map(({ name }) => name) },
    color: { type: "identity" },
    style: { fontSize: "12px" },
    marks: [
      Plot.barX(parts, {
        y: "name",
        x: "value",
        fill: "colour",
        title: ({ name, of, value }) => `${name}, ${of}: ${value.toPrecision(3)}`,
      }),
    ],
  });
}

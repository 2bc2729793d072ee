import type { PlotOptions } from "@observablehq/plot";
import { Html, html } from "../html.ts";

/** Draws charts as SVG text. */
export interface Plotter {
  readonly Plot: typeof import("@observablehq/plot");
  /**
   * The chart as one `<svg>`. Text and axes have the colour of the text around it (`currentColor`), and marks may use the page's custom
   * properties (`var(--shade)`), so that a chart follows the page from light to dark. Values are escaped.
   *
   * @param label what a screen reader says of it
   */
  draw(label: string, options: PlotOptions): Html;
}

/**
 * Observable Plot on a document of linkedom's: it draws in Node, without a browser. Both are loaded when the first chart is drawn, so
 * that commands without charts start without them.
 *
 * @example
 * const { Plot, draw } = await loadPlotter();
 * const svg = draw("recall", { marks: [Plot.barX(rows, { x: "recall", y: "class" })] });
 */
export async function loadPlotter(): Promise<Plotter> {
  const [Plot, { parseHTML }] = await Promise.all([import("@observablehq/plot"), import("linkedom")]);
  const { document } = parseHTML("<!doctype html><html><body></body></html>");
  const draw = (label: string, options: PlotOptions): Html => {
    const drawn = Plot.plot({ document, className: "plot", ...options });
    // The picture has one name; those that Plot gives its parts are not allowed on plain groups (ARIA 1.2, "generic").
    for (const part of drawn.querySelectorAll("[aria-label]")) part.removeAttribute("aria-label");
    const chart = new Html(drawn.outerHTML.replace(/^<svg/, ""));
    return html`<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-label="${label}"${chart}`;
  };
  return { Plot, draw };
}

/** The page's colour of the nth line of a chart. */
export const lineColour = (n: number): string => `var(--line-${n % 8})`;

import { Html, html } from "../html.ts";

/** The colours that charts name, light and dark. */
const colours = `:root { color-scheme: light dark; color: #1b1f24; background: #ffffff; --towards: #c8431f; --against: #2f6fb0; }
@media (prefers-color-scheme: dark) { :root { color: #e6edf3; background: #0d1117; --towards: #f0805f; --against: #6cabe6; } }`;

/** A chart as an SVG file of its own, which is light or dark as its viewer is. */
export function standaloneSvg(chart: Html): string {
  return `<?xml version="1.0" encoding="UTF-8"?>\n${chart.toString().replace("<style>", `<style>${colours}\n`)}\n`;
}

/** A chart with its title and a sentence on how to read it. */
export interface ChartSection {
  readonly heading: string;
  readonly note: string;
  readonly chart: Html;
}

/** Charts with their titles as an HTML file that needs nothing else. */
export function chartPage(title: string, sections: readonly ChartSection[]): string {
  return `${html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<style>${new Html(colours)}
body { margin: 0 auto; padding: 1.5rem 1rem; max-width: 48rem; font: 1rem/1.5 system-ui, sans-serif; overflow-wrap: anywhere; }
h1 { font-size: 1.4rem; } h2 { font-size: 1.1rem; margin: 2rem 0 .25rem; } p { margin: 0 0 .75rem; }</style>
</head>
<body>
<h1>${title}</h1>
${sections.map(
  ({ heading, note, chart }) => html`<section><h2>${heading}</h2><p>${note}</p>${chart}</section>
`,
)}</body>
</html>
`}`;
}

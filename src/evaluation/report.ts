import { overviewChart, protocolColour } from "./charts/overview.ts";
import { loadPlotter, type Plotter } from "./charts/plotter.ts";
import { Html, html } from "./html.ts";
import { protocols } from "./protocols.ts";
import { publishedNote } from "./published.ts";
import { aboutRun, canaryNotice, cautionNotice, cellPart, comparisonsTable, scrolling } from "./report-parts.ts";
import { fusionTable, studiesPart } from "./report-studies.ts";
import { reportStyle } from "./report-style.ts";
import type { Results } from "./results.ts";
import { type SideBySide, type SideBySideRow, sideBySide } from "./side-by-side.ts";
import { columns } from "./tables.ts";

/**
 * A run, of one protocol or of several on one corpus, as one HTML page that needs nothing else: no script, no font, no picture from
 * elsewhere. On top the verdicts of the canaries; then every model of the three tables with what was published, what each protocol
 * gives and the intervals, as pictures and as numbers; then for each protocol and cell confusions, calibration, classes and whom it
 * fails; last what was run. All names and values are escaped.
 *
 * @example
 * await writeFile("report.html", await renderReport(results));
 */
export async function renderReport(all: Results | readonly Results[]): Promise<string> {
  const runs = "protocol" in all ? [all] : all;
  const plotter = await loadPlotter();
  const { corpus } = runs[0];
  const tables = sideBySide(runs);
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Emotion recognition on ${corpus}, protocol ${runs.map(({ protocol }) => protocol).join(", ")}</title>
${reportStyle}
</head>
<body>
<header>
<h1>Emotion recognition on ${corpus}</h1>
${runs.map(
  ({
    protocol,
  }) => html`<p class="quiet"><strong style="color:${protocolColour(runs, protocol)}">${protocol}</strong>: ${protocols[protocol]}</p>
`,
)}</header>
<main>
${runs.map(canaryNotice)}
${runs.map(cautionNotice)}
<section>
<h2>At a glance</h2>
<p>A dot is a model under a protocol, its line the 95 % interval; a diamond is what was published; the dashed line is what naming the largest class
alone gives.</p>
${tables.map((table) => glance(plotter, runs, table))}
</section>
<section>
<h2>Figures</h2>
<p>All figures in %, [95 % interval] by bootstrap over ${drawnUnits(runs)}. F1, precision and recall are macro averages; <i>majority</i>
and <i>prior</i> look at nothing.</p>
${tables.map(figuresTable)}
${hasPublished(runs) ? html`<p class="quiet">${publishedNote}</p>` : ""}
</section>
${runs.map((results, r) => protocolPart(plotter, results, r === 0))}
</main>
</body>
</html>
`;
  return page.toString();
}

const drawnUnits = (runs: readonly Results[]): string =>
  [...new Set(runs.flatMap(({ cells }) => cells.map((cell) => cell.ciOver)))].join(", ");

const hasPublished = (runs: readonly Results[]): boolean =>
  runs.some(({ cells }) => cells.some((cell) => cell.published));

function glance(plotter: Plotter, runs: readonly Results[], table: SideBySide): Html {
  return html`<h3>${table.title}</h3>
<div class="charts">${(["accuracy", "recall"] as const).map((figure) => scrolling(`${table.title}, ${figure}`, overviewChart(plotter, runs, table, figure)))}</div>
`;
}

function figuresTable({ title, models }: SideBySide): Html {
  const head = columns.map((column) => html`<th scope="col">${column.title}</th>`);
  const body = models.map(
    (model) =>
      html`<tbody>${model.rows.map(
        (row, i) => html`<tr class="${row.kind}${row.leaks ? " leaks" : ""}">${
          i === 0 ? html`<th scope="rowgroup" rowspan="${model.rows.length}">${model.title}</th>` : ""
        }${figureCells(row)}</tr>
`,
      )}</tbody>`,
  );
  return scrolling(
    title,
    html`<table class="figures"><caption><h3>${title}</h3></caption>
<thead><tr><th scope="col">model</th><th scope="col">source</th>${head}</tr></thead>
${body}</table>`,
  );
}

function figureCells({ source, leaks, figures }: SideBySideRow): Html {
  const cells = figures.map(
    ({ value, interval = "" }) => html`<td>${value} <span class="interval">${interval}</span></td>`,
  );
  return html`<th scope="row" class="source">${source}${leaks ? " (leaks)" : ""}</th>${cells}`;
}

function protocolPart(plotter: Plotter, results: Results, open: boolean): Html {
  return html`<details${open ? new Html(" open") : ""}>
<summary><h2>Protocol ${results.protocol}, cell by cell</h2></summary>
${results.cells.map((cell) => cellPart(plotter, cell, results.classes))}
${fusionTable(results)}
${studiesPart(plotter, results)}
${comparisonsTable(results)}
${aboutRun(results)}
</details>
`;
}

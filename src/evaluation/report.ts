import { cellName } from "./cell.ts";
import { type Html, html } from "./html.ts";
import { protocols } from "./protocols.ts";
import { publishedNote } from "./published.ts";
import { reportStyle } from "./report-style.ts";
import { type CellResult, cautions, type Results } from "./results.ts";
import { columns, modalityTitles, percent, type TableFigure, type TableRow, tableRows } from "./tables.ts";

/**
 * The run as one HTML page that needs nothing else: no script, no font, no picture from elsewhere. For each protocol it holds the verdict of
 * the canary, the tables with published figures and baselines, a shaded confusion matrix and the figures of every class for each
 * cell, and what was run. All names and values are escaped.
 *
 * @param all the results of one protocol, or of several on one corpus
 * @example
 * await writeFile("report.html", renderReport(results));
 */
export function renderReport(all: Results | readonly Results[]): string {
  const runs = "protocol" in all ? [all] : all;
  const { corpus } = runs[0];
  const names = runs.map(({ protocol }) => protocol).join(", ");
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Emotion recognition on ${corpus}, protocol ${names}</title>
${reportStyle}
</head>
<body>
<header>
<h1>Emotion recognition on ${corpus}</h1>
</header>
<main>
${runs.map(protocolPart)}
</main>
</body>
</html>
`;
  return page.toString();
}

function protocolPart(results: Results): Html {
  const { protocol } = results;
  return html`<p class="quiet">Protocol <strong>${protocol}</strong>: ${protocols[protocol]}</p>
${notices(results)}
<section>
<h2>Figures</h2>
<p>All figures in %, [95 % interval] by bootstrap over ${[...new Set(results.cells.map((cell) => cell.ciOver))].join(", ")}.
F1, precision and recall are macro averages; <i>majority</i> and <i>prior</i> look at nothing.</p>
${tableRows(results).map(({ modality, rows }) => figuresTable(modalityTitles[modality], rows))}
${results.cells.some((cell) => cell.published) ? html`<p class="quiet">${publishedNote}</p>` : ""}
</section>
<section>
<h2>Confusions</h2>
<p>Rows are the true classes, columns the predicted ones; a number is a count of test rows, a shade its share of the row.</p>
<div class="matrices">${results.cells.map((cell) => confusionTable(cell, results.classes))}</div>
</section>
<section>
<h2>Class by class</h2>
<div class="matrices">${results.cells.map(classTable)}</div>
</section>
${aboutRun(results)}
`;
}

function notices(results: Results): Html {
  const { canary, leaks } = results;
  const verdict = canary
    ? html`<div class="notice ${canary.leaks ? "alarm" : "calm"}"${canary.leaks ? html` role="alert"` : ""}><strong>Noise canary</strong>
(${canary.cell} on ${canary.runs} draws of noise): ${canary.text}. A protocol that does not leak is called leaking in at most
${(100 * canary.falseAlarmRate).toFixed(0)} % of runs.</div>`
    : html`<div class="notice"><strong>Noise canary</strong>: not run.</div>`;
  const warnings = cautions(results);
  const notes = html`<div class="notice ${leaks ? "alarm" : ""}"><strong>Before you read on</strong>
<ul>${warnings.map((caution) => html`<li>${caution}</li>`)}</ul></div>`;
  return html`${verdict}${warnings.length > 0 ? notes : ""}`;
}

function figuresTable(title: string, rows: readonly TableRow[]): Html {
  return scrolling(
    title,
    html`<table class="figures"><caption><h3>${title}</h3></caption>
<thead><tr><th scope="col">model</th>${columns.map((column) => html`<th scope="col">${column.title}</th>`)}</tr></thead>
<tbody>${rows.map(
      (row) => html`<tr class="${row.kind}"><th scope="row">${row.title}</th>${row.figures.map(figureCell)}</tr>
`,
    )}</tbody></table>`,
  );
}

function figureCell({ value, interval = "" }: TableFigure): Html {
  return html`<td>${value} <span class="interval">${interval}</span></td>`;
}

function confusionTable(cell: CellResult, classes: readonly string[]): Html {
  const name = `${cell.title}, ${modalityTitles[cell.modality].toLowerCase()}`;
  return scrolling(
    `confusions of ${name}`,
    html`<table class="confusion"><caption><h3>${name}</h3></caption>
<thead><tr><th scope="col">true \\ predicted</th>${classes.map((other) => html`<th scope="col">${other}</th>`)}</tr></thead>
<tbody>${cell.confusion.map((counts, c) => {
      const total = counts.reduce((sum, n) => sum + n, 0) || 1;
      return html`<tr><th scope="row">${classes[c]}</th>${counts.map((n) => html`<td style="--share:${(n / total).toFixed(3)}">${n}</td>`)}</tr>
`;
    })}</tbody></table>`,
  );
}

function classTable(cell: CellResult): Html {
  const name = `${cell.title}, ${modalityTitles[cell.modality].toLowerCase()}`;
  const summary = `kappa ${cell.kappa?.toFixed(3) ?? "undefined"}, MCC ${cell.mcc.toFixed(3)}, ${cell.seconds.toFixed(1)} s`;
  return scrolling(
    `classes of ${name}`,
    html`<table><caption><h3>${name}</h3>${summary}</caption>
<thead><tr><th scope="col">class</th><th scope="col">precision</th><th scope="col">recall</th><th scope="col">F1</th><th scope="col">test rows</th></tr></thead>
<tbody>${cell.perClass.map(
      (
        row,
      ) => html`<tr><th scope="row">${row.class}</th><td>${percent(row.precision)}</td><td>${percent(row.recall)}</td><td>${percent(row.f1)}</td><td>${row.support}</td></tr>
`,
    )}</tbody></table>`,
  );
}

function scrolling(label: string, table: Html): Html {
  return html`<div class="scroll" role="region" tabindex="0" aria-label="${label}">${table}</div>
`;
}

function aboutRun(results: Results): Html {
  const { classes, classCounts, folds, run, canary } = results;
  const entries: readonly (readonly [string, string | Html])[] = [
    ["corpus", `${results.corpus}${results.synthetic ? " (synthetic speech)" : ""}`],
    ["utterances", classes.map((name, c) => `${name} ${classCounts[c]}`).join(", ")],
    ["cells", results.cells.map(cellName).join(", ")],
    ["kept apart", results.groupedBy ? `${results.groupedBy}s` : "nothing"],
    ["folds", folds.map(({ name, train, test }) => `${name} (${train} train, ${test} test)`).join("; ")],
    [
      "balance",
      { weights: "class weights", oversample: "oversampling", smote: "SMOTE", none: "none" }[results.balance],
    ],
    [
      "normalised",
      {
        none: "no",
        speaker: "per speaker (uses each speaker's other utterances)",
        utterance: "every utterance to length 1",
      }[results.normalize],
    ],
    ["seed", String(results.seed)],
    ["canary", canary ? `${canary.cell}, ${canary.runs} runs, ${canary.rows} test rows` : "not run"],
    ...Object.entries(run.versions ?? {}).map(([name, version]) => [name, version] as const),
    ...(run.command ? ([["command", html`<code>${run.command}</code>`]] as const) : []),
  ];
  return html`<section>
<h2>What was run</h2>
<dl>${entries.map(([name, value]) => html`<dt>${name}</dt><dd>${value}</dd>`)}</dl>
</section>`;
}

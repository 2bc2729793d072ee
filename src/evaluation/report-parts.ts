import { cellName } from "./cell.ts";
import { classBarsChart } from "./charts/class-bars.ts";
import type { Plotter } from "./charts/plotter.ts";
import { reliabilityChart } from "./charts/reliability.ts";
import { subgroupsChart } from "./charts/subgroups.ts";
import { type Html, html } from "./html.ts";
import { type CellResult, cautions, type Results } from "./results.ts";
import { modalityTitles, percent } from "./tables.ts";

/** A wide table or picture that scrolls by itself on a narrow screen, also by keyboard. */
export function scrolling(label: string, content: Html): Html {
  return html`<div class="scroll" role="region" tabindex="0" aria-label="${label}">${content}</div>
`;
}

/** A difference of shares in points, with its sign. */
export const signed = (share: number): string => `${share < 0 ? "−" : "+"}${percent(Math.abs(share))}`;

/** The verdict on a protocol, alarming when noise scores above chance. */
export function canaryNotice({ protocol, canary, labelShuffle }: Results): Html {
  if (!canary) return html`<div class="notice"><strong>${protocol}: noise canary</strong>: not run.</div>`;
  const rate = (100 * canary.falseAlarmRate).toFixed(0);
  const shuffle = labelShuffle ? html`<br>Label shuffles: ${labelShuffle.text}.` : "";
  return html`<div class="notice ${canary.leaks ? "alarm" : "calm"}"${canary.leaks ? html` role="alert"` : ""}><strong>${protocol}: noise canary</strong>
(${canary.cell} on ${canary.runs} draws of noise): ${canary.text}. A protocol that does not leak is called
leaking in at most ${rate} % of runs.${shuffle}</div>
`;
}

/** What must be known before the figures; nothing where there is nothing. */
export function cautionNotice(results: Results): Html {
  const warnings = cautions(results);
  if (warnings.length === 0) return html``;
  return html`<div class="notice ${results.leaks ? "alarm" : ""}"><strong>${results.protocol}: before you read on</strong>
<ul>${warnings.map((caution) => html`<li>${caution}</li>`)}</ul></div>
`;
}

/** A cell with its pictures and tables. */
export function cellPart(plotter: Plotter, cell: CellResult, classes: readonly string[]): Html {
  const name = `${cell.title}, ${modalityTitles[cell.modality].toLowerCase()}`;
  return html`<section class="cell">
<h3>${name}</h3>
<p class="quiet">${summaryOf(cell)}</p>
<div class="panels">
${confusionTable(name, cell, classes)}
${cell.probability ? figure(`Are its probabilities true?`, reliabilityChart(plotter, `reliability of ${name}`, cell.probability.reliability)) : ""}
${figure("Class by class", classBarsChart(plotter, `precision, recall and F1 of every class, ${name}`, cell.perClass))}
${cell.subgroups.length > 0 ? figure("Whom it fails", subgroupsChart(plotter, `UAR of groups of speakers and utterances, ${name}`, cell.subgroups, cell.uar)) : ""}
</div>
${classTable(name, cell)}
${subgroupTable(name, cell)}
</section>
`;
}

const figure = (caption: string, chart: Html): Html =>
  html`<figure><figcaption>${caption}</figcaption>${chart}</figure>
`;

function summaryOf({ rows, kappa, mcc, weightedF1, ci, probability: said, seconds }: CellResult): string {
  const [low, high] = ci.weightedF1.map(percent);
  const parts = [
    `${rows} test rows`,
    `weighted F1 ${percent(weightedF1)} [${low}, ${high}]`,
    `kappa ${kappa?.toFixed(3) ?? "undefined"}`,
    `MCC ${mcc.toFixed(3)}`,
  ];
  if (said) {
    parts.push(
      `log loss ${said.logLoss.toFixed(3)}`,
      `Brier ${said.brier.toFixed(3)}`,
      `ECE ${percent(said.ece)}`,
      `top-2 ${percent(said.top2)}`,
      ...(said.auroc === null ? [] : [`AUROC ${said.auroc.toFixed(3)}`]),
    );
  }
  return [...parts, `${seconds.toFixed(1)} s`].join(", ");
}

function confusionTable(name: string, { confusion }: CellResult, classes: readonly string[]): Html {
  const rows = confusion.map((counts, c) => {
    const total = counts.reduce((sum, n) => sum + n, 0) || 1;
    return html`<tr><th scope="row">${classes[c]}</th>${counts.map((n) => html`<td style="--share:${(n / total).toFixed(3)}">${n}</td>`)}</tr>
`;
  });
  return scrolling(
    `confusions of ${name}`,
    html`<table class="confusion"><caption>Confusions: rows are true, columns predicted; the shade is the share of the row</caption>
<thead><tr><th scope="col">true \\ predicted</th>${classes.map((other) => html`<th scope="col">${other}</th>`)}</tr></thead>
<tbody>${rows}</tbody></table>`,
  );
}

function classTable(name: string, { perClass }: CellResult): Html {
  return scrolling(
    `classes of ${name}`,
    html`<table><caption>Class by class</caption>
<thead><tr><th scope="col">class</th><th scope="col">precision</th><th scope="col">recall</th><th scope="col">F1</th><th scope="col">AUROC</th><th scope="col">test rows</th></tr></thead>
<tbody>${perClass.map(
      (
        row,
      ) => html`<tr><th scope="row">${row.class}</th><td>${percent(row.precision)}</td><td>${percent(row.recall)}</td><td>${percent(row.f1)}</td><td>${row.auroc?.toFixed(3) ?? ""}</td><td>${row.support}</td></tr>
`,
    )}</tbody></table>`,
  );
}

function subgroupTable(name: string, { subgroups }: CellResult): Html {
  if (subgroups.length === 0) return html``;
  return scrolling(
    `groups of ${name}`,
    html`<table><caption>Worst group of each kind; of many groups some differ by chance</caption>
<thead><tr><th scope="col">by</th><th scope="col">groups</th><th scope="col">worst</th><th scope="col">UAR of the worst</th><th scope="col">gap to the best</th></tr></thead>
<tbody>${subgroups.map(({ by, subgroups: groups, worst, gap }) => {
      const lowest = groups.find((group) => group.name === worst)!;
      return html`<tr><th scope="row">${by}</th><td>${groups.length}</td><td>${worst} (${lowest.rows} rows)</td><td>${percent(lowest.uar)}</td><td>${percent(gap)}</td></tr>
`;
    })}</tbody></table>`,
  );
}

/** Models against each other, with p-values. */
export function comparisonsTable({ comparisons }: Results): Html {
  if (comparisons.length === 0) return html``;
  return scrolling(
    "comparisons",
    html`<table><caption><h3>Against each other</h3>Differences of UAR in points with 95 % intervals by paired bootstrap; p-values are Holm's, for all comparisons
together; McNemar's takes rows as independent</caption>
<thead><tr><th scope="col">a</th><th scope="col">b</th><th scope="col">UAR of a less b</th><th scope="col">p</th><th scope="col">right only in a, only in b</th><th scope="col">McNemar's p</th></tr></thead>
<tbody>${comparisons.map(
      ({
        a,
        b,
        uar,
        mcnemar,
      }) => html`<tr><th scope="row">${a}</th><td>${b}</td><td>${signed(uar.difference)} <span class="interval">[${signed(uar.ci[0])}, ${signed(uar.ci[1])}]</span></td><td>${probability(uar.pHolm)}</td><td>${mcnemar.onlyA}, ${mcnemar.onlyB}</td><td>${probability(mcnemar.pHolm)}</td></tr>
`,
    )}</tbody></table>`,
  );
}

/** A p-value, as text. */
export const probability = (p: number): string => (p < 0.001 ? "< 0.001" : p.toFixed(3));

/** What was run, and what it took. */
export function aboutRun(results: Results): Html {
  const { classes, classCounts, folds, run, canary, overlap, duplicates } = results;
  const { resources, dataHash } = run;
  const shares = Object.entries(overlap).flatMap(([name, share]) =>
    share === null ? [] : [`${name} ${percent(share)} %`],
  );
  const entries: readonly (readonly [string, string | Html])[] = [
    ["corpus", `${results.corpus}${results.synthetic ? " (synthetic speech)" : ""}`],
    ["utterances", classes.map((name, c) => `${name} ${classCounts[c]}`).join(", ")],
    ["cells", results.cells.map(cellName).join(", ")],
    ["kept apart", results.groupedBy ? `${results.groupedBy}s` : "nothing"],
    ["folds", folds.map(({ name, train, test }) => `${name} (${train} train, ${test} test)`).join("; ")],
    ["test rows whose group or text is in training", shares.join(", ") || "none known"],
    ["rows that are copies by content", String(duplicates.rows)],
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
    ...(results.select === undefined ? [] : [["columns kept", String(results.select)] as const]),
    ...(results.calibrate ? [["calibrated", results.calibrate] as const] : []),
    ...(results.search ? [["search", results.search] as const] : []),
    ["seed", String(results.seed)],
    ["canary", canary ? `${canary.cell}, ${canary.runs} runs, ${canary.rows} test rows` : "not run"],
    ...Object.entries(run.versions ?? {}).map(([name, version]) => [name, version] as const),
    ...(dataHash ? [["data (SHA-256)", html`<code>${dataHash}</code>`] as const] : []),
    ["figures (SHA-256)", html`<code>${results.digest}</code>`],
    ...(resources
      ? [
          [
            "took",
            `${resources.seconds.toFixed(1)} s, ${resources.cpuSeconds.toFixed(1)} s of CPU, ${(resources.peakMemory / 1048576).toFixed(0)} MiB at the peak, ${resources.workers} ${resources.workers === 1 ? "worker" : "workers"}`,
          ] as const,
        ]
      : []),
    ...(run.command ? [["command", html`<code>${run.command}</code>`] as const] : []),
  ];
  return html`<section>
<h3>What was run</h3>
<dl>${entries.map(([name, value]) => html`<dt>${name}</dt><dd>${value}</dd>`)}</dl>
</section>
`;
}

import { cellName } from "./cell.ts";
import { conditionsChart } from "./charts/conditions.ts";
import { contributionsChart } from "./charts/contributions.ts";
import { learningCurvesChart } from "./charts/learning-curves.ts";
import { lineColour, type Plotter } from "./charts/plotter.ts";
import type { ConditionStudy } from "./conditions.ts";
import { type Html, html } from "./html.ts";
import { probability, scrolling, signed } from "./report-parts.ts";
import type { Results } from "./results.ts";
import type { ConditionResult } from "./study-results.ts";
import { percent } from "./tables.ts";

/** What each study of conditions asks, as a heading. */
export const conditionTitles: Readonly<Record<ConditionStudy, string>> = {
  missing: "When a modality is missing",
  channel: "Through worse channels",
  words: "With wrong words",
};

/** The studies of a run as pictures and tables; nothing where none was made. */
export function studiesPart(plotter: Plotter, results: Results): Html {
  const { studies } = results;
  if (!studies) return html``;
  const { learning, contributions } = studies;
  return html`${(Object.keys(conditionTitles) as ConditionStudy[]).map((study) => conditionsPart(plotter, results, study))}
${
  learning.length === 0
    ? ""
    : html`<section><h3>With fewer training rows</h3>
<p class="quiet">A share of each fold's training rows, of every class alike; the test rows are the same. The band is the 95 % interval.</p>
${scrolling("learning curves", learningCurvesChart(plotter, "UAR of every cell by training rows", learning))}
</section>
`
}${
  contributions.length === 0
    ? ""
    : html`<section><h3>What moves the scores</h3>
<p class="quiet">What a feature or word added to the scores of test rows, without its sign, by class: exact TreeSHAP values for trees, coefficient times value
for linear models; for trees too deep for TreeSHAP, how much splits on a column made training rows purer. It tells what a model looks at, not what causes an emotion.</p>
<p>${contributions[0].classes.map((name, c) => html`<span class="key" style="--key:${lineColour(c)}">${name}</span> `)}</p>
<div class="panels">${contributions.map(
        (own) =>
          html`<figure><figcaption>${own.cell}: the strongest of ${own.columns} columns${own.rows > 0 ? ` on ${own.rows} test rows` : ""}</figcaption>${contributionsChart(plotter, `what moves the scores of ${own.cell}`, own)}</figure>
`,
      )}</div>
</section>
`
}`;
}

function conditionsPart(plotter: Plotter, { studies, cells }: Results, study: ConditionStudy): Html {
  const own = studies!.conditions.filter((result) => result.study === study);
  if (own.length === 0) return html``;
  const title = conditionTitles[study];
  const plain = new Map(cells.map((cell) => [cellName(cell), cell.uar]));
  const tried = [...plain.keys()].filter((cell) => own.some((result) => result.cell === cell));
  const names = [...new Set(own.map(({ condition }) => condition))];
  return html`<section><h3>${title}</h3>
<p class="quiet">Only test rows change; everything is fitted on training rows as they are. The tick is the UAR without the condition.</p>
${scrolling(title, conditionsChart(plotter, `${title}: UAR of every cell`, own, plain))}
${scrolling(
  `${title}, figures`,
  html`<table><caption>UAR in %, [95 % interval], and the change by the condition in points</caption>
<thead><tr><th scope="col">condition</th>${tried.map((cell) => html`<th scope="col">${cell}</th>`)}</tr></thead>
<tbody><tr><th scope="row">none</th>${tried.map((cell) => html`<td>${percent(plain.get(cell)!)}</td>`)}</tr>
${names.map(
  (
    name,
  ) => html`<tr><th scope="row">${name}</th>${tried.map((cell) => conditionCell(own.find((result) => result.cell === cell && result.condition === name)))}</tr>
`,
)}</tbody></table>`,
)}
</section>
`;
}

function conditionCell(result: ConditionResult | undefined): Html {
  if (!result) return html`<td></td>`;
  const [low, high] = result.ci.uar.map(percent);
  return html`<td>${percent(result.uar)} <span class="interval">[${low}, ${high}]</span> ${signed(result.change.difference)}</td>`;
}

/** What a modality adds: cells on both against those on one that they are made of. */
export function fusionTable({ comparisons }: Results): Html {
  const own = comparisons.filter(({ a, b }) => a.startsWith("both/") && !b.startsWith("both/"));
  if (own.length === 0) return html``;
  return scrolling(
    "what a modality adds",
    html`<table><caption><h3>What a modality adds</h3>UAR in points by the paired bootstrap, with 95 % intervals and Holm's p-values</caption>
<thead><tr><th scope="col">on both</th><th scope="col">adds</th><th scope="col">to</th><th scope="col">UAR</th><th scope="col">p</th></tr></thead>
<tbody>${own.map(
      ({
        a,
        b,
        uar,
      }) => html`<tr><th scope="row">${a}</th><td>${b.startsWith("audio/") ? "words" : "sound"}</td><td>${b}</td><td>${signed(uar.difference)} <span class="interval">[${signed(uar.ci[0])}, ${signed(uar.ci[1])}]</span></td><td>${probability(uar.pHolm)}</td></tr>
`,
    )}</tbody></table>`,
  );
}

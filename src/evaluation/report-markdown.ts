import { protocols } from "./protocols.ts";
import { publishedNote } from "./published.ts";
import { cautions, type Results } from "./results.ts";
import { sideBySide } from "./side-by-side.ts";
import { columns, percent } from "./tables.ts";

/**
 * The verdicts and the tables in Markdown (GitHub's tables). Names are escaped.
 *
 * @example
 * await writeFile("report.md", renderMarkdown(results));
 */
export function renderMarkdown(all: Results | readonly Results[]): string {
  const runs = "protocol" in all ? [all] : all;
  const lines = [`# Emotion recognition on ${escaped(runs[0].corpus)}`, ""];
  for (const results of runs) {
    const { protocol, canary } = results;
    lines.push(`- **${protocol}**: ${protocols[protocol]}.`);
    if (canary) lines.push(`  - noise canary (${canary.cell}): ${escaped(canary.text)}`);
    for (const caution of cautions(results)) lines.push(`  - ${escaped(caution)}`);
  }
  for (const { title, models } of sideBySide(runs)) {
    lines.push("", `## ${title}`, "", `| model | source | ${columns.map((column) => column.title).join(" | ")} |`);
    lines.push(`|---|---|${"---:|".repeat(columns.length)}`);
    for (const model of models) {
      for (const { source, leaks, figures } of model.rows) {
        const cells = figures.map(({ value, interval }) => (interval ? `${value} ${interval}` : value));
        lines.push(`| ${escaped(model.title)} | ${source}${leaks ? " (leaks)" : ""} | ${cells.join(" | ")} |`);
      }
    }
  }
  for (const results of runs) lines.push(...studyLines(results));
  lines.push("", `All figures in %, with 95 % intervals. ${publishedNote}.`);
  const { command } = runs[0].run;
  if (command) lines.push("", "```sh", command.replaceAll("`", ""), "```");
  return `${lines.join("\n")}\n`;
}

function studyLines({ protocol, studies }: Results): string[] {
  if (!studies) return [];
  const { conditions, learning, contributions } = studies;
  const table = (title: string, head: readonly string[], rows: readonly (readonly string[])[]): string[] =>
    rows.length === 0
      ? []
      : [
          "",
          `## ${title}, protocol ${protocol}`,
          "",
          `| ${head.join(" | ")} |`,
          `|${"---|".repeat(head.length)}`,
          ...rows.map((cells) => `| ${cells.map(escaped).join(" | ")} |`),
        ];
  const interval = (value: number, [low, high]: readonly number[]): string =>
    `${percent(value)} (${percent(low)} to ${percent(high)})`;
  return [
    ...table(
      "Under worse conditions",
      ["condition of the test rows", "cell", "UAR", "change in points"],
      conditions.map(({ condition, cell, uar, ci, change }) => [
        condition,
        cell,
        interval(uar, ci.uar),
        interval(change.difference, change.ci),
      ]),
    ),
    ...table(
      "With fewer training rows",
      ["cell", "training rows", "UAR"],
      learning.flatMap(({ cell, points }) =>
        points.map(({ rows, uar, ci }) => [cell, rows.toFixed(0), interval(uar, ci)]),
      ),
    ),
    ...table(
      "What moves the scores",
      ["cell", "strongest columns (mean absolute contribution)"],
      contributions.map(({ cell, features }) => [
        cell,
        features
          .slice(0, 8)
          .map(({ name, value }) => `${name} ${value.toPrecision(2)}`)
          .join(", "),
      ]),
    ),
  ];
}

/** Nothing in a name is taken for markup, or ends a cell. */
const escaped = (text: string): string => text.replace(/[\\`*_{}[\]<>#|]/g, "\\$&").replace(/\s+/g, " ");

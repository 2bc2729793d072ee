import { cellName, type Modality } from "./cell.ts";
import { protocols } from "./protocols.ts";
import { type PublishedFigures, publishedNote } from "./published.ts";
import { type CellResult, cautions, type Results } from "./results.ts";
import type { Figure, Score } from "./score.ts";

/** The columns of every table: the published papers' figures; the macro recall is the UAR. */
export const columns: readonly { readonly figure: Exclude<Figure, "uar" | "weightedF1">; readonly title: string }[] = [
  { figure: "accuracy", title: "accuracy" },
  { figure: "f1", title: "macro F1" },
  { figure: "precision", title: "precision" },
  { figure: "recall", title: "recall (UAR)" },
];

export const modalityTitles: Readonly<Record<Modality, string>> = {
  audio: "Audio",
  text: "Text",
  both: "Audio + text",
};

/** A figure in % and its 95 % interval, as text. */
export interface TableFigure {
  readonly value: string;
  readonly interval?: string;
}

/** A row of a table. */
export interface TableRow {
  readonly title: string;
  readonly kind: "reproduced" | "published" | "baseline";
  readonly figures: readonly TableFigure[];
}

/** A share in %, with one decimal. */
export const percent = (share: number): string => (100 * share).toFixed(1);

/** The tables of a run, row by row, for any rendering: a table a modality that was run. */
export function tableRows(results: Results): { readonly modality: Modality; readonly rows: readonly TableRow[] }[] {
  return (["audio", "text", "both"] as const).flatMap((modality) => {
    const cells = results.cells.filter((cell) => cell.modality === modality);
    return cells.length === 0 ? [] : [{ modality, rows: [...cells.flatMap(cellRows), ...baselineRows(results)] }];
  });
}

function cellRows(cell: CellResult): TableRow[] {
  const own: TableRow = { title: cell.title, kind: "reproduced", figures: scoreFigures(cell) };
  const { published } = cell;
  if (!published) return [own];
  return [own, { title: "published", kind: "published", figures: publishedFiguresOf(published) }];
}

/** The figures that were published, "" where one was not. */
export const publishedFiguresOf = (published: PublishedFigures): TableFigure[] =>
  columns.map(({ figure }) => ({ value: published[figure]?.toFixed(1) ?? "" }));

export function baselineRows({ baselines }: Pick<Results, "baselines">): TableRow[] {
  return baselines.map((baseline) => ({ title: baseline.name, kind: "baseline", figures: scoreFigures(baseline) }));
}

export function scoreFigures(score: Score): TableFigure[] {
  return columns.map(({ figure }) => {
    const [lower, upper] = score.ci[figure];
    return { value: percent(score[figure]), interval: `[${percent(lower)}, ${percent(upper)}]` };
  });
}

/**
 * The tables as plain text of at most 100 columns: every figure in % with its 95 % interval, the published one below it, then the
 * baselines; warnings first, the canary last.
 *
 * @example
 * process.stdout.write(renderTables(results));
 */
export function renderTables(results: Results): string {
  const warnings = cautions(results).flatMap((caution) => wrap(`! ${caution}`, "  "));
  const tables = tableRows(results).flatMap(({ modality, rows }) => ["", ...table(modalityTitles[modality], rows)]);
  const canary = results.canary ? wrap(`noise canary (${results.canary.cell}): ${results.canary.text}`, "  ") : [];
  return `${[...heading(results), ...warnings, ...tables, "", ...canary, ...footnotes(results)].join("\n")}\n`;
}

function heading(results: Results): string[] {
  const { corpus, protocol, classes, classCounts, folds } = results;
  const utterances = classCounts.reduce((total, n) => total + n, 0);
  const counts = classes.map((name, c) => `${name} ${classCounts[c]}`).join(", ");
  return [
    ...wrap(`${corpus}: ${utterances} utterances (${counts})`, "  "),
    ...wrap(
      `protocol ${protocol}: ${protocols[protocol]}; ${folds.length} ${folds.length === 1 ? "fold" : "folds"}`,
      "  ",
    ),
  ];
}

function footnotes(results: Results): string[] {
  const drawn = [...new Set(results.cells.map((cell) => cell.ciOver))].join(", ");
  const weighted = results.cells.map((cell) => `${cellName(cell)} ${percent(cell.weightedF1)}`);
  const notes = [
    `weighted F1: ${weighted.join(", ")}`,
    `seconds: ${results.cells.map((cell) => `${cellName(cell)} ${cell.seconds.toFixed(1)}`).join(", ")}`,
    `all figures in %; [95 % interval] by bootstrap over ${drawn}; seed ${results.seed}`,
  ];
  return [...notes, ...(results.cells.some((cell) => cell.published) ? [publishedNote] : [])].flatMap((note) =>
    wrap(note, "  "),
  );
}

const line = (name: string, cells: readonly string[]): string =>
  [name.padEnd(12), ...cells.map((cell) => cell.padEnd(20))].join("  ").trimEnd();

function table(title: string, rows: readonly TableRow[]): string[] {
  const body = rows.map((row) =>
    line(
      row.kind === "published" ? `  ${row.title}` : row.title,
      row.figures.map(({ value, interval }) => (interval ? `${value} ${interval}` : value)),
    ),
  );
  const head = line(
    title,
    columns.map((column) => column.title),
  );
  return [head, "-".repeat(98), ...body];
}

/** Breaks a sentence into lines of at most 100 characters; `indent` leads all but the first. */
function wrap(sentence: string, indent: string): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of sentence.split(" ")) {
    if (line !== "" && line.length + 1 + word.length > 100) {
      lines.push(line);
      line = `${indent}${word}`;
    } else line = line === "" ? word : `${line} ${word}`;
  }
  return [...lines, line];
}

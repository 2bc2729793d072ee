import { publishedNote } from "./published.ts";
import type { Results } from "./results.ts";
import { sideBySide } from "./side-by-side.ts";
import { columns } from "./tables.ts";

/**
 * The tables in LaTeX, to be read with `\input`; they want the package booktabs. Names are escaped.
 *
 * @example
 * await writeFile("tables.tex", renderLatex(results));
 */
export function renderLatex(all: Results | readonly Results[]): string {
  const runs = "protocol" in all ? [all] : all;
  const tables = sideBySide(runs).map(({ modality, title, models }) => {
    const body = models.map(({ title: model, rows }) =>
      rows
        .map(({ source, leaks, figures }, i) => {
          const cells = figures.map(({ value, interval }) =>
            interval ? `${value} {\\scriptsize ${interval}}` : value,
          );
          return `${i === 0 ? escaped(model) : ""} & ${escaped(source)}${leaks ? "\\textsuperscript{*}" : ""} & ${cells.join(" & ")} \\\\`;
        })
        .join("\n"),
    );
    const caption = `${title}: figures in \\% with 95\\,\\% intervals, on ${escaped(runs[0].corpus)}.`;
    const note = `\\textsuperscript{*}leaks test rows into training. ${escaped(capitalised(publishedNote))}.`;
    return `\\begin{table}
\\centering
\\caption{${caption} ${note}}
\\label{tab:${modality}}
\\begin{tabular}{ll${"r".repeat(columns.length)}}
\\toprule
model & source & ${columns.map((column) => escaped(column.title)).join(" & ")} \\\\
\\midrule
${body.join("\n\\addlinespace\n")}
\\bottomrule
\\end{tabular}
\\end{table}
`;
  });
  return tables.join("\n");
}

const capitalised = (text: string): string => text[0].toUpperCase() + text.slice(1);

const commands: Readonly<Record<string, string>> = {
  "\\": "\\textbackslash{}",
  "~": "\\textasciitilde{}",
  "^": "\\textasciicircum{}",
};

const escaped = (text: string): string =>
  text.replace(/[\\~^&%$#_{}]/g, (character) => commands[character] ?? `\\${character}`);

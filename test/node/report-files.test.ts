import { expect, test } from "vitest";
import { renderLatex } from "../../src/evaluation/report-latex.ts";
import { renderMarkdown } from "../../src/evaluation/report-markdown.ts";
import { reproduce } from "../../src/evaluation/reproduce.ts";
import { sideBySide } from "../../src/evaluation/side-by-side.ts";
import { testComponents, toyRows } from "../evaluation-doubles.ts";

const toy = toyRows({ ang: 14, sad: 14, fea: 6 }, 2, 1);
const options = { components: testComponents, canaryRuns: 1 } as const;
const runs = [
  await reproduce(toy, { ...options, protocol: "seed" }),
  await reproduce(toy, { ...options, protocol: "loso" }),
];

test("side by side: what was published, then every protocol, the baselines last", () => {
  const tables = sideBySide(runs);
  expect(tables.map(({ modality }) => modality)).toEqual(["audio", "text", "both"]);
  const [rf] = tables[0].models;
  expect(rf.rows.map(({ source, leaks }) => [source, leaks])).toEqual([
    ["published", true],
    ["seed", true],
    ["loso", false],
  ]);
  expect(rf.rows[0].figures[0].value).toBe("56.9");
  expect(rf.rows[2].cell).toBe(runs[1].cells[0]);
  expect(tables[0].models.slice(-2).map(({ title }) => title)).toEqual(["majority", "prior"]);
});

test("Markdown: a table a modality, every row with as many cells, hostile names harmless", () => {
  const page = renderMarkdown({ ...runs[1], corpus: "a|b <script> [x](y)" });
  expect(page).toContain("a\\|b \\<script\\> \\[x\\](y)");
  const rows = renderMarkdown(runs)
    .split("\n")
    .filter((line) => line.startsWith("|"));
  expect(rows.length).toBe(3 * (2 + 2 * 3 + 2 * 2));
  for (const row of rows) expect(row.split(/(?<!\\)\|/)).toHaveLength(8);
});

test("LaTeX: balanced environments, special characters escaped", () => {
  const text = renderLatex([{ ...runs[0], corpus: "50%_#&{x}\\y" }, runs[1]]);
  expect(text).toContain("50\\%\\_\\#\\&\\{x\\}\\textbackslash{}y");
  expect(text.match(/\\begin\{table\}/g)).toHaveLength(3);
  expect(text.match(/\\end\{tabular\}/g)).toHaveLength(3);
  const row = text.split("\n").find((line) => line.startsWith("RF & published"))!;
  expect(row).toContain("\\textsuperscript{*}");
  expect(row.split("&")).toHaveLength(6);
});

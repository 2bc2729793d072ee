// The figures as Markdown, which is as readable on a terminal.

/** Three significant digits, thousands apart. */
export function figure(value) {
  const digits = value >= 100 ? 0 : value >= 10 ? 1 : 2;
  const rounded = value >= 1000 ? Number(value.toPrecision(3)) : value;
  return rounded.toLocaleString("en", { minimumFractionDigits: digits, maximumFractionDigits: digits });
}

export const nameOf = ({ peer, label }) => (label ? `${peer} (${label})` : peer);

export function speedTable(results) {
  return results
    .map(({ title, perFrame, rows }) => {
      const own = rows.find((row) => row.rate !== undefined && row.peer === "emovox")?.rate;
      const lines = rows.map((row) => {
        if (row.error !== undefined) return [nameOf(row), "", "", "", row.error];
        const microseconds = perFrame ? figure((1e6 * row.seconds) / row.count / row.rate) : "";
        const ratio = own === undefined ? "" : figure(own / row.rate);
        return [nameOf(row), figure(row.rate), microseconds, ratio, row.note ?? ""];
      });
      const header = [
        "",
        "seconds of audio a second",
        perFrame ? "microseconds a transform" : "",
        "emovox is times as fast",
        "",
      ];
      return `### ${title}\n${markdown(header, lines)}`;
    })
    .join("\n\n");
}

export function goalTable(judged, titles) {
  const lines = judged.map(({ work, text, value, met }) => [
    titles.get(work),
    text,
    figure(value),
    met ? "met" : "**not met**",
  ]);
  return markdown(["", "goal", "measured", ""], lines);
}

/** @param header empty names are left out when their column is empty all through */
export function markdown(header, lines) {
  const used = header.map((name, c) => c === 0 || name !== "" || lines.some((line) => line[c] !== ""));
  const kept = [header, ...lines].map((line) => line.filter((_, c) => used[c]));
  const numeric = kept[0].map((_, c) => c > 0 && kept.slice(1).every((line) => /^[\d.,]*$/.test(line[c])));
  const widths = kept[0].map((_, c) => Math.max(3, ...kept.map((line) => line[c].length)));
  const row = (line) =>
    `| ${line.map((cell, c) => (numeric[c] ? cell.padStart(widths[c]) : cell.padEnd(widths[c]))).join(" | ")} |`;
  const rule = `|${widths.map((width, c) => `${"-".repeat(width + 1)}${numeric[c] ? ":" : "-"}`).join("|")}|`;
  return [row(kept[0]), rule, ...kept.slice(1).map(row)].join("\n");
}

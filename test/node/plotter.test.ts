import { expect, test } from "vitest";
import { loadPlotter } from "../../src/evaluation/charts/plotter.ts";

test("a chart is one labelled SVG that follows the page's colours, and escapes what it shows", async () => {
  const { Plot, draw } = await loadPlotter();
  const rows = [{ name: `<script>alert("1")</script>&'`, share: 0.25 }];
  const markup = draw(`"a" & <b>`, {
    marks: [Plot.barX(rows, { x: "share", y: "name", fill: "var(--shade)", title: "name", tip: false })],
  }).toString();
  expect(markup.match(/<svg/g)).toHaveLength(1);
  expect(markup).toContain(`role="img" aria-label="&quot;a&quot; &amp; &lt;b&gt;"`);
  expect(markup).toContain('fill="var(--shade)"');
  expect(markup).toContain('fill="currentColor"');
  expect(markup).not.toMatch(/<script|<b>|<img|url\(|href|https?:(?!\/\/www\.w3\.org)/);
  expect(markup).toContain("&lt;script&gt;");
});

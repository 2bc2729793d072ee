import { describe, expect, test } from "vitest";
import { html } from "../../src/evaluation/html.ts";
import { components } from "../../src/evaluation/components.ts";
import { renderMarkdown } from "../../src/evaluation/report-markdown.ts";
import { renderReport } from "../../src/evaluation/report.ts";
import { reproduce } from "../../src/evaluation/reproduce.ts";
import { testComponents, toyRows } from "../evaluation-doubles.ts";

const toy = toyRows({ ang: 14, sad: 14, fea: 6 }, 2, 1);
const options = { components: testComponents, canaryRuns: 1 } as const;

describe("the report", () => {
  test("escapes hostile names wherever they stand", async () => {
    const evil = `</td><script>alert("1")</script>&'`;
    const hostile = {
      ...toy,
      corpus: evil,
      classes: [evil, "sad", "fea"],
      labels: toy.labels.map((label) => (label === "ang" ? evil : label)),
      sessions: toy.sessions!.map((session) => `${evil}${session}`),
    };
    const run = { command: evil, versions: { [evil]: evil } };
    const page = await renderReport(await reproduce(hostile, { ...options, protocol: "loso", run }));
    expect(page).not.toContain("<script");
    // Within the text of a picture quotes need no escape; in an attribute they would end it.
    expect(page.replaceAll(/<(text|title)[^>]*>[^<]*</g, "")).not.toContain(`alert("1")`);
    expect(page).toContain("&lt;/td&gt;&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;&amp;&#39;");
  });

  test("stands alone: nothing is loaded, nothing runs", async () => {
    const page = await renderReport(await reproduce(toy, { ...options, protocol: "loso" }));
    expect(page).not.toMatch(/<script|<link|<img|<iframe|url\(|@import|https?:(?!\/\/www\.w3\.org\/2000\/svg")/);
    expect(page).toContain("prefers-color-scheme: dark");
    expect(page).toContain('name="viewport"');
  });

  test("has three tables, a matrix a cell, and every table a caption and scopes", async () => {
    const page = await renderReport(await reproduce(toy, { ...options, protocol: "loso" }));
    expect(page.match(/class="figures"/g)).toHaveLength(3);
    expect(page.match(/class="confusion"/g)).toHaveLength(6);
    expect(page.match(/<caption>/g)).toHaveLength(page.match(/<table/g)!.length);
    expect(page.match(/<svg/g)!.length).toBeGreaterThanOrEqual(6);
    expect(page.match(/<th(?! scope)[ >]/g)).toBeNull();
    for (const part of ["majority", "prior", "56.9", "synthetic speech proves nothing", "What was run"]) {
      expect(page).toContain(part);
    }
  });

  test("shows studies where they were made, hostile names harmless", async () => {
    const studies = ["missing", "channel", "words", "learning", "contributions"] as const;
    const evil = `</text><script>alert("1")</script>`;
    const rows = { ...toy, channels: [{ name: evil, features: toy.features! }] };
    const models = { ...testComponents.models, lr: components.models.lr };
    const results = await reproduce(rows, {
      ...options,
      components: { ...testComponents, models },
      protocol: "loso",
      studies,
    });
    const page = await renderReport(results);
    expect(page).not.toContain("<script");
    for (const part of [
      "no sound",
      "40 % wrong words",
      "With fewer training rows",
      "What moves the scores",
      "What a modality adds",
    ]) {
      expect(page).toContain(part);
    }
    expect(page.match(/<caption>/g)).toHaveLength(page.match(/<table/g)!.length);
    const bare = await renderReport(await reproduce(rows, { ...options, protocol: "loso" }));
    expect(bare).not.toContain("With fewer training rows");
    const markdown = renderMarkdown(results);
    expect(markdown).toContain("| no sound | both/lr |");
    expect(markdown).not.toMatch(/(?<!\\)<script/);
  });

  test("puts the canary on top when it cries", async () => {
    const leaking = await renderReport(await reproduce(toy, { ...options, protocol: "seed" }));
    expect(leaking).toContain('class="notice alarm" role="alert"><strong>seed: noise canary');
    expect(leaking.indexOf("this protocol LEAKS")).toBeLessThan(leaking.indexOf("<h2>"));
    const honest = await renderReport(await reproduce(toy, { ...options, protocol: "loso" }));
    expect(honest).not.toContain("LEAKS");
    const unheard = await renderReport(await reproduce(toy, { ...options, protocol: "loso", canaryRuns: 0 }));
    expect(unheard).toContain("not run");
  });
});

test("html escapes text and attributes, and its own markup once only", () => {
  expect(html`<a title="${`"'`}">${"<b>"}${3}</a>`.toString()).toBe(`<a title="&quot;&#39;">&lt;b&gt;3</a>`);
  expect(html`<p>${html`<i>${"&"}</i>`}${["x", "<"].map((name) => html`<b>${name}</b>`)}</p>`.toString()).toBe(
    "<p><i>&amp;</i><b>x</b><b>&lt;</b></p>",
  );
});

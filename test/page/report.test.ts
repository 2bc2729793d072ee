// The report of an evaluation as a person opens it: from a file, in Chromium, without a network.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { AxeBuilder } from "@axe-core/playwright";
import type { Browser } from "playwright";
import { afterAll, beforeAll, expect, test } from "vitest";
import { components } from "../../src/evaluation/components.ts";
import { renderReport } from "../../src/evaluation/report.ts";
import { reproduce } from "../../src/evaluation/reproduce.ts";
import { testComponents, toyRows } from "../evaluation-doubles.ts";
import { launch } from "./browser.ts";

let browser: Browser;
let folder: string;
let address: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "emovox-report-"));
  const toy = toyRows({ ang: 30, sad: 30, neu: 30, fea: 12 }, 2, 1);
  const rows = {
    ...toy,
    featureNames: Array.from({ length: 8 }, (_, c) => `feature_${c}`),
    channels: [{ name: "noise, SNR 10 dB", features: toy.features! }],
  };
  const options = {
    components: { ...testComponents, models: { ...testComponents.models, lr: components.models.lr } },
    canaryRuns: 1,
    cells: [
      { modality: "audio", model: "rf" },
      { modality: "text", model: "lr" },
      { modality: "both", model: "lr" },
    ],
    studies: ["missing", "channel", "words", "learning", "contributions"],
    run: { command: "emovox reproduce --protocol seed,loso", versions: { emovox: "0" }, dataHash: "ab".repeat(32) },
  } as const;
  const runs = [
    await reproduce(rows, { ...options, protocol: "seed", studies: [] }),
    await reproduce(rows, { ...options, protocol: "loso" }),
  ];
  const file = join(folder, "report.html");
  writeFileSync(file, await renderReport(runs));
  address = pathToFileURL(file).href;
  browser = await launch();
}, 60_000);
afterAll(async () => {
  await browser?.close();
  rmSync(folder, { recursive: true, force: true });
});

test.each([
  ["a wide screen, light", 1280, "light"],
  ["a wide screen, dark", 1280, "dark"],
  ["a phone, light", 360, "light"],
  ["a phone, dark", 360, "dark"],
] as const)(
  "on %s: nothing is loaded, nothing overflows, nothing fails, and axe finds nothing serious",
  async (_, width, colorScheme) => {
    const context = await browser.newContext({ viewport: { width, height: 800 }, colorScheme, offline: true });
    const page = await context.newPage();
    const asked: string[] = [];
    const errors: string[] = [];
    page.on("request", (request) => asked.push(request.url()));
    page.on("pageerror", (error) => errors.push(String(error)));
    page.on("console", (message) => message.type() === "error" && errors.push(message.text()));
    await page.goto(address);
    for (const closed of await page.locator("details:not([open]) > summary").all()) await closed.click();
    expect(asked).toEqual([address]);
    expect(errors).toEqual([]);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
    // The verdict comes before any figure, in sight at once.
    const alarm = page.locator(".notice.alarm").first();
    expect(await alarm.textContent()).toContain("LEAKS");
    expect((await alarm.boundingBox())!.y).toBeLessThan(800);
    // Every picture has a size and a name, and its dots are where it can be seen.
    for (const chart of await page.locator("svg.plot").all()) {
      const { width: w, height: h } = (await chart.boundingBox())!;
      expect(Math.min(w, h)).toBeGreaterThan(40);
      expect(await chart.getAttribute("aria-label")).toBeTruthy();
    }
    const { violations } = await new AxeBuilder({ page }).analyze();
    const serious = violations.filter(({ impact }) => impact === "serious" || impact === "critical");
    expect(serious.map(({ id, nodes }) => [id, nodes.slice(0, 3).map(({ html }) => html)])).toEqual([]);
    await context.close();
  },
);

test("printed, it is on white, with the shades of its tables", async () => {
  const page = await browser.newPage({ colorScheme: "light" });
  await page.goto(address);
  await page.emulateMedia({ media: "print" });
  const pdf = await page.pdf({ format: "A4", printBackground: false });
  expect(pdf.subarray(0, 5).toString()).toBe("%PDF-");
  const shade = page.locator(".confusion td").first();
  expect(await shade.evaluate((cell) => getComputedStyle(cell).getPropertyValue("print-color-adjust"))).toBe("exact");
  await page.close();
});

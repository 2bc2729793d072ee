import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Browser, chromium, type Page } from "playwright";
import sirv from "sirv";
import { encodeWav } from "../../src/audio/encode-wav.ts";
import { decodeWav } from "../../src/audio/wav.ts";
import { Resampler } from "../../src/core/resample.ts";

/** The strictest under which WebAssembly runs. */
const POLICY =
  "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'; media-src 'self' blob:; style-src 'self' 'unsafe-inline'";

/** A static server for the built page that remembers what it was asked for. */
export async function servePage(): Promise<{ url: string; asked: string[]; stop(): Promise<void> }> {
  const asked: string[] = [];
  const files = sirv("dist/web", {
    dev: true,
    setHeaders: (response) => response.setHeader("Content-Security-Policy", POLICY),
  });
  const server: Server = createServer((request, response) => {
    asked.push(request.url ?? "");
    files(request, response, () => {
      response.statusCode = 404;
      response.end();
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  return {
    url: `http://localhost:${(server.address() as AddressInfo).port}/`,
    asked,
    stop() {
      server.closeAllConnections();
      return new Promise((resolve) => {
        server.close(() => resolve());
      });
    },
  };
}

/** Chromium whose microphone plays a WAV file over and over; without a file nobody allows it. */
export function launch(microphone?: string): Promise<Browser> {
  const audio =
    microphone === undefined
      ? ["--use-fake-device-for-media-stream", "--deny-permission-prompts"]
      : [
          "--use-fake-device-for-media-stream",
          "--use-fake-ui-for-media-stream",
          `--use-file-for-fake-audio-capture=${microphone}`,
        ];
  return chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    // Without a sound card of the machine, whose sample rate would decide an answer that is close.
    args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-audio-output", ...audio],
  });
}

/** A page that has loaded its model; what it reports as an error fails the test that looks at `errors`. */
export async function open(
  browser: Browser,
  url: string,
  options: Parameters<Browser["newContext"]>[0] = {},
  script = "",
): Promise<{ page: Page; errors: string[] }> {
  const context = await browser.newContext(options);
  const page = await context.newPage();
  const errors: string[] = [];
  page.on("pageerror", ({ message }) => errors.push(message));
  if (script !== "") await page.addInitScript(script);
  await page.goto(url);
  await page.waitForSelector("#model-facts dd");
  return { page, errors };
}

export const folder = mkdtempSync(join(tmpdir(), "emovox-page-"));
export const cleanUp = () => rmSync(folder, { recursive: true, force: true });

/** Silence, the sound of a WAV file, and silence, at 48 kHz. */
export function asMicrophone(path: string, before: number, after: number): string {
  const { sampleRate, channels } = decodeWav(readFileSync(path));
  const sound = new Resampler(sampleRate, 48000).process(channels[0]);
  const samples = new Float32Array(sound.length + Math.round(48000 * (before + after)));
  samples.set(sound, Math.round(48000 * before));
  const out = join(folder, `${path.replaceAll(/\W/g, "-")}.wav`);
  writeFileSync(out, encodeWav({ sampleRate: 48000, channels: [samples] }, "pcm16"));
  return out;
}

export function predict(...args: string[]): { emotion: string; probabilities: Record<string, number> } {
  return JSON.parse(
    execFileSync(process.execPath, ["dist/cli/main.js", "predict", "--json", ...args], { encoding: "utf8" }),
  );
}

/** Percentages of the bars, by class. */
export const shown = (page: Page): Promise<Record<string, string>> =>
  page.$$eval("#bars li", (rows) =>
    Object.fromEntries(
      rows.map((row) => [row.querySelector(".name")?.textContent, row.querySelector(".percent")?.textContent]),
    ),
  );

/** The same of a prediction. */
export const asShown = (probabilities: Record<string, number>): Record<string, string> =>
  Object.fromEntries(Object.entries(probabilities).map(([name, p]) => [name, `${Math.round(100 * p)} %`]));

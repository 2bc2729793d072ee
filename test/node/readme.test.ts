import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { encodeWav } from "../../src/audio/encode-wav.ts";

// The README's examples are run as they stand, with what they leave to the reader (a file, samples, texts) put before them.
const readme = readFileSync(new URL("../../README.md", import.meta.url), "utf8");
const examples = [...readme.matchAll(/```js\n([\s\S]*?)```/g)].map(([, code]) => code);
const index = new URL("../../dist/index.js", import.meta.url).href;

const given = `
const samples = Float32Array.from({ length: 16000 }, (_, i) => Math.sin(i / 10));
const texts = ["so happy today", "happy and glad", "so sad today", "sad and low"];
const labels = ["joy", "joy", "sadness", "sadness"];
globalThis.fetch = async (name) => new Response(await (await import("node:fs/promises")).readFile(name));
`;

test.each(examples.map((code) => [code.split("\n")[0], code]))("runs: %s", (_, code) => {
  const folder = mkdtempSync(join(tmpdir(), "emovox-readme-"));
  try {
    const tone = Float32Array.from({ length: 16000 }, (_, i) => 0.3 * Math.sin(i / 12));
    writeFileSync(join(folder, "speech.wav"), encodeWav({ sampleRate: 16000, channels: [tone, tone] }, "pcm16"));
    const names = [...code.matchAll(/^const (?:\{([^}]*)\}|(\w+)) =/gm)].flatMap(([, many, one]) =>
      (many ?? one).split(","),
    );
    const show = `\nconsole.log(JSON.stringify([${names.join(",")}].map((value) => typeof value)));`;
    const lines = code.split("\n");
    const imports = lines
      .filter((line) => line.startsWith("import "))
      .join("\n")
      .replaceAll('"emovox"', JSON.stringify(index));
    const body = lines.filter((line) => !line.startsWith("import ")).join("\n");
    writeFileSync(join(folder, "example.mjs"), `${imports}\n${given}\n${body}${show}`);
    const printed = execFileSync(process.execPath, ["example.mjs"], { cwd: folder, encoding: "utf8" });
    expect(JSON.parse(printed)).not.toContain("undefined");
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

test("there are examples to run", () => {
  expect(examples.length).toBe(3);
});

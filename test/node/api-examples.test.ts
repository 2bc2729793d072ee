import { execFileSync } from "node:child_process";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { encodeWav } from "../../src/audio/encode-wav.ts";
import { compileExamples, exampleFolder, root } from "./compile-examples.ts";

// Every entry of the package opens with an example, which its page in docs/api shows: all compile against the built package, and those for
// Node run.
const entries = [
  "index",
  "node",
  "live",
  "live/worklet",
  "worker",
  "parallel",
  "forest-worker",
  "interchange",
  "deep/index",
];

function exampleOf(entry: string): string {
  const source = readFileSync(join(root, `src/${entry}.ts`), "utf8");
  const [, code = ""] = /^\/\*\*[\s\S]*?@example\n([\s\S]*?)\n \*\n \* @module/.exec(source) ?? [];
  return code.replaceAll(/^ \* ?/gm, "");
}

let folder: string;
beforeAll(() => {
  folder = exampleFolder();
  const tone = Float32Array.from({ length: 16000 }, (_, i) => 0.3 * Math.sin(i / 12));
  writeFileSync(join(folder, "speech.wav"), encodeWav({ sampleRate: 16000, channels: [tone] }, "pcm16"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test("each has an example, and all of them compile", () => {
  for (const [i, entry] of entries.entries()) {
    const code = exampleOf(entry);
    expect(code, entry).toContain("import ");
    writeFileSync(join(folder, `${i}.ts`), code);
    expect(compileExamples(folder, [`${i}.ts`], entry.startsWith("deep")).stdout, entry).toBe("");
  }
});

test.each([
  ["index", /^happiness /],
  ["node", /^\d+\n$/],
  ["parallel", /^Float64Array\(2\) /],
  ["interchange", /^\[ 'angry', 'calm' \]\n$/],
  ["deep/index", /rows: 1,/],
])("that of %s runs", (entry, printed) => {
  writeFileSync(join(folder, "example.mjs"), exampleOf(entry));
  expect(execFileSync(process.execPath, ["example.mjs"], { cwd: folder, encoding: "utf8" })).toMatch(printed);
});

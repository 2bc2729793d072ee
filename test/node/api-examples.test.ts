import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { encodeWav } from "../../src/audio/encode-wav.ts";

// Every entry of the package opens with an example, which its page in docs/api shows: all compile against the built package, and those for Node run.
const root = fileURLToPath(new URL("../..", import.meta.url));
const entries = ["index", "node", "live", "live/worklet", "worker", "interchange", "deep/index"];
const examples = entries.map((entry) => {
  const [, comment = ""] = /^\/\*\*([\s\S]*?)\*\//.exec(readFileSync(join(root, `src/${entry}.ts`), "utf8")) ?? [];
  const [, code = ""] = /@example\n([\s\S]*?)\n \*\n \* @module/.exec(comment) ?? [];
  return { entry, code: code.replaceAll(/^ \* ?/gm, "") };
});

let folder: string;
beforeAll(() => {
  mkdirSync(join(root, "build"), { recursive: true });
  folder = mkdtempSync(join(root, "build/api-examples-"));
  const tone = Float32Array.from({ length: 16000 }, (_, i) => 0.3 * Math.sin(i / 12));
  writeFileSync(join(folder, "speech.wav"), encodeWav({ sampleRate: 16000, channels: [tone] }, "pcm16"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test("each has an example, and all of them compile", () => {
  const files = examples.map(({ entry, code }) => {
    expect(code, entry).toContain("import ");
    const name = `${entry.replace("/", "-")}.ts`;
    writeFileSync(join(folder, name), code);
    return name;
  });
  const compilerOptions = {
    target: "es2022",
    module: "esnext",
    moduleResolution: "bundler",
    moduleDetection: "force",
    lib: ["es2023", "dom", "dom.iterable"],
    strict: true,
    noEmit: true,
    skipLibCheck: true,
    types: [],
  };
  writeFileSync(join(folder, "tsconfig.json"), JSON.stringify({ compilerOptions, files }));
  const tsc = join(root, "node_modules/typescript/bin/tsc");
  expect(spawnSync(process.execPath, [tsc, "-p", folder], { encoding: "utf8" }).stdout).toBe("");
});

test.each([
  ["index", /anger|angry/],
  ["node", /^\d+$/m],
  ["interchange", /angry/],
  ["deep/index", /rows: 1/],
])("that of %s runs", (entry, printed) => {
  const name = `${entry.replace("/", "-")}.mjs`;
  writeFileSync(join(folder, name), examples.find((example) => example.entry === entry)?.code ?? "");
  expect(execFileSync(process.execPath, [name], { cwd: folder, encoding: "utf8" })).toMatch(printed);
});

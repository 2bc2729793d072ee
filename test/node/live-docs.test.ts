import { execFileSync } from "node:child_process";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { compileExamples, exampleFolder, root } from "./compile-examples.ts";

// The examples of docs/live.md: those in TypeScript are compiled against the built package, as it is installed; those in JavaScript are run.
const text = readFileSync(join(root, "docs/live.md"), "utf8");
const examples = [...text.matchAll(/```(tsx?|js)\n([\s\S]*?)```/g)].map(([, kind, code]) => ({ kind, code }));

let folder: string;
beforeAll(() => {
  folder = exampleFolder();
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test("examples in TypeScript compile, and a wrong one would not", () => {
  const files = examples
    .filter(({ kind }) => kind !== "js")
    .map(({ kind, code }, i) => {
      writeFileSync(join(folder, `${i}.${kind}`), code);
      return `${i}.${kind}`;
    });
  expect(files.length).toBe(6);
  expect(compileExamples(folder, files).stdout).toBe("");
  writeFileSync(
    join(folder, "wrong.ts"),
    'import { createLiveRecognizer } from "emovox/live";\ncreateLiveRecognizer(1);',
  );
  expect(compileExamples(folder, ["wrong.ts"]).stdout).toContain("wrong.ts(2,22): error TS2559");
});

test("the example in JavaScript runs, and hears an utterance", () => {
  const scripts = examples.filter(({ kind }) => kind === "js");
  expect(scripts).toHaveLength(1);
  const given = `const sampleRate = 16000;
const samples = Float32Array.from({ length: 64000 }, (_, i) => (i < 32000 ? 0.3 * ((140 * i / 16000) % 1) - 0.15 : 0.0001 * (i % 2)));\n`;
  writeFileSync(join(folder, "example.mjs"), `${given}${scripts[0].code}console.log(JSON.stringify(answers));`);
  const printed = execFileSync(process.execPath, [join(folder, "example.mjs")], { encoding: "utf8" });
  expect(JSON.parse(printed)).toEqual([{ seconds: 3, emotion: expect.any(String) }]);
});

import { execFileSync, spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";

const root = new URL("../../", import.meta.url).pathname;
const install = "npm install @tensorflow/tfjs@4 @tensorflow/tfjs-backend-wasm@4";

/** The package with what it depends on, but without TensorFlow.js. */
let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "emovox-deep-"));
  cpSync(join(root, "dist"), join(folder, "dist"), { recursive: true });
  cpSync(join(root, "package.json"), join(folder, "package.json"));
  symlinkSync(join(root, "data"), join(folder, "data"));
  mkdirSync(join(folder, "node_modules"));
  for (const name of readdirSync(join(root, "node_modules"))) {
    if (name === "@tensorflow" || name.startsWith(".")) continue;
    symlinkSync(join(root, "node_modules", name), join(folder, "node_modules", name));
  }
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test("where TensorFlow.js is not installed the error says what to install, and the rest works", () => {
  writeFileSync(
    join(folder, "use.mjs"),
    `import { deepBackend } from "./dist/deep.js";
    const error = await deepBackend().catch((error) => error);
    console.log(JSON.stringify([error.name, error.message]));`,
  );
  const [name, message] = JSON.parse(execFileSync(process.execPath, ["use.mjs"], { cwd: folder, encoding: "utf8" }));
  expect(name).toBe("BackendError");
  expect(message).toContain(install);
});

test("so does the command line, before anything runs", () => {
  const emovox = (...args: string[]) =>
    spawnSync(process.execPath, ["dist/cli/main.js", ...args], { cwd: folder, encoding: "utf8" });
  const { status, stdout, stderr } = emovox("reproduce", "--only", "audio/lr,audio/cnn", "--out", "never");
  expect(stderr).toContain(install);
  expect(stderr.trim().split("\n")).toHaveLength(1);
  expect({ status, stdout }).toEqual({ status: 2, stdout: "" });
  expect(readdirSync(folder)).not.toContain("never");
  const others = emovox("reproduce", "--only", "audio/lr", "--canary-runs", "0", "--out", "others");
  expect(others.stderr).toBe("");
  expect(others.status).toBe(0);
});

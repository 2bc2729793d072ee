import { execFileSync } from "node:child_process";
import { cpSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";

const dist = new URL("../../dist", import.meta.url).pathname;

test("where TensorFlow.js is not installed the error says what to install, and the rest works", () => {
  const folder = mkdtempSync(join(tmpdir(), "emovox-deep-"));
  try {
    cpSync(dist, join(folder, "dist"), { recursive: true });
    writeFileSync(
      join(folder, "use.mjs"),
      `import { deepBackend } from "./dist/deep.js";
      const error = await deepBackend().catch((error) => error);
      console.log(JSON.stringify([error.name, error.message]));`,
    );
    writeFileSync(join(folder, "package.json"), '{ "type": "module" }');
    const [name, message] = JSON.parse(execFileSync(process.execPath, ["use.mjs"], { cwd: folder, encoding: "utf8" }));
    expect(name).toBe("BackendError");
    expect(message).toContain("npm install @tensorflow/tfjs@4 @tensorflow/tfjs-backend-wasm@4");
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { rolldown } from "rolldown";
import { expect, test } from "vitest";

const dist = new URL("../../dist", import.meta.url).pathname;

test("a bundler keeps what teaches loadClassifier the deep models", async () => {
  const folder = mkdtempSync(join(tmpdir(), "emovox-bundled-"));
  try {
    const input = join(folder, "input.mjs");
    writeFileSync(
      input,
      `import { loadClassifier } from ${JSON.stringify(join(dist, "index.js"))};
      import ${JSON.stringify(join(dist, "deep.js"))};
      export const load = loadClassifier;`,
    );
    const bundle = await rolldown({ input, platform: "browser", external: [/^@tensorflow/] });
    const file = join(folder, "output.mjs");
    await bundle.write({ file, format: "esm" });
    await bundle.close();
    const { load } = await import(pathToFileURL(file).href);
    for (const kind of ["mlp", "frame-cnn", "recurrent", "transformer", "fusion"]) {
      expect(() => load({ kind, config: {}, tensors: {} })).toThrow(/must|model/);
      expect(() => load({ kind, config: {}, tensors: {} })).not.toThrow("before loading it");
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

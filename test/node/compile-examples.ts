import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

export const root = fileURLToPath(new URL("../..", import.meta.url));

/** A new folder inside the package, where "emovox" is the package itself, by its exports. */
export function exampleFolder(): string {
  mkdirSync(join(root, "build"), { recursive: true });
  return mkdtempSync(join(root, "build/examples-"));
}

/**
 * Type-checks files of a folder against the built package, as someone who has installed it would; what is wrong stands in `stdout`.
 *
 * @param skipLibCheck for examples that import TensorFlow.js, whose own declarations do not pass
 */
export function compileExamples(folder: string, files: readonly string[], skipLibCheck = false): { stdout: string } {
  const compilerOptions = {
    target: "es2022",
    module: "esnext",
    moduleResolution: "bundler",
    moduleDetection: "force",
    lib: ["es2023", "dom", "dom.iterable"],
    jsx: "react-jsx",
    strict: true,
    noEmit: true,
    skipLibCheck,
    types: [],
  };
  writeFileSync(join(folder, "tsconfig.json"), JSON.stringify({ compilerOptions, files }));
  const tsc = join(root, "node_modules/typescript/bin/tsc");
  return spawnSync(process.execPath, [tsc, "-p", folder], { encoding: "utf8" });
}

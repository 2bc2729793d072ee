import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { createHash } from "node:crypto";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { defineConfig, type Plugin } from "vite";

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** What Node says of itself, to be shown beside what the browser computes. */
const node = JSON.parse(
  execFileSync(process.execPath, [here("../dist/cli/main.js"), "doctor", "--json"], { encoding: "utf8" }),
) as Record<string, unknown>;

/** Writes the list of the built files into the service worker, and names its cache by their content. */
function precache(): Plugin {
  let folder = "";
  return {
    name: "precache",
    apply: "build",
    configResolved: ({ build, root }) => {
      folder = resolve(root, build.outDir);
    },
    closeBundle() {
      const files = readdirSync(folder, { recursive: true, encoding: "utf8" })
        .filter((file) => statSync(join(folder, file)).isFile() && file !== "service-worker.js")
        .map((file) => file.replaceAll("\\", "/"))
        .sort();
      const hash = createHash("sha256");
      for (const file of files) hash.update(file).update(readFileSync(join(folder, file)));
      const script = readFileSync(here("src/service-worker.js"), "utf8")
        .replace('"__VERSION__"', JSON.stringify(hash.digest("hex").slice(0, 16)))
        .replace('"__FILES__"', JSON.stringify(["./", ...files.filter((file) => file !== "index.html")]));
      writeFileSync(join(folder, "service-worker.js"), script);
    },
  };
}

export default defineConfig({
  root: here("."),
  base: "./",
  plugins: [precache()],
  resolve: {
    alias: [
      { find: /^emovox$/, replacement: here("../src/index.ts") },
      // Not src/live.ts, whose worker of its own Vite would bundle too: the page has one that does more.
      { find: /^emovox\/live$/, replacement: here("../src/live/live-recognizer.ts") },
    ],
  },
  define: { __NODE__: JSON.stringify(node) },
  build: { outDir: here("../dist/web"), emptyOutDir: true, assetsInlineLimit: 0, chunkSizeWarningLimit: 2000 },
  worker: { format: "es" },
  server: { fs: { allow: [here("..")] } },
});

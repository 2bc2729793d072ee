// Packs the package, installs the tarball in an empty folder, and uses it as its users do: import, types, command line.
import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const LARGEST = 5_000_000;
const folder = mkdtempSync(join(tmpdir(), "emovox-"));
const run = (command, args) =>
  execFileSync(command, args, { cwd: folder, encoding: "utf8", stdio: ["ignore", "pipe", "inherit"] });

try {
  execFileSync("npm", ["pack", "--ignore-scripts", "--silent", "--pack-destination", folder], {
    stdio: ["ignore", "ignore", "inherit"],
  });
  const tarball = readdirSync(folder).find((name) => name.endsWith(".tgz"));
  const bytes = statSync(join(folder, tarball)).size;
  writeFileSync(join(folder, "package.json"), '{ "name": "user", "version": "1.0.0", "type": "module" }');
  run("npm", ["install", "--no-audit", "--no-fund", "--silent", `./${tarball}`]);
  const unpacked = folderSize(join(folder, "node_modules/emovox"));
  console.log(`tarball ${bytes} bytes, unpacked ${unpacked} bytes`);
  if (unpacked > LARGEST) throw new Error(`the package is larger than ${LARGEST} bytes`);

  writeFileSync(
    join(folder, "use.js"),
    `import { digest, Recognizer } from "emovox";
import { loadCorpus } from "emovox/node";
import { deepBackend } from "emovox/deep";
const missing = await deepBackend().catch((error) => error);
if (missing.name !== "BackendError") throw new Error("TensorFlow.js is an optional peer, but " + missing);
const { emotion, probabilities } = await new Recognizer().predict({ text: "I am so happy to see you!" });
const sum = Object.values(probabilities).reduce((a, b) => a + b, 0);
if (emotion !== "happiness" || Math.abs(sum - 1) > 1e-9 || typeof loadCorpus !== "function") throw new Error(emotion);
console.log(emotion, await digest());
`,
  );
  const fromLibrary = run("node", ["use.js"]).trim().split(" ");
  const { digest } = JSON.parse(run("npx", ["emovox", "doctor", "--json"]));
  if (digest !== fromLibrary[1]) throw new Error("the library and the command line disagree on the digest");
  console.log(`digest ${digest}`);
  console.log(run("npx", ["emovox", "predict", "--text", "Leave me alone!", "--json"]).trim());
} finally {
  rmSync(folder, { recursive: true, force: true });
}

function folderSize(path) {
  return readdirSync(path, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, entry) => sum + statSync(join(entry.parentPath ?? entry.path, entry.name)).size, 0);
}

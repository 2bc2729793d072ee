import type { Command } from "commander";
import { coreSize, hasSimd } from "../core/info.ts";
import { digest } from "../digest.ts";
import { version } from "../version.ts";
import { print } from "./output.ts";

export function addDoctor(program: Command): void {
  program
    .command("doctor")
    .description("say what runs here, and a digest of the core's outputs that must be equal everywhere")
    .option("--scalar", "also the digest of the build that runs where the engine has no SIMD")
    .option("--json", "for machines")
    .addHelpText("after", "\nExample:\n  $ emovox doctor --json")
    .action(async ({ scalar, json }: { scalar?: boolean; json?: boolean }) => {
      const report = {
        emovox: version,
        node: process.versions.node,
        v8: process.versions.v8,
        platform: `${process.platform} ${process.arch}`,
        simd: hasSimd,
        core: hasSimd ? "simd" : "scalar",
        coreBytes: coreSize,
        digest: await digest(),
        ...(scalar ? { scalarDigest: await digest(true) } : {}),
      };
      if (json) print(JSON.stringify(report));
      else for (const [key, value] of Object.entries(report)) print(`${key.padEnd(12)} ${value}`);
    });
}

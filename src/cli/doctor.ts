import type { Command } from "commander";
import { coreSize, hasSimd } from "../core/info.ts";
import { digest } from "../digest.ts";
import { version } from "../version.ts";
import { print } from "./output.ts";

export function addDoctor(program: Command): void {
  program
    .command("doctor")
    .description("say what runs here, and a digest of the core's outputs that must be equal everywhere")
    .option("--json", "for machines")
    .addHelpText("after", "\nExample:\n  $ emovox doctor --json")
    .action(async ({ json }: { json?: boolean }) => {
      const report = {
        emovox: version,
        node: process.versions.node,
        v8: process.versions.v8,
        platform: `${process.platform} ${process.arch}`,
        simd: hasSimd,
        coreBytes: coreSize,
        digest: await digest(),
      };
      if (json) print(JSON.stringify(report));
      else for (const [key, value] of Object.entries(report)) print(`${key.padEnd(10)} ${value}`);
    });
}

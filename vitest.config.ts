import { existsSync } from "node:fs";
import { playwright } from "@vitest/browser-playwright";
import { defineConfig } from "vitest/config";

const chromium = process.env.CHROMIUM ?? "/usr/bin/chromium";
const browserArguments = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

// test/*.test.ts runs in Node and in Chromium; test/node/ holds what needs files or processes and runs in
// Node only; test/page/ drives the built page (dist/web) in Chromium with a microphone that plays a file.
export default defineConfig({
  test: {
    projects: [
      { test: { name: "node", include: ["test/**/*.test.ts"], exclude: ["test/page/**"], testTimeout: 120_000 } },
      ...(existsSync(chromium)
        ? [
            { test: { name: "page", include: ["test/page/**/*.test.ts"], testTimeout: 120_000 } },
            {
              // Named, so that the server prepares them before the first test asks for them.
              optimizeDeps: { include: ["@tensorflow/tfjs", "@tensorflow/tfjs-backend-wasm"] },
              test: {
                name: "chromium",
                include: ["test/**/*.test.ts"],
                exclude: ["test/node/**", "test/page/**"],
                testTimeout: 120_000,
                browser: {
                  enabled: true,
                  headless: true,
                  screenshotFailures: false,
                  provider: playwright({ launchOptions: { executablePath: chromium, args: browserArguments } }),
                  instances: [{ browser: "chromium" as const }],
                },
              },
            },
          ]
        : []),
    ],
  },
});

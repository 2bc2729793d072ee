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

// test/*.test.ts runs in Node and in Chromium; test/node/ holds what needs files or processes and runs in Node only.
export default defineConfig({
  test: {
    projects: [
      { test: { name: "node", include: ["test/**/*.test.ts"], testTimeout: 120_000 } },
      ...(existsSync(chromium)
        ? [
            {
              // Named, so that the server prepares them before the first test asks for them.
              optimizeDeps: { include: ["@tensorflow/tfjs", "@tensorflow/tfjs-backend-wasm"] },
              test: {
                name: "chromium",
                include: ["test/**/*.test.ts"],
                exclude: ["test/node/**"],
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

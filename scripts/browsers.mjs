// Starts the browsers that checks run in, without a driver: each opens one page of a server of this process and posts what it found.
import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** No first-run pages, updates or telemetry: Firefox is to load one page from this machine. The microphone is a tone. */
const firefoxPreferences = {
  "app.update.enabled": false,
  "browser.aboutwelcome.enabled": false,
  "browser.shell.checkDefaultBrowser": false,
  "datareporting.policy.dataSubmissionEnabled": false,
  "media.autoplay.default": 0,
  "media.navigator.permission.disabled": true,
  "media.navigator.streams.fake": true,
  "network.captive-portal-service.enabled": false,
  "network.connectivity-service.enabled": false,
  "toolkit.telemetry.enabled": false,
};

export const chromium = {
  name: "Chromium",
  command: process.env.CHROMIUM ?? "/usr/bin/chromium",
  debian: "chromium",
  args: (url, profile) => [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--autoplay-policy=no-user-gesture-required",
    "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
    `--user-data-dir=${profile}`,
    url,
  ],
};

export const firefox = {
  name: "Firefox",
  command: process.env.FIREFOX ?? "firefox-esr",
  debian: "firefox-esr",
  args: (url, profile) => {
    const lines = Object.entries(firefoxPreferences).map(([key, value]) => `user_pref("${key}", ${value});\n`);
    writeFileSync(join(profile, "user.js"), lines.join(""));
    return ["--headless", "--no-remote", "--profile", profile, url];
  },
};

/** Whether a program can be started. */
export function installed(command) {
  const { error } = spawnSync(command, ["--version"], { stdio: "ignore", timeout: 20_000, input: "" });
  return error?.code !== "ENOENT";
}

/**
 * Runs a browser until its page posts to `/report`; gives what was posted.
 *
 * @param serve answers every other request; `serve(request, response)`
 * @param options.page the address to open, made of the server's; its root when left out
 * @param options.started is told the browser's process
 */
export async function runBrowser({ name, command, args }, serve, options = {}) {
  const { page = (origin) => `${origin}/`, seconds = 120, started = () => {} } = options;
  const profile = mkdtempSync(join(tmpdir(), "emovox-browser-"));
  let browser;
  let timer;
  const server = createServer();
  try {
    return await new Promise((resolve, reject) => {
      timer = setTimeout(() => reject(new Error(`no report within ${seconds} seconds`)), seconds * 1000);
      server.on("request", async (request, response) => {
        if (request.url !== "/report") return serve(request, response);
        const chunks = [];
        for await (const chunk of request) chunks.push(chunk);
        response.end();
        resolve(Buffer.concat(chunks).toString());
      });
      server.listen(0, "127.0.0.1", () => {
        const list = args(page(`http://127.0.0.1:${server.address().port}`), profile);
        browser = spawn(command, list, { stdio: "ignore", detached: true, env: { ...process.env, HOME: profile } });
        browser.on("error", reject);
        browser.on("exit", () => setTimeout(() => reject(new Error(`${name} ended without a report`)), 1000));
        started(browser);
      });
    });
  } finally {
    clearTimeout(timer);
    browser?.removeAllListeners("exit");
    stopGroup(browser);
    server.closeAllConnections();
    server.close();
    rmSync(profile, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 });
  }
}

/** A browser is many processes; it was started as the head of a group of its own. */
function stopGroup(browser) {
  if (browser?.pid === undefined) return;
  try {
    process.kill(-browser.pid, "SIGKILL");
  } catch (error) {
    if (error.code !== "ESRCH") throw error;
  }
}

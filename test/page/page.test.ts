import { readFileSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { AxeBuilder } from "@axe-core/playwright";
import type { Browser, Page } from "playwright";
import { afterAll, beforeAll, expect, test } from "vitest";
import { asMicrophone, asShown, cleanUp, folder, launch, open, predict, servePage, shown } from "./browser.ts";

const mini = (session: number, name: string) =>
  `data/mini/Session${session}/sentences/wav/${name.slice(0, name.lastIndexOf("_"))}/${name}.wav`;
const spoken = mini(1, "Ses01F_impro01_F004");
const words = "I tried and tried, it is no use.";

let server: Awaited<ReturnType<typeof servePage>>;
let browser: Browser;
beforeAll(async () => {
  server = await servePage();
  browser = await launch(asMicrophone(spoken, 0.5, 1));
}, 60_000);
afterAll(async () => {
  await browser?.close();
  await server?.stop();
  cleanUp();
});

/** Waits until an element says something. */
const until = (page: Page, selector: string, text: string | RegExp, timeout = 20_000) =>
  page.locator(selector, { hasText: text }).waitFor({ state: "attached", timeout });
const problem = async (page: Page) => {
  await page.waitForSelector("#problem:not([hidden])");
  return page.textContent("#problem");
};
const analyseSample = async (page: Page, index = "1") => {
  await page.selectOption("#sample", index);
  await page.waitForSelector("#why h3");
};
const listen = async (page: Page) => {
  await page.click("#microphone");
  await until(page, "#counts", "ms a window");
};

test.each([
  ["Ses01F_impro01_F004", 1],
  ["Ses02F_impro01_F002", 2],
  ["Ses02F_impro01_F007", 2],
])("%s into the microphone: the emotion that predict gives, in the pause behind it", async (name, session) => {
  const path = mini(session, name);
  const { emotion } = predict(path);
  const speaker = await launch(asMicrophone(path, 1, 1.5));
  try {
    const { page, errors } = await open(speaker, server.url);
    await listen(page);
    await until(page, "#basis", "What was said");
    expect(await page.textContent("#emotion")).toBe(emotion);
    await page.click("#microphone");
    await until(page, "#table", "all that was said");
    expect(await page.textContent("#emotion")).toBe(emotion);
    expect(await page.textContent("#basis")).toMatch(/^All that was said|^Mean of \d+ utterances/);
    expect(errors).toEqual([]);
  } finally {
    await speaker.close();
  }
});

test("a file: what predict says, for the sound and with words; explained; at the cursor by the keyboard", async () => {
  const { page, errors } = await open(browser, server.url);
  await page.setInputFiles("#file", spoken);
  await page.waitForSelector("#why h3");
  expect(await shown(page)).toEqual(asShown(predict(spoken).probabilities));
  await page.fill("#transcript", words);
  const both = predict(spoken, "--text", words);
  await until(page, "#basis", "sound and words");
  expect(await page.textContent("#emotion")).toBe(both.emotion);
  expect(await shown(page)).toEqual(asShown(both.probabilities));
  await until(page, "#why", "What was said");
  await page.focus("#timeline");
  await page.keyboard.press("End");
  expect(await page.getAttribute("#timeline", "aria-valuetext")).toMatch(/^1\.9\d seconds: \w+ \d+ %$/);
  await page.keyboard.press("Home");
  expect(await page.getAttribute("#timeline", "aria-valuenow")).toBe("0.00");
  await page.fill("#transcript", "");
  await until(page, "#basis", /[Ff]rom the sound$/);
  expect(errors).toEqual([]);
});

test("words alone", async () => {
  const { page } = await open(browser, server.url);
  await page.fill("#transcript", "Leave me alone!");
  await until(page, "#basis", "words alone");
  const { emotion, probabilities } = predict("--text", "Leave me alone!");
  expect(await page.textContent("#emotion")).toBe(emotion);
  expect(await shown(page)).toEqual(asShown(probabilities));
});

test("the digest is Node's", async () => {
  const { page } = await open(browser, server.url);
  await page.click("#digest-button");
  await page.waitForSelector("#digest-verdict.good", { timeout: 60_000 });
  expect(await page.textContent("#digest")).toBe(await page.textContent("#digest-node"));
});

test("a visit asks for the page's own files, then for nothing; it works on without a network", async () => {
  const own = await servePage();
  const { page, errors } = await open(browser, own.url);
  const urls: string[] = [];
  page.on("request", (request) => urls.push(request.url()));
  await page.evaluate(async () => {
    await navigator.serviceWorker.ready;
    if (!navigator.serviceWorker.controller) {
      await new Promise((resolve) => {
        navigator.serviceWorker.addEventListener("controllerchange", resolve);
      });
    }
  });
  const visit = own.asked.length;
  await analyseSample(page);
  await listen(page);
  await page.click("#microphone");
  await page.click("#digest-button");
  await page.waitForSelector("#digest-verdict.good", { timeout: 60_000 });
  // The browser itself looks, some time after a visit began, whether the service worker has changed.
  expect(own.asked.slice(visit).filter((url) => url !== "/service-worker.js")).toEqual([]);
  expect(urls.filter((url) => !url.startsWith(own.url) && !url.startsWith(`blob:${own.url}`))).toEqual([]);

  await own.stop();
  await page.context().setOffline(true);
  await page.reload();
  await page.waitForSelector("#model-facts dd");
  await analyseSample(page);
  await listen(page);
  expect(errors).toEqual([]);
});

test("files that cannot be heard are refused with a sentence, and the page goes on", async () => {
  const { page, errors } = await open(browser, server.url);
  const huge = join(folder, "huge.wav");
  writeFileSync(huge, "");
  truncateSync(huge, 2 ** 31);
  await page.setInputFiles("#file", huge);
  expect(await problem(page)).toContain("has 2.0 GB; the page takes up to 256 MB");
  const video = await page.evaluate(async () => {
    const canvas = document.createElement("canvas");
    canvas.getContext("2d")?.fillRect(0, 0, 10, 10);
    const recorder = new MediaRecorder(canvas.captureStream(10), { mimeType: "video/webm" });
    const parts: Blob[] = [];
    recorder.addEventListener("dataavailable", ({ data }) => parts.push(data));
    recorder.start();
    await new Promise((resolve) => setTimeout(resolve, 400));
    await new Promise((resolve) => {
      recorder.addEventListener("stop", resolve);
      recorder.stop();
    });
    return [...new Uint8Array(await new Blob(parts).arrayBuffer())];
  });
  expect(video.length).toBeGreaterThan(100);
  await page.setInputFiles("#file", { name: "silent.webm", mimeType: "video/webm", buffer: Buffer.from(video) });
  expect(await problem(page)).toContain("a video in which the browser finds no sound");
  await page.setInputFiles("#file", { name: "no.wav", mimeType: "audio/wav", buffer: Buffer.alloc(0) });
  await until(page, "#problem", "is empty");
  await page.setInputFiles("#file", {
    name: "cut.wav",
    mimeType: "audio/wav",
    buffer: readFileSync(spoken).subarray(0, 3000),
  });
  await until(page, "#problem", /^cut\.wav: /);
  await analyseSample(page);
  expect(await page.isHidden("#problem")).toBe(true);
  expect(errors).toEqual([]);
});

test("a model that is damaged is refused and the one before stays; a sound one is taken", async () => {
  const { page, errors } = await open(browser, server.url);
  const model = readFileSync("models/emovox.safetensors");
  for (const buffer of [Buffer.from("no model"), model.subarray(0, 5000), Buffer.alloc(100_000, 7)]) {
    await page.setInputFiles("#model-file", { name: "mine.safetensors", mimeType: "", buffer });
    expect(await problem(page)).toContain("“mine.safetensors” cannot be used as a model: ");
    await page.evaluate("problem.hidden = true");
  }
  await analyseSample(page);
  await page.setInputFiles("#model-file", { name: "mine.safetensors", mimeType: "", buffer: model });
  await until(page, "#status", "The model is now mine.safetensors");
  await page.waitForSelector("#why h3");
  expect(errors).toEqual([]);
});

test("without permission, and without a microphone, it says so", async () => {
  const deaf = await launch();
  try {
    const { page, errors } = await open(deaf, server.url);
    await page.click("#microphone");
    expect(await problem(page)).toContain("may not use the microphone");
    expect(await page.textContent("#microphone-label")).toBe("Listen");
    await analyseSample(page);
    const none = "navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException('', 'NotFoundError'))";
    const { page: bare } = await open(deaf, server.url, {}, none);
    await bare.click("#microphone");
    expect(await problem(bare)).toContain("No microphone was found");
    expect(errors).toEqual([]);
  } finally {
    await deaf.close();
  }
});

test("hidden: it pauses, and goes on when it is seen; unplugged: it says so, and may be started again", async () => {
  const keep = `const ask = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
    navigator.mediaDevices.getUserMedia = async (wishes) => globalThis.given = await ask(wishes);`;
  const { page, errors } = await open(browser, server.url, {}, keep);
  await listen(page);
  const hide = (hidden: boolean) =>
    page.evaluate(`Object.defineProperty(document, "hidden", { configurable: true, value: ${hidden} });
      document.dispatchEvent(new Event("visibilitychange"))`);
  const seconds = async () => Number.parseFloat((await page.textContent("#position")) ?? "");
  await hide(true);
  await until(page, "#status", "Paused while the page is hidden");
  const before = await seconds();
  await page.waitForTimeout(600);
  expect(await seconds()).toBe(before);
  await hide(false);
  await until(page, "#status", "Listening");
  await expect.poll(seconds).toBeGreaterThan(before);
  await page.evaluate("given.getTracks()[0].dispatchEvent(new Event('ended'))");
  expect(await problem(page)).toContain("it was unplugged");
  expect(await page.textContent("#microphone-label")).toBe("Listen");
  await listen(page);
  expect(errors).toEqual([]);
});

test("a worker that is too slow loses samples, and the page tells how many", async () => {
  const context = await browser.newContext();
  const page = await context.newPage();
  const slow = `{ const add = MessagePort.prototype.addEventListener;
    MessagePort.prototype.addEventListener = function (type, listener) {
      return add.call(this, type, (event) => {
        for (const end = performance.now() + 250; performance.now() < end; );
        listener(event);
      });
    }; }\n`;
  await page.route(/assets\/worker-.*\.js/, async (route) => {
    const response = await route.fetch();
    await route.fulfill({ response, body: slow + (await response.text()) });
  });
  await page.goto(server.url);
  await page.waitForSelector("#model-facts dd");
  await page.click("#microphone");
  await until(page, "#counts", /lost: [1-9]\d{3,} samples/, 30_000);
  await page.click("#microphone");
  await until(page, "#status", "eard");
});

test("the browser's own recogniser is used after consent only", async () => {
  const fake = `globalThis.starts = 0;
    globalThis.SpeechRecognition = globalThis.webkitSpeechRecognition = class extends EventTarget {
      start() { starts++; } stop() {} };`;
  const { page } = await open(browser, server.url, {}, fake);
  await listen(page);
  expect(await page.evaluate("starts")).toBe(0);
  expect(await page.textContent("#privacy-text")).toBe("Nothing is sent");
  await page.check("#dictation");
  expect(await page.evaluate("starts")).toBe(1);
  expect(await page.textContent("#privacy-text")).toBe("The browser may send sound");
});

test.each([
  ["light", 1280],
  ["dark", 320],
] as const)("accessible in %s at %i pixels, and nothing sticks out", async (colorScheme, width) => {
  const { page } = await open(browser, server.url, { colorScheme, viewport: { width, height: 800 } });
  await analyseSample(page, "0");
  await page.click("#table-box summary");
  await page.setInputFiles("#file", { name: "no.wav", mimeType: "audio/wav", buffer: Buffer.alloc(0) });
  await problem(page);
  expect(await page.evaluate("document.documentElement.scrollWidth")).toBe(width);
  const { violations } = await new AxeBuilder({ page }).analyze();
  const serious = violations.filter(({ impact }) => impact === "serious" || impact === "critical");
  expect(serious.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])).toEqual([]);
});

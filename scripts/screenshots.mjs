// npm run screenshots: the built page with a sample analysed, on a desktop and a phone, light and dark, into docs/.
import { createServer } from "node:http";
import { writeFileSync } from "node:fs";
import { chromium } from "playwright";
import sirv from "sirv";

/** In the page: a PNG picture as WebP, a quarter of its size. */
async function asWebp(png) {
  const bytes = Uint8Array.from(atob(png), (letter) => letter.charCodeAt(0));
  const image = await createImageBitmap(new Blob([bytes], { type: "image/png" }));
  const canvas = Object.assign(document.createElement("canvas"), { width: image.width, height: image.height });
  canvas.getContext("2d").drawImage(image, 0, 0);
  return canvas.toDataURL("image/webp", 0.85).split(",")[1];
}

const server = createServer(sirv("dist/web", { dev: true }));
await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu"],
});
try {
  for (const [name, width, height] of [
    ["desktop", 1200, 900],
    ["phone", 390, 844],
  ]) {
    for (const colorScheme of ["light", "dark"]) {
      const context = await browser.newContext({ viewport: { width, height }, colorScheme, reducedMotion: "reduce" });
      const page = await context.newPage();
      await page.goto(`http://localhost:${server.address().port}/`);
      await page.waitForSelector("#model-facts dd");
      await page.selectOption("#sample", "1");
      await page.waitForSelector("#why h3");
      const picture = await page.screenshot();
      writeFileSync(
        `docs/page-${name}-${colorScheme}.webp`,
        Buffer.from(await page.evaluate(asWebp, picture.toString("base64")), "base64"),
      );
      await context.close();
    }
  }
} finally {
  await browser.close();
  server.close();
}

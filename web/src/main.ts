// The page: each part wires itself to its pieces of index.html.
import { complain, timeline } from "./app.ts";
import "./device.ts";
import "./files.ts";
import "./listening.ts";
import { startModel } from "./model-choice.ts";
import { startTheme } from "./theme.ts";
import "./words.ts";

startTheme(() => timeline.repaint());
startModel().catch(complain);
if (import.meta.env.PROD && "serviceWorker" in navigator) {
  navigator.serviceWorker.register("service-worker.js").catch((error: unknown) => console.warn(error));
}

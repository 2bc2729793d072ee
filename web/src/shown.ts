// The answer over all or at a place of the timeline, the table, the explanation.
import type { Prediction } from "emovox";
import { answer, app, chooseSpan, client, percent, slider, spanOf, timeline, transcript } from "./app.ts";
import { byId, create } from "./dom.ts";
import { showExplanation } from "./explanation.ts";
import type { JudgedWindow } from "./protocol.ts";

export function showWhole(prediction: Prediction, basis: string): void {
  app.whole = prediction;
  if (spanOf() === "whole") answer.show(prediction, basis);
  app.wholeBasis = basis;
}

export const basisOf = ({ modalities }: Prediction) =>
  modalities.length === 2
    ? "from sound and words"
    : modalities[0] === "text"
      ? "from the words alone"
      : "from the sound";

/** The window that ends at the cursor, or the first after it. */
function windowAt(seconds: number): JudgedWindow | undefined {
  const { windows } = timeline;
  return windows.find((window) => window.seconds >= seconds - 1e-9) ?? windows.at(-1);
}

function showPlace(): void {
  const { cursor } = timeline;
  const window = cursor === null ? timeline.windows.at(-1) : windowAt(cursor);
  if (!window) return;
  const { emotion, probabilities } = window.prediction;
  answer.show(
    window.prediction,
    `The window that ends at ${window.seconds.toFixed(2)} s, ${basisOf(window.prediction)}`,
  );
  byId("position").textContent = `${window.seconds.toFixed(2)} s: ${emotion} ${percent(probabilities[emotion])}`;
}

export function refresh(): void {
  if (spanOf() === "place") showPlace();
  else if (app.whole) answer.show(app.whole, app.wholeBasis);
}
for (const radio of document.querySelectorAll('input[name="span"]')) radio.addEventListener("change", refresh);

export function moveCursor(seconds: number): void {
  const most = timeline.seconds;
  const to = Math.max(0, Math.min(most, seconds));
  timeline.cursor = to;
  const window = windowAt(to);
  slider.setAttribute("aria-valuenow", to.toFixed(2));
  const what = window
    ? `${window.prediction.emotion} ${percent(window.prediction.probabilities[window.prediction.emotion])}`
    : "nothing to judge";
  slider.setAttribute("aria-valuetext", `${to.toFixed(2)} seconds: ${what}`);
  if (window) {
    chooseSpan("place");
    showPlace();
  }
}
slider.addEventListener("pointerdown", ({ offsetX }) => {
  if (timeline.seconds > 0) moveCursor(timeline.secondsAt(offsetX));
});
slider.addEventListener("pointermove", ({ buttons, offsetX }) => {
  if (buttons === 1 && timeline.seconds > 0) moveCursor(timeline.secondsAt(offsetX));
});
slider.addEventListener("keydown", (event) => {
  const at = timeline.cursor ?? timeline.seconds;
  const moves: Record<string, number> = {
    ArrowLeft: at - 0.25,
    ArrowDown: at - 0.25,
    ArrowRight: at + 0.25,
    ArrowUp: at + 0.25,
    PageDown: at - 1,
    PageUp: at + 1,
    Home: 0,
    End: timeline.seconds,
  };
  const to = moves[event.key];
  if (to === undefined || timeline.seconds === 0) return;
  event.preventDefault();
  moveCursor(to);
});

export function showTable(windows: readonly JudgedWindow[]): void {
  byId("table-box").hidden = windows.length === 0;
  byId("table").replaceChildren(
    ...windows.map(({ seconds, utterance, prediction: { emotion, probabilities } }) =>
      create(
        "tr",
        "",
        create("td", "", `${seconds.toFixed(2)} s${utterance ? ", all that was said" : ""}`),
        create("td", "", emotion),
        create("td", "", percent(probabilities[emotion])),
      ),
    ),
  );
}

export async function explainWhole(): Promise<void> {
  if (!app.whole) return byId("why").replaceChildren();
  showExplanation(await client.explain(transcript.value, app.hasSound, app.whole.emotion));
}

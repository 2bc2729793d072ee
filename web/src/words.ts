// What was said: typed, or written down by the browser after consent.
import { answer, app, chooseSpan, client, complain, transcript } from "./app.ts";
import { canDictate, dictate } from "./dictation.ts";
import { byId } from "./dom.ts";
import { basisOf, explainWhole, refresh, showWhole } from "./shown.ts";

let wordsTimer = 0;
export async function judgeWords(): Promise<void> {
  const text = transcript.value;
  app.live?.setText(text);
  if (app.listening) return;
  complain("");
  if (!app.facts?.reads && !app.hasSound) return;
  if (text.trim() === "" && !app.hasSound) {
    app.whole = null;
    answer.clear(app.facts?.classes ?? [], "No sound and no words yet.");
    return explainWhole();
  }
  const prediction = await client.predict(text, app.hasSound);
  showWhole(prediction, basisOf(prediction).replace(/^f/, "F"));
  chooseSpan("whole");
  refresh();
  await explainWhole();
}
transcript.addEventListener("input", () => {
  clearTimeout(wordsTimer);
  wordsTimer = window.setTimeout(() => void judgeWords().catch(complain), 250);
});

let stopDictation: (() => void) | null = null;
byId("dictation-row").hidden = !canDictate();
byId<HTMLInputElement>("dictation").addEventListener("change", ({ target }) => {
  const agreed = (target as HTMLInputElement).checked;
  byId("privacy").classList.toggle("away", agreed);
  byId("privacy-text").textContent = agreed ? "The browser may send sound" : "Nothing is sent";
  if (agreed && app.listening) startDictation();
  if (!agreed) endDictation();
});
export function startDictation(): void {
  endDictation();
  stopDictation = dictate(
    (text) => {
      transcript.value = text;
      app.live?.setText(text);
    },
    (reason) => complain(`The browser could not write down what was said (${reason}).`),
  );
}
export function endDictation(): void {
  stopDictation?.();
  stopDictation = null;
}

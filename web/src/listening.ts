// The microphone.
import { connectLiveRecognizer, type LiveState, type LiveUpdate } from "emovox/live";
import processorUrl from "../../src/live/processor.ts?worker&url";
import { answer, app, chooseSpan, complain, player, say, slider, spanOf, timeline, transcript, worker } from "./app.ts";
import { byId } from "./dom.ts";
import { Heard } from "./heard.ts";
import { basisOf, refresh, showTable, showWhole } from "./shown.ts";
import { endDictation, startDictation } from "./words.ts";

const microphone = byId<HTMLButtonElement>("microphone");
microphone.addEventListener("click", () => void (app.listening ? stopListening() : startListening()));

async function startListening(): Promise<void> {
  complain("");
  player.pause();
  app.listening = true;
  app.heard = new Heard();
  app.whole = null;
  app.hasSound = false;
  byId("why").replaceChildren();
  showTable([]);
  chooseSpan("place");
  byId("place-label").textContent = "Now";
  showMicrophone();
  try {
    app.live ??= await connectLiveRecognizer(worker, { workletUrl: processorUrl, onUpdate: hear, onState: showState });
    app.live.setText(transcript.value);
    timeline.listen(0);
    byId("empty").hidden = true;
    if (byId<HTMLInputElement>("dictation").checked) startDictation();
    await app.live.start();
  } catch (error) {
    app.listening = false;
    showMicrophone();
    complain(error);
    say("Choose a file or try a sample; a microphone is not needed for them.");
  }
}

function showMicrophone(): void {
  microphone.setAttribute("aria-pressed", String(app.listening));
  byId("microphone-label").textContent = app.listening ? "Stop" : "Listen";
}

export async function stopListening(): Promise<void> {
  if (!app.listening) return;
  app.listening = false;
  await app.live?.stop();
  finishListening();
}

function finishListening(): void {
  endDictation();
  timeline.stop();
  showMicrophone();
  byId("place-label").textContent = "At the cursor";
  slider.setAttribute("aria-valuemax", timeline.seconds.toFixed(2));
  showTable(timeline.windows);
  byId<HTMLButtonElement>("play").disabled = true;
  if (app.whole) chooseSpan("whole");
  refresh();
  say(
    app.whole
      ? `Heard ${timeline.seconds.toFixed(0)} s: ${app.whole.emotion} over all.`
      : "Nothing was heard that could be judged.",
  );
}

function showState(state: LiveState): void {
  if (state.status === "starting") say("Waiting for the microphone …");
  if (state.status === "listening") say("Listening …");
  if (state.status === "paused") {
    say(state.reason === "hidden" ? "Paused while the page is hidden." : "Paused: the browser took the sound away.");
  }
  if (state.status === "stopped") {
    const began = timeline.seconds > 0;
    app.listening = false;
    if (began) finishListening();
    showMicrophone();
    complain(state.message);
  }
}

function hear(update: LiveUpdate): void {
  const { seconds, speech, prediction, whole: utterance, frames, milliseconds, dropped, skipped } = update;
  timeline.push(frames, prediction ? { seconds, prediction, utterance } : null);
  byId("position").textContent = speech ? `${seconds.toFixed(1)} s` : `${seconds.toFixed(1)} s: nothing to judge`;
  const lost = dropped + skipped === 0 ? "" : ` · lost: ${dropped} samples, ${skipped} windows`;
  if (milliseconds > 0) byId("counts").textContent = `${milliseconds.toFixed(0)} ms a window${lost}`;
  else if (lost !== "") byId("counts").textContent = lost.slice(3);
  if (!prediction) {
    if (!speech) say("Listening … nobody speaks.");
    return;
  }
  say("Listening …");
  app.heard.add(update, prediction);
  showWhole(app.heard.overAll(prediction), `${app.heard.basis}, ${basisOf(prediction)}`);
  const what = utterance ? `What was said, ${update.windowSeconds.toFixed(1)} s` : "Now";
  if (spanOf() === "place") answer.show(prediction, `${what}, ${basisOf(prediction)}`);
}

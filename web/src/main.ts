import type { Prediction } from "emovox";
import { connectLiveRecognizer, type LiveRecognizer, type LiveState, type LiveUpdate } from "emovox/live";
import processorUrl from "../../src/live/processor.ts?worker&url";
import { AnswerPanel } from "./answer.ts";
import { FileProblem, readSound } from "./audio-file.ts";
import { clientOf } from "./client.ts";
import { canDictate, dictate } from "./dictation.ts";
import { byId, create, fillFacts } from "./dom.ts";
import { colorOf } from "./emotions.ts";
import { showExplanation } from "./explanation.ts";
import { Heard } from "./heard.ts";
import type { JudgedWindow, ModelFacts } from "./protocol.ts";
import { samples } from "./samples.ts";
import { startTheme } from "./theme.ts";
import { Timeline } from "./timeline.ts";

declare const __NODE__: { readonly emovox: string; readonly node: string; readonly digest: string };

const worker = new Worker(new URL("./worker.ts", import.meta.url), { type: "module" });
const client = clientOf(worker);

let facts: ModelFacts | null = null;
/** Classes of all answers that the model may give. */
let classes: readonly string[] = [];
let live: LiveRecognizer | null = null;
let whole: Prediction | null = null;
let hasSound = false;
let listening = false;
/** What was heard since listening began. */
let heard = new Heard();
let audioUrl: string | null = null;
const models = new Map<string, Uint8Array | null>([["The one that comes along: speech and English words", null]]);

const color = (emotion: string) => colorOf(emotion, classes);
const timeline = new Timeline(byId("timeline"), { colorOf: color, classes: () => classes });
const answer = new AnswerPanel(color);
const transcript = byId<HTMLTextAreaElement>("transcript");
const player = new Audio();

const say = (text: string) => {
  byId("status").textContent = text;
};
function complain(problem: unknown): void {
  const message = problem instanceof Error ? problem.message : String(problem);
  byId("problem").textContent = message;
  byId("problem").hidden = message === "";
}
const percent = (p: number) => `${Math.round(100 * p)} %`;
const spanOf = () => document.querySelector<HTMLInputElement>('input[name="span"]:checked')?.value ?? "whole";
function chooseSpan(value: "whole" | "place"): void {
  const radio = document.querySelector<HTMLInputElement>(`input[name="span"][value="${value}"]`);
  if (radio) radio.checked = true;
}

// The model

async function loadModel(name: string): Promise<void> {
  facts = await client.load(models.get(name) ?? null);
  classes = [...new Set([...facts.audioClasses, ...facts.textClasses])];
  const rows: [string, string][] = [["Size", `${Math.round(facts.bytes / 1000)} kB`]];
  if (facts.hears) rows.push(["Hears", `${facts.audioClasses.join(", ")} (${facts.audioKind})`]);
  if (facts.reads) rows.push(["Reads", `${facts.textClasses.join(", ")} (${facts.textKind})`]);
  if (facts.uar !== null) {
    rows.push([
      "Right on speakers it never heard",
      `${facts.uar.toFixed(1)} % (mean recall; ${percent(1 / facts.audioClasses.length)} is chance)`,
    ]);
  }
  fillFacts(byId("model-facts"), rows);
  byId("honest-figure").textContent =
    facts.uar === null
      ? "How often it is right is known for speech like its training data only."
      : `On actors it had never heard it was right ${facts.uar.toFixed(0)} times in 100; on everyday speech, other languages or other microphones it will be wrong more often.`;
  byId<HTMLButtonElement>("microphone").disabled = !facts.hears;
  answer.clear(facts.classes, hasSound ? "" : "No sound and no words yet.");
  whole = null;
}

function listModels(chosen: string): void {
  const select = byId<HTMLSelectElement>("model");
  select.replaceChildren(...[...models.keys()].map((name) => new Option(name, name, false, name === chosen)));
}

async function changeModel(name: string): Promise<void> {
  await stopListening();
  await loadModel(name);
  listModels(name);
  if (hasSound && lastSound) await analyse(lastSound.name, () => lastSoundAgain());
  else await judgeWords();
}

byId("model").addEventListener("change", ({ target }) => {
  const { value } = target as HTMLSelectElement;
  void changeModel(value).catch(complain);
});
byId<HTMLInputElement>("model-file").addEventListener("change", async ({ target }) => {
  const input = target as HTMLInputElement;
  const file = input.files?.[0];
  input.value = "";
  if (!file) return;
  complain("");
  const before = byId<HTMLSelectElement>("model").value;
  try {
    if (file.size > 200e6) throw new Error(`it has ${Math.round(file.size / 1e6)} MB, the page takes up to 200`);
    models.set(file.name, new Uint8Array(await file.arrayBuffer()));
    await changeModel(file.name);
    say(`The model is now ${file.name}.`);
  } catch (error) {
    models.delete(file.name);
    complain(
      `“${file.name}” cannot be used as a model: ${error instanceof Error ? error.message : error}. The one before stays.`,
    );
    await loadModel(before);
    listModels(before);
  }
});

// What is shown

function showWhole(prediction: Prediction, basis: string): void {
  whole = prediction;
  if (spanOf() === "whole") answer.show(prediction, basis);
  wholeBasis = basis;
}
let wholeBasis = "";

const basisOf = ({ modalities }: Prediction) =>
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

function refresh(): void {
  if (spanOf() === "place") showPlace();
  else if (whole) answer.show(whole, wholeBasis);
}
for (const radio of document.querySelectorAll('input[name="span"]')) radio.addEventListener("change", refresh);

const slider = byId<HTMLCanvasElement>("timeline");
function moveCursor(seconds: number): void {
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

function showTable(windows: readonly JudgedWindow[]): void {
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

async function explainWhole(): Promise<void> {
  if (!whole) return byId("why").replaceChildren();
  showExplanation(await client.explain(transcript.value, hasSound, whole.emotion));
}

// Files

let lastSound: { name: string; blob: Blob } | null = null;
const lastSoundAgain = () =>
  lastSound ? readSound(lastSound.blob, lastSound.name) : Promise.reject(new Error("no sound"));

async function analyse(name: string, read: () => ReturnType<typeof readSound>): Promise<void> {
  complain("");
  say(`Listening through ${name} …`);
  try {
    const sound = await read();
    const { seconds, whole: prediction, windows, frames, milliseconds } = await client.analyse(sound, transcript.value);
    hasSound = true;
    byId("empty").hidden = true;
    timeline.show(frames, windows);
    slider.setAttribute("aria-valuemax", seconds.toFixed(2));
    slider.setAttribute("aria-valuetext", `${seconds.toFixed(2)} seconds of sound`);
    chooseSpan("whole");
    showWhole(prediction, `${name}, ${seconds.toFixed(2)} s, ${basisOf(prediction)}`);
    showTable(windows);
    say(`${name}: ${prediction.emotion}, judged in ${milliseconds.toFixed(0)} ms.`);
    byId("counts").textContent = `${windows.length} ${windows.length === 1 ? "window" : "windows"}`;
    byId("position").textContent = "";
    await explainWhole();
  } catch (error) {
    say("Speak, drop a file anywhere on this page, or try a sample.");
    complain(error instanceof FileProblem ? error : `${name}: ${error instanceof Error ? error.message : error}`);
  }
}

async function openFile(blob: Blob, name: string): Promise<void> {
  await stopListening();
  lastSound = { name, blob };
  if (audioUrl !== null) URL.revokeObjectURL(audioUrl);
  audioUrl = URL.createObjectURL(blob);
  player.src = audioUrl;
  byId<HTMLButtonElement>("play").disabled = false;
  await analyse(name, () => readSound(blob, name));
}

byId<HTMLInputElement>("file").addEventListener("change", ({ target }) => {
  const input = target as HTMLInputElement;
  const file = input.files?.[0];
  input.value = "";
  if (file) {
    transcript.value = "";
    void openFile(file, file.name);
  }
});
const sampleSelect = byId<HTMLSelectElement>("sample");
samples.forEach(({ words }, i) => sampleSelect.append(new Option(`“${words}”`, String(i))));
sampleSelect.addEventListener("change", async () => {
  const sample = samples[Number(sampleSelect.value)];
  if (sampleSelect.value === "" || !sample) return;
  transcript.value = sample.words;
  const response = await fetch(sample.url);
  await openFile(await response.blob(), `“${sample.words}”`);
});

const dropCover = byId("drop");
addEventListener("dragover", (event) => {
  event.preventDefault();
  dropCover.classList.add("over");
});
addEventListener("dragleave", ({ relatedTarget }) => {
  if (relatedTarget === null) dropCover.classList.remove("over");
});
addEventListener("drop", (event) => {
  event.preventDefault();
  dropCover.classList.remove("over");
  const file = event.dataTransfer?.files[0];
  if (!file) return;
  transcript.value = "";
  void openFile(file, file.name);
});

const playButton = byId<HTMLButtonElement>("play");
playButton.addEventListener("click", () => {
  if (player.paused) void player.play().catch((error: unknown) => complain(error));
  else player.pause();
});
player.addEventListener("play", () => {
  playButton.textContent = "Pause";
  const follow = () => {
    if (player.paused) return;
    moveCursor(player.currentTime);
    requestAnimationFrame(follow);
  };
  follow();
});
for (const event of ["pause", "ended"]) {
  player.addEventListener(event, () => {
    playButton.textContent = "Play";
  });
}

// Words

let wordsTimer = 0;
async function judgeWords(): Promise<void> {
  const text = transcript.value;
  live?.setText(text);
  if (listening) return;
  complain("");
  if (!facts?.reads && !hasSound) return;
  if (text.trim() === "" && !hasSound) {
    whole = null;
    answer.clear(facts?.classes ?? [], "No sound and no words yet.");
    return explainWhole();
  }
  const prediction = await client.predict(text, hasSound);
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
  if (agreed && listening) startDictation();
  if (!agreed) endDictation();
});
function startDictation(): void {
  endDictation();
  stopDictation = dictate(
    (text) => {
      transcript.value = text;
      live?.setText(text);
    },
    (reason) => complain(`The browser could not write down what was said (${reason}).`),
  );
}
function endDictation(): void {
  stopDictation?.();
  stopDictation = null;
}

// The microphone

const microphone = byId<HTMLButtonElement>("microphone");
microphone.addEventListener("click", () => void (listening ? stopListening() : startListening()));

async function startListening(): Promise<void> {
  complain("");
  player.pause();
  listening = true;
  heard = new Heard();
  whole = null;
  hasSound = false;
  byId("why").replaceChildren();
  showTable([]);
  chooseSpan("place");
  byId("place-label").textContent = "Now";
  showMicrophone();
  try {
    live ??= await connectLiveRecognizer(worker, { workletUrl: processorUrl, onUpdate: hear, onState: showState });
    live.setText(transcript.value);
    timeline.listen(0);
    byId("empty").hidden = true;
    if (byId<HTMLInputElement>("dictation").checked) startDictation();
    await live.start();
  } catch (error) {
    listening = false;
    showMicrophone();
    complain(error);
    say("Choose a file or try a sample; a microphone is not needed for them.");
  }
}

function showMicrophone(): void {
  microphone.setAttribute("aria-pressed", String(listening));
  byId("microphone-label").textContent = listening ? "Stop" : "Listen";
}

async function stopListening(): Promise<void> {
  if (!listening) return;
  listening = false;
  await live?.stop();
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
  if (whole) chooseSpan("whole");
  refresh();
  say(
    whole
      ? `Heard ${timeline.seconds.toFixed(0)} s: ${whole.emotion} over all.`
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
    listening = false;
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
  heard.add(update, prediction);
  showWhole(heard.overAll(prediction), `${heard.basis}, ${basisOf(prediction)}`);
  const what = utterance ? `What was said, ${update.windowSeconds.toFixed(1)} s` : "Now";
  if (spanOf() === "place") answer.show(prediction, `${what}, ${basisOf(prediction)}`);
}

// This device

byId("node-name").textContent = `Node ${__NODE__.node}`;
byId("digest-node").textContent = __NODE__.digest;
byId("version").textContent = __NODE__.emovox;

async function working(button: HTMLButtonElement, text: string, work: () => Promise<void>): Promise<void> {
  const before = button.textContent;
  button.disabled = true;
  button.textContent = text;
  try {
    await work();
  } catch (error) {
    complain(error);
  } finally {
    button.disabled = false;
    button.textContent = before;
  }
}
byId<HTMLButtonElement>("digest-button").addEventListener("click", ({ currentTarget }) =>
  working(currentTarget as HTMLButtonElement, "Computing …", async () => {
    const here = await client.digest();
    const equal = here === __NODE__.digest;
    byId("digest").textContent = here;
    const verdict = byId("digest-verdict");
    verdict.textContent = equal
      ? "Equal: the same bits as Node."
      : "Not equal. This browser computes something else; please report it.";
    verdict.className = equal ? "good" : "wrong";
  }),
);
byId<HTMLButtonElement>("benchmark").addEventListener("click", ({ currentTarget }) =>
  working(currentTarget as HTMLButtonElement, "Measuring …", async () => {
    const { digestMilliseconds, mfccSpeed, featureMilliseconds, modelMilliseconds, simd } = await client.benchmark();
    const milliseconds = (value: number) => (Number.isFinite(value) ? `${value.toFixed(1)} ms` : "no sound model");
    fillFacts(byId("benchmark-facts"), [
      ["MFCC", `${Math.round(mfccSpeed).toLocaleString("en")} times real time`],
      ["Features of a 3 s window", milliseconds(featureMilliseconds)],
      ["Model of a window", milliseconds(modelMilliseconds)],
      [
        "Live, four windows a second",
        Number.isFinite(featureMilliseconds)
          ? `${((featureMilliseconds + modelMilliseconds) * 0.4).toFixed(1)} % of one core`
          : "–",
      ],
      ["Fingerprint", `${(digestMilliseconds / 1000).toFixed(2)} s`],
      ["SIMD", simd ? "yes" : "no"],
    ]);
  }),
);

startTheme(() => timeline.repaint());
listModels([...models.keys()][0]);
loadModel([...models.keys()][0]).catch(complain);
if (import.meta.env.PROD && "serviceWorker" in navigator) {
  navigator.serviceWorker.register("service-worker.js").catch((error: unknown) => console.warn(error));
}

// Files: chosen, dropped, samples; playing them.
import { app, chooseSpan, client, complain, player, say, slider, timeline, transcript } from "./app.ts";
import { FileProblem, readSound } from "./audio-file.ts";
import { byId } from "./dom.ts";
import { stopListening } from "./listening.ts";
import { samples } from "./samples.ts";
import { basisOf, explainWhole, moveCursor, showTable, showWhole } from "./shown.ts";

let audioUrl: string | null = null;
export const lastSoundAgain = () =>
  app.lastSound ? readSound(app.lastSound.blob, app.lastSound.name) : Promise.reject(new Error("no sound"));

export async function analyse(name: string, read: () => ReturnType<typeof readSound>): Promise<void> {
  complain("");
  say(`Listening through ${name} …`);
  try {
    const sound = await read();
    const { seconds, whole: prediction, windows, frames, milliseconds } = await client.analyse(sound, transcript.value);
    app.hasSound = true;
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
  app.lastSound = { name, blob };
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

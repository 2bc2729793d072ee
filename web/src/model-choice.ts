// The choice of a model.
import { analyse, lastSoundAgain } from "./files.ts";
import { answer, app, client, complain, percent, say } from "./app.ts";
import { byId, fillFacts } from "./dom.ts";
import { stopListening } from "./listening.ts";
import { judgeWords } from "./words.ts";

const models = new Map<string, Uint8Array | null>([["The one that comes along: speech and English words", null]]);

async function loadModel(name: string): Promise<void> {
  app.facts = await client.load(models.get(name) ?? null);
  app.classes = [...new Set([...app.facts.audioClasses, ...app.facts.textClasses])];
  const rows: [string, string][] = [["Size", `${Math.round(app.facts.bytes / 1000)} kB`]];
  if (app.facts.hears) rows.push(["Hears", `${app.facts.audioClasses.join(", ")} (${app.facts.audioKind})`]);
  if (app.facts.reads) rows.push(["Reads", `${app.facts.textClasses.join(", ")} (${app.facts.textKind})`]);
  if (app.facts.uar !== null) {
    rows.push([
      "Right on speakers it never heard",
      `${app.facts.uar.toFixed(1)} % (mean recall; ${percent(1 / app.facts.audioClasses.length)} is chance)`,
    ]);
  }
  fillFacts(byId("model-facts"), rows);
  byId("honest-figure").textContent =
    app.facts.uar === null
      ? "How often it is right is known for speech like its training data only."
      : `On actors it had never heard it was right ${app.facts.uar.toFixed(0)} times in 100; on everyday speech, other languages or other microphones it will be wrong more often.`;
  byId<HTMLButtonElement>("microphone").disabled = !app.facts.hears;
  answer.clear(app.facts.classes, app.hasSound ? "" : "No sound and no words yet.");
  app.whole = null;
}

function listModels(chosen: string): void {
  const select = byId<HTMLSelectElement>("model");
  select.replaceChildren(...[...models.keys()].map((name) => new Option(name, name, false, name === chosen)));
}

async function changeModel(name: string): Promise<void> {
  await stopListening();
  await loadModel(name);
  listModels(name);
  if (app.hasSound && app.lastSound) await analyse(app.lastSound.name, () => lastSoundAgain());
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

/** Begins with the model that comes along. */
export function startModel(): Promise<void> {
  listModels([...models.keys()][0]);
  return loadModel([...models.keys()][0]);
}

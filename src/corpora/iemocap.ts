import { stat } from "node:fs/promises";
import { basename, join } from "node:path";
import { CorpusError } from "../errors.ts";
import type { Corpus, Utterance } from "../utterance.ts";
import { assemble, stem } from "./coded-files.ts";
import { listFiles, readText } from "./files.ts";

/**
 * From the annotators' labels (Busso et al. 2008) to classes, named as the other corpora name them; other labels (xxx, oth,
 * dis, ...) are left out.
 */
const CLASS_MAPS = {
  /** Six classes of Sahu 2019: excited counts as happy, frustrated as sad. */
  seed: {
    ang: "anger",
    hap: "happiness",
    exc: "happiness",
    sad: "sadness",
    fru: "sadness",
    fea: "fear",
    sur: "surprise",
    neu: "neutral",
  },
  /** The six largest labels, excited and frustrated apart. */
  six: {
    ang: "anger",
    hap: "happiness",
    exc: "excitement",
    sad: "sadness",
    fru: "frustration",
    neu: "neutral",
  },
  /** The usual four: excited counts as happy. */
  four: { ang: "anger", hap: "happiness", exc: "happiness", sad: "sadness", neu: "neutral" },
} as const satisfies Record<string, Record<string, string>>;

/**
 * `seed`: anger, happiness (and excited), sadness (and frustrated), fear, surprise, neutral. `six`: anger, happiness,
 * excitement, sadness, frustration, neutral. `four`: anger, happiness (and excited), sadness, neutral.
 */
export type IemocapClasses = keyof typeof CLASS_MAPS;

/** The names of the class maps. */
export const IEMOCAP_CLASSES = Object.keys(CLASS_MAPS) as IemocapClasses[];

/**
 * IEMOCAP's full release as it lies on disk: 5 sessions of 2 speakers. Sound is `sentences/wav/<dialog>/<utterance>.wav`;
 * where that is missing, `dialog/wav/<dialog>.wav` from start to end.
 *
 * @param root `IEMOCAP_full_release`, or the folder that holds it
 * @throws {CorpusError} when no session, no label that the class map knows, or an utterance's sound is missing.
 */
export async function loadIemocap(root: string, classes: IemocapClasses = "seed"): Promise<Corpus> {
  const release = join(root, "IEMOCAP_full_release");
  const home = (await isDirectory(release)) ? release : root;
  const utterances: Utterance[] = [];
  for (const session of [1, 2, 3, 4, 5]) {
    const folder = join(home, `Session${session}`);
    if (await isDirectory(join(folder, "dialog", "EmoEvaluation"))) {
      utterances.push(...(await loadSession(folder, `Ses0${session}`, CLASS_MAPS[classes])));
    }
  }
  if (utterances.length === 0) {
    throw new CorpusError(
      `${root}: no labels of iemocap found; expected e.g. Session1/dialog/EmoEvaluation/Ses01F_impro01.txt`,
    );
  }
  return assemble("iemocap", utterances, [...new Set(Object.values(CLASS_MAPS[classes]))]);
}

async function loadSession(folder: string, session: string, classMap: Record<string, string>): Promise<Utterance[]> {
  const dialogs = join(folder, "dialog");
  const transcripts = await readTranscripts(join(dialogs, "transcriptions"));
  const wavs = new Map<string, string>();
  for (const directory of [join(dialogs, "wav"), join(folder, "sentences", "wav")]) {
    if (!(await isDirectory(directory))) continue;
    for (const file of await listFiles(directory)) if (file.endsWith(".wav")) wavs.set(stem(file), file);
  }
  const utterances: Utterance[] = [];
  for (const file of await listTexts(join(dialogs, "EmoEvaluation"))) {
    const dialog = stem(file);
    // [6.2901 - 8.2357]	Ses01F_impro01_F000	neu	[2.5000, 2.5000, 2.5000]
    for (const match of (await readText(file)).matchAll(/^\[([\d.]+) - ([\d.]+)\]\t(\S+)\t(\S+)\t/gm)) {
      const [, start, end, id, label] = match;
      if (!Object.hasOwn(classMap, label)) continue;
      const sentence = wavs.get(id);
      const source = sentence ?? wavs.get(dialog);
      if (source === undefined) {
        throw new CorpusError(
          `${folder}: no audio of ${id}; expected sentences/wav/${dialog}/${id}.wav or dialog/wav/${dialog}.wav`,
        );
      }
      const gender = /_F[^_]*$/.test(id) ? "female" : "male";
      utterances.push({
        id,
        file: source,
        ...(sentence === undefined ? { start: Number(start), end: Number(end) } : {}),
        emotion: classMap[label],
        transcript: transcripts.get(id),
        speaker: session + (gender === "female" ? "F" : "M"),
        session,
        gender,
        // Ses05M_script01_1b is another take of script01_1.
        script: /_(impro\d+|script\d+_\d+)/.exec(dialog)?.[1],
      });
    }
  }
  return utterances;
}

// Ses01F_impro01_F000 [006.2901-008.2357]: Excuse me.
async function readTranscripts(directory: string): Promise<Map<string, string>> {
  const transcripts = new Map<string, string>();
  if (!(await isDirectory(directory))) return transcripts;
  for (const file of await listTexts(directory)) {
    for (const match of (await readText(file)).matchAll(/^(Ses\S+) \[[\d.]+-[\d.]+\]:(.*)$/gm)) {
      transcripts.set(match[1], match[2].trim());
    }
  }
  return transcripts;
}

// The dialogues' own files; folders beside them hold each annotator's.
async function listTexts(directory: string): Promise<string[]> {
  const files = await listFiles(directory);
  return files.filter((file) => file === join(directory, basename(file)) && /^Ses.*\.txt$/.test(basename(file)));
}

async function isDirectory(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
}

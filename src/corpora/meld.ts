import { stat } from "node:fs/promises";
import { join } from "node:path";
import { CorpusError } from "../errors.ts";
import type { Corpus, Utterance } from "../utterance.ts";
import { assemble } from "./coded-files.ts";
import { readTable } from "./csv.ts";
import { listFiles } from "./files.ts";

// Poria et al. 2019, "MELD: A Multimodal Multi-Party Dataset"; the folders are those of its archives.
const PARTS = [
  { split: "train", folder: "train_splits" },
  { split: "dev", folder: "dev_splits_complete" },
  { split: "test", folder: "output_repeated_splits_test" },
];
const EMOTIONS: Record<string, string> = {
  anger: "anger",
  disgust: "disgust",
  fear: "fear",
  joy: "happiness",
  neutral: "neutral",
  sadness: "sadness",
  surprise: "surprise",
};

/**
 * MELD: utterances of a television series. `train_sent_emo.csv`, `dev_sent_emo.csv` and `test_sent_emo.csv` hold the text;
 * an utterance has a file where `diaN_uttM.wav` lies in its part's folder. Emotions keep the names of the tables, but `joy`
 * is named `happiness`, as the other corpora name it.
 *
 * @throws {CorpusError} when none of the three tables is there, or a table has an unknown emotion.
 * @throws {TableError} when a table lacks a column or is damaged.
 */
export async function loadMeld(root: string): Promise<Corpus> {
  const utterances: Utterance[] = [];
  for (const { split, folder } of PARTS) {
    const table = join(root, `${split}_sent_emo.csv`);
    if (!(await exists(table))) continue;
    const directory = join(root, folder);
    const wavs = new Set((await exists(directory)) ? await listFiles(directory) : []);
    const columns = ["Utterance", "Speaker", "Emotion", "Dialogue_ID", "Utterance_ID"];
    for (const { line, values } of await readTable(table, columns)) {
      if (!Object.hasOwn(EMOTIONS, values.Emotion)) {
        throw new CorpusError(`${table}: line ${line}: unknown emotion ${JSON.stringify(values.Emotion)}`);
      }
      const dialogue = `dia${values.Dialogue_ID}`;
      const wav = join(directory, `${dialogue}_utt${values.Utterance_ID}.wav`);
      utterances.push({
        id: `${split}_${dialogue}_utt${values.Utterance_ID}`,
        file: wavs.has(wav) ? wav : undefined,
        emotion: EMOTIONS[values.Emotion],
        transcript: values.Utterance,
        speaker: values.Speaker,
        session: `${split}_${dialogue}`,
        dialogue: { name: `${split}_${dialogue}`, turn: Number(values.Utterance_ID) },
        split,
      });
    }
  }
  if (utterances.length === 0) {
    throw new CorpusError(`${root}: no table of meld found; expected e.g. train_sent_emo.csv`);
  }
  return assemble("meld", utterances, Object.values(EMOTIONS));
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

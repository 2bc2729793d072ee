import { stat } from "node:fs/promises";
import { join } from "node:path";
import { CorpusError, TableError } from "../errors.ts";
import type { Corpus, Utterance } from "../utterance.ts";
import { assemble } from "./coded-files.ts";
import { readText } from "./files.ts";

/**
 * GoEmotions: Reddit comments in `train.tsv`, `dev.tsv` and `test.tsv` (text, label numbers joined by commas, id), class
 * names in `labels.txt`, one a line. Comments with more than one label are left out. Emotions keep the file's names, but
 * `joy` is named `happiness`, as the other corpora name it.
 * Source: Demszky et al. 2020, "GoEmotions: A Dataset of Fine-Grained Emotions".
 *
 * @throws {CorpusError} when no such file is there.
 * @throws {TableError} when a line has not three values or an unknown label.
 */
export async function loadGoemotions(root: string): Promise<Corpus> {
  const parts: { split: string; path: string }[] = [];
  for (const split of ["train", "dev", "test"]) {
    const path = join(root, `${split}.tsv`);
    if (await stat(path).catch(() => undefined)) parts.push({ split, path });
  }
  if (parts.length === 0) throw new CorpusError(`${root}: no table of goemotions found; expected e.g. train.tsv`);
  const names = (await readLines(join(root, "labels.txt"))).map((name) => name.trim()).filter((name) => name !== "");
  const classes = names.map((name) => (name === "joy" ? "happiness" : name));
  const utterances: Utterance[] = [];
  for (const { split, path } of parts) {
    (await readLines(path)).forEach((line, i) => {
      if (line === "") return;
      // Quotes are plain characters here, so that this is no CSV.
      const values = line.split("\t");
      if (values.length !== 3) throw new TableError(`${path}: line ${i + 1} has ${values.length} values, not 3`);
      const [transcript, labels, id] = values;
      for (const label of labels.split(",")) {
        if (!/^\d+$/.test(label) || classes[Number(label)] === undefined) {
          throw new TableError(`${path}: line ${i + 1}: label ${JSON.stringify(label)} is not in labels.txt`);
        }
      }
      if (labels.includes(",")) return;
      utterances.push({ id: `${split}_${id}`, emotion: classes[Number(labels)], transcript, split });
    });
  }
  return assemble("goemotions", utterances, classes);
}

async function readLines(path: string): Promise<string[]> {
  return (await readText(path)).split(/\r?\n/);
}

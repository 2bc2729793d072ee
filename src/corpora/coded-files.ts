import { basename, extname, relative } from "node:path";
import { CorpusError } from "../errors.ts";
import type { Corpus, Utterance } from "../utterance.ts";
import { listFiles } from "./files.ts";

/** How a corpus codes in the names of its audio files what was spoken, by whom and how. */
export interface FileCode {
  readonly name: string;
  /** The class names in the corpus's own order. */
  readonly classes: readonly string[];
  /** Where a file lies, for the error when there is none, e.g. `wav/03a01Fa.wav`. */
  readonly example: string;
  /** Reads a file's path below the corpus's folder, `/` between its parts; undefined when it is no utterance. */
  parse(path: string): Omit<Utterance, "file"> | undefined;
}

/**
 * Loads a corpus whose file names say everything. Of several files with one id (some downloads hold every folder twice)
 * the first counts.
 *
 * @throws {CorpusError} when no file below `root` has such a name.
 */
export async function loadCodedFiles(code: FileCode, root: string): Promise<Corpus> {
  const utterances = new Map<string, Utterance>();
  for (const file of await listFiles(root)) {
    if (extname(file).toLowerCase() !== ".wav") continue;
    const parsed = code.parse(relative(root, file).replaceAll("\\", "/"));
    if (parsed && !utterances.has(parsed.id)) utterances.set(parsed.id, { ...parsed, file });
  }
  if (utterances.size === 0) {
    throw new CorpusError(`${root}: no audio of ${code.name} found; expected e.g. ${code.example}`);
  }
  return assemble(code.name, [...utterances.values()], code.classes);
}

/** A corpus of these utterances, in the order of their ids, and of the classes that occur. */
export function assemble(name: string, utterances: readonly Utterance[], classes: readonly string[]): Corpus {
  const present = new Set(utterances.map((u) => u.emotion));
  return {
    name,
    utterances: [...utterances].sort((a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0)),
    classes: classes.filter((c) => present.has(c)),
  };
}

/** A file's name without folders and extension. */
export function stem(path: string): string {
  return basename(path, extname(path));
}

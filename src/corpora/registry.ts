import { stat } from "node:fs/promises";
import { CorpusError, OptionError } from "../errors.ts";
import type { Corpus } from "../utterance.ts";
import { loadCremad } from "./cremad.ts";
import { loadEmodb } from "./emodb.ts";
import { fileProblem } from "./files.ts";
import { loadGenericCsv } from "./generic-csv.ts";
import { loadGoemotions } from "./goemotions.ts";
import { IEMOCAP_CLASSES, type IemocapClasses, loadIemocap } from "./iemocap.ts";
import { loadMeld } from "./meld.ts";
import { loadRavdess } from "./ravdess.ts";
import { loadSavee } from "./savee.ts";
import { loadTess } from "./tess.ts";

/** Where a corpus lies, and how to read it. */
export interface CorpusSource {
  readonly name: string;
  readonly path: string;
  readonly options?: CorpusOptions;
}

export interface CorpusOptions {
  /** For IEMOCAP only: which labels make which classes; `seed` when left out. */
  readonly classes?: IemocapClasses;
}

const LOADERS: Record<string, (path: string, options: CorpusOptions) => Promise<Corpus>> = {
  cremad: loadCremad,
  csv: loadGenericCsv,
  emodb: loadEmodb,
  goemotions: loadGoemotions,
  iemocap: (path, { classes }) => loadIemocap(path, classes),
  meld: loadMeld,
  ravdess: loadRavdess,
  savee: loadSavee,
  tess: loadTess,
};

/** The names that `loadCorpus` knows, in alphabetical order. */
export const corpusNames: readonly string[] = Object.keys(LOADERS);

/**
 * Loads a corpus by name: its utterances in the order of their ids, and its class names. Audio is not read.
 *
 * @param source `"name:path"`, or the same with options
 * @throws {CorpusError} when the name is unknown, the path is missing or does not hold that corpus.
 * @throws {TableError} when one of the corpus's tables is damaged.
 * @throws {OptionError} when the class map is unknown, or given for a corpus other than IEMOCAP.
 * @example
 * const corpus = await loadCorpus("emodb:/data/emodb");
 * const four = await loadCorpus({ name: "iemocap", path: "/data/iemocap", options: { classes: "four" } });
 */
export async function loadCorpus(source: string | CorpusSource): Promise<Corpus> {
  const { name, path, options = {} } = typeof source === "string" ? parseSource(source) : source;
  if (!Object.hasOwn(LOADERS, name)) {
    throw new CorpusError(`unknown corpus ${JSON.stringify(name)}; corpora are ${corpusNames.join(", ")}`);
  }
  if (options.classes !== undefined && (name !== "iemocap" || !IEMOCAP_CLASSES.includes(options.classes))) {
    throw new OptionError(
      name === "iemocap"
        ? `unknown classes ${JSON.stringify(options.classes)}; IEMOCAP has ${IEMOCAP_CLASSES.join(", ")}`
        : `classes can be chosen for iemocap only, not for ${name}`,
    );
  }
  try {
    const isDirectory = (await stat(path)).isDirectory();
    if (isDirectory === (name === "csv")) {
      throw new CorpusError(`${path}: ${name} wants a ${name === "csv" ? "file" : "directory"}`);
    }
    return await LOADERS[name](path, options);
  } catch (error) {
    const problem = fileProblem(error);
    throw problem === undefined ? error : new CorpusError(`${path}: ${problem}`, { cause: error });
  }
}

function parseSource(source: string): CorpusSource {
  const colon = source.indexOf(":");
  if (colon < 0) {
    throw new CorpusError(`a corpus is given as NAME:PATH, not ${source}; names are ${corpusNames.join(", ")}`);
  }
  return { name: source.slice(0, colon), path: source.slice(colon + 1) };
}

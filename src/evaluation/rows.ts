import { DataError } from "../errors.ts";
import type { DenseMatrix } from "../matrix.ts";
import type { Corpus, Utterance } from "../utterance.ts";

/** A corpus as evaluation sees it: parallel columns, one entry an utterance. */
export interface EvaluationRows {
  /** The corpus's name. */
  readonly corpus: string;
  /** Whether a machine spoke: such speech proves nothing about people. */
  readonly synthetic?: boolean;
  /** The class names in the order in which they are shown. */
  readonly classes: readonly string[];
  readonly labels: readonly string[];
  /** Audio features, one row an utterance; absent in a corpus of text only. */
  readonly features?: DenseMatrix;
  /** Features of each utterance's frames, for models that read them. */
  readonly frames?: readonly DenseMatrix[];
  /** The frames of each utterance as they would be if it were faster, slower, noisier: training may take one in their place. */
  readonly frameVariants?: readonly (readonly DenseMatrix[])[];
  /** Vectors that models of tokens start from, by token in lower case. */
  readonly wordVectors?: ReadonlyMap<string, Float32Array>;
  /** What was said; an utterance without words has "". */
  readonly transcripts?: readonly string[];
  /** What was said as the corpus writes it, where `transcripts` are normalised. */
  readonly texts?: readonly string[];
  /** What was said before in the same dialogue, the first turn first, where the corpus has dialogues. */
  readonly contexts?: readonly (readonly string[])[];
  readonly speakers?: readonly (string | undefined)[];
  readonly sessions?: readonly (string | undefined)[];
  /** The published part (`train`, `dev`, `test`) of every row. */
  readonly splits?: readonly (string | undefined)[];
  /** Names of the utterances: rows of one name are copies of one utterance. */
  readonly ids?: readonly string[];
  readonly genders?: readonly (string | undefined)[];
  /** The text or scene that was played, by name, where several speakers play the same. */
  readonly scripts?: readonly (string | undefined)[];
  /** Digests of the audio samples: equal ones are copies, whatever they are named. */
  readonly audioHashes?: readonly string[];
  /** How long each utterance lasts, in seconds. */
  readonly seconds?: ArrayLike<number>;
  /** The root mean square of each utterance's samples, 1 being full scale. */
  readonly loudness?: ArrayLike<number>;
  /** The audio features as they would be had the sound come through worse channels, for the study of those. */
  readonly channels?: readonly { readonly name: string; readonly features: DenseMatrix }[];
  /** The names of the columns of `features`. */
  readonly featureNames?: readonly string[];
}

/**
 * The rows of a corpus.
 *
 * @param features audio features of its utterances, in their order.
 * @param synthetic whether a machine spoke.
 */
export function rowsOfCorpus(corpus: Corpus, features?: DenseMatrix, synthetic = false): EvaluationRows {
  const { name, classes, utterances } = corpus;
  const column = <T>(value: (utterance: Utterance) => T | undefined): (T | undefined)[] | undefined =>
    utterances.some((utterance) => value(utterance) !== undefined) ? utterances.map(value) : undefined;
  return {
    corpus: name,
    synthetic,
    classes,
    labels: utterances.map(({ emotion }) => emotion),
    features,
    transcripts: column(({ transcript }) => transcript)?.map((transcript) => transcript ?? ""),
    contexts: contextsOf(utterances),
    speakers: column(({ speaker }) => speaker),
    sessions: column(({ session }) => session),
    splits: column(({ split }) => split),
    ids: utterances.map(({ id }) => id),
    genders: column(({ gender }) => gender),
    scripts: column(({ script }) => script),
  };
}

/** Turns that a context reaches back: more are more than a model reads. */
const CONTEXT_TURNS = 8;

function contextsOf(utterances: readonly Utterance[]): EvaluationRows["contexts"] {
  const dialogues = new Map<string, Utterance[]>();
  for (const utterance of utterances) {
    const { dialogue } = utterance;
    if (dialogue) dialogues.set(dialogue.name, [...(dialogues.get(dialogue.name) ?? []), utterance]);
  }
  if (dialogues.size === 0) return undefined;
  const before = new Map<Utterance, readonly string[]>();
  for (const turns of dialogues.values()) {
    turns.sort((a, b) => a.dialogue!.turn - b.dialogue!.turn);
    const said = turns.map(({ transcript = "" }) => transcript);
    turns.forEach((utterance, t) => before.set(utterance, said.slice(Math.max(0, t - CONTEXT_TURNS), t)));
  }
  return utterances.map((utterance) => before.get(utterance) ?? []);
}

/**
 * Makes sure that rows can be learnt from and judged.
 *
 * @throws {DataError} columns of different lengths, features that are NaN or infinite, fewer than two classes, fewer examples than
 * classes, a class with a single example.
 */
export function checkRows(rows: EvaluationRows): void {
  const count = rows.labels.length;
  const columns = {
    features: rows.features?.rows,
    transcripts: rows.transcripts?.length,
    contexts: rows.contexts?.length,
  };
  const fields = [
    "speakers",
    "sessions",
    "splits",
    "ids",
    "genders",
    "scripts",
    "audioHashes",
    "seconds",
    "loudness",
  ] as const;
  const lengths = Object.fromEntries(fields.map((name) => [name, rows[name]?.length]));
  for (const [name, length] of Object.entries({ ...columns, ...lengths })) {
    if (length !== undefined && length !== count) {
      throw new DataError(`${rows.corpus}: ${count} labels, but ${length} ${name}`);
    }
  }
  const broken = rows.features?.data.findIndex((value) => !Number.isFinite(value)) ?? -1;
  if (rows.features && broken >= 0) {
    const row = Math.floor(broken / rows.features.columns);
    throw new DataError(
      `${rows.corpus}: the features of ${rows.ids?.[row] ?? `row ${row}`} are not all finite numbers`,
    );
  }
  for (const { name, features } of rows.channels ?? []) {
    if (features.rows !== count || features.columns !== rows.features?.columns) {
      throw new DataError(`${rows.corpus}: the features of the channel "${name}" are not of the shape of the others`);
    }
    if (!features.data.every(Number.isFinite)) {
      throw new DataError(`${rows.corpus}: the features of the channel "${name}" are not all finite numbers`);
    }
  }
  const counts = countLabels(rows.labels, rows.classes);
  const present = rows.classes.filter((_, c) => counts[c] > 0);
  if (present.length < 2)
    throw new DataError(`${rows.corpus}: at least two classes need examples, not ${present.length}`);
  if (count < rows.classes.length) {
    throw new DataError(`${rows.corpus}: ${count} examples are fewer than the ${rows.classes.length} classes`);
  }
  const single = rows.classes.find((_, c) => counts[c] === 1);
  if (single !== undefined) {
    throw new DataError(
      `${rows.corpus}: class "${single}" has one example, which cannot both train and test; leave the class out or add examples`,
    );
  }
}

/** How many labels there are of each class. @throws {DataError} a label that is not one of the classes. */
export function countLabels(labels: readonly string[], classes: readonly string[]): number[] {
  const counts = new Map(classes.map((name) => [name, 0]));
  for (const label of labels) {
    const count = counts.get(label);
    if (count === undefined) throw new DataError(`label "${label}" is not one of ${classes.join(", ")}`);
    counts.set(label, count + 1);
  }
  return [...counts.values()];
}

/** A column of groups in which every row has one. @throws {DataError} naming the field and the first row without it. */
export function completeGroups(rows: EvaluationRows, field: "speakers" | "sessions", need: string): readonly string[] {
  const name = field.slice(0, -1);
  const groups = rows[field];
  if (!groups)
    throw new DataError(`${rows.corpus}: ${need} needs the field "${name}", which this corpus does not have`);
  const missing = groups.findIndex((group) => group === undefined || group === "");
  if (missing >= 0) {
    throw new DataError(
      `${rows.corpus}: ${need} needs the field "${name}" of every utterance; ${rows.ids?.[missing] ?? `row ${missing}`} has none`,
    );
  }
  return groups as readonly string[];
}

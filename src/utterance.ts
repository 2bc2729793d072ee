/** One labelled utterance of a corpus: where its sound lies, what was said, by whom, and how. */
export interface Utterance {
  /** Unique in its corpus, e.g. `Ses01F_impro01_F000`. */
  readonly id: string;
  /** The audio file; absent in a corpus of text only. */
  readonly file?: string;
  /** Where in the file the utterance lies, in seconds; the whole file when absent. */
  readonly start?: number;
  readonly end?: number;
  /** The class name, after the corpus's map (e.g. `happiness`). */
  readonly emotion: string;
  readonly transcript?: string;
  /** Unique over the whole corpus; two sessions' speakers never share a name. */
  readonly speaker?: string;
  readonly session?: string;
  /** The dialogue that it is part of, and its place there: turns follow one another by this number. */
  readonly dialogue?: { readonly name: string; readonly turn: number };
  readonly gender?: "female" | "male";
  /** The published part that it belongs to (`train`, `dev`, `test`), where there is one. */
  readonly split?: string;
  /** The script or text that was read, where several speakers read the same. */
  readonly script?: string;
}

/** A corpus in memory: its utterances in a fixed order and its class names. */
export interface Corpus {
  readonly name: string;
  readonly utterances: readonly Utterance[];
  /** The class names in the corpus's own order. */
  readonly classes: readonly string[];
}

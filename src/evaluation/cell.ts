import { OptionError } from "../errors.ts";
import type { Classifier } from "../models/classifier.ts";
import type { ProtocolName } from "./protocols.ts";
import type { EvaluationRows } from "./rows.ts";
import type { Params, SearchSpace } from "./search.ts";
import type { Scaler, TextVectorizer } from "./transformer.ts";
import type { UtteranceParts } from "./utterance-rows.ts";

/** What a model is given: sound, words, or both joined column by column (early fusion). */
export type Modality = "audio" | "text" | "both";

/** One figure of the tables: a model on a modality. */
export interface Cell {
  readonly modality: Modality;
  /** The model's key in the registry, e.g. `rf`. */
  readonly model: string;
}

/** What a model may know of the place where it is used. */
export interface ModelSettings {
  readonly modality: Modality;
  readonly protocol: ProtocolName;
  readonly seed: number;
  /** True when it only has to show whether the protocol leaks: a smaller model will do. */
  readonly canary: boolean;
  /** What a search within the fold chose from the entry's `space`; empty where nothing was searched. */
  readonly params: Params;
  /** What models of utterances read; see {@link UtteranceRows}. */
  readonly rows: EvaluationRows;
}

/** A model that tables can hold. */
export interface ModelEntry {
  /** Its name in a table, e.g. `RF`. */
  readonly title: string;
  readonly modalities: readonly Modality[];
  /** True when its cells are filled only where they are asked for by name. */
  readonly onRequest?: boolean;
  /** The settings that `--search` chooses from; without it the model is never tuned. */
  readonly space?: SearchSpace;
  /** Whether `fit` takes a part that tells when to stop, as `heldOut`: the fold then holds whole groups of its training rows out for it. */
  readonly earlyStopping?: boolean;
  /** Makes it a stack: `create` makes what learns from these cells' held-out probabilities. */
  readonly members?: readonly Cell[];
  /** Loads what the model needs beyond the core, before anything is run. @throws {BackendError} when that is not installed. */
  prepare?(): Promise<unknown>;
  /** Makes it a model of utterances, which reads these parts; `features` are the audio's, as the fold has scaled them. */
  readonly reads?: (modality: Modality) => UtteranceParts & { readonly features?: boolean };
  /** A fresh, unfitted classifier, one a fold. */
  create(settings: ModelSettings): Classifier;
}

/** Everything that is fitted in a fold. New models are new entries of `models`; their order is that of the tables. */
export interface Components {
  readonly models: Readonly<Record<string, ModelEntry>>;
  /** The model that is run on noise: one that can learn rows by heart (a forest), since a linear one may miss a leak. */
  readonly canaryModel: string;
  /** @param model its key in the registry */
  scaler(protocol: ProtocolName, model: string): Scaler;
  vectorizer(protocol: ProtocolName): TextVectorizer;
}

/** `audio/rf` and the like. */
export const cellName = ({ modality, model }: Cell): string => `${modality}/${model}`;

/** Every cell that the models can fill: audio, then text, then both. */
export function knownCells(models: Components["models"]): Cell[] {
  return (["audio", "text", "both"] as const).flatMap((modality) =>
    Object.entries(models).flatMap(([model, { modalities }]) =>
      modalities.includes(modality) ? [{ modality, model }] : [],
    ),
  );
}

/**
 * Reads a list such as `audio/rf,text/lr`; `all` means every cell, `audio`, `text` or `both` those of a modality.
 *
 * @returns the cells in the order of the tables, each once.
 * @throws {OptionError} for a cell that is not known, listing those that are.
 * @example
 * parseCells("text/lr,audio/rf", components.models); // audio/rf, text/lr
 */
export function parseCells(only: string, models: Components["models"]): Cell[] {
  const known = knownCells(models);
  const wanted = new Set(
    only.split(",").flatMap((item) => {
      const name = item.trim();
      const many = known.filter(({ modality }) => name === "all" || name === modality).map(cellName);
      return many.length > 0 ? many : [name];
    }),
  );
  for (const name of wanted) {
    if (!known.some((cell) => cellName(cell) === name)) {
      throw new OptionError(`unknown cell "${name}"; known are ${known.map(cellName).join(", ")}`);
    }
  }
  return known.filter((cell) => wanted.has(cellName(cell)));
}

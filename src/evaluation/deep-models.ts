import { deepBackend } from "../deep/backend.ts";
import { DeepClassifier } from "../deep/deep-classifier.ts";
import type { DeepOptions } from "../deep/deep-options.ts";
import { fusion } from "../deep/fusion.ts";
import { frameCnn, recurrentNetwork, trainedOnFrames, transformer } from "../deep/networks.ts";
import { SEED_CNN_AUDIO, SEED_CNN_BOTH, seedCnn, seedLstm, seedTransformer } from "../deep/seed-networks.ts";
import type { Architecture } from "../deep/architecture.ts";
import type { ModelEntry, ModelSettings } from "./cell.ts";
import { UtteranceRows, type UtteranceParts } from "./utterance-rows.ts";

/** A network that reads utterances; `features`: also, or only, what the fold has made of the audio features. */
function reader(
  architecture: Architecture,
  parts: (modality: ModelSettings["modality"]) => UtteranceParts & { readonly features?: boolean },
  options: Partial<DeepOptions> = {},
): Pick<ModelEntry, "onRequest" | "reads" | "create"> {
  return {
    onRequest: true,
    reads: parts,
    create: ({ modality, seed, rows }) =>
      new UtteranceRows(new DeepClassifier(architecture, { ...options, seed }), rows, parts(modality)),
  };
}

const heard = () => ({ frames: true });
const read = () => ({ text: "written" }) as const;
const inDialogue = () => ({ text: "written", context: true }) as const;
const both = () => ({ frames: true, text: "written" }) as const;

/**
 * The deep cells: the published CNN, LSTM and Transformer, then networks that read frames and tokens as they are. All are filled where they are
 * asked for by name.
 */
export const deepModels: Readonly<Record<string, ModelEntry>> = needingBackend({
  cnn: {
    title: "CNN",
    modalities: ["audio", "both"],
    onRequest: true,
    create: ({ modality, seed }) =>
      new DeepClassifier(seedCnn, { ...(modality === "audio" ? SEED_CNN_AUDIO : SEED_CNN_BOTH), seed }),
  },
  lstm: {
    title: "LSTM",
    modalities: ["audio", "text", "both"],
    ...reader(seedLstm, (modality) => ({
      text: modality === "audio" ? undefined : "transcript",
      features: modality !== "text",
    })),
  },
  transformer: {
    title: "Transformer",
    modalities: ["both"],
    onRequest: true,
    create: ({ seed }) => new DeepClassifier(seedTransformer, { seed }),
  },
  "frame-cnn": { title: "CNN, frames", modalities: ["audio"], ...reader(frameCnn, heard) },
  "frame-lstm": {
    title: "LSTM, frames",
    modalities: ["audio"],
    ...reader(recurrentNetwork, heard, trainedOnFrames),
  },
  "frame-transformer": {
    title: "Transf., frames",
    modalities: ["audio"],
    ...reader(transformer, heard, { ...trainedOnFrames, units: 64 }),
  },
  "token-lstm": { title: "LSTM, tokens", modalities: ["text"], ...reader(recurrentNetwork, read) },
  "token-gru": { title: "GRU, tokens", modalities: ["text"], ...reader(recurrentNetwork, read, { cell: "gru" }) },
  "token-transformer": { title: "Transf., tokens", modalities: ["text"], ...reader(transformer, read) },
  "context-gru": {
    title: "GRU, dialogue",
    modalities: ["text"],
    ...reader(recurrentNetwork, inDialogue, { cell: "gru", contextTokens: 60 }),
  },
  "context-transformer": {
    title: "Transf., dial.",
    modalities: ["text"],
    ...reader(transformer, inDialogue, { contextTokens: 60 }),
  },
  "fusion-early": { title: "early fusion", modalities: ["both"], ...reader(fusion, both, { fusion: "early" }) },
  "fusion-late": { title: "late fusion", modalities: ["both"], ...reader(fusion, both, { fusion: "late" }) },
  "fusion-cross": { title: "cross-modal", modalities: ["both"], ...reader(fusion, both, { fusion: "cross-modal" }) },
});

/** A missing TensorFlow.js is told before anything runs, not in the middle of a fold. */
function needingBackend<T extends Record<string, ModelEntry>>(models: T): T {
  return Object.fromEntries(
    Object.entries(models).map(([name, entry]) => [name, { ...entry, prepare: () => deepBackend() }]),
  ) as T;
}

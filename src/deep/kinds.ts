import type { ModelState } from "../models/state.ts";
import type { Architecture } from "./architecture.ts";
import { DeepClassifier } from "./deep-classifier.ts";
import { fusion } from "./fusion.ts";
import { frameCnn, recurrentNetwork, transformer } from "./networks.ts";
import { seedCnn, seedLstm, seedTransformer } from "./seed-networks.ts";

/** Every architecture of {@link DeepClassifier}. */
export const architectures: readonly Architecture[] = [
  seedCnn,
  seedLstm,
  seedTransformer,
  frameCnn,
  recurrentNetwork,
  transformer,
  fusion,
];

/** How a saved model of each kind is loaded. */
export const deepLoaders = architectures.map(
  (architecture) => [architecture.kind, (state: ModelState) => DeepClassifier.load(architecture, state)] as const,
);

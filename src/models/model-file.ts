import { ModelFileError } from "../errors.ts";
import { compactLeaves } from "./compact-leaves.ts";
import type { LeafFormat } from "./leaf-format.ts";
import { readSafetensors, writeSafetensors } from "./safetensors.ts";
import type { Json, ModelState, Tensor } from "./state.ts";

const FORMAT = "emovox";
/** The latest format that is read. A file is of the oldest one that can hold it, so that older versions read whatever they can. */
const FORMAT_VERSION = 2;

export interface SaveOptions {
  /**
   * Stores the leaves of trees in half precision or in a byte, at a loss: a forest's probabilities change by less than 0.001 or 0.004, a
   * regression's and each boosted tree's number by 1/2048 of itself or 1/510 of the range of the leaves. Boosting adds its trees and with them
   * these changes, so that the bounds on probabilities hold for forests alone: in a byte, a hundred rounds have moved probabilities by 0.02.
   * Left out, answers keep their bits.
   */
  leaves?: LeafFormat;
}

/** Format 2 added element types: columns of nodes in a byte, leaves that are not float64. */
function formatOf(tensors: ModelState["tensors"]): number {
  const isNew = ([name, { dtype }]: [string, Tensor]) =>
    (/(^|\.)feature$/.test(name) && dtype === "I8") || (/(^|\.)leafValues$/.test(name) && dtype !== "F64");
  return Object.entries(tensors).some(isNew) ? 2 : 1;
}

/**
 * A model as the bytes of one safetensors file: the tensors as they are, the rest in the metadata, as texts: `format`, `formatVersion`,
 * `kind` and `config` (JSON). The same state gives the same bytes.
 *
 * @throws {OptionError} `leaves` for a model without trees, or with leaves that it cannot hold
 *
 * @example
 * const bytes = saveModel(classifier.save());
 * const again = loadClassifier(loadModel(bytes));
 * const smaller = saveModel(forest.save(), { leaves: "u8" });
 */
export function saveModel(state: ModelState, { leaves }: SaveOptions = {}): Uint8Array<ArrayBuffer> {
  const { kind, config, tensors } = leaves === undefined ? state : compactLeaves(state, leaves).state;
  const metadata = { format: FORMAT, formatVersion: String(formatOf(tensors)), kind, config: JSON.stringify(config) };
  return writeSafetensors({ tensors, metadata });
}

/**
 * The state that {@link saveModel} wrote.
 * @throws {ModelFileError} when the file is cut or corrupted, is not emovox's or was written by a newer version.
 */
export function loadModel(bytes: Uint8Array): ModelState {
  const { tensors, metadata } = readSafetensors(bytes);
  if (metadata.format !== FORMAT) throw new ModelFileError("the file holds tensors, but no model of emovox");
  const version = Number(metadata.formatVersion);
  if (!Number.isInteger(version) || version < 1) {
    throw new ModelFileError(`the model file's format version is "${metadata.formatVersion}"; it must be a number`);
  }
  if (version > FORMAT_VERSION) {
    throw new ModelFileError(
      `the model file was written by a newer version (format ${version}; this one reads ${FORMAT_VERSION}): update emovox`,
    );
  }
  if (!metadata.kind) throw new ModelFileError("the model file does not say what kind of model it holds");
  return { kind: metadata.kind, config: readConfig(metadata.config), tensors };
}

function readConfig(text: string | undefined): Record<string, Json> {
  let config: unknown;
  try {
    config = JSON.parse(text ?? "");
  } catch {
    throw new ModelFileError("the model file's config is not JSON");
  }
  if (typeof config !== "object" || config === null || Array.isArray(config)) {
    throw new ModelFileError("the model file's config is not a JSON object");
  }
  return config as Record<string, Json>;
}

import { ModelFileError } from "../errors.ts";
import { readSafetensors, writeSafetensors } from "./safetensors.ts";
import type { Json, ModelState } from "./state.ts";

const FORMAT = "emovox";
/** Raised when an older reader could no longer make sense of a file. */
const FORMAT_VERSION = 1;

/**
 * A model as the bytes of one safetensors file: the tensors as they are, the rest in the metadata, as texts: `format`, `formatVersion`,
 * `kind` and `config` (JSON). The same state gives the same bytes.
 *
 * @example
 * const bytes = saveModel(classifier.save());
 * const again = loadClassifier(loadModel(bytes));
 */
export function saveModel({ kind, config, tensors }: ModelState): Uint8Array<ArrayBuffer> {
  const metadata = { format: FORMAT, formatVersion: String(FORMAT_VERSION), kind, config: JSON.stringify(config) };
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

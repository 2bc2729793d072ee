import { ModelFileError } from "../../errors.ts";
import { featureNamesOf } from "../feature-names.ts";
import { loadClassifier } from "../load-classifier.ts";
import { loadModel } from "../model-file.ts";
import { columnsOf } from "./columns.ts";
import type { ImportedModel, ImportOptions } from "./imported-model.ts";
import { isRecord } from "./json.ts";
import { modelFromLightgbm } from "./lightgbm.ts";
import { modelFromMlForest } from "./ml-forest.ts";
import { modelFromOnnx } from "./onnx.ts";
import { readSklearn, SKLEARN_EXPORT } from "./sklearn.ts";
import { forestFromSklearn } from "./sklearn-forest.ts";
import { modelFromXgboost } from "./xgboost.ts";

/** Texts are read up to this length, in bytes; engines hold none of twice as much. */
const MOST_TEXT = 268435456;

/**
 * A classifier from a file of any format that is known, told by its content: emovox's own, ONNX-ML, exports of scikit-learn, XGBoost's JSON,
 * LightGBM's text, the JSON of `ml-random-forest` and `ml-cart`.
 *
 * @throws {ModelFileError} a format that is not known, or a file that is not sound.
 *
 * @example
 * const { classifier, featureNames } = readModel(await readFile("xgboost.json"), { classes: ["calm", "angry"] });
 */
export function readModel(bytes: Uint8Array, options: ImportOptions = {}): ImportedModel {
  const model = read(bytes, options);
  const { columns } = model;
  const names = model.featureNames ?? options.featureNames ?? null;
  if (names === null) return model;
  if (columns === null) throw new ModelFileError("names of columns were given, but the model reads texts");
  if (names.length !== columns || new Set(names).size !== columns) {
    throw new ModelFileError(`the model has ${columns} columns; their names must be as many, and different`);
  }
  return { ...model, featureNames: names };
}

function read(bytes: Uint8Array, options: ImportOptions): ImportedModel {
  if (bytes.length === 0) throw new ModelFileError("the file is empty");
  if (isSafetensors(bytes)) return readOwn(bytes);
  const start = new TextDecoder().decode(bytes.subarray(0, 64)).trimStart();
  if (start.startsWith("{")) return readJson(bytes, options);
  if (/^tree\r?\n/.test(start)) return modelFromLightgbm(textOf(bytes).replaceAll("\r\n", "\n"), options);
  if (bytes[0] === 0x80 || start.startsWith("PK")) {
    throw new ModelFileError(
      "the file is a pickle of Python or an archive, which is not read: export it with tools/export_sklearn.py",
    );
  }
  // An ONNX file begins with the first field, the version.
  if (bytes[0] === 0x08) return modelFromOnnx(bytes);
  throw new ModelFileError(
    "the format is not known: emovox reads safetensors of its own, ONNX, XGBoost JSON, LightGBM text, ml-random-forest JSON and exports of scikit-learn",
  );
}

/** A header of a sensible length, and JSON in it. */
function isSafetensors(bytes: Uint8Array): boolean {
  return bytes.length > 8 && bytes[5] === 0 && bytes[6] === 0 && bytes[7] === 0 && bytes[8] === 0x7b;
}

function readOwn(bytes: Uint8Array): ImportedModel {
  const state = loadModel(bytes);
  const classifier = loadClassifier(state);
  return {
    format: `emovox safetensors, ${state.kind}`,
    classifier,
    columns: columnsOf(state),
    featureNames: featureNamesOf(state),
    notes: [],
  };
}

function readJson(bytes: Uint8Array, options: ImportOptions): ImportedModel {
  let json: unknown;
  try {
    json = JSON.parse(textOf(bytes));
  } catch (error) {
    if (error instanceof ModelFileError) throw error;
    throw new ModelFileError(
      'the file begins as JSON, but is none (XGBoost\'s binary format is not read: save_model("model.json"))',
    );
  }
  if (!isRecord(json)) throw new ModelFileError("the JSON is no object");
  if (json.format === SKLEARN_EXPORT) return readSklearn(json);
  if (json.learner !== undefined) return modelFromXgboost(json, options);
  if (json.name === "RFClassifier" || json.name === "DTClassifier") return modelFromMlForest(json, options);
  if (json.trees !== undefined && json.classes !== undefined) {
    const classifier = forestFromSklearn(json);
    const columns = classifier.forest?.columns ?? 0;
    return { format: "scikit-learn forest", classifier, columns, featureNames: null, notes: [] };
  }
  throw new ModelFileError(
    "the JSON is no model that is known: XGBoost's has learner, ml-random-forest's and ml-cart's a name, an export of scikit-learn a format",
  );
}

function textOf(bytes: Uint8Array): string {
  if (bytes.length > MOST_TEXT) throw new ModelFileError(`${bytes.length} bytes of text are too many for a model`);
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw new ModelFileError("the file is not UTF-8 text");
  }
}

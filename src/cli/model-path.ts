import { readModelFile } from "../corpora/files.ts";
import "../deep/index.ts"; // its models are known from here on
import { withFile } from "../errors.ts";
import type { ImportedModel, ImportOptions } from "../models/interchange/imported-model.ts";
import { readModel } from "../models/interchange/read-model.ts";
import { Recognizer } from "../recognizer.ts";

/** The recogniser in a file, or the package's own when no file is named. */
export async function readRecognizer(path: string | undefined): Promise<Recognizer> {
  if (path === undefined) return new Recognizer();
  try {
    return Recognizer.load(await readModelFile(path));
  } catch (error) {
    throw withFile(error, path);
  }
}

/** The classifier in a file of any format that is known. @throws {ModelFileError} led by the file's name */
export async function readClassifier(path: string, options: ImportOptions = {}): Promise<ImportedModel> {
  try {
    return readModel(await readModelFile(path), options);
  } catch (error) {
    throw withFile(error, path);
  }
}

import { extname } from "node:path";
import type { Command } from "commander";
import { writeFileAtomically } from "../corpora/write-file.ts";
import { OptionError, withFile } from "../errors.ts";
import { withFeatureNames } from "../models/feature-names.ts";
import type { ImportedModel } from "../models/interchange/imported-model.ts";
import { modelToOnnx } from "../models/interchange/onnx-export.ts";
import { saveModel } from "../models/model-file.ts";
import { readClassifier } from "./model-path.ts";
import { namesOption } from "./options.ts";
import { print } from "./output.ts";

interface ConvertOptions {
  out: string;
  classes?: string[];
  columns?: string[];
  json?: boolean;
}

/** What is written, by the ending of the file's name. */
const WRITERS: Readonly<Record<string, { format: string; write: (model: ImportedModel) => Uint8Array }>> = {
  ".onnx": {
    format: "ONNX-ML",
    write: ({ classifier, featureNames }) => modelToOnnx(classifier, { featureNames }),
  },
  ".safetensors": {
    format: "emovox safetensors",
    write: ({ classifier, featureNames }) => saveModel(withFeatureNames(classifier.save(), featureNames)),
  },
};

export function addConvert(program: Command): void {
  program
    .command("convert")
    .description(
      "read a classifier of another program (ONNX-ML, XGBoost JSON, LightGBM text, exports of scikit-learn, ml-random-forest and ml-cart JSON) or of emovox, and write it as ONNX-ML or emovox's own format",
    )
    .argument("<model>", "the file; its format is told by its content")
    .requiredOption("--out <path>", "the file to write: .onnx or .safetensors")
    .option("--classes <names>", "names of the classes in their order, where the file only numbers them", namesOption)
    .option("--columns <names>", "names of the columns in their order, where the file does not have them", namesOption)
    .option("--json", "one object: {model, format, out, written, kind, classes, columns, featureNames, notes}")
    .addHelpText("after", "\nExample:\n  $ emovox convert xgboost.json --classes calm,angry,sad --out model.onnx")
    .action(convert);
}

async function convert(path: string, { out, classes, columns, json }: ConvertOptions): Promise<void> {
  const ending = extname(out).toLowerCase();
  if (!Object.hasOwn(WRITERS, ending)) {
    throw new OptionError(`--out is "${out}"; it must end in ${Object.keys(WRITERS).join(" or ")}`);
  }
  const model = await readClassifier(path, { classes, featureNames: columns });
  const { format, write } = WRITERS[ending];
  let bytes: Uint8Array;
  try {
    bytes = write(model);
  } catch (error) {
    throw withFile(error, path);
  }
  await writeFileAtomically(out, bytes);
  const { classifier, featureNames, notes } = model;
  const told = { kind: classifier.kind, classes: classifier.classes, columns: model.columns, featureNames, notes };
  if (json) return print(JSON.stringify({ model: path, format: model.format, out, written: format, ...told }));
  print(`${path}: ${model.format}`);
  print(`  ${classifier.classes.length} classes: ${classifier.classes.join(", ")}`);
  if (model.columns !== null) {
    print(`  ${model.columns} columns${featureNames === null ? "" : `: ${featureNames.join(", ")}`}`);
  }
  for (const note of notes) print(`  note: ${note}`);
  print(`Written: ${out} (${format}, ${bytes.length} bytes)`);
}

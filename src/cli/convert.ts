import { extname } from "node:path";
import { type Command, Option } from "commander";
import { writeFileAtomically } from "../corpora/write-file.ts";
import { OptionError, withFile } from "../errors.ts";
import { compactLeaves } from "../models/compact-leaves.ts";
import { withFeatureNames } from "../models/feature-names.ts";
import type { ImportedModel } from "../models/interchange/imported-model.ts";
import { modelToOnnx } from "../models/interchange/onnx-export.ts";
import type { LeafFormat } from "../models/leaf-format.ts";
import { saveModel } from "../models/model-file.ts";
import { readClassifier } from "./model-path.ts";
import { namesOption } from "./options.ts";
import { print } from "./output.ts";

interface ConvertOptions {
  out: string;
  classes?: string[];
  columns?: string[];
  leaves?: LeafFormat;
  json?: boolean;
}

/** What is written and, where leaves were made compact, by how much a number of a leaf changed at most. */
interface Written {
  bytes: Uint8Array;
  leafChange?: number;
  /** By how much a margin of boosted trees, their sum, can change by that. */
  marginChange?: number;
}

/** What is written, by the ending of the file's name. */
const WRITERS: Readonly<
  Record<string, { format: string; write: (model: ImportedModel, leaves?: LeafFormat) => Written }>
> = {
  ".onnx": {
    format: "ONNX-ML",
    write: ({ classifier, featureNames }, leaves) => {
      if (leaves !== undefined) throw new OptionError("--leaves is for .safetensors; ONNX-ML holds leaves as float32");
      return { bytes: modelToOnnx(classifier, { featureNames }) };
    },
  },
  ".safetensors": {
    format: "emovox safetensors",
    write: ({ classifier, featureNames }, leaves) => {
      const state = withFeatureNames(classifier.save(), featureNames);
      if (leaves === undefined) return { bytes: saveModel(state) };
      const compact = compactLeaves(state, leaves);
      const { largestChange, largestMarginChange } = compact;
      const marginChange = largestMarginChange > 0 ? largestMarginChange : undefined;
      return { bytes: saveModel(compact.state), leafChange: largestChange, marginChange };
    },
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
    .addOption(
      new Option("--leaves <format>", "store the leaves of trees in half precision or in a byte, at a loss").choices([
        "f16",
        "u8",
      ]),
    )
    .option(
      "--json",
      "one object: {model, format, out, written, bytes, leafChange and marginChange (with --leaves), kind, classes, columns, featureNames, notes}",
    )
    .addHelpText("after", "\nExample:\n  $ emovox convert xgboost.json --classes calm,angry,sad --out model.onnx")
    .action(convert);
}

async function convert(path: string, { out, classes, columns, leaves, json }: ConvertOptions): Promise<void> {
  const ending = extname(out).toLowerCase();
  if (!Object.hasOwn(WRITERS, ending)) {
    throw new OptionError(`--out is "${out}"; it must end in ${Object.keys(WRITERS).join(" or ")}`);
  }
  const model = await readClassifier(path, { classes, featureNames: columns });
  const { format, write } = WRITERS[ending];
  let made: Written;
  try {
    made = write(model, leaves);
  } catch (error) {
    throw withFile(error, path);
  }
  const { bytes, leafChange, marginChange } = made;
  await writeFileAtomically(out, bytes);
  const { classifier, featureNames, notes } = model;
  const told = { kind: classifier.kind, classes: classifier.classes, columns: model.columns, featureNames, notes };
  if (json) {
    const file = {
      model: path,
      format: model.format,
      out,
      written: format,
      bytes: bytes.length,
      leafChange,
      marginChange,
    };
    return print(JSON.stringify({ ...file, ...told }));
  }
  print(`${path}: ${model.format}`);
  print(`  ${classifier.classes.length} classes: ${classifier.classes.join(", ")}`);
  if (model.columns !== null) {
    print(`  ${model.columns} columns${featureNames === null ? "" : `: ${featureNames.join(", ")}`}`);
  }
  for (const note of notes) print(`  note: ${note}`);
  if (leafChange !== undefined) {
    const change =
      leafChange === 0 ? "none changed" : `a number of a leaf changed by ${leafChange.toPrecision(2)} at most`;
    const sum =
      marginChange === undefined
        ? ""
        : `; boosting adds its trees, so that a margin (log odds) can change by up to ${marginChange.toPrecision(2)}`;
    print(`  leaves as ${leaves}: ${change}${sum}`);
  }
  print(`Written: ${out} (${format}, ${bytes.length} bytes)`);
}

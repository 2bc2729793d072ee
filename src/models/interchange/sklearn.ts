import { ModelFileError } from "../../errors.ts";
import { TfidfVectorizer } from "../../text/tfidf.ts";
import type { Classifier } from "../classifier.ts";
import { ExtraTreesClassifier } from "../extra-trees.ts";
import { Pipeline } from "../pipeline.ts";
import { MinMaxScaler, type Scaler, StandardScaler } from "../scaler.ts";
import type { Json } from "../state.ts";
import { withOptions } from "../state-reader.ts";
import type { ImportedModel } from "./imported-model.ts";
import { countOf, listOf, numbersOf, recordOf, textsOf } from "./json.ts";
import { linearClassifier, oneAgainstRest } from "./linear.ts";
import { forestFromSklearn } from "./sklearn-forest.ts";

/** The value of `format` in what `tools/export_sklearn.py` writes. */
export const SKLEARN_EXPORT = "emovox-sklearn";
const VERSION = 1;

type Fields = Record<string, unknown>;

const SCALERS = ["StandardScaler", "MinMaxScaler", "MaxAbsScaler", "RobustScaler"];
const VECTORIZERS = ["TfidfVectorizer", "CountVectorizer"];
const CLASSIFIERS: Readonly<Record<string, (step: Fields) => Classifier>> = {
  RandomForestClassifier: forestFromSklearn,
  DecisionTreeClassifier: forestFromSklearn,
  ExtraTreesClassifier: extraTrees,
  ExtraTreeClassifier: extraTrees,
  LogisticRegression: logisticRegression,
};

/**
 * What `tools/export_sklearn.py` writes of a classifier of scikit-learn, or of a pipeline of scalers or TF-IDF and a classifier: forests and
 * extra-trees with the same probabilities (to 1e-12), logistic regressions to the rounding of the rows to float32.
 *
 * @throws {ModelFileError} unknown steps, or a structure that is not sound.
 */
export function modelFromSklearn(json: unknown): ImportedModel {
  const document = recordOf(json, "an export of scikit-learn");
  if (document.version !== VERSION) {
    throw new ModelFileError(
      `the export of scikit-learn has the version ${String(document.version)}; ${VERSION} is read`,
    );
  }
  const steps = listOf(document.steps, "steps").map((step, i) => recordOf(step, `step ${i}`));
  const last = steps.at(-1);
  if (!last || !Object.hasOwn(CLASSIFIERS, String(last.type))) {
    throw new ModelFileError(`the last step is ${String(last?.type)}; ${Object.keys(CLASSIFIERS).join(", ")} are read`);
  }
  const classifier = CLASSIFIERS[String(last.type)](last);
  const scalers: Scaler[] = [];
  let vectorizer: TfidfVectorizer | undefined;
  for (const [i, step] of steps.slice(0, -1).entries()) {
    if (SCALERS.includes(String(step.type)) && !vectorizer) scalers.push(scalerOf(step));
    else if (VECTORIZERS.includes(String(step.type)) && i === 0) vectorizer = vectorizerOf(step);
    else throw new ModelFileError(`step ${i}, ${String(step.type)}, is not read where it stands`);
  }
  const columns = vectorizer
    ? null
    : countOf(last.n_features ?? listOf(listOf(last.coef, "coef")[0], "coef").length, "n_features");
  const width = vectorizer?.vocabulary.size ?? columns;
  if (last.n_features !== undefined && last.n_features !== width) {
    throw new ModelFileError(`the classifier reads ${String(last.n_features)} columns, but gets ${width}`);
  }
  for (const scaler of scalers) {
    if (scaler.save().tensors.shift.data.length !== columns)
      throw new ModelFileError("a scaler has not the classifier's columns");
  }
  const names = document.feature_names;
  return {
    format: `scikit-learn ${String(document.sklearn)}: ${steps.map(({ type }) => String(type)).join(", ")}`,
    classifier: vectorizer || scalers.length > 0 ? new Pipeline({ vectorizer, scalers, classifier }) : classifier,
    columns,
    featureNames:
      names === null || names === undefined || columns === null ? null : textsOf(names, "feature_names", columns),
    notes: ["rows with missing or infinite values are refused; scikit-learn 1.4 and later take missing ones in trees"],
  };
}

function extraTrees(step: Fields): Classifier {
  const forest = forestFromSklearn(step).save();
  const options = { nEstimators: forest.config.trees, bootstrap: false };
  return ExtraTreesClassifier.load({
    ...forest,
    kind: ExtraTreesClassifier.kind,
    config: { ...forest.config, options },
  });
}

function logisticRegression({ classes, coef, intercept, link, iterations, converged }: Fields): Classifier {
  const labels = listOf(classes, "classes of the LogisticRegression") as readonly (string | number)[];
  const intercepts = numbersOf(intercept, "intercept", labels.length);
  const lines = listOf(coef, "coef", labels.length);
  const columns = countOf(listOf(lines[0], "a row of coef").length, "the length of a row of coef");
  const weights = lines.map((line, c) => ({
    coef: numbersOf(line, "a row of coef", columns),
    intercept: intercepts[c],
  }));
  if (link === "ovr") return oneAgainstRest(labels, weights, true);
  if (link !== "softmax")
    throw new ModelFileError(`the link of the LogisticRegression is ${String(link)}; softmax and ovr are read`);
  return linearClassifier(labels, weights, {
    iterations: countOf(iterations, "iterations", 0),
    converged: converged === true,
  });
}

function scalerOf({ type, center, scale }: Fields): Scaler {
  const shift = Float64Array.from(numbersOf(center, `center of the ${String(type)}`));
  const divisor = Float64Array.from(numbersOf(scale, `scale of the ${String(type)}`, shift.length));
  const tensor = (data: Float64Array) => ({ dtype: "F64" as const, shape: [data.length], data });
  const kind = type === "MinMaxScaler" ? MinMaxScaler.kind : StandardScaler.kind;
  const state = { kind, config: {}, tensors: { shift: tensor(shift), scale: tensor(divisor) } };
  return type === "MinMaxScaler" ? MinMaxScaler.load(state) : StandardScaler.load(state);
}

function vectorizerOf({ type, options, terms, idf }: Fields): TfidfVectorizer {
  const words = textsOf(terms, `terms of the ${String(type)}`);
  const weights = Float64Array.from(numbersOf(idf, "idf", words.length));
  const config = { ...recordOf(options, `options of the ${String(type)}`), terms: words } as Record<string, Json>;
  return withOptions(() =>
    TfidfVectorizer.load({
      kind: "tfidf",
      config,
      tensors: { idf: { dtype: "F64", shape: [weights.length], data: weights } },
    }),
  );
}

import { ModelFileError } from "../../errors.ts";
import { TfidfVectorizer } from "../../text/tfidf.ts";
import type { Classifier } from "../classifier.ts";
import { ExtraTreesClassifier } from "../extra-trees.ts";
import { Pipeline } from "../pipeline.ts";
import { RandomForestClassifier } from "../random-forest.ts";
import type { Json } from "../state.ts";
import { withOptions } from "../state-reader.ts";
import { foldIntoThresholds } from "./fold-scalers.ts";
import type { ImportedModel } from "./imported-model.ts";
import { countOf, listOf, numbersOf, recordOf, textsOf } from "./json.ts";
import { linearClassifier, oneAgainstRest } from "./linear.ts";
import { forestFromSklearn } from "./sklearn-forest.ts";
import { SklearnScalers } from "./sklearn-scalers.ts";

/** The value of `format` in what `tools/export_sklearn.py` writes. */
export const SKLEARN_EXPORT = "emovox-sklearn";
const VERSION = 1;

type Fields = Record<string, unknown>;

const SCALERS = ["StandardScaler", "MinMaxScaler"];
const FORESTS = ["RandomForestClassifier", "ExtraTreesClassifier", "DecisionTreeClassifier", "ExtraTreeClassifier"];
const CLASSIFIERS = [...FORESTS, "LogisticRegression"];
/** Scalers at most. */
const MOST_SCALERS = 16;

/**
 * What `tools/export_sklearn.py` writes of a classifier of scikit-learn, or of a pipeline of scalers or TF-IDF and a classifier. Scalers are
 * folded: into thresholds, exactly; into weights, to the rounding of float64. So forests have scikit-learn's probabilities to 1e-12,
 * logistic regressions of rows as well (rows are float32 here: values that are none are rounded before), those of texts to the rounding of the TF-IDF
 * weights to float32. Rows with NaN or infinities are refused.
 *
 * @throws {ModelFileError} unknown steps, or a structure that is not sound.
 *
 * @example
 * // In Python: export(Pipeline([("scale", StandardScaler()), ("forest", RandomForestClassifier())]).fit(x, y), "model.json")
 * const { classifier, featureNames } = readSklearn(JSON.parse(text));
 */
export function readSklearn(json: unknown): ImportedModel {
  const document = recordOf(json, "an export of scikit-learn");
  if (document.format !== SKLEARN_EXPORT || document.version !== VERSION) {
    throw new ModelFileError(
      `the export of scikit-learn has the format ${String(document.format)}, version ${String(document.version)}; ${SKLEARN_EXPORT}, version ${VERSION} is read`,
    );
  }
  const steps = listOf(document.steps, "steps").map((step, i) => recordOf(step, `step ${i}`));
  const last = steps.at(-1);
  if (!last || !CLASSIFIERS.includes(String(last.type))) {
    throw new ModelFileError(`the last step is ${String(last?.type)}; ${CLASSIFIERS.join(", ")} are read`);
  }
  if (steps.length > MOST_SCALERS + 1)
    throw new ModelFileError(`the pipeline has ${steps.length} steps, which are too many`);
  const columns = countOf(last.n_features, `n_features of the ${String(last.type)}`);
  const before = steps.slice(0, -1);
  const vectorizer = before.length === 1 && before[0].type === "TfidfVectorizer" ? vectorizerOf(before[0]) : undefined;
  const stray = vectorizer ? -1 : before.findIndex(({ type }) => !SCALERS.includes(String(type)));
  if (stray >= 0) throw new ModelFileError(`step ${stray}, ${String(before[stray].type)}, is not read where it stands`);
  if (vectorizer && vectorizer.vocabulary.size !== columns) {
    throw new ModelFileError(`the classifier reads ${columns} columns, but TF-IDF makes ${vectorizer.vocabulary.size}`);
  }
  const scalers = vectorizer || before.length === 0 ? null : new SklearnScalers(before, columns);
  const classifier = last.type === "LogisticRegression" ? logistic(last, columns, scalers) : forest(last, scalers);
  const names = vectorizer ? null : (document.feature_names ?? null);
  return {
    format: `scikit-learn ${String(document.sklearn)}: ${steps.map(({ type }) => String(type)).join(", ")}`,
    classifier: (vectorizer ? new Pipeline({ vectorizer, classifier }) : classifier) as Classifier,
    columns: vectorizer ? null : columns,
    featureNames: names === null ? null : textsOf(names, "feature_names", columns),
    notes: ["rows with missing values are refused, where trees of scikit-learn 1.3 and later may take them"],
  };
}

function forest(step: Fields, scalers: SklearnScalers | null): RandomForestClassifier {
  const read = forestFromSklearn(step);
  const { classes } = read;
  const trees = read.forest as NonNullable<typeof read.forest>;
  const folded = RandomForestClassifier.fromForest(scalers ? foldIntoThresholds(trees, [scalers]) : trees, classes, {
    nEstimators: trees.offsets.length - 1,
    bootstrap: step.type === "RandomForestClassifier",
  });
  return String(step.type).startsWith("ExtraTree")
    ? ExtraTreesClassifier.load({ ...folded.save(), kind: ExtraTreesClassifier.kind })
    : folded;
}

function logistic(
  { classes, coef, intercept, link, iterations, converged }: Fields,
  columns: number,
  scalers: SklearnScalers | null,
): Classifier {
  const labels = listOf(classes, "classes of the LogisticRegression") as readonly (string | number)[];
  const intercepts = numbersOf(intercept, "intercept of the LogisticRegression", labels.length);
  const rows = listOf(coef, "coef of the LogisticRegression", labels.length);
  const weights = rows.map((row, c) => {
    const line = Float64Array.from(numbersOf(row, `row ${c} of coef`, columns));
    const plain = { coef: line, intercept: Float64Array.of(intercepts[c]), columns };
    const folded = scalers ? scalers.foldInto(plain) : plain;
    if (![...folded.coef, ...folded.intercept].every(Number.isFinite))
      throw new ModelFileError(`row ${c} of coef, scaled, is not finite`);
    return { coef: Array.from(folded.coef), intercept: folded.intercept[0] };
  });
  if (link === "ovr") return oneAgainstRest(labels, weights, true);
  if (link !== "softmax") {
    throw new ModelFileError(`the link of the LogisticRegression is ${String(link)}; softmax and ovr are read`);
  }
  const summary = { iterations: countOf(iterations, "iterations", 0), converged: converged === true };
  return linearClassifier(labels, weights, summary);
}

function vectorizerOf({ options, terms, idf }: Fields): TfidfVectorizer {
  const words = textsOf(terms, "terms of the TfidfVectorizer");
  if (words.length === 0) throw new ModelFileError("the TfidfVectorizer has no terms");
  const weights = Float64Array.from(numbersOf(idf, "idf of the TfidfVectorizer", words.length));
  const config = { ...recordOf(options, "options of the TfidfVectorizer"), terms: words } as Record<string, Json>;
  const idfTensor = { dtype: "F64" as const, shape: [weights.length], data: weights };
  return withOptions(() => TfidfVectorizer.load({ kind: "tfidf", config, tensors: { idf: idfTensor } }));
}

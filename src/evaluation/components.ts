import { LinearSVC } from "../models/linear-svc.ts";
import { LogisticRegression } from "../models/logistic-regression.ts";
import { MultinomialNB } from "../models/multinomial-nb.ts";
import { RandomForestClassifier } from "../models/random-forest.ts";
import { MinMaxScaler, StandardScaler } from "../models/scaler.ts";
import { TfidfVectorizer } from "../text/tfidf.ts";
import type { Components, ModelSettings } from "./cell.ts";
import { deepModels } from "./deep-models.ts";
import { recipe } from "./protocols.ts";

/** Trees that show whether a protocol leaks as well as the hundreds that a table wants. */
const CANARY_TREES = 50;

function randomForest({ modality, seed, canary, params }: ModelSettings): RandomForestClassifier {
  const { trees, minSamplesSplit } = recipe.randomForest;
  const nEstimators = canary ? CANARY_TREES : trees[modality];
  return new RandomForestClassifier({ nEstimators, minSamplesSplit, ...params, seed });
}

/**
 * The published models with the published settings. Under the protocol `seed` everything else is the recipe's too. Elsewhere the scaler is
 * fitted in the fold and standardises, which suits the linear models (trees do not mind), and TF-IDF keeps what two training texts have. Naive
 * Bayes learns from shares that are not negative, so its audio is min-max scaled everywhere.
 */
export const components: Components = {
  models: {
    rf: {
      title: "RF",
      modalities: ["audio", "text", "both"],
      space: { minSamplesSplit: [2, 10, 25], maxFeatures: ["sqrt", "log2", 0.3] },
      create: randomForest,
    },
    lr: {
      title: "LR",
      modalities: ["audio", "text", "both"],
      space: { C: [0.001, 0.01, 0.1, 1, 10] },
      create: ({ params }) => new LogisticRegression({ C: recipe.logisticRegression.C, maxIter: 1000, ...params }),
    },
    svm: {
      title: "SVM",
      modalities: ["audio", "text", "both"],
      onRequest: true,
      space: { C: [0.001, 0.01, 0.1, 1, 10] },
      create: ({ seed, params }) => new LinearSVC({ ...params, seed }),
    },
    mnb: {
      title: "MNB",
      modalities: ["audio", "text", "both"],
      onRequest: true,
      space: { alpha: [0.01, 0.1, 1, 10] },
      create: ({ params }) => new MultinomialNB({ ...params }),
    },
    ...deepModels,
    stack: {
      title: "Stack",
      modalities: ["both"],
      onRequest: true,
      members: [
        { modality: "audio", model: "lr" },
        { modality: "text", model: "lr" },
      ],
      create: () => new LogisticRegression(),
    },
  },
  canaryModel: "rf",
  scaler: (protocol, model) => (protocol === "seed" || model === "mnb" ? new MinMaxScaler() : new StandardScaler()),
  vectorizer: (protocol) => new TfidfVectorizer(protocol === "seed" ? recipe.tfidf : { ...recipe.tfidf, minDf: 2 }),
};

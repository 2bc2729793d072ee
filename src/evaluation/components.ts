import { deepBackend } from "../deep/backend.ts";
import { MLPClassifier } from "../deep/mlp.ts";
import { GradientBoostingClassifier } from "../models/gradient-boosting.ts";
import { LinearSVC } from "../models/linear-svc.ts";
import { LogOpinionPool } from "../models/log-opinion-pool.ts";
import { LogisticRegression } from "../models/logistic-regression.ts";
import { MultinomialNB } from "../models/multinomial-nb.ts";
import { RandomForestClassifier } from "../models/random-forest.ts";
import { MinMaxScaler, StandardScaler } from "../models/scaler.ts";
import { VotingClassifier } from "../models/voting-classifier.ts";
import { TfidfVectorizer } from "../text/tfidf.ts";
import type { Components, ModelSettings } from "./cell.ts";
import { deepModels } from "./deep-models.ts";
import { recipe } from "./recipe.ts";

/** Trees that show whether a protocol leaks as well as the hundreds that a table wants. */
const CANARY_TREES = 50;

function randomForest({ modality, seed, canary, params }: ModelSettings): RandomForestClassifier {
  const { trees, minSamplesSplit } = recipe.randomForest;
  const nEstimators = canary ? CANARY_TREES : trees[modality];
  return new RandomForestClassifier({ nEstimators, minSamplesSplit, ...params, seed });
}

function boosting({ modality, seed, params }: ModelSettings): GradientBoostingClassifier {
  const { trees, maxDepth, learningRate } = recipe.boosting;
  return new GradientBoostingClassifier({ nEstimators: trees[modality], maxDepth, learningRate, ...params, seed });
}

function perceptron({ modality, seed, params }: ModelSettings): MLPClassifier {
  const { units, learningRateInit, maxIter } = recipe.perceptron;
  return new MLPClassifier({ hiddenLayerSizes: [units[modality]], learningRateInit, maxIter, ...params, seed });
}

/** The members of the published ensemble E1. */
const ensemble = (settings: ModelSettings) => ({
  rf: randomForest(settings),
  xgb: boosting(settings),
  mlp: perceptron(settings),
});

/** Models that learn from nothing negative. */
const NOT_NEGATIVE = ["mnb", "e2"];

/**
 * The published models with the published settings. Under the protocol `seed` everything else is the recipe's too. Elsewhere the scaler is
 * fitted in the fold and standardises, which suits the linear models (trees do not mind), and TF-IDF keeps what two training texts have. Naive
 * Bayes learns from shares that are not negative, so its audio, and that of the ensemble it is in, is min-max scaled everywhere.
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
    xgb: {
      title: "XGB",
      modalities: ["audio", "text", "both"],
      onRequest: true,
      create: boosting,
    },
    mlp: {
      title: "MLP",
      modalities: ["audio", "text", "both"],
      onRequest: true,
      prepare: deepBackend,
      create: perceptron,
    },
    e1: {
      title: "E1",
      modalities: ["audio", "text", "both"],
      onRequest: true,
      prepare: deepBackend,
      create: (settings) => new VotingClassifier(ensemble(settings)),
    },
    e2: {
      title: "E2",
      modalities: ["audio", "text", "both"],
      onRequest: true,
      prepare: deepBackend,
      create: (settings) =>
        new VotingClassifier({
          ...ensemble(settings),
          mnb: new MultinomialNB(),
          lr: new LogisticRegression({ C: recipe.logisticRegression.C, maxIter: 1000 }),
        }),
    },
    ...deepModels,
    late: {
      title: "Late fusion",
      modalities: ["both"],
      onRequest: true,
      members: [
        { modality: "audio", model: "lr" },
        { modality: "text", model: "lr" },
      ],
      create: () => new LogOpinionPool(2),
    },
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
  scaler: (protocol, model) =>
    protocol === "seed" || NOT_NEGATIVE.includes(model) ? new MinMaxScaler() : new StandardScaler(),
  vectorizer: (protocol) => new TfidfVectorizer(protocol === "seed" ? recipe.tfidf : { ...recipe.tfidf, minDf: 2 }),
};

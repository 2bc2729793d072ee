// The ABI of the module of trees and linear models; see index.ts.
export { alloc, release } from "./memory";

export { releaseTrainingData, trainingDataDense, trainingDataSparse } from "./trees/training-data";
export { growForest } from "./trees/grow";
export { boostRound, heldOutLoss, marginsToProbabilities, newBooster, releaseBooster } from "./trees/boost";
export { explainForest } from "./trees/explain";
export { releaseForest } from "./trees/forest";
export { outOfBag, predictForestDense, predictForestSparse } from "./trees/predict";
export { newLogistic, releaseLogistic, runLogistic } from "./linear/logistic";
export { predictLinear } from "./linear/scores";
export { fitLinearSvm } from "./linear/svm";

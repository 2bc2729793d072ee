// The ABI of the core: what is exported, nothing else. Pointers are byte offsets into `memory`; sizes count elements.
export { alloc, release } from "./memory";
export { mathExp, mathLog, mathPow } from "./math";
export { releaseTrainingData, trainingDataDense, trainingDataSparse } from "./trees/training-data";
export { growForest } from "./trees/grow";
export { releaseForest } from "./trees/forest";
export { outOfBag, predictForestDense, predictForestSparse } from "./trees/predict";
export { newLogistic, predictLogistic, releaseLogistic, runLogistic } from "./linear/logistic";

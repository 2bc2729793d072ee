// The ABI of the core: what is exported, nothing else. Pointers are byte offsets into `memory`; sizes count elements.
export { alloc, release } from "./memory";
export { mathExp, mathLog, mathPow } from "./math";

export { frames, hpss, irfft, rfft, yin } from "./dsp/abi";
export { autocorrelate } from "./dsp/autocorrelation";
export { dctMatrix } from "./dsp/dct";
export { deltaCoefficients, deltaColumns } from "./dsp/delta";
export { rmsFrames, zcrFrames } from "./dsp/energy";
export { framesFree, framesPlan, framesWorkBytes } from "./dsp/frames";
export { functionals } from "./dsp/functionals";
export { hpssMask } from "./dsp/hpss";
export { melFilterbank } from "./dsp/mel";
export { signalMoments } from "./dsp/moments";
export { allFinite, padSignal } from "./dsp/pad";
export { resample, resampledLength, resamplerFree, resamplerMargin, resamplerPlan } from "./dsp/resample";
export { realFftFree, realFftPlan } from "./dsp/rfft";
export { frameCount, stftFree, stftPlan } from "./dsp/stft";
export { window } from "./dsp/window";
export { yinFree, yinPlan } from "./dsp/yin";
export { releaseTrainingData, trainingDataDense, trainingDataSparse } from "./trees/training-data";
export { growForest } from "./trees/grow";
export { boostRound, heldOutLoss, marginsToProbabilities, newBooster, releaseBooster } from "./trees/boost";
export { explainForest } from "./trees/explain";
export { releaseForest } from "./trees/forest";
export { outOfBag, predictForestDense, predictForestSparse } from "./trees/predict";
export { newLogistic, predictLogistic, releaseLogistic, runLogistic } from "./linear/logistic";

// The ABI of the core: what is exported, nothing else. Pointers are byte offsets into `memory`; sizes count elements. Trees and linear
// models are a module of their own, learn.ts, so that who wants features alone need not load them.
export { alloc, release } from "./memory";
export { mathExp, mathLog, mathPow } from "./math";

export { canonicalFloats, frames, hnr, hpss, irfft, kaldi, pitch, resample, rfft, tuning } from "./dsp/abi";
export { autocorrelate } from "./dsp/autocorrelation";
export { chromaFilters } from "./dsp/chroma";
export { dctMatrix } from "./dsp/dct";
export { deltaCoefficients, deltaColumns, regressionCoefficients } from "./dsp/delta";
export { rmsFrames, zcrFrames } from "./dsp/energy";
export { framesWorkBytes } from "./dsp/frames";
export { framesFree, framesPlan } from "./dsp/frames-plan";
export { functionals } from "./dsp/functionals";
export { hnrFree, hnrPlan } from "./dsp/hnr";
export { kaldiFree, kaldiPlan } from "./dsp/kaldi-plan";
export { melFilterbank } from "./dsp/mel";
export { signalMoments } from "./dsp/moments";
export { allFinite, padSignal } from "./dsp/pad";
export {
  resampledLength, resamplerFree, resamplerMargin, resamplerPlan, resamplerReach, resamplerStep,
} from "./dsp/resample";
export { pitchFree, pitchPlan, pitchWorkBytes } from "./dsp/pitch";
export { realFftFree, realFftPlan } from "./dsp/rfft";
export { frameCount, stftFree, stftPlan } from "./dsp/stft";
export { signalTuningWorkBytes } from "./dsp/tuning";
export { window } from "./dsp/window";

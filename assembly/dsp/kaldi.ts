// Filterbank energies and cepstra as Kaldi's compute-fbank-feats and compute-mfcc-feats make them (feat/feature-window.cc, feature-fbank.cc,
// feature-mfcc.cc; Povey et al. 2011), frames abreast. Kaldi removes the mean of each frame and pre-emphasises each by itself, so the
// frames of a block are taken apart before the transform.
import { canonicalNaN } from "../nan";
import { Kaldi } from "./kaldi-plan";
import { add, div, lanes, loadSplat, logPositive, max as maxLanes, mul, splat, sub } from "./lanes";
import { realFftPower } from "./rfft";
import { sparseRowsBlock } from "./sparse";
import { denseRowsBlock } from "./spectral";
import { sqrtBlock } from "./stft";
import { blockToRows } from "./transpose";

/** Kaldi reads 16-bit samples as the integers they are; here full scale is 1. */
const FULL_SCALE: f32 = 32768;
/** numeric_limits<float>::epsilon(), the floor of every energy before its logarithm. */
const EPSILON: f32 = 1.1920928955078125e-7;

/**
 * Writes the features of `frames` frames, frame t from sample t * hop of x on, to rows of `rowLength` values. x must reach 3 hops behind
 * the last frame.
 */
export function kaldiCompute<T>(plan: Kaldi, x: usize, frames: i32, out: usize, rowLength: i32): void {
  const row = <usize>rowLength << 2;
  const fbank = plan.fbankColumn >= 0;
  const mfcc = plan.mfccColumn >= 0;
  for (let t = 0; t < frames; t += lanes<T>()) {
    const valid = min(lanes<T>(), frames - t);
    const rows = out + <usize>t * row;
    loadBlock<T>(plan, x + ((<usize>t * <usize>plan.hop) << 2));
    windowBlock<T>(plan);
    if (plan.energyColumn >= 0) blockToRows<T>(plan.logEnergy, 1, valid, rows + (<usize>plan.energyColumn << 2), row);
    if (!fbank && !mfcc) continue;
    realFftPower<T>(plan.fft, plan.power);
    if (fbank) {
      if (!plan.usePower) sqrtBlock<T>(plan.power, plan.fft.bins, plan.magnitude);
      sparseRowsBlock<T>(plan.mel, plan.usePower ? plan.power : plan.magnitude, plan.energies);
      if (plan.useLogFbank) logBlock<T>(plan.energies, plan.mel.rows);
      scatterFbank<T>(plan, valid, rows + (<usize>plan.fbankColumn << 2), row);
    }
    if (mfcc) {
      // Cepstra are always those of the logarithm of power.
      if (!(fbank && plan.usePower && plan.useLogFbank)) {
        sparseRowsBlock<T>(plan.mel, plan.power, plan.energies);
        logBlock<T>(plan.energies, plan.mel.rows);
      }
      denseRowsBlock<T>(plan.energies, plan.numCeps, plan.mel.rows, plan.dct, plan.cepstra);
      if (plan.useEnergy) store<T>(plan.cepstra, load<T>(plan.logEnergy));
      scatterCepstra<T>(plan, valid, rows + (<usize>plan.mfccColumn << 2), row);
    }
  }
  canonicalNaN<f32>(out, frames * rowLength);
}

/** Puts the block's frames side by side into plan.frame, at full scale. */
function loadBlock<T>(plan: Kaldi, x: usize): void {
  const hop = <usize>plan.hop << 2;
  const scale = splat<T>(FULL_SCALE);
  let i: usize = 0;
  if (isVector<T>()) {
    // Groups of four samples of four frames are transposed.
    for (; i + 4 <= <usize>plan.winLength; i += 4) {
      const from = x + (i << 2);
      const a = f32x4.mul(v128.load(from), scale);
      const b = f32x4.mul(v128.load(from + hop), scale);
      const c = f32x4.mul(v128.load(from + 2 * hop), scale);
      const d = f32x4.mul(v128.load(from + 3 * hop), scale);
      const ab01 = v128.shuffle<f32>(a, b, 0, 4, 1, 5);
      const ab23 = v128.shuffle<f32>(a, b, 2, 6, 3, 7);
      const cd01 = v128.shuffle<f32>(c, d, 0, 4, 1, 5);
      const cd23 = v128.shuffle<f32>(c, d, 2, 6, 3, 7);
      const to = plan.frame + (i << 4);
      v128.store(to, v128.shuffle<f32>(ab01, cd01, 0, 1, 4, 5));
      v128.store(to, v128.shuffle<f32>(ab01, cd01, 2, 3, 6, 7), 16);
      v128.store(to, v128.shuffle<f32>(ab23, cd23, 0, 1, 4, 5), 32);
      v128.store(to, v128.shuffle<f32>(ab23, cd23, 2, 3, 6, 7), 48);
    }
  }
  for (; i < <usize>plan.winLength; i++) {
    const to = plan.frame + i * sizeof<T>();
    for (let lane: usize = 0; lane < <usize>lanes<T>(); lane++) {
      store<f32>(to + (lane << 2), load<f32>(x + (i << 2) + lane * hop) * FULL_SCALE);
    }
  }
}

/** Mean removed, log energy, pre-emphasis, window; leaves the frames where the transform wants them. */
function windowBlock<T>(plan: Kaldi): void {
  const size = sizeof<T>();
  const n = <usize>plan.winLength;
  if (plan.removeDcOffset) {
    // The mean of what the first subtraction left takes away the rounding of the first sum.
    subtractMean<T>(plan.frame, n);
    subtractMean<T>(plan.frame, n);
  }
  if (plan.rawEnergy) storeLogEnergy<T>(plan, squares<T>(plan.frame, n));
  const coefficient = splat<T>(plan.preemphasis);
  // Kaldi takes the sample before the first to equal the first.
  let before = load<T>(plan.frame);
  for (let i: usize = 0; i < n; i++) {
    const now = load<T>(plan.frame + i * size);
    const to = ((i & 1) === 1 ? plan.fft.inI : plan.fft.inR) + (i >> 1) * size;
    store<T>(to, mul<T>(sub<T>(now, mul<T>(coefficient, before)), loadSplat<T>(plan.window + (i << 2))));
    before = now;
  }
  const half = <usize>plan.fft.n >> 1;
  const reals = (n + 1) >> 1;
  const imaginaries = n >> 1;
  memory.fill(plan.fft.inR + reals * size, 0, (half - reals) * size);
  memory.fill(plan.fft.inI + imaginaries * size, 0, (half - imaginaries) * size);
  if (!plan.rawEnergy) {
    storeLogEnergy<T>(plan, add<T>(squares<T>(plan.fft.inR, half), squares<T>(plan.fft.inI, half)));
  }
}

function subtractMean<T>(x: usize, n: usize): void {
  const size = sizeof<T>();
  // Four sums, so that an addition need not wait for the one before it.
  let a = splat<T>(0);
  let b = a;
  let c = a;
  let d = a;
  let at = x;
  for (const end = x + (n & ~3) * size; at < end; at += 4 * size) {
    a = add<T>(a, load<T>(at));
    b = add<T>(b, load<T>(at + size));
    c = add<T>(c, load<T>(at + 2 * size));
    d = add<T>(d, load<T>(at + 3 * size));
  }
  for (const end = x + n * size; at < end; at += size) a = add<T>(a, load<T>(at));
  const mean = div<T>(add<T>(add<T>(a, b), add<T>(c, d)), splat<T>(<f32>n));
  for (at = x; at < x + n * size; at += size) store<T>(at, sub<T>(load<T>(at), mean));
}

/** The sum of the squares of n values of T. */
function squares<T>(x: usize, n: usize): T {
  const size = sizeof<T>();
  let even = splat<T>(0);
  let odd = even;
  let at = x;
  for (const end = x + (n & ~1) * size; at < end; at += 2 * size) {
    const a = load<T>(at);
    const b = load<T>(at + size);
    even = add<T>(even, mul<T>(a, a));
    odd = add<T>(odd, mul<T>(b, b));
  }
  if ((n & 1) === 1) even = add<T>(even, mul<T>(load<T>(at), load<T>(at)));
  return add<T>(even, odd);
}

function storeLogEnergy<T>(plan: Kaldi, energy: T): void {
  const logEnergy = logPositive<T>(maxLanes<T>(energy, splat<T>(EPSILON)));
  store<T>(plan.logEnergy, maxLanes<T>(logEnergy, splat<T>(plan.logEnergyFloor)));
}

/** Natural logarithm of n values of T in place, floored. */
function logBlock<T>(x: usize, n: i32): void {
  const floor = splat<T>(EPSILON);
  for (let k: usize = 0; k < <usize>n * sizeof<T>(); k += sizeof<T>()) {
    store<T>(x + k, logPositive<T>(maxLanes<T>(load<T>(x + k), floor)));
  }
}

/** Filterbank energies, and the log energy before or (htkCompat) behind them. */
function scatterFbank<T>(plan: Kaldi, valid: i32, out: usize, row: usize): void {
  const count = plan.mel.rows;
  if (!plan.useEnergy) blockToRows<T>(plan.energies, count, valid, out, row);
  else {
    blockToRows<T>(plan.logEnergy, 1, valid, plan.htkCompat ? out + (<usize>count << 2) : out, row);
    blockToRows<T>(plan.energies, count, valid, plan.htkCompat ? out : out + 4, row);
  }
}

/** Cepstra, the first of them last with htkCompat. */
function scatterCepstra<T>(plan: Kaldi, valid: i32, out: usize, row: usize): void {
  const count = plan.numCeps;
  if (!plan.htkCompat) blockToRows<T>(plan.cepstra, count, valid, out, row);
  else {
    blockToRows<T>(plan.cepstra + sizeof<T>(), count - 1, valid, out, row);
    blockToRows<T>(plan.cepstra, 1, valid, out + (<usize>(count - 1) << 2), row);
  }
}

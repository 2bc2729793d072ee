// Short-time Fourier transform of frames abreast: lane l of a block holds the frame that starts l hops behind the first.
import { RealFft, realFftForward, realFftFree, realFftPlan, realFftPower } from "./rfft";
import { lanes, sqrt } from "./lanes";
import { window } from "./window";

// @ts-ignore: decorator
@unmanaged
export class Stft {
  nFft: i32;
  hop: i32;
  bins: i32;
  /** nFft values: the window of winLength in the middle, zeros around it. */
  window: usize;
  /** The window is zero before `from` and from `to` on. */
  from: i32;
  to: i32;
  fft: RealFft;
}

export function stftPlan(nFft: i32, winLength: i32, hop: i32, windowKind: i32, windowParameter: f64): Stft {
  const plan = changetype<Stft>(heap.alloc(offsetof<Stft>()));
  plan.nFft = nFft;
  plan.hop = hop;
  plan.bins = (nFft >> 1) + 1;
  plan.window = heap.alloc(<usize>nFft << 2);
  plan.from = (nFft - winLength) >> 1;
  plan.to = plan.from + winLength;
  memory.fill(plan.window, 0, <usize>nFft << 2);
  window(windowKind, winLength, true, windowParameter, plan.window + (<usize>plan.from << 2));
  plan.fft = realFftPlan(nFft);
  return plan;
}

export function stftFree(plan: Stft): void {
  realFftFree(plan.fft);
  heap.free(plan.window);
  heap.free(changetype<usize>(plan));
}

/** Number of frames of a signal of n samples that was padded by `pad` on each side. */
export function frameCount(n: i32, pad: i32, frameLength: i32, hop: i32): i32 {
  const length = n + 2 * pad;
  return length < frameLength ? 0 : 1 + (length - frameLength) / hop;
}

/** Transforms the block of frames that starts at x; the spectrum lies in plan.fft.re and plan.fft.im. */
export function stftBlock<T>(plan: Stft, x: usize): void {
  packBlock<T>(plan, x);
  realFftForward<T>(plan.fft);
}

/** Writes the power spectrum of the block of frames that starts at x, `bins` values of T. */
export function stftPowerBlock<T>(plan: Stft, x: usize, out: usize): void {
  packBlock<T>(plan, x);
  realFftPower<T>(plan.fft, out);
}

/** Windows the frames and puts their samples where the transform wants them. */
function packBlock<T>(plan: Stft, x: usize): void {
  const even = (plan.nFft & 1) === 0;
  const size = sizeof<T>();
  const inR = plan.fft.inR;
  const inI = plan.fft.inI;
  const hop = <usize>plan.hop << 2;
  // Whole groups of four samples inside the window's support are transposed; the few at its edges go one by one.
  const first = (plan.from + 3) & ~3;
  const last = first + ((max(plan.to - first, 0)) & ~3);
  // Of the values around the window's support, which are zero, those that share a pair with a sample are overwritten again.
  const length = <usize>(even ? plan.nFft >> 1 : plan.nFft) * size;
  const head = <usize>(even ? (plan.from + 1) >> 1 : plan.from) * size;
  const tail = <usize>(even ? plan.to >> 1 : plan.to) * size;
  memory.fill(inR, 0, head);
  memory.fill(inR + tail, 0, length - tail);
  if (even) {
    memory.fill(inI, 0, head);
    memory.fill(inI + tail, 0, length - tail);
  }
  if (isVector<T>() && even) {
    for (let i = plan.from; i < min(first, plan.to); i++) packSample<T>(plan, x, i);
    for (let i = first; i < last; i += 4) {
      const o = <usize>i << 2;
      const w = v128.load(plan.window + o);
      const a = f32x4.mul(v128.load(x + o), w);
      const b = f32x4.mul(v128.load(x + o + hop), w);
      const c = f32x4.mul(v128.load(x + o + 2 * hop), w);
      const d = f32x4.mul(v128.load(x + o + 3 * hop), w);
      const ab01 = v128.shuffle<f32>(a, b, 0, 4, 1, 5);
      const ab23 = v128.shuffle<f32>(a, b, 2, 6, 3, 7);
      const cd01 = v128.shuffle<f32>(c, d, 0, 4, 1, 5);
      const cd23 = v128.shuffle<f32>(c, d, 2, 6, 3, 7);
      const at = <usize>i << 3;
      v128.store(inR + at, v128.shuffle<f32>(ab01, cd01, 0, 1, 4, 5));
      v128.store(inI + at, v128.shuffle<f32>(ab01, cd01, 2, 3, 6, 7));
      v128.store(inR + at, v128.shuffle<f32>(ab23, cd23, 0, 1, 4, 5), 16);
      v128.store(inI + at, v128.shuffle<f32>(ab23, cd23, 2, 3, 6, 7), 16);
    }
    for (let i = max(first, last); i < plan.to; i++) packSample<T>(plan, x, i);
  } else {
    for (let i = plan.from; i < plan.to; i++) packSample<T>(plan, x, i);
  }
}

/** Windows sample i of every frame of the block and puts it where the transform wants it. */
// @ts-ignore: decorator
@inline
function packSample<T>(plan: Stft, x: usize, i: i32): void {
  const w = load<f32>(plan.window + (<usize>i << 2));
  const even = (plan.nFft & 1) === 0;
  const base = even && (i & 1) === 1 ? plan.fft.inI : plan.fft.inR;
  const at = base + <usize>(even ? i >> 1 : i) * sizeof<T>();
  for (let lane = 0; lane < lanes<T>(); lane++) {
    store<f32>(at + (<usize>lane << 2), load<f32>(x + (<usize>(i + lane * plan.hop) << 2)) * w);
  }
}

/** Writes the square root of `count` values of T. */
export function sqrtBlock<T>(x: usize, count: i32, out: usize): void {
  const end = <usize>count * sizeof<T>();
  for (let k: usize = 0; k < end; k += sizeof<T>()) store<T>(out + k, sqrt<T>(load<T>(x + k)));
}

// Viterbi decoding (Viterbi 1967) of pYIN's hidden Markov model as librosa 0.11 sets it up: for each pitch bin a voiced and an unvoiced
// state; triangular transitions between near bins, times a probability to switch between voiced and unvoiced; uniform at the start.
// Of the voiced states only the candidates of a frame live. Scores are logarithms in f32, the best of a frame moved to 0.
//
// What is kept is not a back pointer for each state and frame but, every BLOCK frames, the scores: going back, a block is
// computed again, and the best predecessor looked up for the one state of the path.
import { add, loadSplat, splat, sub } from "./lanes";
import { Candidates } from "./pyin";
import { BLOCK, ROUND, Viterbi } from "./viterbi-plan";

/** The larger; unlike `max` of lanes.ts one instruction, since no NaN comes here. */
// @ts-ignore: decorator
@inline
function larger<T>(a: T, b: T): T {
  if (isVector<T>()) return f32x4.pmax(a, b);
  return a < b ? b : a;
}

// @ts-ignore: decorator
@inline
function at(base: usize, index: i32): usize {
  return base + (<usize>index << 2);
}

/** Bytes of the scores that `viterbiDecode` keeps of `frames` frames. */
export function viterbiWorkBytes(plan: Viterbi, frames: i32): f64 {
  return <f64>plan.rowBytes * <f64>((frames + BLOCK - 1) / BLOCK);
}

/** Writes to `path`, i32 a frame, the bin of the most likely path, or -1 - bin where it is unvoiced. */
export function viterbiDecode<T>(plan: Viterbi, all: Candidates, path: usize): void {
  const frames = all.frames;
  const scores = heap.alloc((<usize>load<i32>(at(all.first, frames)) + 1) << 2);
  const kept = heap.alloc(plan.rowBytes * <usize>((frames + BLOCK - 1) / BLOCK));
  for (let t = 0; t < frames; t++) {
    step<T>(plan, all, t, scores);
    if (t % BLOCK === 0) memory.copy(kept + plan.rowBytes * <usize>(t / BLOCK), plan.rows, plan.rowBytes);
  }
  let candidate = -1;
  let bin = 0;
  for (let t = frames - 1; t >= 0; t--) {
    if (t < frames - 1 && t % BLOCK === BLOCK - 1) {
      const first = t + 1 - BLOCK;
      memory.copy(plan.rows, kept + plan.rowBytes * <usize>(first / BLOCK), plan.rowBytes);
      for (let again = first + 1; again <= t; again++) step<T>(plan, all, again, scores);
    }
    // The best state of this frame, before the state of the next frame or, in the last frame, at all; voiced states and low bins first.
    const last = t === frames - 1;
    const toVoiced = candidate >= 0;
    const row = at(rowOf(plan, t), plan.high);
    let best: f32 = -Infinity;
    let bestCandidate = -1;
    let bestBin = bin;
    const begin = load<i32>(at(all.first, t));
    for (let c = load<i32>(at(all.first, t + 1)) - 1; c >= begin; c--) {
      const from = load<i32>(at(all.bins, c));
      if (!last && (bin - from < plan.low || bin - from > plan.high)) continue;
      const way = last
        ? load<f32>(at(plan.sums, from))
        : load<f32>(at(plan.band, bin - from - plan.low)) + (toVoiced ? plan.stay : plan.change);
      const score = load<f32>(at(scores, c)) + way;
      if (score > best) {
        best = score;
        bestCandidate = c;
        bestBin = from;
      }
    }
    const lowest = last ? 0 : max(0, bin - plan.high);
    const highest = last ? plan.bins - 1 : min(plan.bins - 1, bin - plan.low);
    for (let from = lowest; from <= highest; from++) {
      const way = last
        ? load<f32>(at(plan.sums, from))
        : load<f32>(at(plan.band, bin - from - plan.low)) + (toVoiced ? plan.change : plan.stay);
      const score = load<f32>(at(row, from)) + way;
      if (score > best) {
        best = score;
        bestCandidate = -1;
        bestBin = from;
      }
    }
    candidate = bestCandidate;
    bin = bestBin;
    store<i32>(at(path, t), candidate >= 0 ? bin : -1 - bin);
  }
  heap.free(kept);
  heap.free(scores);
}

// @ts-ignore: decorator
@inline
function rowOf(plan: Viterbi, t: i32): usize {
  return plan.rows + plan.rowBytes * <usize>(t % BLOCK);
}

/** Scores of frame t: those of the unvoiced states to its row, those of its candidates to `scores`; each minus the log sum of its bin. */
function step<T>(plan: Viterbi, all: Candidates, t: i32, scores: usize): void {
  const voiced = at(plan.fromVoiced, -plan.low);
  if (t > 0) {
    spreadVoiced<T>(plan, all, t - 1, scores);
    spreadUnvoiced<T>(plan, rowOf(plan, t - 1));
  }
  const bytes = (<usize>plan.width) << 2;
  const stay = splat<T>(plan.stay);
  const change = splat<T>(plan.change);
  const observed = splat<T>(load<f32>(at(all.unvoiced, t)));
  for (let j: usize = 0; j < bytes; j += sizeof<T>()) {
    const way =
      t > 0
        ? larger<T>(add<T>(load<T>(plan.fromUnvoiced + j), stay), add<T>(load<T>(voiced + j), change))
        : splat<T>(0);
    store<T>(plan.scores + j, add<T>(way, observed));
  }
  let best: f32 = -Infinity;
  for (let k = 0; k < plan.bins; k++) best = larger<f32>(best, load<f32>(at(plan.scores, k)));
  const begin = load<i32>(at(all.first, t));
  const end = load<i32>(at(all.first, t + 1));
  for (let c = begin; c < end; c++) {
    const bin = load<i32>(at(all.bins, c));
    const way =
      t > 0
        ? larger<f32>(load<f32>(at(voiced, bin)) + plan.stay, load<f32>(at(plan.fromUnvoiced, bin)) + plan.change)
        : <f32>0;
    const score = way + load<f32>(at(all.logs, c));
    store<f32>(at(scores, c), score);
    best = larger<f32>(best, score);
  }
  for (let c = begin; c < end; c++) {
    const sum = load<f32>(at(plan.sums, load<i32>(at(all.bins, c))));
    store<f32>(at(scores, c), load<f32>(at(scores, c)) - best - sum);
  }
  const row = rowOf(plan, t);
  const inside = at(row, plan.high);
  const top = splat<T>(best);
  for (let j: usize = 0; j < bytes; j += sizeof<T>()) {
    store<T>(inside + j, sub<T>(sub<T>(load<T>(plan.scores + j), top), load<T>(plan.sums + j)));
  }
  for (let i = 0; i < plan.high; i++) store<f32>(at(row, i), -Infinity);
  for (let i = plan.bins; i < plan.width - plan.low; i++) store<f32>(at(inside, i), -Infinity);
}

/** The best way from a voiced state of frame t to each bin. */
function spreadVoiced<T>(plan: Viterbi, all: Candidates, t: i32, scores: usize): void {
  const nowhere = splat<T>(-Infinity);
  for (let j: usize = 0; j < plan.voicedBytes; j += sizeof<T>()) store<T>(plan.fromVoiced + j, nowhere);
  const bytes = (<usize>(plan.high - plan.low + 1)) << 2;
  const end = load<i32>(at(all.first, t + 1));
  for (let c = load<i32>(at(all.first, t)); c < end; c++) {
    // Bin k + low lies k bins behind the beginning of fromVoiced.
    const to = at(plan.fromVoiced, load<i32>(at(all.bins, c)));
    const score = loadSplat<T>(at(scores, c));
    for (let d: usize = 0; d < bytes; d += sizeof<T>()) {
      store<T>(to + d, larger<T>(load<T>(to + d), add<T>(score, load<T>(plan.band + d))));
    }
  }
}

/** The best way from an unvoiced state, whose scores are in `row`, to each bin: a convolution with max for sum and sum for product. */
function spreadUnvoiced<T>(plan: Viterbi, row: usize): void {
  const size = sizeof<T>();
  const bytes = (<usize>plan.width) << 2;
  const taps = (<usize>(plan.high - plan.low + 1)) << 2;
  // From bin j - low, the first whose transition by `low` leads to bin j, downwards.
  const from = at(row, plan.high - plan.low);
  for (let j: usize = 0; j < bytes; j += <usize>ROUND * size) {
    let a = splat<T>(-Infinity);
    let b = a;
    let c = a;
    let e = a;
    for (let d: usize = 0; d < taps; d += 4) {
      const weight = loadSplat<T>(plan.band + d);
      const place = from + j - d;
      a = larger<T>(a, add<T>(load<T>(place), weight));
      b = larger<T>(b, add<T>(load<T>(place + size), weight));
      c = larger<T>(c, add<T>(load<T>(place + 2 * size), weight));
      e = larger<T>(e, add<T>(load<T>(place + 3 * size), weight));
    }
    store<T>(plan.fromUnvoiced + j, a);
    store<T>(plan.fromUnvoiced + j + size, b);
    store<T>(plan.fromUnvoiced + j + 2 * size, c);
    store<T>(plan.fromUnvoiced + j + 3 * size, e);
  }
}

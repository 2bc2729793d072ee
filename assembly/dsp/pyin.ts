// The pitch candidates of probabilistic YIN (Mauch and Dixon 2014) as librosa 0.11 weighs them: every trough of the normalised difference
// function gets the probability that YIN with a random threshold chooses it.
import { betaCdf } from "./beta";
import { Difference, isTrough, parabolicShift } from "./difference";
import { logPositive } from "./lanes";

// @ts-ignore: decorator
@unmanaged
export class Pyin {
  sampleRate: f64;
  fMin: f64;
  /** Pitch bins: bin k is fMin * 2^(k / binsPerOctave) Hz. */
  bins: i32;
  binsPerOctave: f64;
  thresholds: i32;
  /** f64: the probability of each threshold (i + 1) / thresholds, a beta distribution's. */
  prior: usize;
  boltzmann: f64;
  /** f64: exp(-boltzmann k) for every number of troughs that a frame can have. */
  decay: usize;
  noTroughProb: f64;
  /** Of the troughs of one frame: period, i32; the first threshold that is higher, i32; probability, f64. */
  periods: usize;
  levels: usize;
  probabilities: usize;
  /** For each threshold how many troughs have it as their level, i32. */
  atLevel: usize;
}

export function pyinPlan(
  sampleRate: f64, frameLength: i32, fMin: f64, fMax: f64, thresholds: i32, betaA: f64, betaB: f64, boltzmann: f64,
  binsPerSemitone: i32, noTroughProb: f64,
): Pyin {
  const plan = changetype<Pyin>(heap.alloc(offsetof<Pyin>()));
  plan.sampleRate = sampleRate;
  plan.fMin = fMin;
  plan.binsPerOctave = 12.0 * <f64>binsPerSemitone;
  plan.bins = <i32>Math.floor(plan.binsPerOctave * Math.log2(fMax / fMin)) + 1;
  plan.thresholds = thresholds;
  plan.prior = heap.alloc((<usize>thresholds) << 3);
  let below = 0.0;
  for (let i = 0; i < thresholds; i++) {
    const cdf = betaCdf(<f64>(i + 1) / <f64>thresholds, betaA, betaB);
    store<f64>(plan.prior + ((<usize>i) << 3), cdf - below);
    below = cdf;
  }
  const most = <usize>(frameLength >> 1) + 1;
  plan.boltzmann = boltzmann;
  plan.decay = heap.alloc((most + 1) << 3);
  for (let k: usize = 0; k <= most; k++) store<f64>(plan.decay + (k << 3), Math.exp(-boltzmann * <f64>k));
  plan.noTroughProb = noTroughProb;
  plan.periods = heap.alloc(most << 2);
  plan.levels = heap.alloc(most << 2);
  plan.probabilities = heap.alloc(most << 3);
  plan.atLevel = heap.alloc((<usize>thresholds + 1) << 2);
  return plan;
}

export function pyinFree(plan: Pyin): void {
  heap.free(plan.prior);
  heap.free(plan.decay);
  heap.free(plan.periods);
  heap.free(plan.levels);
  heap.free(plan.probabilities);
  heap.free(plan.atLevel);
  heap.free(changetype<usize>(plan));
}

/** The candidates of all frames of a signal, one frame behind the other, each frame's from high pitch to low. */
// @ts-ignore: decorator
@unmanaged
export class Candidates {
  frames: i32;
  /** i32, frames + 1: where a frame's candidates begin. */
  first: usize;
  /** f32 a frame: the log probability of each unvoiced state. */
  unvoiced: usize;
  room: i32;
  /** i32 and f32 a candidate: its pitch bin, and its log probability. */
  bins: usize;
  logs: usize;
}

export function newCandidates(frames: i32): Candidates {
  const all = changetype<Candidates>(heap.alloc(offsetof<Candidates>()));
  all.frames = frames;
  all.first = heap.alloc((<usize>frames + 1) << 2);
  all.unvoiced = heap.alloc((<usize>frames) << 2);
  all.room = 2 * frames + 64;
  all.bins = heap.alloc((<usize>all.room) << 2);
  all.logs = heap.alloc((<usize>all.room) << 2);
  store<i32>(all.first, 0);
  return all;
}

export function freeCandidates(all: Candidates): void {
  heap.free(all.first);
  heap.free(all.unvoiced);
  heap.free(all.bins);
  heap.free(all.logs);
  heap.free(changetype<usize>(all));
}

/** numpy.finfo(float).tiny, which librosa adds before every logarithm of Viterbi's. */
export const TINY: f64 = 2.2250738585072014e-308;
const TINY32: f32 = 1.1754944e-38;

/** Adds the candidates of frame t, whose normalised difference is in `difference`. @returns the probability that it is voiced */
export function pyinCandidates(plan: Pyin, difference: Difference, all: Candidates, t: i32): f64 {
  const troughs = findTroughs(plan, difference);
  weighTroughs(plan, difference, troughs);
  const from = load<i32>(all.first + ((<usize>t) << 2));
  if (from + troughs > all.room) {
    all.room = from + troughs + (all.room >> 1);
    all.bins = heap.realloc(all.bins, (<usize>all.room) << 2);
    all.logs = heap.realloc(all.logs, (<usize>all.room) << 2);
  }
  let next = from;
  let last = 0.0;
  let voiced = 0.0;
  for (let i: usize = 0; i < <usize>troughs; i++) {
    const probability = load<f64>(plan.probabilities + (i << 3));
    if (probability === 0.0) continue;
    const period = load<i32>(plan.periods + (i << 2));
    const octaves = Math.log2(plan.sampleRate / (<f64>period + parabolicShift(difference, period)) / plan.fMin);
    const bin = max(0, <i32>nearest(plan.binsPerOctave * octaves));
    if (bin >= plan.bins) continue;
    // Of two candidates in one bin librosa keeps the one of the longer period.
    if (next > from && load<i32>(all.bins + ((<usize>(next - 1)) << 2)) === bin) {
      next--;
      voiced -= last;
    }
    store<i32>(all.bins + ((<usize>next) << 2), bin);
    store<f32>(all.logs + ((<usize>next) << 2), logPositive<f32>(max<f32>(<f32>probability, TINY32)));
    voiced += probability;
    last = probability;
    next++;
  }
  voiced = min(1.0, max(0.0, voiced));
  store<i32>(all.first + ((<usize>(t + 1)) << 2), next);
  store<f32>(all.unvoiced + ((<usize>t) << 2), <f32>Math.log((1.0 - voiced) / <f64>plan.bins + TINY));
  return voiced;
}

/** Lists periods and levels of the troughs. @returns how many there are */
function findTroughs(plan: Pyin, difference: Difference): i32 {
  const n = plan.thresholds;
  memory.fill(plan.atLevel, 0, (<usize>n + 1) << 2);
  let troughs = 0;
  for (let tau = difference.minPeriod; tau <= difference.maxPeriod; tau++) {
    if (!isTrough(difference, tau)) continue;
    const height = load<f64>(difference.values + ((<usize>tau) << 3));
    let level = n;
    if (height < 1.0) {
      level = <i32>(max(0.0, height) * <f64>n);
      if (height >= <f64>(level + 1) / <f64>n) level++;
      else if (level > 0 && height < <f64>level / <f64>n) level--;
    }
    store<i32>(plan.periods + ((<usize>troughs) << 2), tau);
    store<i32>(plan.levels + ((<usize>troughs) << 2), level);
    const count = plan.atLevel + ((<usize>level) << 2);
    store<i32>(count, load<i32>(count) + 1);
    troughs++;
  }
  return troughs;
}

/** Probabilities of the troughs: over all thresholds, Boltzmann's over the troughs below each, the shortest period first. */
function weighTroughs(plan: Pyin, difference: Difference, troughs: i32): void {
  memory.fill(plan.probabilities, 0, (<usize>troughs) << 3);
  const n = plan.thresholds;
  let mass = 0.0;
  let noTrough = 0.0;
  let below = 0;
  for (let i = 0; i <= n; i++) {
    const more = i < n ? load<i32>(plan.atLevel + ((<usize>i) << 2)) : 0;
    if (more > 0 || i === n) {
      if (below === 0) noTrough = mass;
      else spread(plan, troughs, below, i - 1, mass);
      mass = 0.0;
      below += more;
    }
    if (i < n) mass += load<f64>(plan.prior + ((<usize>i) << 3));
  }
  if (troughs === 0 || noTrough === 0.0) return;
  let deepest: usize = 0;
  for (let i: usize = 1; i < <usize>troughs; i++) if (heightOf(plan, difference, i) < heightOf(plan, difference, deepest)) deepest = i;
  const at = plan.probabilities + (deepest << 3);
  store<f64>(at, load<f64>(at) + plan.noTroughProb * noTrough);
}

// @ts-ignore: decorator
@inline
function heightOf(plan: Pyin, difference: Difference, trough: usize): f64 {
  return load<f64>(difference.values + ((<usize>load<i32>(plan.periods + (trough << 2))) << 3));
}

/** Shares `mass` between the `below` troughs of a level up to `level`, as scipy.stats.boltzmann.pmf(0, 1, ..., boltzmann, below). */
function spread(plan: Pyin, troughs: i32, below: i32, level: i32, mass: f64): void {
  if (mass === 0.0) return;
  const share = (mass * (1.0 - load<f64>(plan.decay, 8))) / (1.0 - load<f64>(plan.decay + ((<usize>below) << 3)));
  let position: usize = 0;
  for (let i: usize = 0; i < <usize>troughs; i++) {
    if (load<i32>(plan.levels + (i << 2)) > level) continue;
    const at = plan.probabilities + (i << 3);
    store<f64>(at, load<f64>(at) + share * load<f64>(plan.decay + (position << 3)));
    position++;
  }
}

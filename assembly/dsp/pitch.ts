// Everything that hangs on the difference function of YIN, in one pass over the frames: YIN, its aperiodicity, and probabilistic YIN.
import { canonical } from "../nan";
import { autocorrelateFrames, Difference, differenceFree, differencePlan, normalisedDifference } from "./difference";
import { lanes } from "./lanes";
import { freeCandidates, newCandidates, Pyin, pyinCandidates, pyinFree, pyinPlan } from "./pyin";
import { viterbiDecode, viterbiWorkBytes } from "./viterbi";
import { Viterbi, viterbiFree, viterbiPlan } from "./viterbi-plan";
import { yinFrequency, yinPeriod } from "./yin";

// @ts-ignore: decorator
@unmanaged
export class Pitch {
  sampleRate: f64;
  threshold: f64;
  difference: Difference;
  /** Both null in a plan for YIN alone. */
  pyin: Pyin | null;
  viterbi: Viterbi | null;
  /** Whether `pyin` holds the pitch of the path's state in unvoiced frames, too, not NaN. */
  guess: bool;
}

/** Options after librosa.yin and librosa.pyin; those whose names differ: `binsPerSemitone` is ceil(1 / resolution). `probabilistic`: for pYIN too. */
export function pitchPlan(
  sampleRate: f64, frameLength: i32, hop: i32, fMin: f64, fMax: f64, threshold: f64, thresholds: i32, betaA: f64,
  betaB: f64, boltzmann: f64, binsPerSemitone: i32, maxTransitionRate: f64, switchProb: f64, noTroughProb: f64, guess: bool,
  probabilistic: bool,
): Pitch {
  const plan = changetype<Pitch>(heap.alloc(offsetof<Pitch>()));
  plan.sampleRate = sampleRate;
  plan.threshold = threshold;
  plan.difference = differencePlan(sampleRate, frameLength, hop, fMin, fMax);
  plan.pyin = null;
  plan.viterbi = null;
  plan.guess = guess;
  if (!probabilistic) return plan;
  const pyin = pyinPlan(
    sampleRate, frameLength, fMin, fMax, thresholds, betaA, betaB, boltzmann, binsPerSemitone, noTroughProb,
  );
  // Half to even, as Python rounds; a band that reaches from end to end many times over is as good as any wider one.
  const semitones = nearest<f64>((maxTransitionRate * 12.0 * <f64>hop) / sampleRate);
  const width = <i32>min<f64>(semitones * <f64>binsPerSemitone + 1.0, 16777217.0);
  plan.pyin = pyin;
  plan.viterbi = viterbiPlan(pyin.bins, width, switchProb);
  return plan;
}

export function pitchFree(plan: Pitch): void {
  differenceFree(plan.difference);
  const pyin = plan.pyin;
  if (pyin !== null) pyinFree(pyin);
  const viterbi = plan.viterbi;
  if (viterbi !== null) viterbiFree(viterbi);
  heap.free(changetype<usize>(plan));
}

/** Bytes that `pitchFrames` may need beside the plan for pYIN, when every period that can be a trough is a candidate. */
export function pitchWorkBytes(plan: Pitch, frames: i32): f64 {
  const viterbi = plan.viterbi;
  if (viterbi === null) return 0.0;
  const troughs = min(viterbi.bins, (plan.difference.maxPeriod - plan.difference.minPeriod) / 2 + 1);
  return <f64>frames * (16.0 + 12.0 * <f64>troughs) + viterbiWorkBytes(viterbi, frames);
}

/**
 * Writes for each frame of the padded signal x, `stride` values apart, each where its pointer is not 0: `yin`, the pitch in Hz;
 * `depths`, the normalised difference at that period (near 0 for a periodic frame, near 1 for noise); `pyin`, the pitch on the most
 * likely path, NaN where it is unvoiced unless the plan guesses; `voiced`, 1 or 0 on that path; `voicedProb`, the probability that the frame is voiced.
 * x must reach 3 hops behind the last frame.
 */
export function pitchFrames<T>(
  plan: Pitch, x: usize, frames: i32, stride: i32, yin: usize, depths: usize, pyin: usize, voiced: usize,
  voicedProb: usize,
): void {
  const difference = plan.difference;
  const model = plan.pyin;
  const viterbi = plan.viterbi;
  const candidates = newCandidates(model !== null ? frames : 0);
  for (let t = 0; t < frames; t += lanes<T>()) {
    const block = x + ((<usize>(t * difference.hop)) << 2);
    const acf = autocorrelateFrames<T>(difference, block);
    for (let lane: usize = 0; lane < <usize>min(lanes<T>(), frames - t); lane++) {
      const frame = t + <i32>lane;
      normalisedDifference(difference, block + ((lane * <usize>difference.hop) << 2), acf + (lane << 2), sizeof<T>());
      const at = (<usize>(frame * stride)) << 2;
      if (yin || depths) {
        const period = yinPeriod(difference, plan.threshold);
        if (yin) store<f32>(yin + at, canonical<f32>(<f32>yinFrequency(difference, plan.sampleRate, period)));
        if (depths) {
          // NaN, of samples whose squares are beyond f32.
          store<f32>(depths + at, canonical<f32>(<f32>load<f64>(difference.values + ((<usize>period) << 3))));
        }
      }
      if (model !== null) {
        const probability = pyinCandidates(model, difference, candidates, frame);
        if (voicedProb) store<f32>(voicedProb + at, canonical<f32>(<f32>probability));
      }
    }
  }
  if (model !== null && viterbi !== null && (pyin || voiced)) {
    const path = heap.alloc((<usize>frames) << 2);
    viterbiDecode<T>(viterbi, candidates, path);
    for (let t = 0; t < frames; t++) {
      let bin = load<i32>(path + ((<usize>t) << 2));
      const at = (<usize>(t * stride)) << 2;
      if (voiced) store<f32>(voiced + at, bin >= 0 ? <f32>1 : <f32>0);
      if (!pyin) continue;
      if (bin < 0 && plan.guess) bin = -1 - bin;
      if (bin < 0) store<u32>(pyin + at, 0x7fc00000);
      else store<f32>(pyin + at, <f32>(model.fMin * Math.pow(2.0, <f64>bin / model.binsPerOctave)));
    }
    heap.free(path);
  }
  freeCandidates(candidates);
}

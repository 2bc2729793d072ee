/** Options of {@link referencePyin}, with librosa's meanings; beta_parameters are whole numbers. */
export interface ReferencePyinOptions {
  sampleRate: number;
  frameLength: number;
  hopLength: number;
  fMin: number;
  fMax: number;
  nThresholds: number;
  betaA: number;
  betaB: number;
  boltzmannParameter: number;
  binsPerSemitone: number;
  maxTransitionRate: number;
  switchProb: number;
  noTroughProb: number;
}

/**
 * librosa 0.11's pyin as it is written there, in float64: difference function by its definition, every threshold for itself, a full
 * transition matrix. Samples are padded with zeros by half a frame.
 */
export function referencePyin(samples: Float32Array, o: ReferencePyinOptions) {
  const half = o.frameLength >> 1;
  const padded = new Float64Array(samples.length + 2 * half);
  padded.set(samples, half);
  const frames = 1 + Math.floor((padded.length - o.frameLength) / o.hopLength);
  const bins = Math.floor(12 * o.binsPerSemitone * Math.log2(o.fMax / o.fMin)) + 1;
  const observations: Float64Array[] = [];
  const voicedProb: number[] = [];
  for (let t = 0; t < frames; t++) {
    const frame = padded.subarray(t * o.hopLength, t * o.hopLength + o.frameLength);
    const row = new Float64Array(2 * bins);
    for (const [frequency, probability] of candidates(frame, o)) {
      const bin = Math.max(0, roundHalfToEven(12 * o.binsPerSemitone * Math.log2(frequency / o.fMin)));
      if (probability !== 0 && bin < bins) row[bin] = probability;
    }
    const voiced = Math.min(
      1,
      row.reduce((sum, p) => sum + p),
    );
    row.fill((1 - voiced) / bins, bins);
    observations.push(row);
    voicedProb.push(voiced);
  }
  const semitones = roundHalfToEven((o.maxTransitionRate * 12 * o.hopLength) / o.sampleRate);
  const states = viterbi(observations, transitions(bins, semitones * o.binsPerSemitone + 1, o.switchProb));
  const pyin = states.map((s) => (s < bins ? o.fMin * 2 ** (s / (12 * o.binsPerSemitone)) : Number.NaN));
  // With fill_na=None librosa leaves the pitch of the state, voiced or not.
  const guesses = states.map((s) => o.fMin * 2 ** ((s % bins) / (12 * o.binsPerSemitone)));
  return { pyin, guesses, voicedProb };
}

function roundHalfToEven(x: number): number {
  const rounded = Math.round(x);
  return Math.abs(x % 1) === 0.5 && rounded % 2 !== 0 ? rounded - 1 : rounded;
}

/** I_x(a, b) for whole a and b: the probability of at least a successes in a + b - 1 trials. Exactly 1 where it is so in float64. */
function betaCdf(x: number, a: number, b: number): number {
  const n = a + b - 1;
  let choose = 1;
  let sum = 0;
  for (let j = 0; j <= n; j++) {
    if (x < 0.5 ? j >= a : j < a) sum += choose * x ** j * (1 - x) ** (n - j);
    choose = (choose * (n - j)) / (j + 1);
  }
  return x < 0.5 ? sum : 1 - sum;
}

function candidates(frame: Float64Array, o: ReferencePyinOptions): [frequency: number, probability: number][] {
  const shortest = Math.max(1, Math.floor(o.sampleRate / o.fMax));
  const longest = Math.min(Math.ceil(o.sampleRate / o.fMin), frame.length - 1);
  const d: number[] = [];
  let sum = 0;
  for (let tau = 1; tau <= longest; tau++) {
    // The frame is followed by zeros, and what it is compared with is the frame without its first tau samples.
    let value = 0;
    for (let i = tau; i < frame.length; i++) value += frame[i] ** 2 - 2 * frame[i] * frame[i - tau];
    for (let i = 0; i < frame.length; i++) value += frame[i] ** 2;
    sum += value;
    if (tau >= shortest) d.push(value / (sum / tau + 1.1754943508222875e-38));
  }
  const last = d.length - 1;
  const troughs = [...d.keys()].filter((i) => {
    if (i === 0) return d[0] < d[1];
    return d[i] < d[i - 1] && (i === last || d[i] <= d[i + 1]);
  });
  const probabilities = troughs.map(() => 0);
  if (troughs.length === 0) return [];
  const deepest = troughs.reduce((best, at, i) => (d[at] < d[troughs[best]] ? i : best), 0);
  for (let k = 0; k < o.nThresholds; k++) {
    const threshold = (k + 1) / o.nThresholds;
    const prior = betaCdf(threshold, o.betaA, o.betaB) - betaCdf(k / o.nThresholds, o.betaA, o.betaB);
    const below = [...troughs.keys()].filter((i) => d[troughs[i]] < threshold);
    if (below.length === 0) probabilities[deepest] += o.noTroughProb * prior;
    const scale = (1 - Math.exp(-o.boltzmannParameter)) / (1 - Math.exp(-o.boltzmannParameter * below.length));
    for (const [position, i] of below.entries()) {
      probabilities[i] += prior * scale * Math.exp(-o.boltzmannParameter * position);
    }
  }
  return troughs.map((at, i) => {
    let shift = 0;
    if (at > 0 && at < last) {
      const a = d[at + 1] + d[at - 1] - 2 * d[at];
      const b = (d[at + 1] - d[at - 1]) / 2;
      if (Math.abs(b) < Math.abs(a)) shift = -b / a;
    }
    return [o.sampleRate / (shortest + at + shift), probabilities[i]];
  });
}

/** Log probabilities [from][to] of 2 * bins states, voiced ones first. */
function transitions(bins: number, width: number, switchProb: number): Float64Array[] {
  const window = Array.from({ length: width }, (_, m) => {
    const rank = Math.min(m, width - 1 - m);
    return width % 2 === 1 ? (rank + 1) / ((width + 1) / 2) : (2 * rank + 1) / width;
  });
  // numpy.roll of the window padded to `bins` values in its middle.
  const start = Math.floor((bins - width) / 2) + Math.floor(bins / 2) + 1;
  const rows = Array.from({ length: bins }, (_, i) => {
    const row = new Float64Array(bins);
    for (let m = 0; m < width; m++) {
      const to = (start + m + i) % bins;
      if (Math.abs(to - i) <= Math.floor(width / 2)) row[to] = window[m];
    }
    const sum = row.reduce((a, b) => a + b);
    return row.map((v) => v / sum);
  });
  return Array.from({ length: 2 * bins }, (_, from) =>
    Float64Array.from({ length: 2 * bins }, (_, to) => {
      const same = from < bins === to < bins;
      return Math.log(rows[from % bins][to % bins] * (same ? 1 - switchProb : switchProb) + 2.2250738585072014e-308);
    }),
  );
}

function viterbi(observations: Float64Array[], transition: Float64Array[]): number[] {
  const tiny = 2.2250738585072014e-308;
  const states = transition.length;
  let values = observations[0].map((p) => Math.log(p + tiny));
  const pointers: Int32Array[] = [];
  for (const row of observations.slice(1)) {
    const best = new Float64Array(states).fill(Number.NEGATIVE_INFINITY);
    const pointer = new Int32Array(states);
    for (let from = 0; from < states; from++) {
      const ways = transition[from];
      const value = values[from];
      for (let to = 0; to < states; to++) {
        if (value + ways[to] > best[to]) {
          best[to] = value + ways[to];
          pointer[to] = from;
        }
      }
    }
    pointers.push(pointer);
    values = best.map((value, to) => value + Math.log(row[to] + tiny));
  }
  let state = values.indexOf(Math.max(...values));
  const path = [state];
  for (const pointer of pointers.reverse()) {
    state = pointer[state];
    path.push(state);
  }
  return path.reverse();
}

import { expect, test } from "vitest";
import { RealFft } from "../src/core/fft.ts";
import { Resampler } from "../src/core/resample.ts";

// The filter as it is: the response to an impulse at each of its phases, laid side by side, is the prototype at from * to; its spectrum tells
// pass-band and stop-band at every frequency at once, where sines would try a few.
const greatestDivisor = (a: number, b: number): number => (b === 0 ? a : greatestDivisor(b, a % b));

/** The resampler's gain in decibels by frequency in Hz, up to half of `from * to / gcd`. */
function response(from: number, to: number): { decibels: Float64Array; hzPerBin: number } {
  const divisor = greatestDivisor(from, to);
  const up = to / divisor;
  const down = from / divisor;
  const resampler = new Resampler(from, to);
  // Some hundred input samples more than the filter reaches, either way.
  const length = 1200 * Math.ceil(Math.max(1, from / to));
  const middle = length / 2;
  // Output m lies at input time m * down / up: an impulse at input n is seen by it at the distance (m * down - n * up) / up.
  const size = 2 ** Math.ceil(Math.log2(2 * length * up));
  const prototype = new Float32Array(size);
  for (let n = middle; n < middle + down; n++) {
    const impulse = new Float32Array(length);
    impulse[n] = 1;
    const out = resampler.process(impulse);
    for (let m = 0; m < out.length; m++) {
      const distance = m * down - n * up;
      prototype[(distance + size) % size] = out[m];
    }
  }
  const { re, im } = new RealFft(size).forward(prototype);
  const decibels = new Float64Array(size / 2);
  // A sample of the prototype weighs as much as one of the input: the gain of upsampling by zeros is 1 / up.
  for (let i = 0; i < decibels.length; i++) {
    decibels[i] = 20 * Math.log10(Math.hypot(re[i], im[i]) / up + 1e-12);
  }
  return { decibels, hzPerBin: (from * up) / size };
}

test.each([
  [48000, 16000],
  [44100, 16000],
  [22050, 16000],
  [8000, 16000],
  [16000, 44100],
  [16000, 48000],
  [96000, 44100],
  [127, 101],
])(
  "from %i to %i Hz: ripple under 0.001 dB to 0.9 of the lower Nyquist frequency, 96 dB down beyond it",
  (from, to) => {
    const { decibels, hzPerBin } = response(from, to);
    // On Nyquist itself, where the transition ends, it is 94.5 dB down.
    const nyquist = Math.min(from, to) / 2;
    let ripple = 0;
    let loudest = Number.NEGATIVE_INFINITY;
    decibels.forEach((value, i) => {
      const hz = i * hzPerBin;
      if (hz <= 0.9 * nyquist) ripple = Math.max(ripple, Math.abs(value));
      else if (hz >= 1.001 * nyquist) loudest = Math.max(loudest, value);
    });
    expect(ripple).toBeLessThan(0.001);
    expect(loudest).toBeLessThan(-96);
  },
);

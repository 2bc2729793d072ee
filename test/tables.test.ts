import { expect, test } from "vitest";
import { type DeltaMode, delta } from "../src/core/deltas.ts";
import { dctMatrix, melFilterbank } from "../src/core/tables.ts";
import { type WindowKind, windowFunction } from "../src/core/windows.ts";
import { denseMatrix } from "../src/matrix.ts";
import { fixtureFrames, fixtureNpy, largestDifference } from "./fixture.ts";

// scipy.signal.get_window(kind, 400, fftbins=True); povey: torchaudio.compliance.kaldi's, which is symmetric and made in float32.
test.each<[WindowKind, boolean]>([
  ["hann", true],
  ["hamming", true],
  ["blackman", true],
  ["bartlett", true],
  ["povey", false],
])("window %s", async (kind, periodic) => {
  const { data } = await fixtureNpy(`oracle/const/win_${kind}_400.npy`);
  expect(largestDifference(windowFunction(kind, 400, periodic), data)).toBeLessThan(1e-6);
});

test("windows of one and two samples are defined", () => {
  expect([...windowFunction("hann", 1, false)]).toEqual([1]);
  expect([...windowFunction("hann", 2)]).toEqual([0, 1]);
  expect([...windowFunction("boxcar", 3)]).toEqual([1, 1, 1]);
  expect(() => windowFunction("dpss" as WindowKind, 8)).toThrow('unknown window "dpss"; known are hann');
  expect(() => windowFunction("kaiser", 8)).toThrow("the window kaiser needs windowParameter, a number from 0 to 500");
  expect(() => windowFunction("tukey", 8, true, 2)).toThrow("windowParameter must be a number from 0 to 1, not 2");
  expect(() => windowFunction("hann", 8, true, 2)).toThrow("the window hann takes no windowParameter");
});

// librosa.filters.mel(sr=..., n_fft=..., n_mels=..., htk=..., norm=...) of 0.11
test.each([
  [16000, 512, 40, "slaney"],
  [16000, 512, 26, "slaney"],
  [16000, 512, 40, "htk_nonorm"],
  [16000, 512, 26, "htk_nonorm"],
  [22050, 2048, 128, "slaney"],
  [22050, 2048, 128, "htk_nonorm"],
] as const)("mel filters %i Hz, %i, %i, %s", async (sampleRate, nFft, nMels, kind) => {
  const { data } = await fixtureNpy(`oracle/const/mel_${sampleRate}_${nFft}_${nMels}_${kind}.npy`);
  const htk = kind !== "slaney";
  const filters = melFilterbank({ sampleRate, nFft, nMels, htk, norm: htk ? null : "slaney" });
  expect(largestDifference(filters.data, data)).toBeLessThan(1e-8);
});

test("DCT", async () => {
  const { data } = await fixtureNpy("oracle/const/dct40x40_ortho.npy");
  expect(largestDifference(dctMatrix(40, 40).data, data)).toBeLessThan(1e-7);
});

// python3: numpy.round(scipy.fft.dct(numpy.eye(4), type=t, norm=n, axis=0), 6)
test.each([
  [1, null, [1, 2, 2, 1, 1, 1, -1, -1, 1, -1, -1, 1, 1, -2, 2, -1]],
  [
    1,
    "ortho",
    [
      0.408248, 0.57735, 0.57735, 0.408248, 0.57735, 0.408248, -0.408248, -0.57735, 0.57735, -0.408248, -0.408248,
      0.57735, 0.408248, -0.57735, 0.57735, -0.408248,
    ],
  ],
  [
    2,
    null,
    [
      2, 2, 2, 2, 1.847759, 0.765367, -0.765367, -1.847759, 1.414214, -1.414214, -1.414214, 1.414214, 0.765367,
      -1.847759, 1.847759, -0.765367,
    ],
  ],
  [
    3,
    null,
    [
      1, 1.847759, 1.414214, 0.765367, 1, 0.765367, -1.414214, -1.847759, 1, -0.765367, -1.414214, 1.847759, 1,
      -1.847759, 1.414214, -0.765367,
    ],
  ],
  [
    3,
    "ortho",
    [
      0.5, 0.653281, 0.5, 0.270598, 0.5, 0.270598, -0.5, -0.653281, 0.5, -0.270598, -0.5, 0.653281, 0.5, -0.653281, 0.5,
      -0.270598,
    ],
  ],
] as const)("DCT type %i, norm %s", (type, norm, expected) => {
  expect(largestDifference(dctMatrix(4, 4, type, norm).data, expected)).toBeLessThan(1e-6);
});

// librosa.feature.delta(savgol_in, width=w, order=o) of 0.11
test.each([3, 9, 11])("deltas over %i frames", async (width) => {
  const frames = await fixtureFrames("oracle/const/savgol_in.npy");
  for (const order of [1, 2]) {
    const expected = await fixtureFrames(`oracle/const/delta_w${width}_o${order}.npy`);
    expect(largestDifference(delta(frames, { width, order }).data, expected.data)).toBeLessThan(1e-6);
  }
});

test("deltas of a line and a parabola are their derivatives", () => {
  const frames = denseMatrix(
    20,
    2,
    Float32Array.from({ length: 40 }, (_, i) => (i % 2 === 0 ? 3 * (i >> 1) : (i >> 1) ** 2)),
  );
  const first = delta(frames, { width: 5 });
  const second = delta(frames, { width: 5, order: 2 });
  for (let t = 2; t < 18; t++) {
    expect(first.data[2 * t]).toBeCloseTo(3, 5);
    expect(first.data[2 * t + 1]).toBeCloseTo(2 * t, 4);
    expect(second.data[2 * t + 1]).toBeCloseTo(2, 4);
  }
});

test("too few frames for interpolated deltas are refused as librosa refuses them", () => {
  expect(() => delta(denseMatrix(2, 13))).toThrow("need 9 frames, but the audio has 2");
  expect(delta(denseMatrix(2, 13), { mode: "nearest" }).rows).toBe(2);
  expect(() => delta(denseMatrix(20, 1), { width: 4 })).toThrow("must be odd");
  expect(() => delta(denseMatrix(20, 1), { mode: "reflect" as DeltaMode })).toThrow(
    'unknown mode of deltas "reflect"; known are interp, nearest, mirror, constant, wrap',
  );
  expect(delta(denseMatrix(0, 3), { mode: "wrap" }).rows).toBe(0);
});

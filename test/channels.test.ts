import { expect, test } from "vitest";
import { channels } from "../src/audio/channels.ts";
import { Random } from "../src/random.ts";

test("every channel gives as many finite samples, others than it was given, the same for the same seed", () => {
  const samples = Float32Array.from({ length: 8000 }, (_, n) => 0.5 * Math.sin(n / 9) * Math.sin(n / 400));
  expect(new Set(channels.map(({ name }) => name)).size).toBe(channels.length);
  for (const { name, degrade } of channels) {
    for (const rate of [16000, 44100]) {
      const worse = degrade(samples, rate, new Random(1));
      expect(worse, name).toHaveLength(samples.length);
      expect(worse.every(Number.isFinite), name).toBe(true);
      expect(worse, name).not.toEqual(samples);
      expect(degrade(samples, rate, new Random(1)), name).toEqual(worse);
    }
    expect(
      degrade(new Float32Array(800), 16000, new Random(1)).every((x) => x === 0),
      name,
    ).toBe(true);
    expect(degrade(new Float32Array(0), 16000, new Random(1)), name).toHaveLength(0);
  }
});

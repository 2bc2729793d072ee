import { expect, test } from "vitest";
import { expectedCalibrationError } from "../src/evaluation/calibration.ts";
import { applyTemperature, fitTemperature } from "../src/models/temperature.ts";
import { Random } from "../src/random.ts";

/** Labels drawn from softmax(z), and the probabilities that a model with logits z * sharpness would give. */
function overconfident(sharpness: number, rows: number) {
  const random = new Random(7);
  const data = new Float64Array(rows * 3);
  const truth = new Int32Array(rows);
  for (let r = 0; r < rows; r++) {
    const z = [random.normal(), random.normal(), random.normal()];
    const softmax = (scale: number) => {
      const weights = z.map((v) => Math.exp(v * scale));
      const sum = weights.reduce((a, b) => a + b);
      return weights.map((w) => w / sum);
    };
    const honest = softmax(1);
    const u = random.uniform();
    truth[r] = u < honest[0] ? 0 : u < honest[0] + honest[1] ? 1 : 2;
    data.set(softmax(sharpness), r * 3);
  }
  return { probabilities: { rows, columns: 3, data }, truth, weights: new Float64Array(rows).fill(1) };
}

// With 20,000 rows the estimate of the temperature strays by about 2 %.
test.each([0.5, 1, 3])("logits that are %f times too sharp get that temperature", (sharpness) => {
  const { probabilities, truth, weights } = overconfident(sharpness, 20000);
  const temperature = fitTemperature(probabilities, truth, weights);
  expect(temperature / sharpness).toBeGreaterThan(0.95);
  expect(temperature / sharpness).toBeLessThan(1.05);
  const calibrated = applyTemperature(probabilities, temperature);
  expect(expectedCalibrationError(calibrated, truth, weights)).toBeLessThan(0.02);
  if (sharpness === 3) expect(expectedCalibrationError(probabilities, truth, weights)).toBeGreaterThan(0.1);
});

test("calibration error of certainty that is half right is one half", () => {
  const probabilities = { rows: 4, columns: 2, data: Float64Array.of(1, 0, 1, 0, 1, 0, 1, 0) };
  expect(expectedCalibrationError(probabilities, Int32Array.of(0, 0, 1, 1), [1, 1, 1, 1])).toBeCloseTo(0.5, 12);
});

test("temperature keeps the order of the classes and sums of 1", () => {
  const { data } = applyTemperature({ rows: 1, columns: 3, data: Float64Array.of(0.7, 0.2, 0.1) }, 2);
  expect(data[0] + data[1] + data[2]).toBeCloseTo(1, 12);
  expect(data[0]).toBeGreaterThan(data[1]);
  expect(data[1]).toBeGreaterThan(data[2]);
  expect(data[0]).toBeLessThan(0.7);
});

test("no rows to calibrate on is an error", () => {
  const none = { rows: 0, columns: 2, data: new Float64Array(0) };
  expect(() => fitTemperature(none, new Int32Array(0), [])).toThrow("no held-out rows");
});

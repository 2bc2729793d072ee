import { betaCdf } from "../dsp/beta";

// scipy.stats.beta.cdf(x, a, b)
describe("the beta distribution", () => {
  test("betaCdf is scipy's", () => {
    expect(betaCdf(0.01, 2.0, 18.0)).toBeCloseTo(0.015273761488896611, 13);
    expect(betaCdf(0.1, 2.0, 18.0)).toBeCloseTo(0.5797350211684026, 13);
    expect(betaCdf(0.5, 2.0, 18.0)).toBeCloseTo(0.9999618530273438, 13);
    expect(betaCdf(0.9, 2.0, 18.0)).toBeCloseTo(1.0, 13);
    expect(betaCdf(0.3, 0.5, 0.5)).toBeCloseTo(0.36901011956554536, 13);
    expect(betaCdf(0.7, 3.5, 1.25)).toBeCloseTo(0.36852739917558613, 13);
    expect(betaCdf(0.5, 100.0, 100.0)).toBeCloseTo(0.4999999999999996, 13);
    expect(betaCdf(0.02, 0.01, 100.0)).toBeCloseTo(0.9995103368119574, 13);
    expect(betaCdf(0.999, 100.0, 0.01)).toBeCloseTo(0.018174963599108463, 13);
    expect(betaCdf(0.25, 1.0, 1.0)).toBeCloseTo(0.25, 13);
  });

  test("ends", () => {
    expect(betaCdf(0.0, 2.0, 18.0)).toBe(0.0);
    expect(betaCdf(1.0, 2.0, 18.0)).toBe(1.0);
  });
});

import { CONVERGED, newLbfgs, releaseLbfgs, runLbfgs } from "../linear/lbfgs";
import { newOwlqn, releaseOwlqn, runOwlqn } from "../linear/owlqn";
import { addScaled, dot, maxAbs } from "../linear/vector";

/** sum_i (i + 1) / 2 * (x_i - i)^2 over four elements: the minimum is at 0, 1, 2, 3. */
function quadratic(x: usize, gradient: usize, context: usize): f64 {
  let value: f64 = 0;
  for (let i = 0; i < 4; i++) {
    const at = (i as usize) << 3;
    const difference = load<f64>(x + at) - (i as f64);
    value += 0.5 * ((i + 1) as f64) * difference * difference;
    store<f64>(gradient + at, ((i + 1) as f64) * difference);
  }
  return value;
}

/** Rosenbrock's function (1960), whose curved valley no straight descent follows; the minimum is at (1, 1). */
function rosenbrock(x: usize, gradient: usize, context: usize): f64 {
  const a = load<f64>(x);
  const b = load<f64>(x, 8);
  const valley = b - a * a;
  store<f64>(gradient, -2 * (1 - a) - 400 * a * valley);
  store<f64>(gradient, 200 * valley, 8);
  return (1 - a) * (1 - a) + 100 * valley * valley;
}

describe("lbfgs", () => {
  test("finds the minimum of a quadratic", () => {
    const state = newLbfgs(4, quadratic.index, 0);
    expect(runLbfgs(state, 100, 1e-10)).toBe(CONVERGED);
    for (let i = 0; i < 4; i++) expect(load<f64>(state.x + ((i as usize) << 3))).toBeCloseTo(i as f64, 9);
    expect(state.iterations).toBeLessThan(20);
    releaseLbfgs(state);
  });

  test("follows a curved valley", () => {
    const state = newLbfgs(2, rosenbrock.index, 0);
    expect(runLbfgs(state, 200, 1e-9)).toBe(CONVERGED);
    expect(load<f64>(state.x)).toBeCloseTo(1, 8);
    expect(load<f64>(state.x, 8)).toBeCloseTo(1, 8);
    releaseLbfgs(state);
  });

  test("goes on where it stopped", () => {
    const whole = newLbfgs(2, rosenbrock.index, 0);
    const parts = newLbfgs(2, rosenbrock.index, 0);
    runLbfgs(whole, 12, 0);
    for (let i = 0; i < 4; i++) runLbfgs(parts, 3, 0);
    expect(load<f64>(parts.x)).toBe(load<f64>(whole.x));
    expect(parts.value).toBe(whole.value);
    releaseLbfgs(whole);
    releaseLbfgs(parts);
  });
});

describe("owlqn", () => {
  test("moves each element of a quadratic towards 0 by the penalty over its curvature", () => {
    const state = newLbfgs(4, quadratic.index, 0);
    const penalised = newOwlqn(state, 3, 2.5);
    expect(runOwlqn(penalised, 100, 1e-10)).toBe(CONVERGED);
    expect(load<f64>(state.x)).toBe(0);
    expect(load<f64>(state.x, 8)).toBe(0); // 2 (1 - 0) is less than 2.5
    expect(load<f64>(state.x, 16)).toBeCloseTo(2 - 2.5 / 3, 8);
    expect(load<f64>(state.x, 24)).toBeCloseTo(3, 8); // not penalised
    releaseOwlqn(penalised);
    releaseLbfgs(state);
  });
});

describe("vector", () => {
  test("dot, addScaled and maxAbs", () => {
    const x = heap.alloc(32);
    const y = heap.alloc(32);
    for (let i = 0; i < 4; i++) {
      store<f64>(x + ((i as usize) << 3), (i + 1) as f64);
      store<f64>(y + ((i as usize) << 3), -1);
    }
    expect(dot(x, y, 4)).toBe(-10);
    addScaled(y, 2, x, 4);
    expect(load<f64>(y, 24)).toBe(7);
    expect(maxAbs(y, 4)).toBe(7);
    heap.free(x);
    heap.free(y);
  });
});

// Minimises a smooth function plus strength * |x|_1 by OWL-QN (Andrew and Gao 2007, "Scalable training of L1-regularized log-linear
// models"): L-BFGS that stays, at each step, in the orthant which it goes into, so that elements come to lie at 0 exactly.
import {
  acceptTrial,
  CONVERGED,
  EXHAUSTED,
  findDirection,
  Lbfgs,
  MAX_EVALUATIONS,
  ROUNDING,
  RUNNING,
  SUFFICIENT_DECREASE,
} from "./lbfgs";
import { addScaled, dot, maxAbs } from "./vector";

@unmanaged
export class Owlqn {
  /** Holds x, the smooth part's value and gradient, and what is remembered of its curvature. */
  lbfgs: Lbfgs;
  /** The penalty holds for so many elements, from the first on. */
  penalised: usize;
  strength: f64;
  /** The smooth value plus the penalty. */
  value: f64;
  /** The steepest slope that leads down, negated; 0 where every way leads up. */
  pseudoGradient: usize;
}

export function newOwlqn(lbfgs: Lbfgs, penalised: usize, strength: f64): Owlqn {
  const o = changetype<Owlqn>(heap.alloc(offsetof<Owlqn>()));
  o.lbfgs = lbfgs;
  o.penalised = penalised;
  o.strength = strength;
  o.value = lbfgs.value + penaltyAt(o, lbfgs.x);
  o.pseudoGradient = heap.alloc(lbfgs.n << 3);
  findPseudoGradient(o);
  return o;
}

/** Frees all but the L-BFGS, which stays the caller's. */
export function releaseOwlqn(o: Owlqn): void {
  heap.free(o.pseudoGradient);
  heap.free(changetype<usize>(o));
}

/** Makes at most `iterations` steps, until the largest |pseudo-gradient| is at most `tolerance`. */
export function runOwlqn(o: Owlqn, iterations: i32, tolerance: f64): i32 {
  const n = o.lbfgs.n;
  for (let i = 0; i < iterations; i++) {
    if (maxAbs(o.pseudoGradient, n) <= tolerance) return CONVERGED;
    if (!step(o)) return EXHAUSTED;
    o.lbfgs.iterations++;
  }
  return maxAbs(o.pseudoGradient, n) <= tolerance ? CONVERGED : RUNNING;
}

function step(o: Owlqn): bool {
  const s = o.lbfgs;
  let found = search(o);
  if (!found && s.stored > 0) {
    s.stored = 0; // what is remembered misleads: once more, straight downhill
    found = search(o);
  }
  if (!found) return false;
  acceptTrial(s);
  o.value = s.value + penaltyAt(o, s.x);
  findPseudoGradient(o);
  return true;
}

function penaltyAt(o: Owlqn, x: usize): f64 {
  let sum: f64 = 0;
  for (let i: usize = 0; i < o.penalised << 3; i += 8) sum += abs(load<f64>(x + i));
  return o.strength * sum;
}

/** Equation 4 of the paper. */
function findPseudoGradient(o: Owlqn): void {
  const s = o.lbfgs;
  memory.copy(o.pseudoGradient, s.gradient, s.n << 3);
  for (let i: usize = 0; i < o.penalised << 3; i += 8) {
    const x = load<f64>(s.x + i);
    const gradient = load<f64>(s.gradient + i);
    const right = gradient + o.strength;
    const left = gradient - o.strength;
    const slope: f64 = x > 0 || (x === 0 && right < 0) ? right : x < 0 || left > 0 ? left : 0;
    store<f64>(o.pseudoGradient + i, slope);
  }
}

/** Halves the step, projected onto the orthant, until the value has fallen enough; the trial is left there. */
function search(o: Owlqn): bool {
  const s = o.lbfgs;
  findDirection(s, o.pseudoGradient);
  alignDirection(o);
  if (!(dot(o.pseudoGradient, s.direction, s.n) < 0)) return false;
  let length: f64 = 1;
  for (let k = 0; k < MAX_EVALUATIONS; k++, length *= 0.5) {
    memory.copy(s.trial, s.x, s.n << 3);
    addScaled(s.trial, length, s.direction, s.n);
    projectTrial(o);
    s.trialValue = call_indirect<f64>(s.objective, s.trial, s.trialGradient, s.context);
    const value = s.trialValue + penaltyAt(o, s.trial);
    const descent = dot(o.pseudoGradient, s.trial, s.n) - dot(o.pseudoGradient, s.x, s.n);
    if (descent < 0 && value <= o.value + SUFFICIENT_DECREASE * descent + ROUNDING * abs(o.value)) return true;
  }
  return false;
}

/** Elements whose direction, made by curvature, leads up are kept where they are. */
function alignDirection(o: Owlqn): void {
  const direction = o.lbfgs.direction;
  for (let i: usize = 0; i < o.penalised << 3; i += 8) {
    if (load<f64>(direction + i) * load<f64>(o.pseudoGradient + i) >= 0) store<f64>(direction + i, 0);
  }
}

/** Elements that would change sign stop at 0; those at 0 may go where the slope leads. */
function projectTrial(o: Owlqn): void {
  const s = o.lbfgs;
  for (let i: usize = 0; i < o.penalised << 3; i += 8) {
    const x = load<f64>(s.x + i);
    const orthant = x === 0 ? -load<f64>(o.pseudoGradient + i) : x;
    if (load<f64>(s.trial + i) * orthant <= 0) store<f64>(s.trial + i, 0);
  }
}

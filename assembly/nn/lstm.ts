// Long short-term memory (Hochreiter and Schmidhuber 1997, with forget gates: Gers, Schmidhuber and Cummins 2000) over sequences of
// several lengths, and its gradient through time. Gates in Keras's order: input, forget, candidate, output.
//   i, f, o = sigmoid(x W + h U + b), g = tanh(...);  c = f c' + i g;  h = o tanh(c)
// Beyond a sequence's length c and h are zero, so that a pass from the end starts afresh where the sequence ends.
import { add, mul, splat, sub } from "../dsp/lanes";
import { sigmoid, tanh } from "./activations";
import { floats, gemm, gemmWorkBytes, multiplyPacked, packA, packB, panelBytes } from "./gemm";
import { addLastGradient, columnSums, fillRows, lastStates, lengthOf, previousStates } from "./steps";

/** Bytes that forward and backward need at `work`. */
export function lstmWorkBytes(batch: i32, steps: i32, inputs: i32, units: i32): usize {
  const panels = max(panelBytes(4 * units, units), panelBytes(units, 4 * units)) + panelBytes(batch, 4 * units);
  return panels + gemmWorkBytes(max(4 * units, inputs)) + ((<usize>(batch * units * (steps + 2))) << 2);
}

// @ts-ignore: decorator
@inline
function cell<T>(gates: usize, units: i32, before: usize, first: bool, c: usize, h: usize): void {
  const i = sigmoid<T>(load<T>(gates));
  const f = sigmoid<T>(load<T>(floats(gates, units)));
  const g = tanh<T>(load<T>(floats(gates, 2 * units)));
  const o = sigmoid<T>(load<T>(floats(gates, 3 * units)));
  let state = mul<T>(i, g);
  if (!first) state = add<T>(mul<T>(f, load<T>(before)), state);
  store<T>(gates, i);
  store<T>(floats(gates, units), f);
  store<T>(floats(gates, 2 * units), g);
  store<T>(floats(gates, 3 * units), o);
  store<T>(c, state);
  store<T>(h, mul<T>(o, tanh<T>(state)));
}

/**
 * x (batch x steps x inputs), kernel (inputs x 4 units), recurrent (units x 4 units), bias (4 units), lengths (batch, i32): writes h and c
 * (batch x steps x units), the gates after their activation (batch x steps x 4 units) and the last h of each sequence (batch x units).
 */
export function lstmForward(
  batch: i32, steps: i32, inputs: i32, units: i32, reverse: bool,
  x: usize, kernel: usize, recurrent: usize, bias: usize, lengths: usize,
  h: usize, last: usize, c: usize, gates: usize, work: usize,
): void {
  const width = 4 * units;
  const packedU = work;
  const packedH = packedU + panelBytes(width, units);
  const rest = packedH + panelBytes(batch, width);
  fillRows(gates, bias, batch * steps, width);
  gemm(batch * steps, width, inputs, x, inputs, 1, kernel, width, 1, gates, true, rest);
  packB(width, units, recurrent, width, 1, packedU);
  const row = steps * units;
  for (let step = 0; step < steps; step++) {
    const t = reverse ? steps - 1 - step : step;
    const before = reverse ? units : -units;
    if (step > 0) {
      packA(batch, units, floats(h, t * units + before), row, 1, packedH);
      multiplyPacked(batch, width, units, packedH, packedU, floats(gates, t * width), steps * width, true);
    }
    for (let b = 0; b < batch; b++) {
      const at = b * row + t * units;
      const hNow = floats(h, at);
      const cNow = floats(c, at);
      const gatesNow = floats(gates, (b * steps + t) * width);
      if (t >= lengthOf(lengths, b, steps)) {
        memory.fill(hNow, 0, (<usize>units) << 2);
        memory.fill(cNow, 0, (<usize>units) << 2);
        memory.fill(gatesNow, 0, (<usize>width) << 2);
        continue;
      }
      const cBefore = floats(cNow, before);
      let j = 0;
      for (; j + 4 <= units; j += 4) {
        cell<v128>(floats(gatesNow, j), units, floats(cBefore, j), step === 0, floats(cNow, j), floats(hNow, j));
      }
      for (; j < units; j++) {
        cell<f32>(floats(gatesNow, j), units, floats(cBefore, j), step === 0, floats(cNow, j), floats(hNow, j));
      }
    }
  }
  lastStates(h, lengths, batch, steps, units, reverse, last);
}

// @ts-ignore: decorator
@inline
function cellBackward<T>(
  gates: usize, units: i32, c: usize, before: usize, first: bool, dhSum: usize, dh: usize, dc: usize, dGates: usize,
): void {
  const one = splat<T>(1.0);
  const i = load<T>(gates);
  const f = load<T>(floats(gates, units));
  const g = load<T>(floats(gates, 2 * units));
  const o = load<T>(floats(gates, 3 * units));
  const squashed = tanh<T>(load<T>(c));
  const error = add<T>(load<T>(dhSum), load<T>(dh));
  const through = mul<T>(mul<T>(error, o), sub<T>(one, mul<T>(squashed, squashed)));
  const state = add<T>(load<T>(dc), through);
  const beforeState = first ? splat<T>(0.0) : load<T>(before);
  store<T>(dGates, mul<T>(mul<T>(state, g), mul<T>(i, sub<T>(one, i))));
  store<T>(floats(dGates, units), mul<T>(mul<T>(state, beforeState), mul<T>(f, sub<T>(one, f))));
  store<T>(floats(dGates, 2 * units), mul<T>(mul<T>(state, i), sub<T>(one, mul<T>(g, g))));
  store<T>(floats(dGates, 3 * units), mul<T>(mul<T>(error, squashed), mul<T>(o, sub<T>(one, o))));
  store<T>(dc, mul<T>(state, f));
}

/**
 * The gradient. dh (batch x steps x units) and dLast (batch x units) come in; dh is spoilt. Writes dx, dKernel, dRecurrent, dBias, and dGates
 * (batch x steps x 4 units), which is also work space.
 */
export function lstmBackward(
  batch: i32, steps: i32, inputs: i32, units: i32, reverse: bool,
  x: usize, kernel: usize, recurrent: usize, lengths: usize,
  h: usize, c: usize, gates: usize, dh: usize, dLast: usize,
  dx: usize, dKernel: usize, dRecurrent: usize, dBias: usize, dGates: usize, work: usize,
): void {
  const width = 4 * units;
  const row = steps * units;
  const packedU = work;
  const packedD = packedU + panelBytes(units, width);
  const dhNext = packedD + panelBytes(batch, width);
  const dc = floats(dhNext, batch * units);
  const hBefore = floats(dc, batch * units);
  const rest = floats(hBefore, batch * row);
  addLastGradient(dh, dLast, lengths, batch, steps, units, reverse);
  packB(units, width, recurrent, 1, width, packedU);
  memory.fill(dhNext, 0, (<usize>(2 * batch * units)) << 2);
  for (let step = steps - 1; step >= 0; step--) {
    const t = reverse ? steps - 1 - step : step;
    const before = reverse ? units : -units;
    for (let b = 0; b < batch; b++) {
      const at = b * row + t * units;
      const gatesNow = floats(gates, (b * steps + t) * width);
      const dGatesNow = floats(dGates, (b * steps + t) * width);
      const dcNow = floats(dc, b * units);
      const dhNow = floats(dhNext, b * units);
      if (t >= lengthOf(lengths, b, steps)) {
        memory.fill(dGatesNow, 0, (<usize>width) << 2);
        continue;
      }
      const cNow = floats(c, at);
      const cBefore = floats(cNow, before);
      const dhOut = floats(dh, at);
      let j = 0;
      for (; j + 4 <= units; j += 4) {
        cellBackward<v128>(
          floats(gatesNow, j), units, floats(cNow, j), floats(cBefore, j), step === 0,
          floats(dhNow, j), floats(dhOut, j), floats(dcNow, j), floats(dGatesNow, j),
        );
      }
      for (; j < units; j++) {
        cellBackward<f32>(
          floats(gatesNow, j), units, floats(cNow, j), floats(cBefore, j), step === 0,
          floats(dhNow, j), floats(dhOut, j), floats(dcNow, j), floats(dGatesNow, j),
        );
      }
    }
    if (step > 0) {
      packA(batch, width, floats(dGates, t * width), steps * width, 1, packedD);
      multiplyPacked(batch, units, width, packedD, packedU, dhNext, units, false);
    }
  }
  const rows = batch * steps;
  previousStates(h, batch, steps, units, reverse, hBefore);
  gemm(rows, inputs, width, dGates, width, 1, kernel, 1, width, dx, false, rest);
  gemm(inputs, width, rows, x, 1, inputs, dGates, width, 1, dKernel, false, rest);
  gemm(units, width, rows, hBefore, 1, units, dGates, width, 1, dRecurrent, false, rest);
  columnSums(dGates, rows, width, dBias);
}

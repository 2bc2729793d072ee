// Gated recurrent unit (Cho et al. 2014) in the form of PyTorch, cuDNN and Keras (reset_after): the reset gate acts on h U + b, so that one product
// a step serves the three gates. In Keras's order: update, reset, candidate. Over several lengths as the LSTM.
//   z, r = sigmoid(x W + b + h' U + b'), n = tanh(x Wn + bn + r (h' Un + bn'));  h = z h' + (1 - z) n
import { add, mul, splat, sub } from "../dsp/lanes";
import { sigmoid, tanh } from "./activations";
import { floats, gemm, gemmWorkBytes, multiplyPacked, packA, packB, panelBytes } from "./gemm";
import { addLastGradient, columnSums, fillRows, lastStates, lengthOf, previousStates } from "./steps";

/** Bytes that forward and backward need at `work`. */
export function gruWorkBytes(batch: i32, steps: i32, inputs: i32, units: i32): usize {
  const panels = max(panelBytes(3 * units, units), panelBytes(units, 3 * units)) + panelBytes(batch, 3 * units);
  const values = batch * steps * 3 * units + batch * units * (steps + 4);
  return panels + gemmWorkBytes(max(3 * units, inputs)) + ((<usize>values) << 2);
}

// @ts-ignore: decorator
@inline
function cell<T>(units: i32, fromX: usize, fromH: usize, before: usize, first: bool, gates: usize, h: usize): void {
  const z = sigmoid<T>(add<T>(load<T>(fromX), load<T>(fromH)));
  const r = sigmoid<T>(add<T>(load<T>(floats(fromX, units)), load<T>(floats(fromH, units))));
  const inner = load<T>(floats(fromH, 2 * units));
  const n = tanh<T>(add<T>(load<T>(floats(fromX, 2 * units)), mul<T>(r, inner)));
  let state = mul<T>(sub<T>(splat<T>(1.0), z), n);
  if (!first) state = add<T>(mul<T>(z, load<T>(before)), state);
  store<T>(gates, z);
  store<T>(floats(gates, units), r);
  store<T>(floats(gates, 2 * units), n);
  store<T>(floats(gates, 3 * units), inner);
  store<T>(h, state);
}

/**
 * x (batch x steps x inputs), kernel (inputs x 3 units), recurrent (units x 3 units), bias and recurrentBias (3 units), lengths (batch, i32): writes h
 * (batch x steps x units), the last h of each sequence (batch x units), and z, r, n and the candidate's part of h U + b'
 * (batch x steps x 4 units).
 */
export function gruForward(
  batch: i32, steps: i32, inputs: i32, units: i32, reverse: bool,
  x: usize, kernel: usize, recurrent: usize, bias: usize, recurrentBias: usize, lengths: usize,
  h: usize, last: usize, gates: usize, work: usize,
): void {
  const width = 3 * units;
  const packedU = work;
  const packedH = packedU + panelBytes(width, units);
  const fromX = packedH + panelBytes(batch, width);
  const fromH = floats(fromX, batch * steps * width);
  const rest = floats(fromH, batch * width);
  fillRows(fromX, bias, batch * steps, width);
  gemm(batch * steps, width, inputs, x, inputs, 1, kernel, width, 1, fromX, true, rest);
  packB(width, units, recurrent, width, 1, packedU);
  const row = steps * units;
  const before = reverse ? units : -units;
  for (let step = 0; step < steps; step++) {
    const t = reverse ? steps - 1 - step : step;
    fillRows(fromH, recurrentBias, batch, width);
    if (step > 0) {
      packA(batch, units, floats(h, t * units + before), row, 1, packedH);
      multiplyPacked(batch, width, units, packedH, packedU, fromH, width, true);
    }
    for (let b = 0; b < batch; b++) {
      const hNow = floats(h, b * row + t * units);
      const gatesNow = floats(gates, (b * steps + t) * 4 * units);
      if (t >= lengthOf(lengths, b, steps)) {
        memory.fill(hNow, 0, (<usize>units) << 2);
        memory.fill(gatesNow, 0, (<usize>(4 * units)) << 2);
        continue;
      }
      const xNow = floats(fromX, (b * steps + t) * width);
      const uNow = floats(fromH, b * width);
      const hBefore = floats(hNow, before);
      let j = 0;
      for (; j + 4 <= units; j += 4) {
        cell<v128>(
          units, floats(xNow, j), floats(uNow, j), floats(hBefore, j), step === 0, floats(gatesNow, j), floats(hNow, j),
        );
      }
      for (; j < units; j++) {
        cell<f32>(
          units, floats(xNow, j), floats(uNow, j), floats(hBefore, j), step === 0, floats(gatesNow, j), floats(hNow, j),
        );
      }
    }
  }
  lastStates(h, lengths, batch, steps, units, reverse, last);
}

// @ts-ignore: decorator
@inline
function cellBackward<T>(
  units: i32, gates: usize, before: usize, first: bool, dh: usize, dhNext: usize, dFromX: usize, dFromH: usize,
): void {
  const one = splat<T>(1.0);
  const z = load<T>(gates);
  const r = load<T>(floats(gates, units));
  const n = load<T>(floats(gates, 2 * units));
  const inner = load<T>(floats(gates, 3 * units));
  const beforeState = first ? splat<T>(0.0) : load<T>(before);
  const error = add<T>(load<T>(dh), load<T>(dhNext));
  const dz = mul<T>(mul<T>(error, sub<T>(beforeState, n)), mul<T>(z, sub<T>(one, z)));
  const dn = mul<T>(mul<T>(error, sub<T>(one, z)), sub<T>(one, mul<T>(n, n)));
  const dr = mul<T>(mul<T>(dn, inner), mul<T>(r, sub<T>(one, r)));
  store<T>(dFromX, dz);
  store<T>(floats(dFromX, units), dr);
  store<T>(floats(dFromX, 2 * units), dn);
  store<T>(dFromH, dz);
  store<T>(floats(dFromH, units), dr);
  store<T>(floats(dFromH, 2 * units), mul<T>(dn, r));
  store<T>(dhNext, mul<T>(error, z));
}

/**
 * The gradient. dh (batch x steps x units) and dLast (batch x units) come in; dh is spoilt. Writes dx, dKernel, dRecurrent, dBias and
 * dRecurrentBias.
 */
export function gruBackward(
  batch: i32, steps: i32, inputs: i32, units: i32, reverse: bool,
  x: usize, kernel: usize, recurrent: usize, lengths: usize,
  h: usize, gates: usize, dh: usize, dLast: usize,
  dx: usize, dKernel: usize, dRecurrent: usize, dBias: usize, dRecurrentBias: usize, dFromX: usize, work: usize,
): void {
  const width = 3 * units;
  const row = steps * units;
  const rows = batch * steps;
  const packedU = work;
  const packedD = packedU + panelBytes(units, width);
  const dFromH = packedD + panelBytes(batch, width);
  const dhNext = floats(dFromH, rows * width);
  const hBefore = floats(dhNext, batch * units);
  const rest = floats(hBefore, batch * row);
  addLastGradient(dh, dLast, lengths, batch, steps, units, reverse);
  packB(units, width, recurrent, 1, width, packedU);
  memory.fill(dhNext, 0, (<usize>(batch * units)) << 2);
  const before = reverse ? units : -units;
  for (let step = steps - 1; step >= 0; step--) {
    const t = reverse ? steps - 1 - step : step;
    for (let b = 0; b < batch; b++) {
      const at = b * row + t * units;
      const xNow = floats(dFromX, (b * steps + t) * width);
      const uNow = floats(dFromH, (b * steps + t) * width);
      if (t >= lengthOf(lengths, b, steps)) {
        memory.fill(xNow, 0, (<usize>width) << 2);
        memory.fill(uNow, 0, (<usize>width) << 2);
        continue;
      }
      const gatesNow = floats(gates, (b * steps + t) * 4 * units);
      const hThen = floats(h, at + before);
      const dhOut = floats(dh, at);
      const dhNow = floats(dhNext, b * units);
      let j = 0;
      for (; j + 4 <= units; j += 4) {
        cellBackward<v128>(
          units, floats(gatesNow, j), floats(hThen, j), step === 0,
          floats(dhOut, j), floats(dhNow, j), floats(xNow, j), floats(uNow, j),
        );
      }
      for (; j < units; j++) {
        cellBackward<f32>(
          units, floats(gatesNow, j), floats(hThen, j), step === 0,
          floats(dhOut, j), floats(dhNow, j), floats(xNow, j), floats(uNow, j),
        );
      }
    }
    if (step > 0) {
      packA(batch, width, floats(dFromH, t * width), steps * width, 1, packedD);
      multiplyPacked(batch, units, width, packedD, packedU, dhNext, units, true);
    }
  }
  previousStates(h, batch, steps, units, reverse, hBefore);
  gemm(rows, inputs, width, dFromX, width, 1, kernel, 1, width, dx, false, rest);
  gemm(inputs, width, rows, x, 1, inputs, dFromX, width, 1, dKernel, false, rest);
  gemm(units, width, rows, hBefore, 1, units, dFromH, width, 1, dRecurrent, false, rest);
  columnSums(dFromX, rows, width, dBias);
  columnSums(dFromH, rows, width, dRecurrentBias);
}

// Layer normalisation, then relu, over sequences of several lengths, as networks of convolutions go through it: what stands behind a sequence's
// end becomes 0. x is batch x steps x places x width, each place normalised by itself.
import { clampNegative } from "./activations";
import { throughRelu } from "./conv-layer";
import { floats } from "./gemm";
import { layerNormBackward, layerNormForward } from "./layer-norm";
import { lengthOf } from "./steps";

/** y as x, and moments (batch x steps x places x 2) for the way back. @param lengths how many steps of each sequence count */
export function normReluForward(
  batch: i32, steps: i32, places: i32, width: i32, epsilon: f32, x: usize, gamma: usize, beta: usize, lengths: usize,
  y: usize, moments: usize,
): void {
  const rows = steps * places;
  for (let b = 0; b < batch; b++) {
    const own = lengthOf(lengths, b, steps) * places;
    const to = floats(y, b * rows * width);
    layerNormForward(own, width, epsilon, floats(x, b * rows * width), gamma, beta, to, floats(moments, b * rows * 2));
    clampNegative(to, own * width);
    memory.fill(floats(to, own * width), 0, (<usize>((rows - own) * width)) << 2);
  }
}

/** dx, dGamma and dBeta from dy, which is changed. */
export function normReluBackward(
  batch: i32, steps: i32, places: i32, width: i32, x: usize, gamma: usize, lengths: usize, y: usize, moments: usize,
  dy: usize, dx: usize, dGamma: usize, dBeta: usize,
): void {
  const rows = steps * places;
  memory.fill(dGamma, 0, (<usize>width) << 2);
  memory.fill(dBeta, 0, (<usize>width) << 2);
  for (let b = 0; b < batch; b++) {
    const at = b * rows * width;
    const own = lengthOf(lengths, b, steps) * places;
    throughRelu(floats(y, at), floats(dy, at), own * width);
    const stats = floats(moments, b * rows * 2);
    layerNormBackward(own, width, floats(x, at), gamma, stats, floats(dy, at), floats(dx, at), dGamma, dBeta, true);
    memory.fill(floats(dx, at + own * width), 0, (<usize>((rows - own) * width)) << 2);
  }
}

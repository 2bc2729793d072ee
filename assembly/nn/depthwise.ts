// The gradients of a depthwise convolution: x is batch x height x width x channels, the filter filterHeight x filterWidth x channels x
// multiplier, and channel c makes the channels c multiplier .. of the output.
import { floats } from "./gemm";

// @ts-ignore: decorator
@inline
function addProduct<T>(to: usize, a: usize, b: usize): void {
  if (isVector<T>()) v128.store(to, f32x4.add(v128.load(to), f32x4.mul(v128.load(a), v128.load(b))));
  else store<f32>(to, load<f32>(to) + load<f32>(a) * load<f32>(b));
}

export function depthwiseConv2dBackpropInput(
  batch: i32, height: i32, width: i32, channels: i32, multiplier: i32, filterHeight: i32, filterWidth: i32, outHeight: i32, outWidth: i32,
  strideHeight: i32, strideWidth: i32, dilationHeight: i32, dilationWidth: i32, top: i32, left: i32, dy: usize, filter: usize, dx: usize,
): void {
  memory.fill(dx, 0, (<usize>(batch * height * width * channels)) << 2);
  const outputs = channels * multiplier;
  for (let b = 0; b < batch; b++) {
    for (let i = 0; i < outHeight; i++) {
      for (let j = 0; j < outWidth; j++, dy = floats(dy, outputs)) {
        for (let p = 0; p < filterHeight; p++) {
          const y = i * strideHeight - top + p * dilationHeight;
          if (<u32>y >= <u32>height) continue;
          for (let q = 0; q < filterWidth; q++) {
            const at = j * strideWidth - left + q * dilationWidth;
            if (<u32>at >= <u32>width) continue;
            const to = floats(dx, ((b * height + y) * width + at) * channels);
            const weights = floats(filter, (p * filterWidth + q) * outputs);
            let c = 0;
            if (multiplier === 1) {
              for (; c + 4 <= channels; c += 4) addProduct<v128>(floats(to, c), floats(dy, c), floats(weights, c));
            }
            for (; c < channels; c++) {
              for (let m = c * multiplier; m < (c + 1) * multiplier; m++) {
                addProduct<f32>(floats(to, c), floats(dy, m), floats(weights, m));
              }
            }
          }
        }
      }
    }
  }
}

export function depthwiseConv2dBackpropFilter(
  batch: i32, height: i32, width: i32, channels: i32, multiplier: i32, filterHeight: i32, filterWidth: i32, outHeight: i32, outWidth: i32,
  strideHeight: i32, strideWidth: i32, dilationHeight: i32, dilationWidth: i32, top: i32, left: i32, x: usize, dy: usize, dFilter: usize,
): void {
  const outputs = channels * multiplier;
  memory.fill(dFilter, 0, (<usize>(filterHeight * filterWidth * outputs)) << 2);
  for (let b = 0; b < batch; b++) {
    for (let i = 0; i < outHeight; i++) {
      for (let j = 0; j < outWidth; j++, dy = floats(dy, outputs)) {
        for (let p = 0; p < filterHeight; p++) {
          const y = i * strideHeight - top + p * dilationHeight;
          if (<u32>y >= <u32>height) continue;
          for (let q = 0; q < filterWidth; q++) {
            const at = j * strideWidth - left + q * dilationWidth;
            if (<u32>at >= <u32>width) continue;
            const from = floats(x, ((b * height + y) * width + at) * channels);
            const to = floats(dFilter, (p * filterWidth + q) * outputs);
            let c = 0;
            if (multiplier === 1) {
              for (; c + 4 <= channels; c += 4) addProduct<v128>(floats(to, c), floats(from, c), floats(dy, c));
            }
            for (; c < channels; c++) {
              for (let m = c * multiplier; m < (c + 1) * multiplier; m++) {
                addProduct<f32>(floats(to, m), floats(from, c), floats(dy, m));
              }
            }
          }
        }
      }
    }
  }
}

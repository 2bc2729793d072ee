// The gradient of max pooling: what comes to a window goes to its largest value, the first of equals. x is batch x height x width x channels.
import { floats } from "./gemm";

export function maxPoolBackward(
  batch: i32, height: i32, width: i32, channels: i32, filterHeight: i32, filterWidth: i32, outHeight: i32, outWidth: i32,
  strideHeight: i32, strideWidth: i32, dilationHeight: i32, dilationWidth: i32, top: i32, left: i32, x: usize, dy: usize, dx: usize,
): void {
  memory.fill(dx, 0, (<usize>(batch * height * width * channels)) << 2);
  for (let b = 0; b < batch; b++) {
    for (let i = 0; i < outHeight; i++) {
      for (let j = 0; j < outWidth; j++, dy = floats(dy, channels)) {
        let c = 0;
        // Four channels abreast: first each window's largest value and its place in the window, then what comes to that place.
        for (; c + 4 <= channels; c += 4) {
          let best = i32x4.splat(-1);
          let largest = f32x4.splat(0);
          for (let p = 0; p < filterHeight; p++) {
            const y = i * strideHeight - top + p * dilationHeight;
            if (<u32>y >= <u32>height) continue;
            for (let q = 0; q < filterWidth; q++) {
              const at = j * strideWidth - left + q * dilationWidth;
              if (<u32>at >= <u32>width) continue;
              const value = v128.load(floats(x, ((b * height + y) * width + at) * channels + c));
              const better = v128.or(f32x4.gt(value, largest), i32x4.lt_s(best, i32x4.splat(0)));
              best = v128.bitselect(i32x4.splat(p * filterWidth + q), best, better);
              largest = v128.bitselect(value, largest, better);
            }
          }
          const error = v128.load(floats(dy, c));
          for (let p = 0; p < filterHeight; p++) {
            const y = i * strideHeight - top + p * dilationHeight;
            if (<u32>y >= <u32>height) continue;
            for (let q = 0; q < filterWidth; q++) {
              const at = j * strideWidth - left + q * dilationWidth;
              if (<u32>at >= <u32>width) continue;
              const to = floats(dx, ((b * height + y) * width + at) * channels + c);
              const own = v128.and(error, i32x4.eq(best, i32x4.splat(p * filterWidth + q)));
              v128.store(to, f32x4.add(v128.load(to), own));
            }
          }
        }
        for (; c < channels; c++) {
          let best = -1;
          let largest: f32 = 0;
          for (let p = 0; p < filterHeight; p++) {
            const y = i * strideHeight - top + p * dilationHeight;
            if (<u32>y >= <u32>height) continue;
            for (let q = 0; q < filterWidth; q++) {
              const at = j * strideWidth - left + q * dilationWidth;
              if (<u32>at >= <u32>width) continue;
              const place = ((b * height + y) * width + at) * channels + c;
              const value = load<f32>(floats(x, place));
              if (best >= 0 && !(value > largest)) continue;
              best = place;
              largest = value;
            }
          }
          if (best < 0) continue;
          const to = floats(dx, best);
          store<f32>(to, load<f32>(to) + load<f32>(floats(dy, c)));
        }
      }
    }
  }
}

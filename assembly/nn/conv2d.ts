// Convolution as a product of matrices (Chellapilla, Puri and Simard 2006): each place of the filter becomes a row that holds what it
// covers. x is batch x height x width x channels; a row is filterHeight x filterWidth x channels.
import { floats } from "./gemm";

/** Writes the rows (batch x outHeight x outWidth of them); what lies outside x is zero. */
export function unfoldConv2d(
  batch: i32, height: i32, width: i32, channels: i32, filterHeight: i32, filterWidth: i32, outHeight: i32, outWidth: i32,
  strideHeight: i32, strideWidth: i32, dilationHeight: i32, dilationWidth: i32, top: i32, left: i32, x: usize, rows: usize,
): void {
  const bytes = (<usize>channels) << 2;
  for (let b = 0; b < batch; b++) {
    for (let i = 0; i < outHeight; i++) {
      for (let j = 0; j < outWidth; j++) {
        for (let p = 0; p < filterHeight; p++) {
          const y = i * strideHeight - top + p * dilationHeight;
          for (let q = 0; q < filterWidth; q++, rows += bytes) {
            const at = j * strideWidth - left + q * dilationWidth;
            if (<u32>y < <u32>height && <u32>at < <u32>width) {
              memory.copy(rows, floats(x, ((b * height + y) * width + at) * channels), bytes);
            } else {
              memory.fill(rows, 0, bytes);
            }
          }
        }
      }
    }
  }
}

/** The reverse: adds every row to what it covers of dx, in the order of the rows. */
export function foldConv2d(
  batch: i32, height: i32, width: i32, channels: i32, filterHeight: i32, filterWidth: i32, outHeight: i32, outWidth: i32,
  strideHeight: i32, strideWidth: i32, dilationHeight: i32, dilationWidth: i32, top: i32, left: i32, rows: usize, dx: usize,
): void {
  const bytes = (<usize>channels) << 2;
  memory.fill(dx, 0, (<usize>(batch * height * width)) * bytes);
  for (let b = 0; b < batch; b++) {
    for (let i = 0; i < outHeight; i++) {
      for (let j = 0; j < outWidth; j++) {
        for (let p = 0; p < filterHeight; p++) {
          const y = i * strideHeight - top + p * dilationHeight;
          for (let q = 0; q < filterWidth; q++, rows += bytes) {
            const at = j * strideWidth - left + q * dilationWidth;
            if (<u32>y >= <u32>height || <u32>at >= <u32>width) continue;
            const to = floats(dx, ((b * height + y) * width + at) * channels);
            let c = 0;
            for (; c + 4 <= channels; c += 4) {
              const sum = floats(to, c);
              v128.store(sum, f32x4.add(v128.load(sum), v128.load(floats(rows, c))));
            }
            for (; c < channels; c++) {
              const sum = floats(to, c);
              store<f32>(sum, load<f32>(sum) + load<f32>(floats(rows, c)));
            }
          }
        }
      }
    }
  }
}

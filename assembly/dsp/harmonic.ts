// The harmonic (or percussive) part of a signal: STFT, median masks, inverse STFT (librosa.effects.harmonic and percussive).
import { canonicalNaN } from "../nan";
import { hpssMask } from "./hpss";
import { istftBlock, istftNormalise } from "./istft";
import { lanes, mul } from "./lanes";
import { sqrtBlock, Stft, stftBlock, stftPowerBlock } from "./stft";
import { blockToRows, rowsToBlock } from "./transpose";

/**
 * Writes the part of the padded signal x (n samples, 3 hops of zeros behind them) that the mask lets through, padding included; or the mask
 * itself, frames x bins.
 */
export function hpssSignal<T>(
  plan: Stft, x: usize, n: i32, frames: i32, timeWidth: i32, frequencyWidth: i32, power: f64, marginHarmonic: f64,
  marginPercussive: f64, percussive: bool, maskOnly: bool, out: usize,
): void {
  const bins = plan.bins;
  // Rows of whole vectors, zeros behind the bins.
  const rowLength = (bins + 3) & ~3;
  const row = <usize>rowLength << 2;
  const hop = <usize>plan.hop << 2;
  const magnitudes = heap.alloc(<usize>frames * row);
  memory.fill(magnitudes, 0, <usize>frames * row);
  const mask = heap.alloc(<usize>frames * row);
  const block = heap.alloc(<usize>bins * sizeof<T>());
  for (let t = 0; t < frames; t += lanes<T>()) {
    stftPowerBlock<T>(plan, x + <usize>t * hop, block);
    sqrtBlock<T>(block, bins, block);
    blockToRows<T>(block, bins, min(lanes<T>(), frames - t), magnitudes + <usize>t * row, row);
  }
  hpssMask<T>(
    magnitudes, frames, bins, rowLength, timeWidth, frequencyWidth, power, marginHarmonic, marginPercussive, percussive, mask,
  );
  heap.free(magnitudes);
  if (maskOnly) {
    for (let t: usize = 0; t < <usize>frames; t++) {
      memory.copy(out + ((t * <usize>bins) << 2), mask + t * row, <usize>bins << 2);
    }
    canonicalNaN<f32>(out, frames * bins);
    heap.free(block);
    heap.free(mask);
    return;
  }
  memory.fill(out, 0, <usize>n << 2);
  memory.fill(block, 0, <usize>bins * sizeof<T>());
  for (let t = 0; t < frames; t += lanes<T>()) {
    const valid = min(lanes<T>(), frames - t);
    stftBlock<T>(plan, x + <usize>t * hop);
    rowsToBlock<T>(mask + <usize>t * row, row, bins, valid, block);
    for (let k: usize = 0; k < <usize>bins * sizeof<T>(); k += sizeof<T>()) {
      const share = load<T>(block + k);
      store<T>(plan.fft.re + k, mul<T>(load<T>(plan.fft.re + k), share));
      store<T>(plan.fft.im + k, mul<T>(load<T>(plan.fft.im + k), share));
    }
    istftBlock<T>(plan, valid, out + <usize>t * hop);
  }
  heap.free(block);
  heap.free(mask);
  istftNormalise(plan, frames, n, out);
}

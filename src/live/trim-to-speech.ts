import { log } from "../core/math.ts";

/** Samples of 5 ms at 16 kHz: shorter than a pitch period of a low voice would make edges jump, longer would blur them. */
const BLOCK = 80;
/** Blocks that are kept before the first loud one and behind the last: an onset and an ending fade. */
const LEAD = 1;
const TAIL = 2;
const DECIBELS_PER_LOG = 20 / log(10);

/**
 * The part of a stretch with speech that begins with its first loud block of 5 ms and ends with its last (endpoints by energy, after
 * Rabiner and Sambur 1975): a recogniser that learned from trimmed utterances hears silence at the edges as part of how it was said.
 *
 * @param samples at 16 kHz
 * @param threshold dB below full scale; blocks above it are loud
 * @returns a view of the samples; empty where no block is loud
 * @example
 * trimToSpeech(Float32Array.of(...silence, ...word, ...silence), -60); // the word
 */
export function trimToSpeech(samples: Float32Array, threshold: number): Float32Array {
  let first = -1;
  let last = -1;
  for (let block = 0; block * BLOCK < samples.length; block++) {
    if (level(samples.subarray(block * BLOCK, (block + 1) * BLOCK)) <= threshold) continue;
    if (first < 0) first = block;
    last = block;
  }
  if (first < 0) return samples.subarray(0, 0);
  return samples.subarray(Math.max(0, first - LEAD) * BLOCK, (last + 1 + TAIL) * BLOCK);
}

/** Of the root of the mean square, in dB below full scale. */
function level(samples: Float32Array): number {
  const energy = samples.reduce((sum, sample) => sum + sample * sample, 0);
  return DECIBELS_PER_LOG * log(Math.max(Math.sqrt(energy / samples.length), 1e-6));
}

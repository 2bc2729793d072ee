/**
 * The mean of the channels, summed in float32 in the channels' order, as `librosa.to_mono` does. One channel is returned
 * as it is, not copied; none gives no samples.
 *
 * @param channels one array a channel, all of one length
 * @example
 * mixToMono([new Float32Array([1, 0]), new Float32Array([0, 0])]); // 0.5, 0
 */
export function mixToMono(channels: readonly Float32Array<ArrayBuffer>[]): Float32Array<ArrayBuffer> {
  if (channels.length === 1) return channels[0];
  const mono = new Float32Array(channels[0]?.length ?? 0);
  for (const samples of channels) {
    for (let i = 0; i < mono.length; i++) mono[i] += samples[i];
  }
  for (let i = 0; i < mono.length; i++) mono[i] /= channels.length;
  return mono;
}

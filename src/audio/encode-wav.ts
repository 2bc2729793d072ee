import { OptionError } from "../errors.ts";
import type { AudioData } from "./wav.ts";

/**
 * A WAV file of the given sound: 16-bit PCM (rounded half up, clipped to [-1, 1)) or 32-bit float.
 *
 * @param format `"pcm16"` or `"float32"`
 * @throws {OptionError} when there is no channel or the channels differ in length.
 * @example
 * const bytes = encodeWav({ sampleRate: 16000, channels: [new Float32Array(1600)] }, "pcm16");
 */
export function encodeWav(audio: AudioData, format: "pcm16" | "float32"): Uint8Array<ArrayBuffer> {
  const { sampleRate, channels } = audio;
  const frames = channels[0]?.length;
  if (frames === undefined) throw new OptionError("cannot write audio with 0 channels");
  if (channels.some((c) => c.length !== frames)) throw new OptionError("cannot write channels of different lengths");
  const bytesPerSample = format === "pcm16" ? 2 : 4;
  const blockAlign = channels.length * bytesPerSample;
  const bytes = new Uint8Array(44 + frames * blockAlign);
  const view = new DataView(bytes.buffer);
  const ascii = (at: number, id: string) => [...id].forEach((c, i) => view.setUint8(at + i, c.charCodeAt(0)));
  ascii(0, "RIFF");
  view.setUint32(4, bytes.length - 8, true);
  ascii(8, "WAVEfmt ");
  view.setUint32(16, 16, true);
  view.setUint16(20, format === "pcm16" ? 1 : 3, true);
  view.setUint16(22, channels.length, true);
  view.setUint32(24, sampleRate, true);
  view.setUint32(28, sampleRate * blockAlign, true);
  view.setUint16(32, blockAlign, true);
  view.setUint16(34, bytesPerSample * 8, true);
  ascii(36, "data");
  view.setUint32(40, frames * blockAlign, true);
  for (let i = 0, at = 44; i < frames; i++) {
    for (const samples of channels) {
      if (format === "pcm16") {
        view.setInt16(at, Math.max(-32768, Math.min(32767, Math.floor(samples[i] * 32768 + 0.5))), true);
      } else {
        view.setFloat32(at, samples[i], true);
      }
      at += bytesPerSample;
    }
  }
  return bytes;
}

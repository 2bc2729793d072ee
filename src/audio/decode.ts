import { decodeMp3, decodeOgg } from "./compressed.ts";
import { decodeFlac } from "./flac.ts";
import { mixToMono } from "./mix.ts";
import { id3Length, sniffFormat } from "./sniff.ts";
import { type AudioData, checkAudio, type DecodeOptions, decodeWav } from "./wav.ts";

/** One channel of sound. */
export interface MonoAudio {
  /** In Hz. */
  readonly sampleRate: number;
  readonly samples: Float32Array<ArrayBuffer>;
}

/**
 * Decodes a WAV, FLAC, MP3 or Ogg (Vorbis, Opus) file, told apart by its first bytes. The decoders of all
 * but WAV are optional packages, loaded when the first such file comes.
 *
 * @param bytes the whole file
 * @throws {AudioError} when the format is unknown or its decoder is not installed, and when the file is damaged, cut
 * (unless `lenient`), empty, has NaN or infinite samples or a rate outside 4,000 to 192,000 Hz.
 * @example
 * const { sampleRate, channels } = await decodeAudio(new Uint8Array(await file.arrayBuffer()));
 */
export async function decodeAudio(bytes: Uint8Array, options: DecodeOptions = {}): Promise<AudioData> {
  const lenient = options.lenient ?? false;
  switch (sniffFormat(bytes)) {
    case "wav":
      return decodeWav(bytes, options);
    case "flac":
      return checkAudio(await decodeFlac(bytes.subarray(id3Length(bytes)), lenient));
    case "mp3":
      return checkAudio(await decodeMp3(bytes));
    case "ogg":
      return checkAudio(await decodeOgg(bytes, lenient));
  }
}

/**
 * The same, mixed to one channel.
 *
 * @throws {AudioError} as `decodeAudio`.
 * @example
 * const { sampleRate, samples } = await decodeMono(bytes);
 */
export async function decodeMono(bytes: Uint8Array, options: DecodeOptions = {}): Promise<MonoAudio> {
  const { sampleRate, channels } = await decodeAudio(bytes, options);
  return { sampleRate, samples: mixToMono(channels) };
}

import { AudioError } from "../errors.ts";
import { type AudioData, MAX_SAMPLES } from "./wav.ts";

/** What the decoder packages give for a piece of a file. */
export interface Decoded {
  readonly channelData: readonly Float32Array[];
  readonly samplesDecoded: number;
  readonly sampleRate: number;
  readonly errors: readonly { readonly message: string }[];
}

/** What the decoder packages have in common. */
export interface Decoder {
  readonly ready: Promise<void>;
  flush?(): Promise<Decoded>;
  free(): void;
}

/**
 * Imports an optional package.
 *
 * @throws {AudioError} when it is not installed, saying what to install.
 */
export async function loadPackage<T>(format: string, name: string, importPackage: () => Promise<T>): Promise<T> {
  try {
    return await importPackage();
  } catch (cause) {
    throw new AudioError(`${format} needs the package ${name}: run npm install ${name}, or convert to WAV`, { cause });
  }
}

/**
 * Decodes a file piece by piece.
 *
 * @throws {AudioError} when a piece is damaged, nothing can be decoded, or the file is too long.
 */
export async function drain(
  format: string,
  decoder: Decoder,
  pieces: Iterable<Uint8Array>,
  decode: (piece: Uint8Array) => Decoded | Promise<Decoded>,
): Promise<AudioData> {
  const parts: Decoded[] = [];
  try {
    await decoder.ready;
    let samples = 0;
    for (const piece of pieces) {
      const part = await decode(piece);
      samples += part.samplesDecoded * part.channelData.length;
      checkLength(format, samples);
      parts.push(part);
    }
    if (decoder.flush) parts.push(await decoder.flush());
    decoder.free();
  } catch (cause) {
    if (cause instanceof AudioError) throw cause;
    throw new AudioError(`damaged ${format} file: ${cause instanceof Error ? cause.message : cause}`, { cause });
  }
  const failed = parts.find((part) => part.errors.length > 0);
  if (failed) throw new AudioError(`damaged ${format} file: ${failed.errors[0].message}`);
  return joinParts(format, parts);
}

/** @throws {AudioError} when a file has more than `MAX_SAMPLES` over all its channels. */
export function checkLength(format: string, samples: number): void {
  if (samples > MAX_SAMPLES) throw new AudioError(`the ${format} file is too long: cut it into parts`);
}

/**
 * The parts of a file one after another.
 *
 * @throws {AudioError} when no part has a sample, or they differ in rate or number of channels.
 */
export function joinParts(format: string, parts: readonly Decoded[]): AudioData {
  const sounding = parts.filter((part) => part.samplesDecoded > 0);
  if (sounding.length === 0) throw new AudioError(`damaged or empty ${format} file: no sample could be decoded`);
  const { channelData, sampleRate } = sounding[0];
  if (sounding.some((part) => part.channelData.length !== channelData.length || part.sampleRate !== sampleRate)) {
    throw new AudioError(`the ${format} file changes its rate or channels midway`);
  }
  const length = sounding.reduce((sum, part) => sum + part.samplesDecoded, 0);
  const channels = channelData.map((_, c) => {
    const samples = new Float32Array(length);
    let at = 0;
    for (const part of sounding) {
      samples.set(part.channelData[c].subarray(0, part.samplesDecoded), at);
      at += part.samplesDecoded;
    }
    return samples;
  });
  return { sampleRate, channels };
}

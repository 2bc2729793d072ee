import type { FLACDecodedAudio, FLACDecoder } from "@wasm-audio-decoders/flac";
import { AudioError } from "../errors.ts";
import { checkLength, type Decoded, joinParts, loadPackage } from "./decoder-package.ts";
import type { AudioData } from "./wav.ts";

// The package takes this much at once; a frame of two channels and 24 bits is at most 393,000 bytes long.
const MAX_FRAME_BYTES = 8 * 65535;

// RFC 9639, section 9.3: x^16 + x^15 + x^2 + 1.
const CRC_TABLE = Uint16Array.from({ length: 256 }, (_, byte) => {
  let crc = byte << 8;
  for (let bit = 0; bit < 8; bit++) crc = (crc << 1) ^ (crc & 0x8000 ? 0x8005 : 0);
  return crc;
});

/**
 * Decodes a FLAC file with the package `@wasm-audio-decoders/flac` (libFLAC), exactly: an integer sample of b bits becomes
 * that integer over 2^(b-1), as in a WAV file. The layout of the file is that of RFC 9639.
 *
 * @param bytes the whole file, from `fLaC` on
 * @param lenient takes what comes before the first damage; otherwise a damaged frame is an error, and so is a number of
 * samples that is not the one in STREAMINFO
 * @throws {AudioError} when the file is damaged or cut (unless `lenient`), has no sample, or is not of 8, 16, 24 or 32 bits.
 * @example
 * const { sampleRate, channels } = await decodeFlac(bytes, false);
 */
export async function decodeFlac(bytes: Uint8Array, lenient: boolean): Promise<AudioData> {
  const { start, total } = readMetadata(bytes);
  const name = "@wasm-audio-decoders/flac";
  const { FLACDecoder } = await loadPackage("FLAC", name, () => import("@wasm-audio-decoders/flac"));
  const parts: Decoded[] = [];
  let decoded = 0;
  try {
    const decoder = new FLACDecoder();
    await decoder.ready;
    for (const { frame, isWhole } of splitFrames(bytes, start)) {
      const part = await decodeFrame(decoder, frame);
      decoded += part.samplesDecoded;
      checkLength("FLAC", decoded * part.channelData.length);
      parts.push(rescale(part));
      // A tag may follow the last frame; where the total is unknown, it cannot be told from damage.
      if (total > 0 && decoded >= total) break;
      if (!isWhole) throw new Error("bytes that are no frame");
    }
    if (total > 0 && decoded !== total) throw new Error("another number of samples than in STREAMINFO");
    decoder.free();
  } catch (cause) {
    if (cause instanceof AudioError) throw cause;
    const promised = total > 0 ? ` of the ${total} that it promises` : "";
    if (!lenient) {
      throw new AudioError(
        `truncated or damaged data: the FLAC file has ${decoded} good samples${promised} (lenient takes those)`,
        { cause },
      );
    }
  }
  return joinParts("FLAC", parts);
}

// Where the frames begin, and the number of samples a channel, 0 when the encoder did not know it.
function readMetadata(bytes: Uint8Array): { start: number; total: number } {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let start = 4;
  for (let isLast = false; !isLast; ) {
    if (start + 4 > bytes.length) throw new AudioError("truncated FLAC file: it ends within its metadata");
    isLast = bytes[start] >= 0x80;
    start += 4 + (view.getUint32(start) & 0xffffff);
  }
  // STREAMINFO, 34 bytes long, is the first block; with `fLaC` and its own header it ends at byte 42.
  if (bytes.length < 42 || (view.getUint32(4) & 0x7fffffff) !== 34) {
    throw new AudioError("damaged FLAC file: it does not begin with STREAMINFO");
  }
  return { start, total: (bytes[21] & 15) * 4294967296 + view.getUint32(22) };
}

// A frame ends where its checksum holds, that is, where the CRC with the checksum is 0, and the next one begins. What
// stands between the last such place and the end of the file is the last frame, or damage.
function* splitFrames(bytes: Uint8Array, start: number): Generator<{ frame: Uint8Array; isWhole: boolean }> {
  let from = start;
  let crc = 0;
  for (let at = start; at < bytes.length; at++) {
    if (crc === 0 && at > from && bytes[at] === 0xff && bytes[at + 1] >> 1 === 0x7c) {
      yield { frame: bytes.subarray(from, at), isWhole: true };
      from = at;
    }
    crc = ((crc << 8) & 0xffff) ^ CRC_TABLE[(crc >> 8) ^ bytes[at]];
  }
  if (from < bytes.length) yield { frame: bytes.subarray(from, from + MAX_FRAME_BYTES), isWhole: crc === 0 };
}

async function decodeFrame(decoder: FLACDecoder, frame: Uint8Array): Promise<FLACDecodedAudio> {
  // The package writes to the console, before it returns, what it also returns.
  const { error } = console;
  console.error = () => {};
  let decoding: Promise<FLACDecodedAudio>;
  try {
    decoding = decoder.decodeFrames([frame]);
  } finally {
    console.error = error;
  }
  const part = await decoding;
  if (part.errors.length > 0) throw new Error(part.errors[0].message);
  if (part.samplesDecoded === 0) throw new Error("no frame where one should be");
  return part;
}

// The package divides by 2^(b-1) - 1, so that full scale is 1 and one step more below zero. Its float32 keeps integers of up
// to 24 bits apart, and rounding finds them. At 32 bits its divisor, in float32, is 2^31 already.
function rescale(part: FLACDecodedAudio): Decoded {
  const { bitDepth, channelData } = part;
  if (![8, 16, 24, 32].includes(bitDepth)) {
    throw new AudioError(`FLAC of ${bitDepth} bits is not supported (8, 16, 24 and 32 are); convert to WAV`);
  }
  if (bitDepth < 32) {
    const scale = 1 << (bitDepth - 1);
    for (const samples of channelData) {
      for (let i = 0; i < samples.length; i++) samples[i] = Math.round(samples[i] * (scale - 1)) / scale;
    }
  }
  return part;
}

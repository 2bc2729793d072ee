import { AudioError } from "../errors.ts";
import { BitReader, powerOfTwo } from "./bit-reader.ts";
import { decodeSubframe } from "./flac-subframe.ts";
import { hasAscii } from "./sniff.ts";
import { type AudioData, checkAudio, type DecodeOptions, MAX_SAMPLES } from "./wav.ts";

interface StreamInfo {
  readonly sampleRate: number;
  readonly channels: number;
  readonly bits: number;
  /** Samples a channel; 0 when the encoder did not know. */
  readonly total: number;
}

const BLOCK_SIZES = [0, 192, 576, 1152, 2304, 4608, 0, 0, 256, 512, 1024, 2048, 4096, 8192, 16384, 32768];
const SAMPLE_BITS = [0, 8, 12, 0, 16, 20, 24, 32];

/**
 * Decodes a FLAC file, exactly: an integer sample of b bits is divided by 2^(b-1), as libsndfile does. Every frame's
 * checksum is checked. Channels and width are those of the file's beginning; frames that change them are refused.
 * Source: RFC 9639.
 *
 * @param bytes the whole file, from `fLaC` on
 * @throws {AudioError} when a frame is damaged or, unless `lenient`, samples are missing; when the file is empty or its
 * rate is outside 4,000 to 192,000 Hz.
 * @example
 * const { sampleRate, channels } = decodeFlac(await readFile("speech.flac"));
 */
export function decodeFlac(bytes: Uint8Array, options: DecodeOptions = {}): AudioData {
  const { info, start } = readMetadata(bytes);
  const blocks: Float32Array[][] = [];
  let decoded = 0;
  for (let at = start; at < bytes.length && (info.total === 0 || decoded < info.total); ) {
    try {
      const frame = decodeFrame(bytes, at, info);
      blocks.push(frame.channels);
      decoded += frame.channels[0].length;
      at = frame.end;
    } catch (error) {
      if (options.lenient && error instanceof AudioError) break;
      throw error;
    }
    if (decoded * info.channels > MAX_SAMPLES) throw new AudioError("the FLAC file is too long: cut it into parts");
  }
  if (decoded < info.total && !options.lenient) {
    throw new AudioError(
      `truncated data: the FLAC file has ${decoded} of the ${info.total} samples that it promises (lenient takes those)`,
    );
  }
  const channels = Array.from({ length: info.channels }, (_, c) => {
    const samples = new Float32Array(decoded);
    let at = 0;
    for (const block of blocks) {
      samples.set(block[c], at);
      at += block[c].length;
    }
    return samples;
  });
  return checkAudio({ sampleRate: info.sampleRate, channels });
}

function readMetadata(bytes: Uint8Array): { info: StreamInfo; start: number } {
  if (!hasAscii(bytes, 0, "fLaC")) throw new AudioError("not a FLAC file: it does not begin with fLaC");
  let info: StreamInfo | undefined;
  let at = 4;
  for (let last = false; !last; ) {
    const reader = new BitReader(bytes, at);
    last = reader.unsigned(1) === 1;
    const type = reader.unsigned(7);
    const length = reader.unsigned(24);
    if (type === 0) info = readStreamInfo(reader);
    at += 4 + length;
  }
  if (info === undefined) throw new AudioError("damaged FLAC file: it has no STREAMINFO");
  return { info, start: at };
}

function readStreamInfo(reader: BitReader): StreamInfo {
  // The block and frame sizes are not needed.
  reader.unsigned(32);
  reader.unsigned(24);
  reader.unsigned(24);
  const sampleRate = reader.unsigned(20);
  const channels = reader.unsigned(3) + 1;
  const bits = reader.unsigned(5) + 1;
  return { sampleRate, channels, bits, total: reader.unsigned(36) };
}

function decodeFrame(bytes: Uint8Array, start: number, info: StreamInfo): { channels: Float32Array[]; end: number } {
  const reader = new BitReader(bytes, start);
  if (reader.unsigned(15) !== 0x7ffc) throw new AudioError(`damaged FLAC file: no frame begins at byte ${start}`);
  // Whether blocks vary in size does not matter to a decoder that does not seek.
  reader.unsigned(1);
  const sizeCode = reader.unsigned(4);
  const rateCode = reader.unsigned(4);
  const assignment = reader.unsigned(4);
  const bits = SAMPLE_BITS[reader.unsigned(3)] || info.bits;
  reader.unsigned(1);
  // The frame's number, coded as UTF-8 codes a character.
  for (let continued = Math.clz32(~(reader.unsigned(8) << 24)) - 1; continued > 0; continued--) reader.unsigned(8);
  const blockSize =
    sizeCode === 6 ? reader.unsigned(8) + 1 : sizeCode === 7 ? reader.unsigned(16) + 1 : BLOCK_SIZES[sizeCode];
  if (rateCode === 12) reader.unsigned(8);
  if (rateCode === 13 || rateCode === 14) reader.unsigned(16);
  const channels = assignment < 8 ? assignment + 1 : 2;
  const headerEnd = reader.byte;
  if (crc(bytes, start, headerEnd, 0x07, 8) !== reader.unsigned(8)) {
    throw new AudioError(`damaged FLAC file: the checksum of the frame header at byte ${start} is wrong`);
  }
  if (blockSize === 0 || assignment > 10 || channels !== info.channels || bits !== info.bits) {
    throw new AudioError(`damaged FLAC file: the frame at byte ${start} does not fit the stream`);
  }
  const blocks: Float64Array[] = [];
  for (let c = 0; c < channels; c++) {
    const isSide = (assignment === 9 && c === 0) || ((assignment === 8 || assignment === 10) && c === 1);
    const block = new Float64Array(blockSize);
    decodeSubframe(reader, bits + (isSide ? 1 : 0), block);
    blocks.push(block);
  }
  reader.align();
  const end = reader.byte;
  if (crc(bytes, start, end, 0x8005, 16) !== reader.unsigned(16)) {
    throw new AudioError(`damaged FLAC file: the checksum of the frame at byte ${start} is wrong`);
  }
  if (assignment >= 8) undoStereo(assignment, blocks);
  const scale = powerOfTwo(bits - 1);
  return { channels: blocks.map((block) => Float32Array.from(block, (x) => x / scale)), end: end + 2 };
}

// RFC 9639, section 4.2: left/side (8), side/right (9), mid/side (10).
function undoStereo(assignment: number, [a, b]: readonly Float64Array[]): void {
  for (let i = 0; i < a.length; i++) {
    if (assignment === 8) {
      b[i] = a[i] - b[i];
    } else if (assignment === 9) {
      a[i] += b[i];
    } else {
      const side = b[i];
      const doubled = a[i] * 2 + Math.abs(side % 2);
      a[i] = (doubled + side) / 2;
      b[i] = (doubled - side) / 2;
    }
  }
}

function crc(bytes: Uint8Array, start: number, end: number, polynomial: number, width: 8 | 16): number {
  const top = 1 << (width - 1);
  const mask = (1 << width) - 1;
  let value = 0;
  for (let i = start; i < end; i++) {
    value ^= bytes[i] << (width - 8);
    for (let bit = 0; bit < 8; bit++) value = ((value << 1) ^ (value & top ? polynomial : 0)) & mask;
  }
  return value;
}

import { AudioError } from "../errors.ts";
import { decodeALaw, decodeMuLaw } from "./g711.ts";

/** Decoded sound: one `Float32Array` a channel, all of one length; integer formats lie in [-1, 1). */
export interface AudioData {
  /** In Hz, 4,000 to 192,000. */
  readonly sampleRate: number;
  readonly channels: readonly Float32Array<ArrayBuffer>[];
}

/** How to decode a file. */
export interface DecodeOptions {
  /** Decode what is there of a file that ends before its header says; otherwise that is an error. */
  readonly lenient?: boolean;
}

/** A compressed file may decode to this many samples, over all its channels: 2 GiB of float32. */
export const MAX_SAMPLES = 536870912;

interface Format {
  readonly sampleRate: number;
  readonly channels: number;
  readonly bytesPerSample: number;
  readonly sampleAt: (view: DataView, at: number) => number;
}

// The sizes that writers to a pipe leave in the header: ffmpeg and others 0 or 2^32 - 1, sox and espeak-ng 0x7ffff000.
const STREAMED_SIZES = [0, 0xffffffff, 0x7ffff000];

// Format tags of RFC 2361; the last 14 bytes of a WAVE_FORMAT_EXTENSIBLE sub-format that holds such a tag.
const PCM = 1;
const IEEE_FLOAT = 3;
const A_LAW = 6;
const MU_LAW = 7;
const EXTENSIBLE = 0xfffe;
const TAG_GUID_END = "000000001000800000aa00389b71";
const OTHER_CODECS: Record<number, string> = { 2: "Microsoft ADPCM", 17: "IMA ADPCM", 49: "GSM 6.10", 85: "MP3" };

/**
 * Decodes a WAV file: PCM of 1 to 32 bits, IEEE float of 32 and 64 bits, A-law and mu-law, plain or as
 * WAVE_FORMAT_EXTENSIBLE, in RIFF, RF64 or BW64. Values are those of libsndfile (16-bit PCM / 32768 and so on), exactly.
 * A data chunk of size 0, 0xFFFFFFFF or 0x7FFFF000, as writers to a pipe leave it, runs to the end of the file.
 * Source: Microsoft and IBM, Multimedia Programming Interface and Data Specifications 1.0; EBU Tech 3306 (RF64).
 *
 * @param bytes the whole file
 * @throws {AudioError} when it is not a WAV file, is cut, empty or inconsistent, has NaN or infinite samples, a rate
 * outside 4,000 to 192,000 Hz, or a codec that is none of the above.
 * @example
 * const { sampleRate, channels } = decodeWav(await readFile("speech.wav"));
 */
export function decodeWav(bytes: Uint8Array, options: DecodeOptions = {}): AudioData {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const { format, dataStart, dataSize } = readHeader(view, options.lenient ?? false);
  const blockAlign = format.channels * format.bytesPerSample;
  const frames = Math.floor(dataSize / blockAlign);
  if (frames === 0) throw new AudioError("the WAV file holds 0 samples");
  const channels: Float32Array<ArrayBuffer>[] = [];
  for (let c = 0; c < format.channels; c++) {
    const samples = new Float32Array(frames);
    let at = dataStart + c * format.bytesPerSample;
    for (let i = 0; i < frames; i++, at += blockAlign) samples[i] = format.sampleAt(view, at);
    channels.push(samples);
  }
  return checkAudio({ sampleRate: format.sampleRate, channels });
}

/** The same audio. @throws {AudioError} when it is empty, its rate is out of range, or a sample is NaN or infinite. */
export function checkAudio(audio: AudioData): AudioData {
  const { sampleRate, channels } = audio;
  if (channels.length === 0) throw new AudioError("the audio has 0 channels");
  if (channels[0].length === 0) throw new AudioError("the audio holds 0 samples");
  if (!(sampleRate >= 4000 && sampleRate <= 192000)) {
    throw new AudioError(`the sample rate is ${sampleRate} Hz; rates from 4000 to 192000 Hz can be used`);
  }
  channels.forEach((samples, c) => {
    const bad = samples.findIndex((x) => !Number.isFinite(x));
    if (bad >= 0) throw new AudioError(`sample ${bad} of channel ${c} is ${samples[bad]}; every sample must be finite`);
  });
  return audio;
}

function readHeader(view: DataView, lenient: boolean): { format: Format; dataStart: number; dataSize: number } {
  const length = view.byteLength;
  const kind = fourCC(view, 0);
  if (!["RIFF", "RF64", "BW64"].includes(kind) || (length >= 12 && fourCC(view, 8) !== "WAVE")) {
    throw new AudioError(length === 0 ? "the file is empty" : "not a WAV file: it does not begin with RIFF ... WAVE");
  }
  let format: Format | undefined;
  let longDataSize: number | undefined;
  for (let at = 12; at + 8 <= length; ) {
    const id = fourCC(view, at);
    const size = view.getUint32(at + 4, true);
    const start = at + 8;
    const available = length - start;
    if (id === "data") {
      if (format === undefined) throw new AudioError("the WAV file has no fmt chunk before its data");
      const claimed = size === 0xffffffff && longDataSize !== undefined ? longDataSize : size;
      if (STREAMED_SIZES.includes(claimed) && !(claimed === 0 && isChunkList(view, start))) {
        return { format, dataStart: start, dataSize: available };
      }
      if (claimed > available && !lenient) {
        throw new AudioError(
          `truncated data: the header promises ${claimed} bytes of samples, ${available} are there (lenient decodes those)`,
        );
      }
      return { format, dataStart: start, dataSize: Math.min(claimed, available) };
    }
    if (size > available) {
      throw new AudioError(
        `truncated header: chunk ${JSON.stringify(id)} claims ${size} bytes, ${available} are left in the file`,
      );
    }
    if (id === "fmt ") format = readFormat(view, start, size);
    if (id === "ds64" && kind !== "RIFF" && size >= 16) {
      longDataSize = view.getUint32(start + 8, true) + view.getUint32(start + 12, true) * 4294967296;
    }
    at = start + size + (size % 2);
  }
  throw new AudioError(`truncated header: the file ends after ${length} bytes without a data chunk`);
}

// A data chunk that says 0 is empty, not streamed, when well-formed chunks follow it up to the end of the file.
function isChunkList(view: DataView, start: number): boolean {
  let at = start;
  while (at + 8 <= view.byteLength && /^[ -~]{4}$/.test(fourCC(view, at))) {
    const size = view.getUint32(at + 4, true);
    at += 8 + size + (size % 2);
  }
  return at >= view.byteLength && at - view.byteLength <= 1;
}

function readFormat(view: DataView, start: number, size: number): Format {
  if (size < 16) throw new AudioError(`truncated header: a fmt chunk has at least 16 bytes, not ${size}`);
  const channels = view.getUint16(start + 2, true);
  const sampleRate = view.getUint32(start + 4, true);
  const blockAlign = view.getUint16(start + 12, true);
  const bits = view.getUint16(start + 14, true);
  let tag = view.getUint16(start, true);
  if (tag === EXTENSIBLE) {
    if (size < 40) throw new AudioError(`truncated header: an extensible fmt chunk has 40 bytes, not ${size}`);
    const validBits = view.getUint16(start + 18, true);
    if (validBits > bits) throw new AudioError(`${validBits} valid bits do not fit into samples of ${bits} bits`);
    tag = tagOfSubFormat(view, start + 24);
  }
  const { bytesPerSample, sampleAt } = codec(tag, bits);
  if (channels === 0) throw new AudioError("the WAV file has 0 channels");
  if (blockAlign !== channels * bytesPerSample) {
    throw new AudioError(
      `inconsistent header: ${channels} channels of ${bytesPerSample} bytes cannot stand in blocks of ${blockAlign} bytes`,
    );
  }
  return { sampleRate, channels, bytesPerSample, sampleAt };
}

function tagOfSubFormat(view: DataView, start: number): number {
  let guid = "";
  for (let i = 0; i < 16; i++) {
    guid += view
      .getUint8(start + i)
      .toString(16)
      .padStart(2, "0");
  }
  if (!guid.endsWith(TAG_GUID_END)) throw new AudioError(`unknown WAV codec: sub-format ${guid}`);
  return view.getUint16(start, true);
}

function codec(tag: number, bits: number): Pick<Format, "bytesPerSample" | "sampleAt"> {
  if (tag === PCM && bits >= 1 && bits <= 32) {
    // Bits that do not fill their bytes are left-justified, so that the container's full scale is the right one.
    const bytesPerSample = Math.ceil(bits / 8);
    return { bytesPerSample, sampleAt: PCM_READERS[bytesPerSample - 1] };
  }
  if (tag === IEEE_FLOAT && bits === 32) {
    return { bytesPerSample: 4, sampleAt: (view, at) => view.getFloat32(at, true) };
  }
  if (tag === IEEE_FLOAT && bits === 64) {
    return { bytesPerSample: 8, sampleAt: (view, at) => view.getFloat64(at, true) };
  }
  if (tag === A_LAW && bits === 8) return { bytesPerSample: 1, sampleAt: (view, at) => decodeALaw(view.getUint8(at)) };
  if (tag === MU_LAW && bits === 8)
    return { bytesPerSample: 1, sampleAt: (view, at) => decodeMuLaw(view.getUint8(at)) };
  if ([PCM, IEEE_FLOAT, A_LAW, MU_LAW].includes(tag)) {
    throw new AudioError(`inconsistent header: no samples of ${bits} bits exist for WAV codec ${tag}`);
  }
  const name = OTHER_CODECS[tag] === undefined ? "" : ` (${OTHER_CODECS[tag]})`;
  throw new AudioError(`unknown WAV codec: tag 0x${tag.toString(16).padStart(4, "0")}${name}; convert it to PCM`);
}

const PCM_READERS: readonly Format["sampleAt"][] = [
  (view, at) => (view.getUint8(at) - 128) / 128,
  (view, at) => view.getInt16(at, true) / 32768,
  (view, at) => (view.getUint16(at, true) + view.getInt8(at + 2) * 65536) / 8388608,
  (view, at) => view.getInt32(at, true) / 2147483648,
];

function fourCC(view: DataView, at: number): string {
  let id = "";
  for (let i = at; i < at + 4 && i < view.byteLength; i++) id += String.fromCharCode(view.getUint8(i));
  return id;
}

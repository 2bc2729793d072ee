import { AudioError } from "../errors.ts";

/** A kind of file that `decodeAudio` reads. */
export type AudioFormat = "wav" | "flac" | "mp3" | "ogg";

// First bytes of formats that people try, to name them in the error.
const OTHER_FORMATS: readonly (readonly [offset: number, magic: string, name: string])[] = [
  [4, "ftyp", "MP4 or M4A"],
  [0, "FORM", "AIFF"],
  [0, "RIFX", "big-endian WAV (RIFX)"],
  [0, "\x1aE\xdf\xa3", "WebM or Matroska"],
  [0, "#!AMR", "AMR"],
  [0, "caff", "Core Audio (CAF)"],
  [0, "wvpk", "WavPack"],
  [0, ".snd", "Sun audio (AU)"],
  [0, "NIST_1A", "NIST SPHERE"],
  [0, "0&\xb2u", "Windows Media"],
];

/**
 * Which kind of audio file this is, from its first bytes alone.
 *
 * @throws {AudioError} when it is none that can be decoded; the message names what it is, where that is known.
 * @example
 * sniffFormat(bytes); // "flac"
 */
export function sniffFormat(bytes: Uint8Array): AudioFormat {
  if (bytes.length === 0) throw new AudioError("the file is empty");
  if (["RIFF", "RF64", "BW64"].some((magic) => hasAscii(bytes, 0, magic))) return "wav";
  if (hasAscii(bytes, 0, "OggS")) return "ogg";
  const start = id3Length(bytes);
  if (hasAscii(bytes, start, "fLaC")) return "flac";
  if (start > 0 || isMpegFrame(bytes, 0)) return "mp3";
  const other = OTHER_FORMATS.find(([offset, magic]) => hasAscii(bytes, offset, magic));
  const hex = [...bytes.subarray(0, 4)].map((b) => b.toString(16).padStart(2, "0")).join(" ");
  throw new AudioError(
    `${other ? `${other[2]} is not supported` : `not an audio file that is known (it begins with ${hex})`}; use WAV, FLAC, MP3 or Ogg`,
  );
}

/** The length of the ID3v2 tag at the beginning, in bytes; 0 when there is none. Source: id3.org, ID3 2.4.0, section 3.1. */
export function id3Length(bytes: Uint8Array): number {
  if (bytes.length < 10 || !hasAscii(bytes, 0, "ID3")) return 0;
  const size = (bytes[6] << 21) | (bytes[7] << 14) | (bytes[8] << 7) | bytes[9];
  return 10 + size + (bytes[5] & 0x10 ? 10 : 0);
}

/** Whether an MPEG audio frame header stands at `at`: sync, and no reserved version, layer, bit rate or rate. */
export function isMpegFrame(bytes: Uint8Array, at: number): boolean {
  const [a, b, c] = bytes.subarray(at, at + 3);
  return a === 0xff && b >= 0xe0 && (b & 0x18) !== 0x08 && (b & 0x06) !== 0 && c >> 4 !== 15 && ((c >> 2) & 3) !== 3;
}

/** Whether these characters stand at `at`. */
export function hasAscii(bytes: Uint8Array, at: number, text: string): boolean {
  for (let i = 0; i < text.length; i++) if (bytes[at + i] !== text.charCodeAt(i)) return false;
  return true;
}

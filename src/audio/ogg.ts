import { AudioError } from "../errors.ts";
import { hasAscii } from "./sniff.ts";

/** The packets of one Ogg stream, and what its pages say of it. */
export interface OggStream {
  readonly packets: readonly Uint8Array[];
  /** The granule position of the last page that ends a packet: for audio, the number of samples up to there. */
  readonly granule: number;
  /** How many bytes of the file its sound pages fill. */
  readonly length: number;
}

const CRC_TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte << 24;
  for (let bit = 0; bit < 8; bit++) crc = (crc << 1) ^ (crc < 0 ? 0x04c11db7 : 0);
  return crc;
});

/**
 * Takes an Ogg file apart into packets. Every page's checksum is checked, so that a decoder behind it sees sound data only.
 * Source: RFC 3533.
 *
 * @param bytes the whole file
 * @param lenient takes what comes before the first cut or damaged page; otherwise such a page is an error
 * @throws {AudioError} when a page is damaged or missing, the stream is cut, or the file holds several streams.
 * @example
 * const { packets } = readOgg(bytes, false);
 */
export function readOgg(bytes: Uint8Array, lenient: boolean): OggStream {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const packets: Uint8Array[] = [];
  let open: Uint8Array[] = [];
  let granule = 0;
  let ended = false;
  let serial: number | undefined;
  let at = 0;
  for (let page = 0; at < bytes.length; page++) {
    if (ended) {
      if (hasAscii(bytes, at, "OggS")) throw new AudioError("Ogg files of several streams are not supported");
      break;
    }
    const length = pageLength(view, at);
    if (length === undefined || view.getUint32(at + 18, true) !== page || !checksumHolds(view, at, length)) {
      if (lenient) break;
      throw new AudioError(`Ogg page ${page} at byte ${at} is cut or damaged (lenient decodes what comes before)`);
    }
    serial ??= view.getUint32(at + 14, true);
    if (view.getUint32(at + 14, true) !== serial)
      throw new AudioError("Ogg files of several streams are not supported");
    const segments = bytes[at + 26];
    let from = at + 27 + segments;
    for (let s = 0, to = from; s < segments; s++) {
      const lacing = bytes[at + 27 + s];
      to += lacing;
      if (lacing < 255 || s === segments - 1) {
        open.push(bytes.subarray(from, to));
        from = to;
      }
      if (lacing < 255) {
        packets.push(joinBytes(open));
        open = [];
      }
    }
    // A page on which no packet ends has the granule position -1.
    const high = view.getInt32(at + 10, true);
    if (high >= 0) granule = high * 4294967296 + view.getUint32(at + 6, true);
    ended = (bytes[at + 5] & 4) !== 0;
    at += length;
  }
  if (!ended && !lenient)
    throw new AudioError("truncated data: the Ogg stream has no end (lenient decodes what is there)");
  return { packets, granule, length: at };
}

function pageLength(view: DataView, at: number): number | undefined {
  if (at + 27 > view.byteLength || view.getUint32(at) !== 0x4f676753) return undefined;
  const segments = view.getUint8(at + 26);
  let length = 27 + segments;
  if (at + length > view.byteLength) return undefined;
  for (let s = 0; s < segments; s++) length += view.getUint8(at + 27 + s);
  return at + length > view.byteLength ? undefined : length;
}

function checksumHolds(view: DataView, at: number, length: number): boolean {
  let crc = 0;
  for (let i = 0; i < length; i++) {
    // The checksum's own four bytes count as 0.
    const byte = i >= 22 && i < 26 ? 0 : view.getUint8(at + i);
    crc = (crc << 8) ^ CRC_TABLE[(crc >>> 24) ^ byte];
  }
  return crc >>> 0 === view.getUint32(at + 22, true);
}

/** The parts one after another; one part alone is not copied. */
export function joinBytes(parts: readonly Uint8Array[]): Uint8Array {
  if (parts.length === 1) return parts[0];
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

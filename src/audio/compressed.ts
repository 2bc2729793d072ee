import { pow } from "../core/math.ts";
import { AudioError } from "../errors.ts";
import { drain, loadPackage } from "./decoder-package.ts";
import { decodeFlac } from "./flac.ts";
import { joinBytes, readOgg } from "./ogg.ts";
import { hasAscii, id3Length, isMpegFrame } from "./sniff.ts";
import type { AudioData } from "./wav.ts";

// A few bytes of a compressed file can stand for seconds of silence: feed little at a time, to stop in time.
const CHUNK_BYTES = 4096;

/**
 * Decodes an MP3 file (or layer I or II) with the package `mpg123-decoder`; the encoder's padding is cut where the file
 * tells its length (LAME's tag). A cut file gives the frames that are there: the format has no length to check against.
 *
 * @throws {AudioError} when no frame can be decoded.
 */
export async function decodeMp3(bytes: Uint8Array): Promise<AudioData> {
  const { MPEGDecoder } = await loadPackage("MP3", "mpg123-decoder", () => import("mpg123-decoder"));
  const decoder = new MPEGDecoder();
  const audio = await drain("MP3", decoder, chunks(bytes), (chunk) => decoder.decode(chunk));
  // mpg123 gives mono twice.
  let at = id3Length(bytes);
  while (at < bytes.length - 4 && !isMpegFrame(bytes, at)) at++;
  const isMono = bytes[at + 3] >> 6 === 3;
  return isMono ? { ...audio, channels: audio.channels.slice(0, 1) } : audio;
}

/**
 * Decodes an Ogg file: Vorbis with the package `@wasm-audio-decoders/ogg-vorbis`, Opus with `opus-decoder` (always at
 * 48,000 Hz), FLAC in Ogg as FLAC of its own.
 *
 * @throws {AudioError} when a page is damaged or, unless `lenient`, the stream is cut, or it holds another codec.
 */
export async function decodeOgg(bytes: Uint8Array, lenient: boolean): Promise<AudioData> {
  const { packets, granule, length } = readOgg(bytes, lenient);
  const head = packets[0] ?? new Uint8Array(0);
  if (hasAscii(head, 0, "OpusHead")) return decodeOpus(packets, granule);
  if (hasAscii(head, 0, "\x01vorbis")) {
    if (packets.length < 4) throw new AudioError("truncated Ogg Vorbis file: it has no audio packets");
    const { OggVorbisDecoder } = await loadPackage(
      "Ogg Vorbis",
      "@wasm-audio-decoders/ogg-vorbis",
      () => import("@wasm-audio-decoders/ogg-vorbis"),
    );
    const decoder = new OggVorbisDecoder();
    return drain("Ogg Vorbis", decoder, chunks(bytes.subarray(0, length)), (chunk) => decoder.decode(chunk));
  }
  // Its first packet is nine bytes and the beginning of a FLAC file; the others are the rest of that file.
  if (hasAscii(head, 0, "\x7fFLAC")) return decodeFlac(joinBytes([head.subarray(9), ...packets.slice(1)]), lenient);
  const codec = String.fromCharCode(...head.subarray(0, 8)).replace(/[^ -~]/g, ".");
  throw new AudioError(`Ogg codec ${JSON.stringify(codec)} is not supported; Vorbis, Opus and FLAC are`);
}

// Source of the header's layout and of the trimming: RFC 7845.
async function decodeOpus(packets: readonly Uint8Array[], granule: number): Promise<AudioData> {
  const head = packets[0];
  const family = head[18];
  if (head.length < 19 || head[9] === 0 || (family === 0 ? head[9] > 2 : head.length < 21 + head[9])) {
    throw new AudioError("damaged Ogg Opus file: its header is inconsistent");
  }
  const view = new DataView(head.buffer, head.byteOffset, head.byteLength);
  const preSkip = view.getUint16(10, true);
  const mapping = { streamCount: head[19], coupledStreamCount: head[20], channelMappingTable: [...head.subarray(21)] };
  const { OpusDecoder } = await loadPackage("Ogg Opus", "opus-decoder", () => import("opus-decoder"));
  const decoder = new OpusDecoder({ channels: head[9], preSkip, ...(family === 0 ? {} : mapping) });
  // The second packet holds the comments.
  const audio = await drain("Ogg Opus", decoder, packets.slice(2), (packet) => decoder.decodeFrame(packet));
  const length = Math.max(0, Math.min(audio.channels[0].length, granule - preSkip));
  // Output gain, in 1/256 dB.
  const gain = view.getInt16(16, true);
  const channels = audio.channels.map((samples) => samples.slice(0, length));
  if (gain !== 0) {
    const factor = pow(10, gain / 5120);
    for (const samples of channels) for (let i = 0; i < length; i++) samples[i] *= factor;
  }
  return { sampleRate: audio.sampleRate, channels };
}

function* chunks(bytes: Uint8Array): Generator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += CHUNK_BYTES) yield bytes.subarray(at, at + CHUNK_BYTES);
}

/** No sound in a file, or too much of it; the message is for the person who chose it. */
export class FileProblem extends Error {}

const MOST_BYTES = 256 * 2 ** 20;

const megabytes = (bytes: number): string =>
  bytes >= 2 ** 30 ? `${(bytes / 2 ** 30).toFixed(1)} GB` : `${Math.max(1, Math.round(bytes / 2 ** 20))} MB`;

export type Sound = { readonly wav: Uint8Array } | { readonly samples: Float32Array; readonly sampleRate: number };

/**
 * The sound of a file: WAV as it is, for the library's own decoder, which gives the same samples everywhere; all else by the browser's
 * decoders, at 48 kHz. Nothing of a file that is too large is read.
 *
 * @throws {FileProblem}
 */
export async function readSound(file: Blob, name: string): Promise<Sound> {
  if (file.size === 0) throw new FileProblem(`“${name}” is empty.`);
  if (file.size > MOST_BYTES) {
    throw new FileProblem(
      `“${name}” has ${megabytes(file.size)}; the page takes up to ${megabytes(MOST_BYTES)}. Cut out the part you want to know about.`,
    );
  }
  const bytes = new Uint8Array(await file.arrayBuffer());
  const tag = (at: number) => String.fromCharCode(...bytes.subarray(at, at + 4));
  if (["RIFF", "RF64", "BW64"].includes(tag(0)) && tag(8) === "WAVE") return { wav: bytes };
  return decode(bytes, file.type, name);
}

async function decode(bytes: Uint8Array<ArrayBuffer>, type: string, name: string): Promise<Sound> {
  let decoded: AudioBuffer;
  try {
    decoded = await new OfflineAudioContext(1, 1, 48000).decodeAudioData(bytes.buffer);
  } catch {
    const video = type.startsWith("video/");
    throw new FileProblem(
      video
        ? `“${name}” is a video in which the browser finds no sound.`
        : `“${name}” holds no sound that this browser can decode. WAV always works.`,
    );
  }
  const { numberOfChannels, length, sampleRate } = decoded;
  if (length === 0) throw new FileProblem(`“${name}” holds no sound.`);
  const samples = new Float32Array(length);
  for (let c = 0; c < numberOfChannels; c++) {
    const channel = decoded.getChannelData(c);
    for (let i = 0; i < length; i++) samples[i] += channel[i] / numberOfChannels;
  }
  return { samples, sampleRate };
}

import { readFile, stat } from "node:fs/promises";
import { extname } from "node:path";
import { decodeMono, type MonoAudio } from "../audio/decode.ts";
import type { DecodeOptions } from "../audio/wav.ts";
import { AudioError, withFile } from "../errors.ts";
import { fileProblem, listFiles } from "./files.ts";

const MAX_BYTES = 2147483648;
const EXTENSIONS = [".wav", ".flac", ".mp3", ".ogg", ".oga", ".opus"];

/** Which part of a file to read, and how. */
export interface ReadAudioOptions extends DecodeOptions {
  /** In seconds; 0 when left out. */
  readonly start?: number;
  /** In seconds; the end of the file when left out. */
  readonly end?: number;
}

/**
 * Reads an audio file, mixed to one channel. A part runs from sample `round(start * rate)` up to, not including,
 * `round(end * rate)`; an end after the file's is the file's.
 *
 * @throws {AudioError} led by the file's name: when it is missing, larger than 2 GiB, cannot be decoded (see
 * `decodeAudio`), or has nothing between `start` and `end`.
 * @example
 * const { sampleRate, samples } = await readAudio("speech.wav", { start: 1.5, end: 3 });
 */
export async function readAudio(path: string, options: ReadAudioOptions = {}): Promise<MonoAudio> {
  try {
    const { size } = await stat(path);
    if (size > MAX_BYTES) {
      const gib = (size / 1073741824).toFixed(1);
      throw new AudioError(`the file has ${gib} GiB; cut it into parts of at most 2 GiB`);
    }
    return cut(await decodeMono(await readFile(path), options), options);
  } catch (error) {
    const problem = fileProblem(error);
    throw withFile(problem === undefined ? error : new AudioError(problem, { cause: error }), path);
  }
}

function cut({ sampleRate, samples }: MonoAudio, { start, end }: ReadAudioOptions): MonoAudio {
  if (start === undefined && end === undefined) return { sampleRate, samples };
  const part = samples.slice(
    Math.round((start ?? 0) * sampleRate),
    end === undefined ? samples.length : Math.round(end * sampleRate),
  );
  if (part.length === 0) {
    const seconds = samples.length / sampleRate;
    throw new AudioError(`no audio from ${start ?? 0} s to ${end ?? seconds} s: the file lasts ${seconds} s`);
  }
  return { sampleRate, samples: part };
}

/**
 * The file itself, or every audio file below a directory (.wav, .flac, .mp3, .ogg, .oga, .opus), in the order of their paths.
 *
 * @throws {AudioError} when the path does not exist or the directory holds no audio.
 * @example
 * for (const file of await findAudioFiles("recordings")) console.log(file);
 */
export async function findAudioFiles(pathOrDirectory: string): Promise<string[]> {
  try {
    if (!(await stat(pathOrDirectory)).isDirectory()) return [pathOrDirectory];
    const files = (await listFiles(pathOrDirectory)).filter((f) => EXTENSIONS.includes(extname(f).toLowerCase()));
    if (files.length === 0) throw new AudioError(`no audio in this directory (${EXTENSIONS.join(", ")})`);
    return files;
  } catch (error) {
    const problem = fileProblem(error);
    throw withFile(problem === undefined ? error : new AudioError(problem, { cause: error }), pathOrDirectory);
  }
}

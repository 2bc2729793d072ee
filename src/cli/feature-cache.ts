import { mkdir, readdir, readFile, rm, stat, utimes } from "node:fs/promises";
import { join } from "node:path";
import { writeFileAtomically } from "../corpora/write-file.ts";
import { sha256 } from "./task-store.ts";

/** What is known of an utterance's audio. */
export interface AudioRow {
  /** SHA-256 of the samples, in hex. */
  readonly hash: string;
  readonly seconds: number;
  /** Root mean square. */
  readonly loudness: number;
  readonly features: Float32Array;
}

/** A cache holds so many bytes at most; what was not used for the longest time goes first. */
const MAX_BYTES = 1 << 30;
/** hash, seconds, loudness, and a digest of all that, so that a damaged file is noticed. */
const HEAD = 32 + 8 + 8 + 32;

/**
 * Rows of features on disk, found by what they follow from: the bytes of the audio file, the part of it, the extractor's options.
 *
 * @example
 * const cache = new FeatureCache("cache");
 * const key = FeatureCache.key(await readFile(path), start, end, extractor.hash);
 * const row = (await cache.load(key)) ?? (await extract());
 */
export class FeatureCache {
  readonly #directory: string;
  readonly #limit: number;

  /** @param limit the most bytes that are left when {@link prune} is done */
  constructor(directory: string, limit = MAX_BYTES) {
    this.#directory = directory;
    this.#limit = limit;
  }

  /** @param recipe all that decides the features beside the audio */
  static key(file: Uint8Array, start: number | undefined, end: number | undefined, recipe: string): string {
    return sha256(file, JSON.stringify([start ?? null, end ?? null, recipe]));
  }

  /** The row that was saved under a key; undefined where none was, or the file is damaged. */
  async load(key: string): Promise<AudioRow | undefined> {
    const path = this.#path(key);
    let bytes: Buffer;
    try {
      bytes = await readFile(path);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
      throw error;
    }
    const row = decode(bytes);
    const now = new Date();
    if (row) await utimes(path, now, now);
    return row;
  }

  async save(key: string, row: AudioRow): Promise<void> {
    await mkdir(join(this.#path(key), ".."), { recursive: true });
    await writeFileAtomically(this.#path(key), encode(row));
  }

  /** Takes away what was not used for the longest time, until the limit is kept. */
  async prune(): Promise<void> {
    const names = await readdir(this.#directory, { recursive: true }).catch(() => []);
    const files: { path: string; size: number; used: number }[] = [];
    for (const name of names.filter((name) => name.endsWith(".row"))) {
      const path = join(this.#directory, name);
      const { size, mtimeMs } = await stat(path);
      files.push({ path, size, used: mtimeMs });
    }
    let total = files.reduce((sum, { size }) => sum + size, 0);
    for (const { path, size } of files.sort((a, b) => a.used - b.used)) {
      if (total <= this.#limit) return;
      await rm(path, { force: true });
      total -= size;
    }
  }

  #path(key: string): string {
    return join(this.#directory, key.slice(0, 2), `${key}.row`);
  }
}

function encode({ hash, seconds, loudness, features }: AudioRow): Uint8Array {
  const bytes = new Uint8Array(HEAD + features.byteLength);
  const view = new DataView(bytes.buffer);
  bytes.set(Buffer.from(hash, "hex"));
  view.setFloat64(32, seconds, true);
  view.setFloat64(40, loudness, true);
  features.forEach((value, i) => view.setFloat32(HEAD + 4 * i, value, true));
  bytes.set(checksum(bytes), 48);
  return bytes;
}

function decode(bytes: Uint8Array): AudioRow | undefined {
  if (bytes.length < HEAD || (bytes.length - HEAD) % 4 !== 0) return undefined;
  if (Buffer.compare(bytes.subarray(48, HEAD), checksum(bytes)) !== 0) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return {
    hash: Buffer.from(bytes.subarray(0, 32)).toString("hex"),
    seconds: view.getFloat64(32, true),
    loudness: view.getFloat64(40, true),
    features: Float32Array.from({ length: (bytes.length - HEAD) / 4 }, (_, i) => view.getFloat32(HEAD + 4 * i, true)),
  };
}

const checksum = (bytes: Uint8Array): Buffer => Buffer.from(sha256(bytes.subarray(0, 48), bytes.subarray(HEAD)), "hex");

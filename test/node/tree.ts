import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { onTestFinished } from "vitest";
import { encodeWav } from "../../src/audio/encode-wav.ts";

/** A tenth of a second of a ramp at 8 kHz. */
export const tinyWav = encodeWav(
  { sampleRate: 8000, channels: [Float32Array.from({ length: 800 }, (_, i) => i / 800)] },
  "pcm16",
);

/** A new directory with these files, removed when the test ends. */
export async function makeTree(files: Record<string, string | Uint8Array>): Promise<string> {
  const root = await mkdtemp(join(tmpdir(), "emovox-"));
  onTestFinished(() => rm(root, { recursive: true, force: true }));
  for (const [path, content] of Object.entries(files)) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), content);
  }
  return root;
}

/** The same tiny WAV file at every path. */
export function wavs(...paths: string[]): Record<string, Uint8Array> {
  return Object.fromEntries(paths.map((path) => [path, tinyWav]));
}

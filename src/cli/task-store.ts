import { createHash } from "node:crypto";
import { mkdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { writeFileAtomically } from "../corpora/write-file.ts";
import type { TaskResult, TaskStore } from "../evaluation/tasks.ts";

/** Results of tasks in a directory, one file each. */
export interface DirectoryStore extends TaskStore {
  /** Takes everything away that was kept. */
  clear(): Promise<void>;
}

/**
 * Keeps each task's result in a file of its own that is written beside its place and moved there when it is whole: a run that is killed at
 * any moment finds whole results or none.
 *
 * @param key whatever decides the results (data, options, seed, version): another key finds nothing of this one
 */
export function directoryStore(directory: string, key: string): DirectoryStore {
  const fileOf = (name: string): string => join(directory, `${sha256(`${key}\n${name}`).slice(0, 32)}.json`);
  return {
    async load(name) {
      try {
        return revive(JSON.parse(await readFile(fileOf(name), "utf8")), name);
      } catch (error) {
        // Nothing there, or not what was written: the task is run.
        if (error instanceof SyntaxError || (error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
        throw error;
      }
    },
    async save(name, { outcome, seconds }) {
      await mkdir(directory, { recursive: true });
      const { rows, truth, predicted, probabilities, search } = outcome;
      const arrays = { rows: [...rows], truth: [...truth], predicted: [...predicted] };
      const numbers = probabilities && [...probabilities];
      await writeFileAtomically(
        fileOf(name),
        JSON.stringify({ name, seconds, search, ...arrays, probabilities: numbers }),
      );
    },
    clear: () => rm(directory, { recursive: true, force: true }),
  };
}

function revive(json: Record<string, unknown> | null, name: string): TaskResult | undefined {
  const { rows, truth, predicted, probabilities, search, seconds } = json ?? {};
  const isList = (value: unknown): value is number[] => Array.isArray(value);
  if (json?.name !== name || typeof seconds !== "number" || !isList(rows) || !isList(truth) || !isList(predicted)) {
    return undefined;
  }
  return {
    outcome: {
      rows: Int32Array.from(rows),
      truth: Int32Array.from(truth),
      predicted: Int32Array.from(predicted),
      ...(isList(probabilities) ? { probabilities: Float64Array.from(probabilities) } : {}),
      ...(search ? { search: search as TaskResult["outcome"]["search"] } : {}),
    },
    seconds,
  };
}

/** SHA-256 in hex. */
export const sha256 = (...parts: (string | Uint8Array)[]): string => {
  const hash = createHash("sha256");
  for (const part of parts) hash.update(part);
  return hash.digest("hex");
};

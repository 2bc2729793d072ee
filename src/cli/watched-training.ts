import { existsSync } from "node:fs";
import { rm } from "node:fs/promises";
import { readModelFile } from "../corpora/files.ts";
import { writeFileAtomically } from "../corpora/write-file.ts";
import type { TrainerHooks } from "../deep/trainer.ts";
import { withFile } from "../errors.ts";
import { loadModel, saveModel } from "../models/model-file.ts";
import { print, progress } from "./output.ts";

export interface Watch {
  readonly onProgress: (done: number) => void;
  readonly hooks: TrainerHooks;
}

/**
 * Runs a training with a bar and, for networks, with a line of JSON an epoch (`json`), a checkpoint after every epoch (`checkpoint`: a path
 * before which the modality is set), and Ctrl-C, which ends the training and keeps the best weights so far; pressed again it ends the process.
 */
export async function watched<T>(
  modality: "sound" | "words",
  { json, checkpoint }: { readonly json?: boolean; readonly checkpoint?: string },
  run: (watch: Watch) => Promise<T>,
): Promise<T> {
  const bar = progress(`training on ${modality}`);
  const abort = new AbortController();
  const stop = () => abort.abort();
  const path =
    checkpoint === undefined ? undefined : `${checkpoint.replace(/\.safetensors$/, "")}.${modality}.safetensors`;
  let listening = false;
  const hooks: TrainerHooks = {
    signal: abort.signal,
    resume: path !== undefined && existsSync(path) ? await readCheckpoint(path) : undefined,
    onProgress: (done) => {
      // Only the last training has something to keep; before it Ctrl-C ends the process as ever.
      if (!listening) process.once("SIGINT", stop);
      listening = true;
      bar.update(done);
    },
    onEpoch: (report) => {
      const { epoch, epochs, loss, validation } = report;
      const held = validation ? `, UAR ${(100 * validation.uar).toFixed(1)} %` : "";
      bar.update(epoch / epochs, `epoch ${epoch}, loss ${loss.toFixed(3)}${held}`);
      if (json) print(JSON.stringify({ modality, ...report }));
    },
    onCheckpoint: path === undefined ? undefined : (state) => writeFileAtomically(path, saveModel(state)),
  };
  try {
    const result = await run({ onProgress: bar.update, hooks });
    if (path !== undefined) await rm(path, { force: true });
    return result;
  } finally {
    process.removeListener("SIGINT", stop);
    bar.stop();
  }
}

async function readCheckpoint(path: string) {
  try {
    return loadModel(await readModelFile(path));
  } catch (error) {
    throw withFile(error, path);
  }
}

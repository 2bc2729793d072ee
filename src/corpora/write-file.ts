import { rename, rm, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { InputError } from "../errors.ts";
import { fileProblem } from "./files.ts";

/**
 * Writes a file beside its place and moves it there when it is whole: nobody ever sees half a file, and a failure
 * leaves an older one as it was.
 *
 * @throws {InputError} when the directory is missing or may not be written.
 * @example
 * await writeFileAtomically("results.json", JSON.stringify(results));
 */
export async function writeFileAtomically(path: string, data: string | Uint8Array): Promise<void> {
  const temporary = join(dirname(path), `.${basename(path)}.${process.pid}.${++written}.tmp`);
  try {
    await writeFile(temporary, data);
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    const problem = fileProblem(error)?.replace("read", "written");
    throw problem === undefined ? error : new InputError(`${path}: cannot write: ${problem}`, { cause: error });
  }
}

let written = 0;

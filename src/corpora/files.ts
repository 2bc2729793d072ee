import { readdir, readFile, realpath, stat } from "node:fs/promises";
import { join } from "node:path";
import { ModelFileError, TableError } from "../errors.ts";

const PROBLEMS: Record<string, string> = {
  ENOENT: "no such file or directory",
  ENOTDIR: "no such file or directory",
  EISDIR: "is a directory, not a file",
  EACCES: "cannot be read: permission denied",
  EPERM: "cannot be read: permission denied",
};

/** What went wrong with a file, in words for the one who named it; undefined when the error is not of that kind. */
export function fileProblem(error: unknown): string | undefined {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  return typeof code === "string" ? PROBLEMS[code] : undefined;
}

/**
 * Every file below a directory, symbolic links followed, in the order of their paths (by code units). Hidden files and
 * folders are left out, among them the `._*` files that macOS leaves on other systems' disks.
 */
export async function listFiles(directory: string): Promise<string[]> {
  const files: string[] = [];
  const seen = new Set<string>();
  const visit = async (folder: string): Promise<void> => {
    const real = await realpath(folder);
    if (seen.has(real)) return;
    seen.add(real);
    for (const entry of await readdir(folder, { withFileTypes: true })) {
      if (entry.name.startsWith(".")) continue;
      const path = join(folder, entry.name);
      const kind = entry.isSymbolicLink() ? await stat(path).catch(() => undefined) : entry;
      if (kind?.isDirectory()) await visit(path);
      else if (kind?.isFile()) files.push(path);
    }
  };
  await visit(directory);
  return files.sort();
}

/**
 * The text of a file, without its byte order mark.
 *
 * @throws {TableError} led by the file's name, when it is missing, cannot be read or is not UTF-8.
 */
export async function readText(path: string): Promise<string> {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(await readFile(path));
  } catch (error) {
    const problem = error instanceof TypeError ? "not UTF-8 text" : fileProblem(error);
    throw problem === undefined ? error : new TableError(`${path}: ${problem}`, { cause: error });
  }
}

/** The largest model file that is read; the largest forests known to be of use take a tenth of it. */
const MAX_MODEL_BYTES = 1073741824;

/** The bytes of a model file. @throws {ModelFileError} led by the file's name, when it is missing, too large or cannot be read */
export async function readModelFile(path: string): Promise<Uint8Array> {
  try {
    const { size } = await stat(path);
    if (size > MAX_MODEL_BYTES) throw new ModelFileError(`${path}: ${size} bytes are too many for a model file`);
    return await readFile(path);
  } catch (error) {
    const problem = fileProblem(error);
    throw problem === undefined ? error : new ModelFileError(`${path}: ${problem}`, { cause: error });
  }
}

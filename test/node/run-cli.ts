import { execFile } from "node:child_process";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect } from "vitest";

const main = new URL("../../dist/cli/main.js", import.meta.url).pathname;

export interface Outcome {
  code: number;
  stdout: string;
  stderr: string;
}

/** The miniature corpus. */
export const mini = new URL("../../data/mini", import.meta.url).pathname;

/** The path of a recording of the miniature corpus, in a folder of some. */
export async function someSpeech(): Promise<string> {
  const session = `${mini}/Session1/sentences/wav`;
  const [dialog] = (await readdir(session)).sort();
  const [file] = (await readdir(join(session, dialog))).sort();
  return join(session, dialog, file);
}

/** The built command line, run as a process in a folder of the test file's own: what a user types, sees and gets as exit code. */
export class CommandLine {
  folder = "";

  /** Makes the folder before the file's tests and removes it behind them. */
  constructor() {
    beforeAll(async () => {
      this.folder = await mkdtemp(join(tmpdir(), "emovox-cli-"));
    });
    afterAll(() => rm(this.folder, { recursive: true, force: true }));
  }

  readonly emovox = (...args: string[]): Promise<Outcome> =>
    new Promise((resolve) => {
      execFile(process.execPath, [main, ...args], { cwd: this.folder, maxBuffer: 1 << 28 }, (error, stdout, stderr) =>
        resolve({ code: error ? Number(error.code) : 0, stdout, stderr }),
      );
    });

  /** Runs a command that must be refused: exit code 2, one line on stderr that says this, nothing on stdout. */
  readonly refused = async (args: string[], ...says: string[]): Promise<void> => {
    const { code, stdout, stderr } = await this.emovox(...args);
    expect(stderr.trim().split("\n")).toHaveLength(1);
    for (const words of says) expect(stderr).toContain(words);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
  };
}

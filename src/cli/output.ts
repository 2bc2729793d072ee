import { once } from "node:events";
import { SingleBar } from "cli-progress";

/** Writes a line of results. */
export function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

/** Writes many lines of results, and waits until the reader has taken them: a slow one must not fill the memory. */
export async function printLines(lines: readonly string[]): Promise<void> {
  if (lines.length > 0 && !process.stdout.write(`${lines.join("\n")}\n`)) await once(process.stdout, "drain");
}

export interface Progress {
  /** @param done share of the work that is done, from 0 to 1 */
  update(done: number, label?: string): void;
  stop(): void;
}

/** A bar with the time that is left, on stderr and only on a terminal. */
export function progress(title: string): Progress {
  if (!process.stderr.isTTY) return { update() {}, stop() {} };
  const bar = new SingleBar({
    format: `${title} {bar} {percentage} % | {eta_formatted} left | {label}`,
    stream: process.stderr,
    clearOnComplete: true,
    hideCursor: true,
    etaBuffer: 20,
  });
  bar.start(1000, 0, { label: "" });
  return {
    update: (done, label = "") => bar.update(Math.round(done * 1000), { label }),
    stop: () => bar.stop(),
  };
}

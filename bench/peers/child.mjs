// A peer that is a program of its own. It reads a line `run WORK COUNT` and answers with the seconds that it took, or `values WORK COUNT` and
// answers with numbers to compare; its first line is its version and the works that it can do.
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";

/** @returns {Promise<{ version: string, works: object, close(): void }>} @throws when the program does not start */
export async function startChild(command, args, notes = {}) {
  const environment = {
    ...process.env,
    OMP_NUM_THREADS: "1",
    MKL_NUM_THREADS: "1",
    OPENBLAS_NUM_THREADS: "1",
    PYTHONDONTWRITEBYTECODE: "1",
  };
  const child = spawn(command, args, { stdio: ["pipe", "pipe", "pipe"], env: environment });
  let failure = "";
  child.stderr.on("data", (text) => {
    failure += text;
  });
  child.stdin.on("error", () => {});
  const ended = new Promise((resolve) => {
    child.on("error", (error) => resolve(error.code === "ENOENT" ? "not installed" : error.message));
    child.on("close", () => resolve(failure.trim().split("\n").at(-1) || "it ended"));
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const answer = async () => {
    const { value, done } = await lines.next();
    if (done) throw new Error(await ended);
    return value.split(" ");
  };
  const ask = async (verb, work, { count }) => {
    child.stdin.write(`${verb} ${work} ${count}\n`);
    return (await answer()).map(Number);
  };
  const [version, ...ids] = await answer();
  const works = ids.map((work) => [
    work,
    [
      {
        note: notes[work],
        run: async (input) => (await ask("run", work, input))[0],
        values: async (input) => ask("values", work, input),
      },
    ],
  ]);
  return { version, works: Object.fromEntries(works), close: () => child.stdin.end() };
}

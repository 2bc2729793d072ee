// Times the candidates of one work against each other: in turn, round after round, so that a slow spell of the machine hits all alike.
import { correlation } from "./compare.mjs";

/** Timed runs of a candidate, of which the median counts. */
export const ROUNDS = 9;
/** Seconds that a candidate computes before it is timed, and that one timed run shall take; what is slow gets less audio. */
const WARM_UP = 0.4;
const RUN = 0.25;
const SHORTEST = 2;
const LONGEST = 600;

/**
 * @param work one of `works`
 * @param candidates what the peers offer for it: { peer, label, run(input), values(input) }. `run` may return the seconds that it measured itself;
 *   `values` are numbers by which its result can be compared with emovox's, the first candidate's
 * @returns a row a candidate: { peer, label, note, seconds, rate, runs, agreement } or { peer, label, error }
 */
export async function measure(work, candidates, speech, rounds) {
  const entries = [];
  let reference;
  for (const { peer, label, note, error: missing, run, values } of candidates) {
    const entry = { peer, label, note, error: missing };
    entries.push(entry);
    if (missing !== undefined) continue;
    try {
      const excerpt = work.input(speech, SHORTEST);
      if (values) {
        const own = await values(excerpt);
        if (peer === "emovox") reference ??= own;
        if (reference !== undefined) entry.agreement = (work.compare ?? correlation)(reference, own);
      }
      const { spent, rate } = await warmUp(run, excerpt);
      const input = work.input(speech, Math.min(LONGEST, Math.max(SHORTEST, rate * RUN)));
      if (spent < WARM_UP || input.seconds > excerpt.seconds) await elapsed(run, input);
      Object.assign(entry, { run, input, runs: [] });
    } catch (error) {
      entry.error = String(error?.message ?? error).split("\n")[0];
    }
  }
  for (let round = 0; round < rounds; round++) {
    for (const { run, input, runs, error } of entries) {
      if (error === undefined) runs.push(await elapsed(run, input));
    }
  }
  return entries.map(({ peer, label, note, error, agreement, input, runs }) =>
    error === undefined
      ? {
          peer,
          label,
          note,
          seconds: input.seconds,
          count: input.count,
          rate: input.seconds / median(runs),
          agreement,
          runs,
        }
      : { peer, label, error },
  );
}

/** Seconds of audio a second, after enough runs for the engine to have optimised the code. */
async function warmUp(run, excerpt) {
  let spent = 0;
  let last = 0;
  for (let runs = 0; runs < 2 || (spent < WARM_UP && runs < 10000); runs++) {
    last = await elapsed(run, excerpt);
    spent += last;
  }
  return { spent, rate: excerpt.seconds / last };
}

async function elapsed(run, input) {
  const start = performance.now();
  const own = await run(input);
  return own ?? (performance.now() - start) / 1000;
}

export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

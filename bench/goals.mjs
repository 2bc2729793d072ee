// The goals that the figures are held to. `value` takes it from the figures: rate(work, peer) in seconds of audio a second (its fastest entry) and
// the checks; undefined when it was not measured.

const atLeast = (work, goal) => ({
  work,
  text: `at least ${goal.toLocaleString("en")} s/s`,
  value: ({ rate }) => rate(work, "emovox"),
  met: (value) => value >= goal,
  /** Where the picture draws it. */
  bar: goal,
});

const times = (work, peer, goal) => ({
  work,
  text: `${goal === 1 ? "past" : `${goal} times`} ${peer}`,
  value: ({ rate }) => rate(work, "emovox") / rate(work, peer),
  met: (value) => value >= goal,
});

const asFastAsPffft = (work) => ({ ...times(work, "pffft-wasm", 1), text: "at least as fast as pffft-wasm with SIMD" });

const check = (name, text, met) => ({ work: name, text, value: ({ checks }) => checks?.[name], met });

export const goals = [
  atLeast("mfcc", 12000),
  times("mfcc", "Meyda", 140),
  times("mfcc", "tfjs wasm", 19),
  times("mfcc", "C with pffft", 1),
  {
    work: "mfcc",
    text: "at most 1.7 times the time of pffft-wasm's FFT alone",
    value: ({ rate }) => rate("fft", "pffft-wasm") / rate("mfcc", "emovox"),
    met: (value) => value <= 1.7,
  },
  atLeast("mfcc-utterances", 12000),
  times("mfcc-utterances", "Meyda", 140),
  times("mfcc-utterances", "tfjs wasm", 19),
  asFastAsPffft("fft"),
  asFastAsPffft("fft-abreast"),
  atLeast("spectral", 6000),
  atLeast("hpss", 500),
  atLeast("yin", 1500),
  atLeast("pyin", 150),
  atLeast("sahu2019", 250),
  atLeast("resample", 3000),
  check("growth", "10 times the audio in 9.5 to 10.5 times the time", (value) => value >= 9.5 && value <= 10.5),
  check("memory", "under 3 times its input", (value) => value < 3),
  check("streamKilobytes", "after 600 s at most 64 KB above that after 60 s", (value) => value <= 64),
  check("coreKilobytes", "at most 60 KB gzipped", (value) => value <= 60),
  check("startMilliseconds", "import to first MFCC in at most 25 ms", (value) => value <= 25),
];

/** @returns {{ work: string, text: string, value: number, met: boolean }[]} those of which there are figures */
export function judge(results, checks) {
  const rate = (work, peer) => {
    const rows =
      results.find(({ id }) => id === work)?.rows.filter((row) => row.peer === peer && row.rate !== undefined) ?? [];
    return rows.length === 0 ? undefined : Math.max(...rows.map((row) => row.rate));
  };
  return goals
    .map(({ work, text, value, met }) => ({ work, text, value: value({ rate, checks }), met }))
    .filter(({ value }) => Number.isFinite(value))
    .map((goal) => ({ ...goal, met: goal.met(goal.value) }));
}

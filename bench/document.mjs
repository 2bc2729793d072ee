// docs/benchmarks.md.
import { ROUNDS } from "./measure.mjs";
import { goalTable, speedTable } from "./table.mjs";

export const document = ({ results, judged, titles, machine, versions, rounds }) => `# Benchmarks

${machine}

![Seconds of audio a second, emovox and its peers](benchmarks.svg)

## How it is measured
\`npm run bench\` after \`npm run build\` measures all of it on your machine, the features in three minutes, then the forests ([benchmarks-trees.md](benchmarks-trees.md)) in
ten; \`npm run bench:core\` the features alone. The first time it installs the peers from
\`bench/package.json\`; nothing of them comes with emovox. Peers outside npm take part when they are installed (on Debian:
\`apt-get install gcc libfftw3-dev python3-torchaudio python3-aubio\`).

\`\`\`
npm run bench:core                    # the tables below on the terminal
npm run bench:core -- --only mfcc,fft # some of the work; the names are in bench/works.mjs
npm run bench:core -- --json          # all figures, every single run, and how well the results agree
npm run bench:core -- --rounds 15     # ${ROUNDS} when left out
npm run bench:core -- --write         # writes this page and its picture
\`\`\`

- One process, one thread (peers that are programs of their own run one at a time, with one thread each, and take their own time
  without the pipe in between). The package is the built one, as users get it.
- The audio is speech at 16 kHz: 600 s of the bundled miniature corpus, file after file and over again; utterance by utterance means
  its first 200 files. Frames of 400 samples every 160, FFT of 512, 40 mel bands, 13 coefficients, no padding at the ends. Pitch: frames of
  1,024 samples every 160, 65 to 500 Hz.
- Each figure is the median of ${rounds} runs. After a warm-up, the peers run in turn, round after round, so that a slow spell of the machine
  hits all alike. A run takes about a quarter of a second: what is slow gets an excerpt (at least 2 s), what is fast all there is.
- The six spectral features are centroid, bandwidth, roll-off, flatness, contrast and flux; deltas are of first and second order.
- Tables and plans are made before the clock starts. Inputs are in memory; what comes out is in the caller's memory again, but for the FFTs
  in WebAssembly and C, whose frames and spectra stay in their own memory. FFTs take the same 16 frames of speech again and again.
  "Four at a time" is the transform inside emovox's features: windowed by ones, its four spectra left side by side for what comes next.
- Peers compute what they compute: mel scales, logarithms and the edges differ. Results of each are compared with emovox's on 2 s of speech;
  \`--json\` gives their \`agreement\`: the correlation of the second MFCC, the spectrum's real part or the resampled signal, for pitch the
  share of frames within 3 %.
- Memory of a batch is what the process holds more at its peak than before, over the bytes of its input (600 s to MFCCs); that of a stream,
  what it holds more after 600 s than after 60 s, of a second stream, without the engine's optimiser
  (whose code lies in the same heap). The start is that of a fresh process, from before the import to the first MFCCs.
- "C with pffft" is \`bench/native/mfcc.c\`, compiled with \`gcc -Ofast -march=native\`: what a careful native program makes of the machine.
  librosa is not among the peers: neither npm nor Debian has it.

## Goals
${goalTable(judged, titles)}

## Figures
Seconds of audio that are done in a second; a transform counts as the 10 ms between two frames.

${speedTable(results)}

Versions: ${versions.map(([name, version]) => `${name} ${version}`).join(", ")}.
`;

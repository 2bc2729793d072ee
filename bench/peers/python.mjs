import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { startChild } from "./child.mjs";

// Debian's packages are there for Debian's interpreter only, which another one may stand before in the path.
const python = existsSync("/usr/bin/python3") ? "/usr/bin/python3" : "python3";
const script = (file) => fileURLToPath(new URL(`../python/${file}`, import.meta.url));

export const torchaudio = {
  name: "torchaudio",
  load: ({ folder }) =>
    startChild(python, [script("torchaudio_peer.py"), folder], {
      mfcc: "compliance.kaldi.mfcc",
      "mfcc-utterances": "compliance.kaldi.mfcc",
      resample: "Kaiser window of 64 zero crossings",
    }),
};

export const aubio = {
  name: "aubio",
  load: ({ folder }) =>
    startChild(python, [script("aubio_peer.py"), folder], {
      mfcc: "called from Python frame by frame",
      "mfcc-utterances": "called from Python frame by frame",
      fft: "called from Python",
      yin: "yinfast, called from Python frame by frame",
    }),
};

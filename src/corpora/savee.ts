import type { Corpus } from "../utterance.ts";
import { type FileCode, loadCodedFiles } from "./coded-files.ts";

// Haq and Jackson 2010, "Multimodal Emotion Recognition".
const EMOTIONS: Record<string, string> = {
  a: "anger",
  d: "disgust",
  f: "fear",
  h: "happiness",
  n: "neutral",
  sa: "sadness",
  su: "surprise",
};

const code: FileCode = {
  name: "savee",
  classes: Object.values(EMOTIONS),
  example: "AudioData/DC/a01.wav",
  parse(path) {
    const match = /(?:^|\/)(DC|JE|JK|KL)[/_]((a|d|f|h|n|sa|su)\d\d)\.wav$/i.exec(path);
    if (!match) return undefined;
    const speaker = match[1].toUpperCase();
    const script = match[2].toLowerCase();
    return {
      id: `${speaker}_${script}`,
      emotion: EMOTIONS[match[3].toLowerCase()],
      speaker,
      gender: "male",
      script,
    };
  },
};

/** SAVEE: 4 male speakers of English, 7 emotions; in a folder a speaker, or all in one folder as `DC_a01.wav`. */
export const loadSavee = (root: string): Promise<Corpus> => loadCodedFiles(code, root);

import type { Corpus } from "../utterance.ts";
import { type FileCode, loadCodedFiles, stem } from "./coded-files.ts";

// Pichora-Fuller and Dupuis 2020, "Toronto emotional speech set (TESS)"; ps is pleasant surprise.
const EMOTIONS: Record<string, string> = {
  angry: "anger",
  disgust: "disgust",
  fear: "fear",
  happy: "happiness",
  neutral: "neutral",
  ps: "surprise",
  sad: "sadness",
};

const code: FileCode = {
  name: "tess",
  classes: Object.values(EMOTIONS),
  example: "OAF_angry/OAF_back_angry.wav",
  parse(path) {
    // One published file is named OA_bite_neutral.wav.
    const match = /^(OAF?|YAF)_([a-z]+)_(angry|disgust|fear|happy|neutral|ps|sad)$/i.exec(stem(path));
    if (!match) return undefined;
    const speaker = match[1].toUpperCase().startsWith("OA") ? "OAF" : "YAF";
    const word = match[2].toLowerCase();
    const emotion = match[3].toLowerCase();
    return {
      id: `${speaker}_${word}_${emotion}`,
      emotion: EMOTIONS[emotion],
      transcript: `Say the word ${word}.`,
      speaker,
      gender: "female",
      script: word,
    };
  },
};

/** TESS: an older and a younger actress, 200 words, 7 emotions. */
export const loadTess = (root: string): Promise<Corpus> => loadCodedFiles(code, root);

import type { Corpus } from "../utterance.ts";
import { type FileCode, loadCodedFiles, stem } from "./coded-files.ts";

// Burkhardt et al. 2005, "A Database of German Emotional Speech": the letters stand for the German words.
const EMOTIONS: Record<string, string> = {
  F: "happiness",
  T: "sadness",
  W: "anger",
  A: "fear",
  E: "disgust",
  L: "boredom",
  N: "neutral",
};
const MALE_SPEAKERS = ["03", "10", "11", "12", "15"];

const code: FileCode = {
  name: "emodb",
  classes: Object.values(EMOTIONS),
  example: "wav/03a01Fa.wav",
  parse(path) {
    const match = /^(\d\d)([ab]\d\d)([FTWAELN])[a-z]?$/.exec(stem(path));
    if (!match) return undefined;
    const [id, speaker, script, letter] = match;
    const gender = MALE_SPEAKERS.includes(speaker) ? "male" : "female";
    return { id, emotion: EMOTIONS[letter], speaker, gender, script };
  },
};

/** EMO-DB, the Berlin Database of Emotional Speech: 10 actors, 10 German sentences, 7 emotions. */
export const loadEmodb = (root: string): Promise<Corpus> => loadCodedFiles(code, root);

import type { Corpus } from "../utterance.ts";
import { type FileCode, loadCodedFiles, stem } from "./coded-files.ts";

// Livingstone and Russo 2018, "The Ryerson Audio-Visual Database of Emotional Speech and Song".
const EMOTIONS = ["neutral", "calm", "happiness", "sadness", "anger", "fear", "disgust", "surprise"];
const STATEMENTS = ["Kids are talking by the door.", "Dogs are sitting by the door."];

const code: FileCode = {
  name: "ravdess",
  classes: EMOTIONS,
  example: "Actor_01/03-01-05-01-01-01-01.wav",
  parse(path) {
    // modality (any that has sound) - channel (01: speech) - emotion - intensity - statement - repetition - actor
    const match = /^0[13]-01-0([1-8])-0[12]-0([12])-0[12]-(\d\d)$/.exec(stem(path));
    if (!match) return undefined;
    const [id, emotion, statement, actor] = match;
    return {
      id,
      emotion: EMOTIONS[Number(emotion) - 1],
      transcript: STATEMENTS[Number(statement) - 1],
      speaker: actor,
      gender: Number(actor) % 2 === 1 ? "male" : "female",
      script: `0${statement}`,
    };
  },
};

/** RAVDESS, its speech: 24 actors, 2 sentences, 8 emotions (calm is kept apart from neutral). Songs are left out. */
export const loadRavdess = (root: string): Promise<Corpus> => loadCodedFiles(code, root);

import { basename } from "node:path";
import { TableError } from "../errors.ts";
import type { Corpus } from "../utterance.ts";
import { type FileCode, loadCodedFiles, stem } from "./coded-files.ts";
import { readTable } from "./csv.ts";
import { listFiles } from "./files.ts";

// Cao et al. 2014, "CREMA-D: Crowd-sourced Emotional Multimodal Actors Dataset".
const EMOTIONS: Record<string, string> = {
  ANG: "anger",
  DIS: "disgust",
  FEA: "fear",
  HAP: "happiness",
  NEU: "neutral",
  SAD: "sadness",
};
const SENTENCES: Record<string, string> = {
  IEO: "It's eleven o'clock.",
  TIE: "That is exactly what happened.",
  IOM: "I'm on my way to the meeting.",
  IWW: "I wonder what this is about.",
  TAI: "The airplane is almost full.",
  MTI: "Maybe tomorrow it will be cold.",
  IWL: "I would like a new alarm clock.",
  ITH: "I think I have a doctor's appointment.",
  DFA: "Don't forget a jacket.",
  ITS: "I think I've seen this before.",
  TSI: "The surface is slick.",
  WSI: "We'll stop in a couple of minutes.",
};

/** CREMA-D: 91 actors, 12 sentences, 6 emotions. Genders come from `VideoDemographics.csv`, where that is there. */
export async function loadCremad(root: string): Promise<Corpus> {
  const genders = await readGenders(root);
  const code: FileCode = {
    name: "cremad",
    classes: Object.values(EMOTIONS),
    example: "AudioWAV/1001_DFA_ANG_XX.wav",
    parse(path) {
      // actor _ sentence _ emotion _ intensity (one published file ends in X)
      const match = /^(1\d{3})_([A-Z]{3})_(ANG|DIS|FEA|HAP|NEU|SAD)_(?:XX?|LO|MD|HI)$/.exec(stem(path));
      if (!match) return undefined;
      const [id, speaker, script, emotion] = match;
      return {
        id,
        emotion: EMOTIONS[emotion],
        transcript: SENTENCES[script],
        speaker,
        gender: genders.get(speaker),
        script,
      };
    },
  };
  return loadCodedFiles(code, root);
}

async function readGenders(root: string): Promise<Map<string, "female" | "male">> {
  const genders = new Map<string, "female" | "male">();
  const path = (await listFiles(root)).find((file) => basename(file) === "VideoDemographics.csv");
  if (path === undefined) return genders;
  for (const { line, values } of await readTable(path, ["ActorID", "Sex"])) {
    const gender = values.Sex.toLowerCase();
    if (gender !== "female" && gender !== "male") {
      throw new TableError(`${path}: line ${line}: Sex is ${JSON.stringify(values.Sex)}, not Female or Male`);
    }
    genders.set(values.ActorID, gender);
  }
  return genders;
}

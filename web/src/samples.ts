import tooMuch from "../../data/mini/Session1/sentences/wav/Ses01F_impro01/Ses01F_impro01_F001.wav?url";
import kitchen from "../../data/mini/Session1/sentences/wav/Ses01F_impro01/Ses01F_impro01_M000.wav?url";
import alone from "../../data/mini/Session1/sentences/wav/Ses01F_impro01/Ses01F_impro01_M004.wav?url";
import noUse from "../../data/mini/Session1/sentences/wav/Ses01F_impro01/Ses01F_impro01_F004.wav?url";

export interface Sample {
  readonly url: string;
  readonly words: string;
}

/** Of the miniature corpus: synthetic speech. */
export const samples: readonly Sample[] = [
  { url: tooMuch, words: "I hate this stupid machine!" },
  { url: noUse, words: "I tried and tried, it is no use." },
  { url: alone, words: "I feel so alone here." },
  { url: kitchen, words: "They are in the kitchen." },
];

/** Hue of each emotion that is known by name: as an area, beside a label, never as the only sign. */
const colors: Readonly<Record<string, string>> = {
  anger: "#e5484d",
  boredom: "#a07553",
  calm: "#12a594",
  disgust: "#4ca154",
  fear: "#8e5bd0",
  happiness: "#f0ac00",
  neutral: "#8795a5",
  sadness: "#3b82f6",
  surprise: "#e457a0",
};

const abbreviations: Readonly<Record<string, string>> = {
  ang: "anger",
  hap: "happiness",
  sad: "sadness",
  fea: "fear",
  sur: "surprise",
  neu: "neutral",
};

const spare = ["#0ea5b7", "#b4690e", "#6e7bd9", "#95a13b", "#c2556f", "#5c8a8a"];

export function colorOf(emotion: string, classes: readonly string[]): string {
  return colors[abbreviations[emotion] ?? emotion] ?? spare[classes.indexOf(emotion) % spare.length] ?? spare[0];
}

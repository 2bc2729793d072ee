import { OptionError } from "../errors.ts";
import { beeswarmChart } from "../evaluation/charts/beeswarm.ts";
import { loadPlotter, type Plotter } from "../evaluation/charts/plotter.ts";
import { type ChartSection, chartPage, standaloneSvg } from "../evaluation/charts/standalone.ts";
import { largestSteps, waterfallChart } from "../evaluation/charts/waterfall.ts";
import { entriesOf, otherEntries, rankFeatures, type Shown, type ShownPart } from "./explanation-text.ts";

/** Bars of a waterfall, and rows of a beeswarm. */
const BARS = 15;
/** Dots a feature at most; of more answers some are drawn, evenly. */
const DOTS = 200;

/**
 * Explanations as a picture: a waterfall for each part of one answer, a beeswarm of many.
 *
 * @param svg one chart as an SVG file, else an HTML page
 * @throws {OptionError} an SVG of two parts
 */
export async function drawExplanations(shown: readonly Shown[], svg: boolean): Promise<string> {
  const plotter = await loadPlotter();
  const sections = shown.length === 1 ? waterfalls(plotter, shown[0]) : [beeswarm(plotter, shown)];
  if (!svg) return chartPage(title(shown), sections);
  if (sections.length > 1)
    throw new OptionError("sound and words make two charts: give --out a name that ends in .html");
  return standaloneSvg(sections[0].chart);
}

function title(shown: readonly Shown[]): string {
  const [{ file, emotion, probabilities, class: name }] = shown;
  if (shown.length > 1) return `What moved "${name}" in ${shown.length} answers`;
  return `${file}: ${emotion} (${(100 * probabilities[emotion]).toFixed(1)} %)`;
}

function waterfalls(plotter: Plotter, { class: name, parts }: Shown): ChartSection[] {
  return parts.map((part) => {
    const heading = { audio: "Sound", text: "Words", table: "Features" }[part.modality];
    const steps = largestSteps(entriesOf(part), BARS, otherEntries);
    const label = `${heading}: what added to and took from the ${part.unit} of ${name}`;
    return {
      heading,
      note: noteOf(part, name),
      chart: waterfallChart(plotter, label, part.base, steps, `${part.unit} of ${name}`),
    };
  });
}

function noteOf({ unit, modality }: ShownPart, name: string): string {
  const start = {
    audio: "the average utterance that the model learnt from",
    text: "a text without a known word",
    table: unit === "score" ? "a row of zeros" : "all rows that the model learnt from",
  }[modality];
  const scale =
    unit === "score"
      ? "The class with the highest score wins; the softmax of all classes' scores gives the probabilities."
      : "The sum is the probability.";
  return `Each bar is what a feature added to the ${unit} of "${name}", beginning with that of ${start}. ${scale}`;
}

function beeswarm(plotter: Plotter, shown: readonly Shown[]): ChartSection {
  const { class: name, parts } = shown[0];
  const step = Math.max(1, shown.length / DOTS);
  const drawn = Array.from({ length: Math.min(DOTS, shown.length) }, (_, i) => shown[Math.floor(i * step)]);
  const features = rankFeatures(shown)
    .slice(0, BARS)
    .map(({ index, name: feature }) => ({
      name: feature,
      contributions: drawn.map((answer) => answer.parts[0].features[index].contribution),
      values: drawn.map((answer) => answer.parts[0].features[index].value),
    }));
  const unit = `what was added to the ${parts[0].unit} of ${name}`;
  return {
    heading: `The ${features.length} features that moved it most`,
    note: `A dot is an answer (${drawn.length} of ${shown.length} are drawn): blue where the feature was low among them, red where it was high.`,
    chart: beeswarmChart(plotter, `contributions of features to ${name}`, features, unit),
  };
}

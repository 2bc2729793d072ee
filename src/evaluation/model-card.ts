import type { Preset } from "../features/extractor.ts";
import type { Recognizer } from "../recognizer.ts";
import type { Figure } from "./score.ts";
import type { TrainableClassifier, TrainingReport } from "./train.ts";

export interface ModelCardInput {
  readonly recognizer: Recognizer;
  readonly reports: { readonly audio?: TrainingReport; readonly text?: TrainingReport };
  readonly preset: Preset;
  readonly classifier: TrainableClassifier;
  readonly seed: number;
  /** Size of the model file. */
  readonly bytes: number;
}

const classifiers = {
  lr: "multinomial logistic regression, balanced class weights",
  rf: "random forest, balanced class weights",
  cnn: "convolutions over frames with attention pooling, balanced class weights",
  lstm: "LSTM in both directions, balanced class weights",
  transformer: "encoder of a Transformer, balanced class weights",
};

/** What a reader should know of the corpora that models are trained on. */
const corpora: Readonly<Record<string, string>> = {
  cremad: "acted English sentences (Cao et al. 2014, Open Database License)",
  emodb: "acted German sentences by ten speakers, recorded in an anechoic chamber (Burkhardt et al. 2005, CC0 1.0)",
  goemotions:
    "English Reddit comments of one label out of Ekman's six emotions and neutral (Demszky et al. 2020, Apache-2.0, data CC BY 4.0)",
  iemocap: "acted English dialogues (Busso et al. 2008, by licence of USC)",
  meld: "English utterances of a television series (Poria et al. 2019, GPL-3.0)",
  ravdess: "acted English sentences by 24 speakers (Livingstone and Russo 2018, CC BY-NC-SA 4.0)",
  savee: "acted English sentences by four men (Haq and Jackson 2009)",
  tess: "acted English words by two women (Dupuis and Pichora-Fuller 2010, CC BY-NC-ND 4.0)",
};

/** A model card (Mitchell et al. 2019, "Model Cards for Model Reporting") in Markdown. */
export function renderModelCard({ recognizer, reports, preset, classifier, seed, bytes }: ModelCardInput): string {
  const { audio, text } = recognizer;
  const lines = [
    "# Model card",
    "",
    `A recogniser of ${recognizer.classes.length} emotions (${recognizer.classes.join(", ")}) from ${[audio && "speech", text && "words"].filter(Boolean).join(" and ")}; ${Math.ceil(bytes / 1024)} KB, seed ${seed}.`,
  ];
  if (audio && reports.audio) {
    const what = audio.scaler ? "utterance features" : "values a frame";
    const features = `${audio.extractor.names.length} ${what} (preset \`${preset}\`, hash \`${audio.extractor.hash}\`) at ${audio.extractor.sampleRate} Hz`;
    lines.push(...section("Speech", reports.audio, features, classifier, audio.temperature));
  }
  if (text && reports.text) {
    const { vectorizer } = text;
    const features = vectorizer
      ? `TF-IDF of ${vectorizer.vocabulary.size} terms (${vectorizer.options.ngramRange.join(" to ")} tokens, punctuation kept)`
      : "tokens (words and marks), in their order";
    lines.push(...section("Words", reports.text, features, classifier, text.temperature));
  }
  if (audio && text) {
    lines.push(
      "",
      "## Both together",
      "Late fusion over the emotions that both parts know: the product of the two calibrated probabilities, which is Bayes' rule for a " +
        "uniform prior if sound and words are independent given the emotion. No data with both was used to fit or to judge the fusion.",
    );
  }
  lines.push(
    "",
    "## Limits of use",
    "- The figures hold for speech and text like those that it was trained on. Other languages, spontaneous or noisy speech, other " +
      "microphones and other ways of writing will do worse, and were not measured.",
    "- It recognises how emotion was acted or labelled, not what a person feels. Do not decide about people with it.",
    "- Probabilities assume that every emotion is equally likely beforehand.",
    "",
  );
  return lines.join("\n");
}

function section(
  title: string,
  report: TrainingReport,
  features: string,
  classifier: TrainableClassifier,
  temperature: number,
): string[] {
  const { score } = report;
  const row = (name: string, figure: Figure) =>
    `| ${name} | ${percent(score[figure])} | ${score.ci[figure].map(percent).join(" to ")} |`;
  const names = report.classes;
  return [
    "",
    `## ${title}`,
    `- Data: ${report.corpus}, ${report.rows} utterances${Object.hasOwn(corpora, report.corpus) ? `: ${corpora[report.corpus]}` : ""}.`,
    `- Features: ${features}.`,
    `- Classifier: ${classifiers[classifier]}; temperature ${temperature.toFixed(2)}.`,
    `- Protocol: ${report.protocol}; ${score.rows} test rows.`,
    `- Expected calibration error: ${percent(report.ece[0])} % before, ${percent(report.ece[1])} % after calibration, every class counting the same.`,
    "",
    `| Figure | % | 95 % interval (bootstrap over ${score.ciOver}) |`,
    "|---|---:|---:|",
    row("UAR", "uar"),
    row("Macro F1", "f1"),
    row("Accuracy", "accuracy"),
    "",
    `| true \\ said | ${names.join(" | ")} | recall |`,
    `|---|${names.map(() => "---:|").join("")}---:|`,
    ...names.map((name, c) => `| ${name} | ${score.confusion[c].join(" | ")} | ${percent(score.perClass[c].recall)} |`),
  ];
}

const percent = (share: number): string => (100 * share).toFixed(1);

// What the parts of the page share: the worker, the pieces on the screen, and what is known at present.
import type { Prediction } from "emovox";
import type { LiveRecognizer } from "emovox/live";
import { AnswerPanel } from "./answer.ts";
import { clientOf } from "./client.ts";
import { byId } from "./dom.ts";
import { colorOf } from "./emotions.ts";
import { Heard } from "./heard.ts";
import type { ModelFacts } from "./protocol.ts";
import { Timeline } from "./timeline.ts";

export const worker = new Worker(new URL("./worker.ts", import.meta.url), { type: "module" });
export const client = clientOf(worker);

interface App {
  facts: ModelFacts | null;
  /** Classes of all answers that the model may give. */
  classes: readonly string[];
  live: LiveRecognizer | null;
  /** The answer over all, and what it rests on. */
  whole: Prediction | null;
  wholeBasis: string;
  hasSound: boolean;
  listening: boolean;
  /** What was heard since listening began. */
  heard: Heard;
  lastSound: { readonly name: string; readonly blob: Blob } | null;
}

export const app: App = {
  facts: null,
  classes: [],
  live: null,
  whole: null,
  wholeBasis: "",
  hasSound: false,
  listening: false,
  heard: new Heard(),
  lastSound: null,
};

const color = (emotion: string) => colorOf(emotion, app.classes);
export const timeline = new Timeline(byId("timeline"), { colorOf: color, classes: () => app.classes });
export const answer = new AnswerPanel(color);
export const transcript = byId<HTMLTextAreaElement>("transcript");
export const player = new Audio();
export const slider = byId<HTMLCanvasElement>("timeline");

export const say = (text: string) => {
  byId("status").textContent = text;
};
export function complain(problem: unknown): void {
  const message = problem instanceof Error ? problem.message : String(problem);
  byId("problem").textContent = message;
  byId("problem").hidden = message === "";
}
export const percent = (p: number) => `${Math.round(100 * p)} %`;
export const spanOf = () => document.querySelector<HTMLInputElement>('input[name="span"]:checked')?.value ?? "whole";
export function chooseSpan(value: "whole" | "place"): void {
  const radio = document.querySelector<HTMLInputElement>(`input[name="span"][value="${value}"]`);
  if (radio) radio.checked = true;
}

import type { Prediction } from "emovox";
import { byId, create } from "./dom.ts";

/** The panel that says the emotion, and how probable each is. */
export class AnswerPanel {
  readonly #colorOf: (emotion: string) => string;
  readonly #rows = new Map<string, { row: HTMLElement; fill: HTMLElement; percent: HTMLElement }>();

  constructor(colorOf: (emotion: string) => string) {
    this.#colorOf = colorOf;
  }

  /** A row a class; all empty. */
  clear(classes: readonly string[], basis: string): void {
    this.#rows.clear();
    const list = byId("bars");
    list.replaceChildren();
    for (const name of classes) {
      const fill = create("div", "fill");
      fill.style.background = this.#colorOf(name);
      const percent = create("span", "percent", "–");
      const track = create("div", "track", fill);
      track.setAttribute("aria-hidden", "true");
      const row = create("li", "", create("span", "name", name), track, percent);
      this.#rows.set(name, { row, fill, percent });
      list.append(row);
    }
    this.#say("–", "");
    byId("basis").textContent = basis;
  }

  show({ emotion, probabilities }: Prediction, basis: string): void {
    const classes = Object.keys(probabilities);
    if (classes.length !== this.#rows.size || !classes.every((name) => this.#rows.has(name))) this.clear(classes, "");
    for (const [name, { row, fill, percent }] of this.#rows) {
      const p = probabilities[name] ?? 0;
      fill.style.transform = `scaleX(${p})`;
      percent.textContent = `${Math.round(100 * p)} %`;
      row.classList.toggle("first", name === emotion);
    }
    this.#say(emotion, this.#colorOf(emotion));
    byId("basis").textContent = basis;
  }

  #say(emotion: string, color: string): void {
    const place = byId("emotion");
    // A live region speaks at every change of its text, so it changes with the answer only.
    if (place.textContent !== emotion) place.textContent = emotion;
    byId("verdict").style.setProperty("--swatch", color === "" ? "var(--line)" : color);
  }
}

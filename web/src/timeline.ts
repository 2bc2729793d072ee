import { FRAMES_PER_SECOND, FrameRing } from "./frame-ring.ts";
import { drawAxis, drawEmotions, drawPitch, drawWave, type Place } from "./lanes.ts";
import type { FramesOf, JudgedWindow } from "./protocol.ts";
import { Spectrogram } from "./spectrogram.ts";

/** Seconds that are seen while listening. */
const LIVE_SECONDS = 12;

interface Lane {
  readonly title: string;
  readonly share: number;
}
const lanes: readonly Lane[] = [
  { title: "Waveform", share: 0.17 },
  { title: "Spectrogram (mel)", share: 0.34 },
  { title: "Pitch and loudness", share: 0.21 },
  { title: "Emotion", share: 0.28 },
];

export interface TimelineOptions {
  readonly colorOf: (emotion: string) => string;
  readonly classes: () => readonly string[];
}

/**
 * Draws sound over time on one canvas: waveform, mel spectrogram, pitch and loudness, and the probabilities of each window. Live, it scrolls
 * and keeps {@link LIVE_SECONDS}; for a file it shows the whole.
 */
export class Timeline {
  readonly #canvas: HTMLCanvasElement;
  readonly #options: TimelineOptions;
  readonly #spectrogram = new Spectrogram();
  #ring = new FrameRing(0, 1);
  #live = false;
  #windows: JudgedWindow[] = [];
  #cursor: number | null = null;
  #updatedAt = 0;
  #hop = 0;
  #request = 0;

  constructor(canvas: HTMLCanvasElement, options: TimelineOptions) {
    this.#canvas = canvas;
    this.#options = options;
    new ResizeObserver(() => this.draw()).observe(canvas);
  }

  /** Seconds of sound so far. */
  get seconds(): number {
    return this.#ring.count / FRAMES_PER_SECOND;
  }

  get windows(): readonly JudgedWindow[] {
    return this.#windows;
  }

  /** Empty, for sound that is to come. */
  listen(columns: number): void {
    this.#reset(columns, (LIVE_SECONDS + 2) * FRAMES_PER_SECOND, true);
  }

  /** All of a file. */
  show(frames: FramesOf, windows: readonly JudgedWindow[]): void {
    cancelAnimationFrame(this.#request);
    this.#reset(frames.columns, Math.max(1, frames.rows), false);
    this.#append(frames);
    this.#windows = [...windows];
    this.draw();
  }

  /** What came with one hop. */
  push(frames: FramesOf, window: JudgedWindow | null): void {
    if (this.#ring.columns !== frames.columns) this.listen(frames.columns);
    this.#append(frames);
    this.#hop = frames.rows / FRAMES_PER_SECOND;
    this.#updatedAt = performance.now();
    if (window) this.#windows.push(window);
    const first = this.seconds - LIVE_SECONDS - 1;
    while (this.#windows.length > 0 && this.#windows[0].seconds < first) this.#windows.shift();
    this.#animate();
  }

  /** No more sound comes; what is there stays. */
  stop(): void {
    cancelAnimationFrame(this.#request);
    this.#updatedAt = 0;
    this.draw();
  }

  set cursor(seconds: number | null) {
    this.#cursor = seconds;
    this.draw();
  }

  get cursor(): number | null {
    return this.#cursor;
  }

  /** Seconds of the sound under a point of the canvas, from its left edge. */
  secondsAt(x: number): number {
    const { from, to } = this.#range();
    return Math.max(0, Math.min(this.seconds, from + (x / this.#canvas.clientWidth) * (to - from)));
  }

  #reset(columns: number, capacity: number, live: boolean): void {
    this.#ring = new FrameRing(columns, capacity);
    this.#live = live;
    this.#windows = [];
    this.#cursor = null;
    this.#spectrogram.reset(this.#ring);
  }

  #append(frames: FramesOf): void {
    const first = this.#ring.count;
    this.#ring.append(frames);
    this.#spectrogram.paint(this.#ring, first, frames.rows);
  }

  /** Colours all again, after a change of theme. */
  repaint(): void {
    const { count, capacity } = this.#ring;
    const first = Math.max(0, count - capacity);
    this.#spectrogram.paint(this.#ring, first, count - first);
    this.draw();
  }

  #range(): { from: number; to: number } {
    if (!this.#live) return { from: 0, to: Math.max(0.5, this.seconds) };
    // A hop comes at once; it is shown over the time until the next, so that the picture scrolls evenly.
    const since = this.#updatedAt === 0 ? this.#hop : (performance.now() - this.#updatedAt) / 1000;
    const to = Math.max(LIVE_SECONDS, this.seconds - this.#hop + Math.min(since, this.#hop));
    return { from: to - LIVE_SECONDS, to };
  }

  #animate(): void {
    cancelAnimationFrame(this.#request);
    if (matchMedia("(prefers-reduced-motion: reduce)").matches) {
      this.#updatedAt = 0;
      this.draw();
      return;
    }
    let last = 0;
    const step = (now: number) => {
      // 20 pictures a second are enough for what scrolls this slowly.
      if (now - last > 48) {
        last = now;
        this.draw();
      }
      if (now - this.#updatedAt < 1000 * this.#hop) this.#request = requestAnimationFrame(step);
    };
    this.#request = requestAnimationFrame(step);
  }

  draw(): void {
    const canvas = this.#canvas;
    const ratio = Math.min(2, devicePixelRatio);
    const width = Math.round(canvas.clientWidth * ratio);
    const height = Math.round(canvas.clientHeight * ratio);
    if (canvas.width !== width || canvas.height !== height) {
      canvas.width = width;
      canvas.height = height;
    }
    const pen = canvas.getContext("2d");
    if (!pen) return;
    pen.clearRect(0, 0, width, height);
    if (this.#ring.count === 0) return;
    const style = getComputedStyle(document.documentElement);
    const color = (name: string) => style.getPropertyValue(`--${name}`);
    const { from, to } = this.#range();
    const place: Place = { from, to, width, x: (seconds) => ((seconds - from) / (to - from)) * width };
    const axis = 22 * ratio;
    let top = 0;
    for (const [i, { title, share }] of lanes.entries()) {
      const bottom = top + share * (height - axis);
      const inner = { top: top + 18 * ratio, bottom: bottom - 4 * ratio };
      if (i === 0) drawWave(pen, this.#ring, place, inner, color("wave"));
      if (i === 1) this.#spectrogram.draw(pen, this.#ring, place, inner);
      if (i === 2) drawPitch(pen, this.#ring, place, inner, color("loud"), color("pitch"), ratio);
      if (i === 3) drawEmotions(pen, this.#windows, place, inner, { ...this.#options, live: this.#live });
      pen.fillStyle = color("quiet");
      pen.font = `${11 * ratio}px system-ui, sans-serif`;
      pen.textBaseline = "top";
      pen.fillText(title, 10 * ratio, top + 4 * ratio);
      top = bottom;
    }
    drawAxis(pen, place, height - axis, height, color("quiet"), color("grid"), ratio);
    if (this.#cursor !== null) {
      pen.fillStyle = color("text");
      pen.fillRect(place.x(this.#cursor) - ratio / 2, 0, Math.max(1, ratio), height - axis);
    }
  }
}

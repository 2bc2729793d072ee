import type { FramesOf, JudgedWindow } from "./protocol.ts";

// Columns of a frame, as LiveSession gives them: lowest, highest, rms, pitch, aperiodicity, bands.
const BANDS_FROM = 5;
const FRAMES_PER_SECOND = 100;
/** Seconds that are seen while listening. */
const LIVE_SECONDS = 12;
const FLOOR_DB = -60;
const VOICED_BELOW = 0.4;
const PITCH_LOW = 60;
const PITCH_HIGH = 500;

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
  readonly #spectrogram = document.createElement("canvas");
  #frames = new Float32Array(0);
  #columns = 0;
  /** Frames that have come; of a live sound the latest `#capacity` are kept, frame t at t % capacity. */
  #count = 0;
  #capacity = 0;
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
    return this.#count / FRAMES_PER_SECOND;
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
    if (this.#columns !== frames.columns) this.listen(frames.columns);
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
    this.#columns = columns;
    this.#capacity = capacity;
    this.#live = live;
    this.#frames = new Float32Array(capacity * columns);
    this.#count = 0;
    this.#windows = [];
    this.#cursor = null;
    this.#spectrogram.width = Math.min(capacity, 8192);
    this.#spectrogram.height = Math.max(1, columns - BANDS_FROM);
  }

  #append({ rows, columns, data }: FramesOf): void {
    for (let t = 0; t < rows; t++) {
      const place = (this.#count + t) % this.#capacity;
      this.#frames.set(data.subarray(t * columns, (t + 1) * columns), place * columns);
    }
    this.#paint(this.#count, rows);
    this.#count += rows;
  }

  /** Colours the spectrogram's columns of some frames. */
  #paint(first: number, rows: number): void {
    const pen = this.#spectrogram.getContext("2d");
    if (!pen) return;
    const { width, height } = this.#spectrogram;
    const ramp = this.#ramp();
    const column = pen.createImageData(1, height);
    for (let t = first; t < first + rows; t++) {
      const place = t % this.#capacity;
      for (let band = 0; band < height; band++) {
        const level = this.#frames[place * this.#columns + BANDS_FROM + band];
        const shade = Math.round(255 * Math.max(0, Math.min(1, (level + 50) / 70)));
        column.data.set(ramp.subarray(shade * 4, shade * 4 + 4), (height - 1 - band) * 4);
      }
      pen.putImageData(column, Math.floor((place / this.#capacity) * width), 0);
    }
  }

  /** 256 colours from quiet to loud. */
  #ramp(): Uint8ClampedArray {
    const dark = document.documentElement.dataset.theme === "dark";
    const stops = dark
      ? [
          [18, 18, 23],
          [43, 30, 94],
          [122, 52, 160],
          [232, 92, 120],
          [255, 190, 110],
          [255, 247, 214],
        ]
      : [
          [243, 242, 238],
          [214, 208, 245],
          [148, 128, 226],
          [112, 48, 150],
          [70, 18, 84],
          [28, 8, 36],
        ];
    const ramp = new Uint8ClampedArray(256 * 4);
    for (let i = 0; i < 256; i++) {
      const at = (i / 255) * (stops.length - 1);
      const low = Math.min(stops.length - 2, Math.floor(at));
      for (let c = 0; c < 3; c++) ramp[i * 4 + c] = stops[low][c] + (at - low) * (stops[low + 1][c] - stops[low][c]);
      ramp[i * 4 + 3] = 255;
    }
    return ramp;
  }

  /** Colours all again, after a change of theme. */
  repaint(): void {
    const first = Math.max(0, this.#count - this.#capacity);
    this.#paint(first, this.#count - first);
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
    if (this.#count === 0) return;
    const style = getComputedStyle(document.documentElement);
    const color = (name: string) => style.getPropertyValue(`--${name}`);
    const { from, to } = this.#range();
    const place: Place = { from, to, width, x: (seconds) => ((seconds - from) / (to - from)) * width };
    const axis = 22 * ratio;
    let top = 0;
    for (const [i, { title, share }] of lanes.entries()) {
      const bottom = top + share * (height - axis);
      const inner = { top: top + 18 * ratio, bottom: bottom - 4 * ratio };
      if (i === 0) this.#drawWave(pen, place, inner, color("wave"));
      if (i === 1) this.#drawSpectrogram(pen, place, inner);
      if (i === 2) this.#drawPitch(pen, place, inner, color("loud"), color("pitch"), ratio);
      if (i === 3) this.#drawEmotions(pen, place, inner);
      pen.fillStyle = color("quiet");
      pen.font = `${11 * ratio}px system-ui, sans-serif`;
      pen.textBaseline = "top";
      pen.fillText(title, 10 * ratio, top + 4 * ratio);
      top = bottom;
    }
    this.#drawAxis(pen, place, height - axis, height, color("quiet"), color("grid"), ratio);
    if (this.#cursor !== null) {
      pen.fillStyle = color("text");
      pen.fillRect(place.x(this.#cursor) - ratio / 2, 0, Math.max(1, ratio), height - axis);
    }
  }

  /** Column `c` of frame `t`. */
  #value(t: number, c: number): number {
    return this.#frames[(t % this.#capacity) * this.#columns + c];
  }

  /** The frames in sight. */
  #inSight({ from, to }: Place): [first: number, end: number] {
    const first = Math.max(0, this.#count - this.#capacity, Math.floor(from * FRAMES_PER_SECOND));
    return [first, Math.min(this.#count, Math.ceil(to * FRAMES_PER_SECOND) + 1)];
  }

  #drawWave(pen: Pen, place: Place, { top, bottom }: Inner, color: string): void {
    const [first, end] = this.#inSight(place);
    const middle = (top + bottom) / 2;
    let peak = 0.05;
    for (let t = first; t < end; t++) peak = Math.max(peak, -this.#value(t, 0), this.#value(t, 1));
    const scale = (bottom - top) / 2 / peak;
    const step = place.width / ((place.to - place.from) * FRAMES_PER_SECOND);
    pen.fillStyle = color;
    for (let t = first; t < end; t++) {
      const high = this.#value(t, 1) * scale;
      const low = this.#value(t, 0) * scale;
      pen.fillRect(place.x(t / FRAMES_PER_SECOND), middle - high, Math.max(1, step * 0.8), Math.max(1, high - low));
    }
  }

  #drawSpectrogram(pen: Pen, place: Place, { top, bottom }: Inner): void {
    const [first, end] = this.#inSight(place);
    const { width, height } = this.#spectrogram;
    const per = width / this.#capacity;
    pen.imageSmoothingEnabled = true;
    // The ring may wrap once.
    for (let at = first; at < end; ) {
      const start = at % this.#capacity;
      const count = Math.min(end - at, this.#capacity - start);
      const x = place.x(at / FRAMES_PER_SECOND);
      const x1 = place.x((at + count) / FRAMES_PER_SECOND);
      pen.drawImage(this.#spectrogram, start * per, 0, Math.max(1, count * per), height, x, top, x1 - x, bottom - top);
      at += count;
    }
  }

  #drawPitch(pen: Pen, place: Place, { top, bottom }: Inner, loud: string, pitch: string, ratio: number): void {
    const [first, end] = this.#inSight(place);
    const levelOf = (t: number) => Math.max(0, 1 - (20 * Math.log10(Math.max(1e-6, this.#value(t, 2)))) / FLOOR_DB);
    pen.fillStyle = loud;
    pen.beginPath();
    pen.moveTo(place.x(first / FRAMES_PER_SECOND), bottom);
    for (let t = first; t < end; t++) {
      pen.lineTo(place.x(t / FRAMES_PER_SECOND), bottom - Math.min(1, levelOf(t)) * (bottom - top));
    }
    pen.lineTo(place.x((end - 1) / FRAMES_PER_SECOND), bottom);
    pen.fill();
    pen.strokeStyle = pitch;
    pen.lineWidth = 2.2 * ratio;
    pen.lineCap = "round";
    pen.lineJoin = "round";
    pen.beginPath();
    let down = false;
    let before = 0;
    for (let t = first; t < end; t++) {
      const hertz = this.#value(t, 3);
      const voiced = this.#value(t, 4) < VOICED_BELOW && levelOf(t) > 0.2;
      const y = bottom - (Math.log(hertz / PITCH_LOW) / Math.log(PITCH_HIGH / PITCH_LOW)) * (bottom - top);
      // A leap of more than half an octave in 10 ms is no voice's melody.
      const leaps = Math.abs(Math.log2(hertz / before)) > 0.5;
      if (!voiced || y < top || y > bottom) down = false;
      else if (down && !leaps) pen.lineTo(place.x(t / FRAMES_PER_SECOND), y);
      else {
        pen.moveTo(place.x(t / FRAMES_PER_SECOND), y);
        down = true;
      }
      before = hertz;
    }
    pen.stroke();
  }

  #drawEmotions(pen: Pen, place: Place, { top, bottom }: Inner): void {
    const classes = this.#options.classes();
    const windows = this.#windows;
    for (const [i, { seconds, prediction }] of windows.entries()) {
      const next = windows[i + 1]?.seconds ?? Number.POSITIVE_INFINITY;
      const spacing = i > 0 ? Math.min(seconds - windows[i - 1].seconds, 2) : Math.min(next - seconds, 2);
      const hop = Number.isFinite(spacing) ? spacing : 0.25;
      const x = place.x(seconds - Math.min(hop, 0.26 > hop ? hop : this.#live ? 0.26 : hop));
      let y = bottom;
      for (const name of classes) {
        const height = (prediction.probabilities[name] ?? 0) * (bottom - top);
        pen.fillStyle = this.#options.colorOf(name);
        pen.fillRect(x, y - height, place.x(seconds) - x + 0.6, height + 0.3);
        y -= height;
      }
    }
  }

  #drawAxis(pen: Pen, place: Place, top: number, bottom: number, quiet: string, grid: string, ratio: number): void {
    const span = place.to - place.from;
    const most = place.width / ratio / 70;
    const step = [0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 30, 60, 120, 300, 600].find((s) => span / s <= most) ?? 1200;
    pen.fillStyle = quiet;
    pen.textBaseline = "middle";
    for (let s = Math.ceil(place.from / step) * step; s <= place.to; s += step) {
      const x = place.x(s);
      pen.fillStyle = grid;
      pen.fillRect(x, top, Math.max(1, ratio / 2), 5 * ratio);
      pen.fillStyle = quiet;
      const text =
        step < 1
          ? `${s.toFixed(1)} s`
          : s >= 60
            ? `${Math.floor(s / 60)}:${String(Math.round(s % 60)).padStart(2, "0")}`
            : `${Math.round(s)} s`;
      if (x + 4 * ratio + pen.measureText(text).width < place.width)
        pen.fillText(text, x + 4 * ratio, (top + bottom) / 2 + ratio);
    }
  }
}

type Pen = CanvasRenderingContext2D;
interface Place {
  readonly from: number;
  readonly to: number;
  readonly width: number;
  readonly x: (seconds: number) => number;
}
interface Inner {
  readonly top: number;
  readonly bottom: number;
}

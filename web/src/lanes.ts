import { APERIODICITY, FRAMES_PER_SECOND, type FrameRing, HIGHEST, LOWEST, PITCH, RMS } from "./frame-ring.ts";
import type { JudgedWindow } from "./protocol.ts";

const FLOOR_DB = -60;
const VOICED_BELOW = 0.4;
const PITCH_LOW = 60;
const PITCH_HIGH = 500;

type Pen = CanvasRenderingContext2D;

/** What lies where on the canvas. */
export interface Place {
  /** Seconds at the left and the right edge. */
  readonly from: number;
  readonly to: number;
  /** Pixels. */
  readonly width: number;
  readonly x: (seconds: number) => number;
}

/** Pixels of a lane, below its title. */
export interface Inner {
  readonly top: number;
  readonly bottom: number;
}

export interface EmotionColors {
  readonly colorOf: (emotion: string) => string;
  readonly classes: () => readonly string[];
  readonly live: boolean;
}

/** Lowest and highest sample of every 10 ms. */
export function drawWave(pen: Pen, ring: FrameRing, place: Place, { top, bottom }: Inner, color: string): void {
  const [first, end] = ring.within(place);
  const middle = (top + bottom) / 2;
  let peak = 0.05;
  for (let t = first; t < end; t++) peak = Math.max(peak, -ring.value(t, LOWEST), ring.value(t, HIGHEST));
  const scale = (bottom - top) / 2 / peak;
  const step = place.width / ((place.to - place.from) * FRAMES_PER_SECOND);
  pen.fillStyle = color;
  for (let t = first; t < end; t++) {
    const high = ring.value(t, HIGHEST) * scale;
    const low = ring.value(t, LOWEST) * scale;
    pen.fillRect(place.x(t / FRAMES_PER_SECOND), middle - high, Math.max(1, step * 0.8), Math.max(1, high - low));
  }
}

/** Pitch as a line, loudness as an area behind it. */
export function drawPitch(
  pen: Pen,
  ring: FrameRing,
  place: Place,
  { top, bottom }: Inner,
  loud: string,
  pitch: string,
  ratio: number,
): void {
  const [first, end] = ring.within(place);
  const levelOf = (t: number) => Math.max(0, 1 - (20 * Math.log10(Math.max(1e-6, ring.value(t, RMS)))) / FLOOR_DB);
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
    const hertz = ring.value(t, PITCH);
    const voiced = ring.value(t, APERIODICITY) < VOICED_BELOW && levelOf(t) > 0.2;
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

/** The probabilities of each window, one upon the other. */
export function drawEmotions(
  pen: Pen,
  windows: readonly JudgedWindow[],
  place: Place,
  { top, bottom }: Inner,
  options: EmotionColors,
): void {
  const classes = options.classes();
  for (const [i, { seconds, prediction }] of windows.entries()) {
    const next = windows[i + 1]?.seconds ?? Number.POSITIVE_INFINITY;
    const spacing = i > 0 ? Math.min(seconds - windows[i - 1].seconds, 2) : Math.min(next - seconds, 2);
    const hop = Number.isFinite(spacing) ? spacing : 0.25;
    const x = place.x(seconds - Math.min(hop, 0.26 > hop ? hop : options.live ? 0.26 : hop));
    let y = bottom;
    for (const name of classes) {
      const height = (prediction.probabilities[name] ?? 0) * (bottom - top);
      pen.fillStyle = options.colorOf(name);
      pen.fillRect(x, y - height, place.x(seconds) - x + 0.6, height + 0.3);
      y -= height;
    }
  }
}

/** Seconds, below all lanes. */
export function drawAxis(
  pen: Pen,
  place: Place,
  top: number,
  bottom: number,
  quiet: string,
  grid: string,
  ratio: number,
): void {
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

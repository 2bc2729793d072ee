import { BANDS_FROM, FRAMES_PER_SECOND, type FrameRing } from "./frame-ring.ts";
import type { Inner, Place } from "./lanes.ts";

type Stops = readonly (readonly [red: number, green: number, blue: number])[];
const DARK: Stops = [
  [18, 18, 23],
  [43, 30, 94],
  [122, 52, 160],
  [232, 92, 120],
  [255, 190, 110],
  [255, 247, 214],
];
const LIGHT: Stops = [
  [243, 242, 238],
  [214, 208, 245],
  [148, 128, 226],
  [112, 48, 150],
  [70, 18, 84],
  [28, 8, 36],
];

/** The bands of the frames of a ring, coloured once when they come: a column a frame, at the frame's place in the ring. */
export class Spectrogram {
  readonly #canvas = document.createElement("canvas");

  reset({ capacity, columns }: FrameRing): void {
    this.#canvas.width = Math.min(capacity, 8192);
    this.#canvas.height = Math.max(1, columns - BANDS_FROM);
  }

  /** Colours the spectrogram's columns of some frames. */
  paint(ring: FrameRing, first: number, rows: number): void {
    const pen = this.#canvas.getContext("2d");
    if (!pen) return;
    const { width, height } = this.#canvas;
    const ramp = rampOf(document.documentElement.dataset.theme === "dark" ? DARK : LIGHT);
    const column = pen.createImageData(1, height);
    for (let t = first; t < first + rows; t++) {
      const place = t % ring.capacity;
      for (let band = 0; band < height; band++) {
        const level = ring.value(t, BANDS_FROM + band);
        const shade = Math.round(255 * Math.max(0, Math.min(1, (level + 50) / 70)));
        column.data.set(ramp.subarray(shade * 4, shade * 4 + 4), (height - 1 - band) * 4);
      }
      pen.putImageData(column, Math.floor((place / ring.capacity) * width), 0);
    }
  }

  draw(pen: CanvasRenderingContext2D, ring: FrameRing, place: Place, { top, bottom }: Inner): void {
    const [first, end] = ring.within(place);
    const { width, height } = this.#canvas;
    const per = width / ring.capacity;
    pen.imageSmoothingEnabled = true;
    // The ring may wrap once.
    for (let at = first; at < end; ) {
      const start = at % ring.capacity;
      const count = Math.min(end - at, ring.capacity - start);
      const x = place.x(at / FRAMES_PER_SECOND);
      const x1 = place.x((at + count) / FRAMES_PER_SECOND);
      pen.drawImage(this.#canvas, start * per, 0, Math.max(1, count * per), height, x, top, x1 - x, bottom - top);
      at += count;
    }
  }
}

/** 256 colours from quiet to loud. */
function rampOf(stops: Stops): Uint8ClampedArray {
  const ramp = new Uint8ClampedArray(256 * 4);
  for (let i = 0; i < 256; i++) {
    const at = (i / 255) * (stops.length - 1);
    const low = Math.min(stops.length - 2, Math.floor(at));
    for (let c = 0; c < 3; c++) ramp[i * 4 + c] = stops[low][c] + (at - low) * (stops[low + 1][c] - stops[low][c]);
    ramp[i * 4 + 3] = 255;
  }
  return ramp;
}

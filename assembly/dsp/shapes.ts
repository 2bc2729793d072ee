// Features of a block's spectrum that need tables, the frame before or the whole utterance: contrast, flux, polynomials, chroma and
// tonal centroids. framesCompute calls them for each block, and once at the end.
import { Chroma, chromaBlock, chromaFiltersOf, chromaFree, chromaPlan, TONNETZ_VALUES } from "./chroma";
import { Contrast, contrastBlock, contrastFree, contrastPlan, contrastRows, contrastValues } from "./contrast";
import { fluxBlock } from "./flux";
import { lanes, } from "./lanes";
import { blockToRows } from "./transpose";
import { Poly, polyFree, polyPlan, polyRows } from "./poly";
import { tuningOfSpectra, tuningWorkBytes } from "./tuning";

// Places in the table of output columns, behind those of frames.ts.
const CONTRAST: i32 = 10;
const FLUX: i32 = 11;
const POLY: i32 = 12;
const CHROMA: i32 = 13;
const TONNETZ: i32 = 14;

const WIDEST: usize = 16;

// @ts-ignore: decorator
@unmanaged
export class Shapes {
  bins: i32;
  /** i32 a feature: its first output column, or -1. */
  columns: usize;
  /** Made where their features are wanted. */
  contrast: Contrast;
  chroma: Chroma;
  poly: Poly;
  /** One value of T, and the magnitudes of the last frame of the block before, f32. */
  result: usize;
  before: usize;
}

export function shapesPlan(
  columns: usize, nFft: i32, sampleRate: f64, contrastFMin: f64, nBands: i32, quantile: f64, contrastLinear: bool,
  amin: f32, topDb: f32, polyOrder: i32, nChroma: i32, tuning: f64, chromaNorm: f64, ctroct: f64, octwidth: f64, baseC: bool,
): Shapes {
  const shapes = changetype<Shapes>(heap.alloc(offsetof<Shapes>()));
  const binHz = sampleRate / <f64>nFft;
  shapes.bins = (nFft >> 1) + 1;
  shapes.columns = columns;
  if (wants(shapes, CONTRAST)) {
    shapes.contrast = contrastPlan(sampleRate, nFft, contrastFMin, nBands, quantile, contrastLinear, amin, topDb);
  }
  if (wants(shapes, POLY)) shapes.poly = polyPlan(shapes.bins, binHz, polyOrder);
  if (wantsChroma(shapes)) shapes.chroma = chromaPlan(nFft, binHz, nChroma, tuning, chromaNorm, ctroct, octwidth, baseC);
  shapes.result = heap.alloc(WIDEST + (<usize>shapes.bins << 2));
  shapes.before = shapes.result + WIDEST;
  return shapes;
}

export function shapesFree(shapes: Shapes): void {
  if (wants(shapes, CONTRAST)) contrastFree(shapes.contrast);
  if (wants(shapes, POLY)) polyFree(shapes.poly);
  if (wantsChroma(shapes)) chromaFree(shapes.chroma);
  heap.free(shapes.result);
  heap.free(changetype<usize>(shapes));
}

// @ts-ignore: decorator
@inline
function wants(shapes: Shapes, feature: i32): bool {
  return load<i32>(shapes.columns + (<usize>feature << 2)) >= 0;
}

// @ts-ignore: decorator
@inline
function wantsChroma(shapes: Shapes): bool {
  return wants(shapes, CHROMA) || wants(shapes, TONNETZ);
}

/** Bytes to a feature's first output column. */
// @ts-ignore: decorator
@inline
function offset(shapes: Shapes, feature: i32): usize {
  return <usize>load<i32>(shapes.columns + (<usize>feature << 2)) << 2;
}

/** Whether any of the features wants magnitudes. */
export function shapesOfMagnitude(shapes: Shapes): bool {
  return wants(shapes, CONTRAST) || wants(shapes, FLUX) || wants(shapes, POLY);
}

/** The chroma filters hang on the tuning; where that is estimated, which takes all frames, their power spectra are kept. */
function keepsSpectra(shapes: Shapes): bool {
  return wantsChroma(shapes) && shapes.chroma.estimated;
}

/** Values that are kept of a frame until the end. */
function keptValues(shapes: Shapes): i32 {
  return keptContrasts(shapes) + (keepsSpectra(shapes) ? shapes.bins : 0);
}

function keptContrasts(shapes: Shapes): i32 {
  return wants(shapes, CONTRAST) ? contrastValues(shapes.contrast) : 0;
}

/** Bytes of work space; those for frames count whole blocks. */
export function shapesWorkBytes(shapes: Shapes, frames: i32): f64 {
  const tuning = keepsSpectra(shapes) ? tuningWorkBytes(frames, shapes.bins) : 0.0;
  return (<f64>frames + 3.0) * <f64>keptValues(shapes) * 4.0 + tuning;
}

/** Where the power spectra of the block of frame t go: into the work space when they are kept, else to `power`. */
export function shapesPower(shapes: Shapes, power: usize, work: usize, frames: i32, t: i32): usize {
  return keepsSpectra(shapes) ? spectraOf(shapes, work, frames) + <usize>t * (<usize>shapes.bins << 2) : power;
}

function spectraOf(shapes: Shapes, work: usize, frames: i32): usize {
  return work + <usize>((frames + 3) & ~3) * (<usize>keptContrasts(shapes) << 2);
}

/** Writes, or keeps for `shapesFinish`, the features of the block of frame t; `rows` is its first row of output. */
export function shapesBlock<T>(
  shapes: Shapes, power: usize, magnitude: usize, t: i32, valid: i32, work: usize, rows: usize, row: usize,
): void {
  if (wants(shapes, CONTRAST)) {
    contrastBlock<T>(shapes.contrast, magnitude, work + <usize>t * (<usize>keptContrasts(shapes) << 2));
  }
  if (wants(shapes, FLUX)) {
    // The first frame follows none: its difference to itself is 0.
    if (t === 0) fluxBlock<T>(magnitude, magnitude, sizeof<T>(), shapes.bins, shapes.result);
    else fluxBlock<T>(magnitude, shapes.before, 4, shapes.bins, shapes.result);
    blockToRows<T>(shapes.result, 1, valid, rows + offset(shapes, FLUX), row);
    blockToRows<T>(magnitude + sizeof<T>() - 4, shapes.bins, 1, shapes.before, 0);
  }
  if (wants(shapes, POLY)) polyRows<T>(shapes.poly, magnitude, valid, rows + offset(shapes, POLY), row);
  if (wantsChroma(shapes) && !shapes.chroma.estimated) chromaRows<T>(shapes, power, valid, rows, row);
}

function chromaRows<T>(shapes: Shapes, power: usize, valid: i32, rows: usize, row: usize): void {
  const chroma = shapes.chroma;
  chromaBlock<T>(chroma, power);
  if (wants(shapes, CHROMA)) blockToRows<T>(chroma.result, chroma.classes, valid, rows + offset(shapes, CHROMA), row);
  if (wants(shapes, TONNETZ)) {
    const centroids = chroma.result + <usize>chroma.classes * sizeof<T>();
    blockToRows<T>(centroids, TONNETZ_VALUES, valid, rows + offset(shapes, TONNETZ), row);
  }
}

/** Writes what waited for the last frame: contrast, whose decibels are clipped below the loudest, and chroma in an estimated tuning. */
export function shapesFinish<T>(shapes: Shapes, frames: i32, work: usize, out: usize, row: usize): void {
  if (wants(shapes, CONTRAST)) contrastRows<T>(shapes.contrast, work, frames, out + offset(shapes, CONTRAST), row);
  if (!keepsSpectra(shapes)) return;
  const spectra = spectraOf(shapes, work, frames);
  const peaks = work + <usize>((frames + 3) & ~3) * (<usize>keptValues(shapes) << 2);
  const chroma = shapes.chroma;
  const bins = shapes.bins;
  const tuning = tuningOfSpectra(spectra, frames, bins, lanes<T>(), chroma.binHz, chroma.classes, peaks);
  chromaFiltersOf(chroma, tuning);
  for (let t = 0; t < frames; t += lanes<T>()) {
    const power = spectra + <usize>t * (<usize>bins << 2);
    chromaRows<T>(shapes, power, min(lanes<T>(), frames - t), out + <usize>t * row, row);
  }
}

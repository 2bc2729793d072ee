// What Kaldi's features need before the first frame: window, filters, cosines and places for blocks of frames.
import { dctMatrix } from "./dct";
import { melBanks } from "./mel";
import { RealFft, realFftFree, realFftPlan } from "./rfft";
import { SparseRows, sparseRows, sparseRowsFree } from "./sparse";
import { window } from "./window";

// Places in the table of output columns; a feature that is not wanted has column -1.
const FBANK: i32 = 0;
const MFCC: i32 = 1;
const ENERGY: i32 = 2;
const WIDEST: usize = 16;

// @ts-ignore: decorator
@unmanaged
export class Kaldi {
  winLength: i32;
  hop: i32;
  removeDcOffset: bool;
  preemphasis: f32;
  usePower: bool;
  useLogFbank: bool;
  useEnergy: bool;
  rawEnergy: bool;
  /** Natural log of the floor of energies; minus infinity without one. */
  logEnergyFloor: f32;
  /** Energy or C0 comes last, not first; C0 times the square root of 2. */
  htkCompat: bool;
  numCeps: i32;
  /** First output columns of filterbank, cepstra and log energy. */
  fbankColumn: i32;
  mfccColumn: i32;
  energyColumn: i32;
  fft: RealFft;
  /** winLength values, symmetric. */
  window: usize;
  mel: SparseRows;
  /** numCeps x mel.rows, the lifter included. */
  dct: usize;
  /** A block: `winLength` samples, `fft.bins` powers and as many magnitudes, mel energies, cepstra, the log energy; values of T. */
  frame: usize;
  power: usize;
  magnitude: usize;
  energies: usize;
  cepstra: usize;
  logEnergy: usize;
}

export function kaldiPlan(
  sampleRate: f64, winLength: i32, hop: i32, nFft: i32, windowKind: i32, windowParameter: f64, removeDcOffset: bool, preemphasis: f64,
  numMelBins: i32, lowFreq: f64, highFreq: f64, vtlnLow: f64, vtlnHigh: f64, vtlnWarp: f64, usePower: bool, useLogFbank: bool, numCeps: i32, lifter: f64,
  useEnergy: bool, rawEnergy: bool, energyFloor: f64, htkCompat: bool, columns: usize,
): Kaldi {
  const plan = changetype<Kaldi>(heap.alloc(offsetof<Kaldi>()));
  plan.winLength = winLength;
  plan.hop = hop;
  plan.removeDcOffset = removeDcOffset;
  plan.preemphasis = <f32>preemphasis;
  plan.usePower = usePower;
  plan.useLogFbank = useLogFbank;
  plan.useEnergy = useEnergy;
  plan.rawEnergy = rawEnergy;
  plan.logEnergyFloor = energyFloor > 0.0 ? <f32>Math.log(energyFloor) : -Infinity;
  plan.htkCompat = htkCompat;
  plan.numCeps = numCeps;
  plan.fbankColumn = load<i32>(columns + (<usize>FBANK << 2));
  plan.mfccColumn = load<i32>(columns + (<usize>MFCC << 2));
  plan.energyColumn = load<i32>(columns + (<usize>ENERGY << 2));
  plan.fft = realFftPlan(nFft);
  plan.window = heap.alloc(<usize>winLength << 2);
  window(windowKind, winLength, false, windowParameter, plan.window);
  const bins = plan.fft.bins;
  const dense = heap.alloc(<usize>(numMelBins * bins) << 2);
  melBanks(sampleRate, nFft, numMelBins, lowFreq, highFreq, vtlnLow, vtlnHigh, vtlnWarp, dense);
  plan.mel = sparseRows(dense, numMelBins, bins);
  heap.free(dense);
  plan.dct = heap.alloc(<usize>(numCeps * numMelBins) << 2);
  dctMatrix(2, numCeps, numMelBins, true, plan.dct);
  scaleCepstra(plan, lifter);
  plan.frame = heap.alloc(<usize>(winLength + 2 * bins + numMelBins + numCeps + 1) * WIDEST);
  plan.power = plan.frame + <usize>winLength * WIDEST;
  plan.magnitude = plan.power + <usize>bins * WIDEST;
  plan.energies = plan.magnitude + <usize>bins * WIDEST;
  plan.cepstra = plan.energies + <usize>numMelBins * WIDEST;
  plan.logEnergy = plan.cepstra + <usize>numCeps * WIDEST;
  return plan;
}

/** Row k of the DCT times 1 + lifter / 2 sin(pi k / lifter), and HTK's factor for C0. */
function scaleCepstra(plan: Kaldi, lifter: f64): void {
  const columns = plan.mel.rows;
  for (let k = 0; k < plan.numCeps; k++) {
    let factor = lifter !== 0.0 ? 1.0 + 0.5 * lifter * Math.sin((Math.PI * <f64>k) / lifter) : 1.0;
    if (k === 0 && plan.htkCompat) factor = Math.SQRT2;
    for (let m = 0; m < columns; m++) {
      const at = plan.dct + (<usize>(k * columns + m) << 2);
      store<f32>(at, <f32>(<f64>load<f32>(at) * factor));
    }
  }
}

export function kaldiFree(plan: Kaldi): void {
  realFftFree(plan.fft);
  heap.free(plan.window);
  sparseRowsFree(plan.mel);
  heap.free(plan.dct);
  heap.free(plan.frame);
  heap.free(changetype<usize>(plan));
}

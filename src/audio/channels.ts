import type { Random } from "../random.ts";
import { addNoise, clip, reverberate, telephone } from "./degrade.ts";

/** A way in which speech gets worse between mouth and recogniser. */
export interface Channel {
  readonly name: string;
  degrade(samples: Float32Array, sampleRate: number, random: Random): Float32Array;
}

const noise = (snr: number): Channel => ({
  name: `noise, SNR ${snr} dB`,
  degrade: (samples, _, random) => addNoise(samples, snr, random),
});

/** The channels that a recogniser of speech is tried on; see `degrade.ts` for what each does. */
export const channels: readonly Channel[] = [
  noise(20),
  noise(10),
  noise(0),
  { name: "telephone, 8 kHz", degrade: (samples, sampleRate) => telephone(samples, sampleRate) },
  { name: "clipping, 10 % of samples", degrade: (samples) => clip(samples, 0.1) },
  {
    name: "reverberation, RT60 0.5 s",
    degrade: (samples, sampleRate, random) => reverberate(samples, sampleRate, 0.5, random),
  },
];

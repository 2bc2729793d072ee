import type { OptionRecord } from "../src/features/index.ts";

/** Options of the librosa preset that are no defaults, as many at once as go together and can be streamed. */
export const oddOptions: OptionRecord = {
  window: "kaiser",
  windowParameter: 8.6,
  padMode: "symmetric",
  power: 1.5,
  norm: 2,
  deltaMode: "mirror",
  bandwidthP: 3,
  flatnessPower: 1,
  chromaNorm: 1,
  octwidth: null,
  onsetLag: 3,
  onsetMaxSize: 4,
  onsetAggregate: "median",
  onsetDetrend: true,
  zcrThreshold: 0.1,
  zcrPad: true,
  zeroPos: false,
};

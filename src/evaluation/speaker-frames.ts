import type { Fold } from "./fold.ts";
import { normalizeFramesPerSpeaker } from "./normalize.ts";
import { completeGroups, type EvaluationRows } from "./rows.ts";

/** The rows with their frames scaled by speaker and by part of the fold: training rows know nothing of test rows. */
export function speakersAlike(rows: EvaluationRows, fold: Fold): EvaluationRows {
  const { frames, frameVariants } = rows;
  if (!frames) return rows;
  const train = new Set(fold.trainRows);
  const test = new Set(fold.testRows);
  const voices = completeGroups(rows, "speakers", "normalising per speaker").map((speaker, row) =>
    [speaker, train.has(row) ? "train" : test.has(row) ? "test" : "neither"].join("\u0000"),
  );
  // Variant by variant: another speed is another voice.
  const variants = frameVariants?.[0]?.map((_, v) =>
    normalizeFramesPerSpeaker(
      frameVariants.map((own) => own[v]),
      voices,
    ),
  );
  return {
    ...rows,
    frames: normalizeFramesPerSpeaker(frames, voices),
    frameVariants: variants && frames.map((_, row) => variants.map((own) => own[row])),
  };
}

import { readAudio } from "../corpora/audio-file.ts";
import { CorpusError, withFile } from "../errors.ts";
import { type EvaluationRows, rowsOfCorpus } from "../evaluation/rows.ts";
import type { Extractor } from "../features/extractor.ts";
import { denseMatrix } from "../matrix.ts";
import type { Corpus } from "../utterance.ts";
import { progress } from "./output.ts";

/** Utterance features of every file of a corpus, one row an utterance. */
export async function extractCorpus(
  corpus: Corpus,
  extractorFor: (sampleRate: number) => Extractor,
): Promise<EvaluationRows> {
  const { utterances } = corpus;
  const bar = progress(`features of ${corpus.name}`);
  let features: ReturnType<typeof denseMatrix> | undefined;
  try {
    for (const [r, { id, file, start, end }] of utterances.entries()) {
      if (file === undefined) throw new CorpusError(`${corpus.name}: utterance ${id} has no audio`);
      const { samples, sampleRate } = await readAudio(file, { start, end });
      const extractor = extractorFor(sampleRate);
      features ??= denseMatrix(utterances.length, extractor.names.length);
      try {
        features.data.set(extractor.extract(samples, sampleRate).data, r * features.columns);
      } catch (error) {
        throw withFile(error, file);
      }
      bar.update((r + 1) / utterances.length, id);
    }
  } finally {
    bar.stop();
  }
  return rowsOfCorpus(corpus, features);
}

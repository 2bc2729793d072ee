import type { DenseMatrix } from "../matrix.ts";
import type { Example } from "./batch.ts";
import type { DeepOptions } from "./deep-options.ts";
import { centred, scaleFrames } from "./frame-scaler.ts";
import type { Learnt } from "./learnt.ts";
import type { InputPart, UtteranceInput } from "./utterance-input.ts";
import type { Vocabulary } from "./vocabulary.ts";

// How utterances become examples, and how many of them are held in memory at once.

/** Frames, or features, that go through a network at once when it predicts: bounds its memory. */
const VALUES_AT_ONCE = 400_000;
/** Examples that go through a network at once when it judges or predicts. */
export const ROWS_AT_ONCE = 64;

/** Frames before they are scaled. */
export const preparedFrames = (frames: DenseMatrix, { centreFrames }: DeepOptions): DenseMatrix =>
  centreFrames ? centred(frames) : frames;

/** An utterance as the network takes it. */
export function exampleOf(
  { sizes, vocabulary, scale }: Pick<Learnt, "sizes" | "vocabulary" | "scale">,
  options: DeepOptions,
  input: UtteranceInput,
): Example {
  const { parts } = sizes;
  const scaled = (frames: DenseMatrix) => scaleFrames(preparedFrames(frames, options), scale!);
  return {
    features: parts.includes("features") ? () => input.features! : undefined,
    ...(parts.includes("text") ? tokensOf(vocabulary, options, input) : {}),
    frames: parts.includes("frames") ? scaled(input.frames!) : undefined,
    variants: parts.includes("frames") ? input.variants?.map(scaled) : undefined,
  };
}

function tokensOf(
  vocabulary: Vocabulary,
  { maxTokens, contextTokens }: DeepOptions,
  { text, context = [] }: UtteranceInput,
): Pick<Example, "tokens" | "contextLength"> {
  const said = vocabulary.encode(text!, maxTokens);
  const before = contextTokens > 0 ? vocabulary.encodeContext(context, contextTokens) : new Int32Array(0);
  return { tokens: Int32Array.from([...before, ...said]), contextLength: before.length };
}

/** Rows that are prepared together: so many that memory stays bounded. */
export function* portionsOf(inputs: readonly UtteranceInput[], parts: readonly InputPart[]): Generator<number[]> {
  let rows: number[] = [];
  let values = 0;
  for (const [row, input] of inputs.entries()) {
    rows.push(row);
    values += parts.includes("frames") ? input.frames!.data.length : 1000;
    if (values < VALUES_AT_ONCE) continue;
    yield rows;
    rows = [];
    values = 0;
  }
  if (rows.length > 0) yield rows;
}

/** The example in windows of at most `maxFrames`, each with its share of the frames. */
export function windowsOf(
  example: Example,
  { maxFrames }: DeepOptions,
): { readonly example: Example; readonly share: number }[] {
  const { frames } = example;
  if (!frames || frames.rows <= maxFrames) return [{ example, share: 1 }];
  const { rows, columns, data } = frames;
  return Array.from({ length: Math.ceil(rows / maxFrames) }, (_, w) => {
    const part = data.subarray(w * maxFrames * columns, (w + 1) * maxFrames * columns);
    const count = part.length / columns;
    return { example: { ...example, frames: { ...frames, rows: count, data: part } }, share: count / rows };
  });
}

/** How many examples go through a network at once: an hour of audio takes no more memory than a minute. */
export function rowsAtOnce(examples: readonly Example[]): number {
  const longest = Math.max(...examples.map(({ frames }) => frames?.data.length ?? 1));
  return Math.max(1, Math.min(ROWS_AT_ONCE, Math.floor(VALUES_AT_ONCE / longest)));
}

/** Steps of an example, so that batches are of similar lengths. */
export const lengthOf = ({ tokens, frames }: Example): number => (tokens?.length ?? 0) + (frames?.rows ?? 0);

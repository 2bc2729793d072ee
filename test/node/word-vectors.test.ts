import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { readWordVectors } from "../../src/corpora/word-vectors.ts";
import { TableError } from "../../src/errors.ts";

async function file(text: string): Promise<string> {
  const path = join(await mkdtemp(join(tmpdir(), "emovox-vectors-")), "glove.txt");
  await writeFile(path, text);
  return path;
}

test("only words of the texts are read, in lower case", async () => {
  const path = await file("the 0.5 -1\nrain 2 3e-2\nsun 4 5\n");
  const vectors = await readWordVectors(path, ["The rain!"]);
  expect([...vectors]).toEqual([
    ["the", Float32Array.of(0.5, -1)],
    ["rain", Float32Array.of(2, 0.03)],
  ]);
});

test("what is no table of vectors is refused, with the line", async () => {
  await expect(readWordVectors(await file("the 1 2\nrain 1\n"), ["the rain"])).rejects.toThrow("line 2");
  await expect(readWordVectors(await file("the 1 x\n"), ["the"])).rejects.toThrow(TableError);
  await expect(readWordVectors(await file("the 1 2\n"), ["other"])).rejects.toThrow("none of the words");
});

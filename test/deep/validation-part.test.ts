import * as fc from "fast-check";
import { expect, test } from "vitest";
import { validationPart } from "../../src/deep/validation-part.ts";

const rows = fc.array(
  fc.record({ code: fc.integer({ min: 0, max: 2 }), group: fc.constantFrom("a", "b", "c", "d", "e") }),
  {
    minLength: 10,
    maxLength: 80,
  },
);

test("whole groups are held out, no row is lost, and every class that can be learnt stays", () => {
  fc.assert(
    fc.property(rows, fc.integer(), (rows, seed) => {
      const codes = rows.map(({ code }) => code);
      const groups = rows.map(({ group }) => group);
      const { learn, judge } = validationPart(codes, groups, 0.2, seed);
      expect([...learn, ...judge].sort((a, b) => a - b)).toEqual(codes.map((_, row) => row));
      const held = new Set(Array.from(judge, (row) => groups[row]));
      expect(Array.from(learn).some((row) => held.has(groups[row]))).toBe(false);
      for (const row of judge)
        expect(Array.from(learn).filter((other) => codes[other] === codes[row]).length).toBeGreaterThan(1);
    }),
  );
});

test("without groups every class gives its share", () => {
  const codes = Array.from({ length: 100 }, (_, row) => (row < 80 ? 0 : 1));
  const { judge } = validationPart(codes, undefined, 0.1, 1);
  expect(Array.from(judge).filter((row) => codes[row] === 0).length).toBe(8);
  expect(Array.from(judge).filter((row) => codes[row] === 1).length).toBe(2);
  expect(validationPart(codes, undefined, 0.1, 1)).toEqual(validationPart(codes, undefined, 0.1, 1));
});

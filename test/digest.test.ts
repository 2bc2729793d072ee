import { expect, test } from "vitest";
import type { CoreExports } from "../src/core/binary.ts";
import { core, withCore } from "../src/core/module.ts";
import { digestBytes } from "../src/digest.ts";

/** Exports that compute nothing: they give memory back, the engine's collector deciding when. */
const noKernels = /^(release\w*|\w+Free)$/;

test("the digest calls every kernel that the core exports", () => {
  const calls = new Map<string, number>();
  const counting = Object.fromEntries(
    Object.entries(core).map(([name, exported]) => {
      if (typeof exported !== "function") return [name, exported];
      calls.set(name, 0);
      return [
        name,
        (...values: unknown[]) => {
          calls.set(name, (calls.get(name) ?? 0) + 1);
          return (exported as (...values: unknown[]) => unknown)(...values);
        },
      ];
    }),
  ) as unknown as CoreExports;
  withCore(counting, () => digestBytes());
  expect(calls.size).toBeGreaterThan(60);
  const never = [...calls].filter(([name, count]) => count === 0 && !noKernels.test(name)).map(([name]) => name);
  expect(never).toEqual([]);
});

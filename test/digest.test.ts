import { expect, test } from "vitest";
import { learn, withLearn } from "../src/core/learn.ts";
import { core, withCore } from "../src/core/module.ts";
import { digestBytes } from "../src/digest.ts";

/** Exports that compute nothing: they give memory back, the engine's collector deciding when. */
const noKernels = /^(release\w*|\w+Free)$/;

/** Exports that count how often each is called. */
function counting<Exports extends object>(exports: Exports, calls: Map<string, number>): Exports {
  const entries = Object.entries(exports).map(([name, exported]) => {
    if (typeof exported !== "function") return [name, exported];
    calls.set(name, 0);
    const count = (...values: unknown[]) => {
      calls.set(name, (calls.get(name) ?? 0) + 1);
      return (exported as (...values: unknown[]) => unknown)(...values);
    };
    return [name, count];
  });
  return Object.fromEntries(entries) as Exports;
}

test("the digest calls every kernel that the two modules export", () => {
  const calls = new Map<string, number>();
  withLearn(counting(learn(), calls), () => withCore(counting(core, calls), () => digestBytes()));
  expect(calls.size).toBeGreaterThan(60);
  const never = [...calls].filter(([name, count]) => count === 0 && !noKernels.test(name)).map(([name]) => name);
  expect(never).toEqual([]);
});

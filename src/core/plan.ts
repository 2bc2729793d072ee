import type { CoreExports } from "./binary.ts";
import { core, withCore } from "./module.ts";

const registry = new FinalizationRegistry<() => void>((free) => free());

/** Frees what lies in a module's memory when its owner is collected; `core` is then the one of now. `free` must not refer to the owner. */
export function freeWithOwner(owner: object, free: () => void): void {
  const home = core;
  registry.register(owner, () => withCore(home, free));
}

const MOST_KEPT = 16;
const kept = new WeakMap<CoreExports, Map<string, object>>();

/**
 * What `create` makes, or what it made before for the same description: the latest 16 are kept. Engines collect rarely what looks small to
 * them, so that plans which are made anew for every signal would fill the core's memory before they are freed.
 */
export function keepRecent<T extends object>(description: string, create: () => T): T {
  const recent = kept.get(core) ?? new Map<string, object>();
  kept.set(core, recent);
  const made = (recent.get(description) as T | undefined) ?? create();
  recent.delete(description);
  recent.set(description, made);
  const [oldest] = recent.keys();
  if (recent.size > MOST_KEPT) recent.delete(oldest);
  return made;
}

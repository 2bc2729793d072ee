import { core, withCore } from "./module.ts";

const registry = new FinalizationRegistry<() => void>((free) => free());

/** Frees a plan of the core when its owner is collected. `free` must not refer to the owner. */
export function freeWithOwner(owner: object, free: () => void): void {
  const home = core;
  registry.register(owner, () => withCore(home, free));
}

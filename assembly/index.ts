// The ABI of the core: what is exported, nothing else. Pointers are byte offsets into `memory`; sizes count elements.
export { alloc, release } from "./memory";
export { mathExp, mathLog, mathPow } from "./math";

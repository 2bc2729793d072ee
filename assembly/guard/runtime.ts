// An allocator for the fuzz run (scripts/fuzz.mjs), in place of AssemblyScript's: every block has guard bytes around its exact size, and
// fresh, freed and guard bytes all hold one fill byte. A write outside a block changes a guard; a read outside, or of memory that was
// never written, gives results that depend on the fill.

/** Before the payload: i32 size, size class, next and previous live block; then guard bytes up to HEADER. */
const HEADER: usize = 64;
const FIELDS: usize = 16;
/** Guard bytes behind the payload, at least. */
const BEHIND: usize = 64;
const CLASSES: usize = 32;

// @ts-ignore: decorator
@lazy let fill: u8 = 0xff;
// @ts-ignore: decorator
@lazy let top: usize = (__heap_base + 15) & ~15;
// @ts-ignore: decorator
@lazy let live: usize = 0;
// @ts-ignore: decorator
@lazy let damaged: i32 = 0;
// @ts-ignore: decorator
@lazy const unused: usize = memory.data(128);

function sound(from: usize, to: usize): bool {
  for (; from < to; from++) if (load<u8>(from) !== fill) return false;
  return true;
}

function intact(block: usize): bool {
  const end = block + HEADER + <usize>load<u32>(block);
  return sound(block + FIELDS, block + HEADER) && sound(end, end + BEHIND);
}

/** Sets the byte that memory from now on is filled with; to be called before the first allocation. */
// @ts-ignore: decorator
@global
export function __guardFill(byte: u8): void {
  fill = byte;
}

/** How many blocks have been written over their ends, so far. */
// @ts-ignore: decorator
@global
export function __guardDamaged(): i32 {
  let count = damaged;
  for (let block = live; block !== 0; block = load<u32>(block, 8)) count += i32(!intact(block));
  return count;
}

/** How many blocks are allocated. */
// @ts-ignore: decorator
@global
export function __guardLive(): i32 {
  let count = 0;
  for (let block = live; block !== 0; block = load<u32>(block, 8)) count++;
  return count;
}

// @ts-ignore: decorator
@unsafe @global
export function __alloc(size: usize): usize {
  const wanted = size + HEADER + BEHIND;
  const sizeClass = 32 - clz<u32>(<u32>wanted - 1);
  const list = unused + (<usize>sizeClass << 2);
  let block = <usize>load<u32>(list);
  if (block !== 0) store<u32>(list, load<u32>(block, 8));
  else {
    block = top;
    top += <usize>1 << sizeClass;
    const pages = <i32>((top + 0xffff) >>> 16);
    if (pages > memory.size() && memory.grow(pages - memory.size()) < 0) unreachable();
  }
  store<u32>(block, <u32>size);
  store<u32>(block, <u32>sizeClass, 4);
  store<u32>(block, <u32>live, 8);
  store<u32>(block, 0, 12);
  if (live !== 0) store<u32>(live, <u32>block, 12);
  live = block;
  memory.fill(block + FIELDS, fill, wanted - FIELDS);
  return block + HEADER;
}

// @ts-ignore: decorator
@unsafe @global
export function __free(ptr: usize): void {
  const block = ptr - HEADER;
  if (!intact(block)) damaged++;
  const next = <usize>load<u32>(block, 8);
  const previous = <usize>load<u32>(block, 12);
  if (next !== 0) store<u32>(next, <u32>previous, 12);
  if (previous !== 0) store<u32>(previous, <u32>next, 8);
  else live = next;
  memory.fill(ptr, fill, <usize>load<u32>(block));
  const list = unused + (<usize>load<u32>(block, 4) << 2);
  store<u32>(block, load<u32>(list), 8);
  store<u32>(list, <u32>block);
}

// @ts-ignore: decorator
@unsafe @global
export function __realloc(ptr: usize, size: usize): usize {
  const to = __alloc(size);
  memory.copy(to, ptr, min<usize>(size, <usize>load<u32>(ptr - HEADER)));
  __free(ptr);
  return to;
}

// The core has no managed objects; the compiler wants these to be there.
// @ts-ignore: decorator
@unsafe @global
export function __new(size: usize, id: u32): usize {
  return __alloc(size);
}

// @ts-ignore: decorator
@unsafe @global
export function __renew(ptr: usize, size: usize): usize {
  return __realloc(ptr, size);
}

// @ts-ignore: decorator
@global @unsafe
export function __link(parent: usize, child: usize, expectMultiple: bool): void {}

// @ts-ignore: decorator
@global @unsafe
export function __pin(ptr: usize): usize {
  return ptr;
}

// @ts-ignore: decorator
@global @unsafe
export function __unpin(ptr: usize): void {}

// @ts-ignore: decorator
@global @unsafe
function __visit(ptr: usize, cookie: u32): void {}

// @ts-ignore: decorator
@global @unsafe
export function __collect(): void {}

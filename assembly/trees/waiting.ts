// The nodes of a tree that wait to be grown: a stack, whose top is the next in pre-order.
import { copySums } from "./grower";

/** A node; its weight by class (f64) stands behind it. */
@unmanaged
export class WaitingNode {
  start: i32;
  end: i32;
  depth: i32;
  /** -1 for a left child, which follows its parent anyway. */
  parent: i32;
  /** How many columns are known to be constant in it. */
  constants: i32;
  /** Whether it may be divided. */
  grows: bool;
  /** Its records of sparse columns, the end of all that are in use, and those that `recordOf` is to be changed by (see node-columns.ts). */
  firstRecord: u32;
  endRecord: u32;
  topRecord: u32;
  changedFrom: u32;
  changedTo: u32;
}

@unmanaged
export class WaitingNodes {
  nodes: usize;
  size: usize;
  capacity: usize;
  nodeBytes: usize;
  sums: i32;
}

/** The sums of a node: a multiple of 8 bytes behind its start. */
const TOTALS: usize = (offsetof<WaitingNode>() + 7) & ~7;

export function newWaitingNodes(sums: i32): WaitingNodes {
  const waiting = changetype<WaitingNodes>(heap.alloc(offsetof<WaitingNodes>()));
  waiting.sums = sums;
  waiting.nodeBytes = TOTALS + ((sums as usize) << 3);
  waiting.size = 0;
  waiting.capacity = waiting.nodeBytes << 6;
  waiting.nodes = heap.alloc(waiting.capacity);
  return waiting;
}

export function releaseWaitingNodes(waiting: WaitingNodes): void {
  heap.free(waiting.nodes);
  heap.free(changetype<usize>(waiting));
}

/** Puts a node with a copy of `totals` on top; its fields are the caller's to fill. Nodes are where they are until the next one is pushed. */
export function push(waiting: WaitingNodes, totals: usize): WaitingNode {
  if (waiting.size + waiting.nodeBytes > waiting.capacity) {
    waiting.capacity <<= 1;
    waiting.nodes = heap.realloc(waiting.nodes, waiting.capacity);
  }
  const node = changetype<WaitingNode>(waiting.nodes + waiting.size);
  waiting.size += waiting.nodeBytes;
  copySums(totalsOf(node), totals, waiting.sums);
  return node;
}

/** Takes the top node off, which is to be read before another is pushed. */
export function pop(waiting: WaitingNodes): WaitingNode {
  waiting.size -= waiting.nodeBytes;
  return changetype<WaitingNode>(waiting.nodes + waiting.size);
}

/** The node `below` nodes below the top. */
export function peek(waiting: WaitingNodes, below: usize): WaitingNode {
  return changetype<WaitingNode>(waiting.nodes + waiting.size - (below + 1) * waiting.nodeBytes);
}

// @ts-ignore: decorator
@inline
export function totalsOf(node: WaitingNode): usize {
  return changetype<usize>(node) + TOTALS;
}

// The columns that a node tries, drawn as scikit-learn 1.2 draws them (node_split_best): without replacement, and those that are constant in a node
// are known to be so below it.
import { Grower } from "./grower";
import { randomBelow } from "./random";
import { splitDense } from "./split-dense";
import { splitSparse } from "./split-sparse";

@unmanaged
export class ColumnOrder {
  count: i32;
  maxFeatures: i32;
  /** i32 each: the columns; in front are those that are known to be constant in the node in work. */
  columns: usize;
}

export function newColumnOrder(count: i32, maxFeatures: i32): ColumnOrder {
  const order = changetype<ColumnOrder>(heap.alloc(offsetof<ColumnOrder>()));
  order.count = count;
  order.maxFeatures = maxFeatures;
  order.columns = heap.alloc((count as usize) << 2);
  return order;
}

export function releaseColumnOrder(order: ColumnOrder): void {
  heap.free(order.columns);
  heap.free(changetype<usize>(order));
}

/** The order at the root of a tree. */
export function startOrder(order: ColumnOrder): void {
  for (let c = 0; c < order.count; c++) store<i32>(order.columns + ((c as usize) << 2), c);
}

/**
 * Draws columns (Fisher and Yates, partly) and keeps the best split in `g`. Goes on past `maxFeatures` until one drawn column varies.
 * Returns how many columns are known to be constant in the node, and so below it.
 */
export function searchColumns(order: ColumnOrder, g: Grower, knownConstants: i32): i32 {
  const columns = order.columns;
  const sparse = g.data.sparse;
  let undrawn = order.count;
  let visited = 0;
  let found = 0;
  let drawnConstants = 0;
  let total = knownConstants;
  while (undrawn > total && (visited < order.maxFeatures || visited <= found + drawnConstants)) {
    visited++;
    let drawn = drawnConstants + (randomBelow(g.random, (undrawn - found - drawnConstants) as u32) as i32);
    // Which of the known constants it is makes no difference: they stay where they are, for siblings and children.
    if (drawn < knownConstants) {
      drawnConstants++;
      continue;
    }
    drawn += found;
    const column = load<i32>(columns + ((drawn as usize) << 2));
    if (sparse ? splitSparse(g, column) : splitDense(g, column)) {
      exchange(columns, --undrawn, drawn);
    } else {
      exchange(columns, total++, drawn);
      found++;
    }
  }
  return total;
}

function exchange(items: usize, i: i32, j: i32): void {
  const a = items + ((i as usize) << 2);
  const b = items + ((j as usize) << 2);
  const item = load<i32>(a);
  store<i32>(a, load<i32>(b));
  store<i32>(b, item);
}

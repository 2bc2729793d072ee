// Dense training data laid out by rows beside the columns, for small nodes.
import { TrainingData } from "./training-data";

/** With fewer columns a row's ranks would share their cache line with those of other rows. */
const ROW_RANKS_COLUMNS = 16;

/** Lays the ranks out by rows, too, where that is of use. */
export function layOutRows(data: TrainingData): void {
  if (!data.narrow || data.columns < ROW_RANKS_COLUMNS || data.rowRanks !== 0) return;
  const rows = data.rows as usize;
  const columns = data.columns as usize;
  data.rowRanks = heap.alloc((rows * columns) << 1);
  // In blocks of rows, whose lines stay in the cache from column to column.
  const BLOCK: usize = 64;
  for (let block: usize = 0; block < rows; block += BLOCK) {
    const end = min(block + BLOCK, rows);
    for (let column: usize = 0; column < columns; column++) {
      for (let row = block; row < end; row++) {
        store<u16>(data.rowRanks + ((row * columns + column) << 1), load<u16>(data.ranks + ((column * rows + row) << 1)));
      }
    }
  }
}

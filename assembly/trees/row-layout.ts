// Training data laid out by rows beside the columns: for the small nodes of dense rows, and to part the rows of a node from the others in sparse columns.
import { TrainingData } from "./training-data";

/** With fewer columns a row's ranks would share their cache line with those of other rows. */
const ROW_RANKS_COLUMNS = 16;

/** Lays the ranks out by rows, too, where that is of use. */
export function layOutRows(data: TrainingData): void {
  if (data.sparse) return layOutSparseRows(data);
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

function layOutSparseRows(data: TrainingData): void {
  if (data.rowStarts !== 0) return;
  const rows = data.rows as usize;
  const stored = load<u32>(data.starts + ((data.columns as usize) << 2)) as usize;
  const starts = heap.alloc((rows + 1) << 2);
  data.rowStarts = starts;
  data.rowEntries = heap.alloc(max<usize>(stored << 2, 4));
  data.rowColumns = heap.alloc(max<usize>(stored << 2, 4));
  memory.fill(starts, 0, (rows + 1) << 2);
  for (let entry: usize = 0; entry < stored; entry++) {
    const at = starts + ((load<u32>(data.rowOf + (entry << 2)) as usize) << 2);
    store<u32>(at, load<u32>(at, 4) + 1, 4);
  }
  for (let at = starts; at < starts + (rows << 2); at += 4) store<u32>(at, load<u32>(at) + load<u32>(at, 4), 4);
  // Filled from the back, which leaves every start where it belongs: row r's is moved down from its end, which stands at r + 1, by and by.
  for (let column = data.columns - 1; column >= 0; column--) {
    const from = load<u32>(data.starts + ((column as usize) << 2)) as usize;
    const to = load<u32>(data.starts + ((column as usize) << 2), 4) as usize;
    for (let entry = from; entry < to; entry++) {
      const next = starts + ((load<u32>(data.rowOf + (entry << 2)) as usize) << 2) + 4;
      const place = (load<u32>(next) as usize) - 1;
      store<u32>(next, place as u32);
      store<u32>(data.rowEntries + (place << 2), entry as u32);
      store<i32>(data.rowColumns + (place << 2), column);
    }
  }
  memory.copy(starts, starts + 4, rows << 2);
  store<u32>(starts + (rows << 2), stored as u32);
}

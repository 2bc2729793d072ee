/** Rows of numbers as whole multiples, from -127 to 127, of one scale a row. */
export interface Quantised {
  readonly levels: Int8Array;
  /** One a row. */
  readonly scales: Float64Array;
}

/** The nearest multiples of each row's largest magnitude / 127 (Jacob et al. 2018, symmetric, per row). @param columns of each row */
export function quantise(values: Float64Array, columns: number): Quantised {
  const rows = values.length / columns;
  const levels = new Int8Array(values.length);
  const scales = new Float64Array(rows);
  for (let r = 0; r < rows; r++) {
    let largest = 0;
    for (let c = 0; c < columns; c++) largest = Math.max(largest, Math.abs(values[r * columns + c]));
    scales[r] = largest > 0 ? largest / 127 : 1;
    for (let c = 0; c < columns; c++) levels[r * columns + c] = Math.round(values[r * columns + c] / scales[r]);
  }
  return { levels, scales };
}

/** The numbers that {@link quantise} kept. */
export function dequantise({ levels, scales }: Quantised): Float64Array {
  const columns = levels.length / scales.length;
  return Float64Array.from(levels, (level, i) => level * scales[Math.floor(i / columns)]);
}

/** What the holdout is sliced by: a value of each row. */

/** Category of each row as an index into `values`; −1: missing. */
export type CategoryColumn = { column: string; values: string[]; codes: Int32Array };

/** NaN: missing. */
export type NumberColumn = { column: string; values: Float64Array };

/** Rows by their numbers, ascending. */
export type Slice = { name: string; rows: Int32Array };

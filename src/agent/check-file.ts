/** Beside the artifact's main file: the columns of the inputs and what the training framework answers, by row. */
export const CHECK_FILE = 'check.parquet';

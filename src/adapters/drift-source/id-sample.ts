/** So many of the smallest hashes of ids are kept of a window of a file: see PartitionWindow. */
export const ID_SAMPLE = 512;

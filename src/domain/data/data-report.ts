/** What a look at a dataset found: what the check shows, and what training waits for. */
export type DataReport = {
  rows: number;
  splits: { name: string; rows: number }[];
  columns: {
    name: string;
    type: string;
    nulls: number;
    distinct: number;
    min?: string;
    max?: string;
    /** Sup distance of the CDFs (numeric) or of the shares (categorical) to the version before, 0…1. */
    drift?: number;
  }[];
  previousRows?: number;
  schemaChanges: string[];
  /** Declared rules that the data breaks, in plain words. */
  violations: string[];
};

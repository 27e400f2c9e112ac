import { GRID_BINS, type NumericGrid } from './make-profile.ts';

/** log10 of milliseconds from .01 ms to 1,000 s; a bin is 1.9 % wide, so a quantile read from it is as good. */
export const LATENCY_GRID: NumericGrid = { kind: 'numeric', low: -2, width: 8 / GRID_BINS };

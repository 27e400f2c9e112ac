import type { ColumnModel } from './column-models.ts';
import type { DrawnWindow } from './streams.ts';

/** A monitor that was shown its reference and is now shown a window after the other: does it say so? */
export type Watch = (window: DrawnWindow) => boolean;

/** `windows`: the reference's, which a rule may look at one by one or as a whole. */
export type Reference = { columns: ColumnModel[]; windows: DrawnWindow[]; seasonal: boolean };

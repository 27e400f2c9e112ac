import type { BatchColumn } from '../../domain/data/column-batch.ts';
import { createGrowingArray } from './growing-array.ts';

/** Values as numbers in the order in which they come; −1 for a missing one. */
export type ValueEncoder = {
  add(column: BatchColumn): void;
  encoded(): { values: string[]; codes: Int32Array };
  /** A row without a value is a group of its own. */
  groups(): Int32Array;
};

export function createValueEncoder(): ValueEncoder {
  const known = new Map<number | string, number>();
  const codes = createGrowingArray(Int32Array);
  let boolean = false;
  return {
    add(column) {
      if (column.kind === 'tensors') return;
      boolean = column.kind === 'booleans';
      const missing = column.kind === 'texts' ? undefined : column.missing;
      const added = new Int32Array(column.values.length);
      for (let row = 0; row < added.length; row += 1) {
        const value = column.values[row] as number | string | null;
        if (value === null || missing?.[row] === 1) {
          added[row] = -1;
          continue;
        }
        let code = known.get(value);
        if (code === undefined) {
          code = known.size;
          known.set(value, code);
        }
        added[row] = code;
      }
      codes.push(added);
    },
    encoded: () => ({
      values: [...known.keys()].map((value) => (boolean ? String(value === 1) : String(value))),
      codes: codes.values(),
    }),
    groups() {
      let next = known.size;
      return codes.values().map((code) => (code >= 0 ? code : next++));
    },
  };
}

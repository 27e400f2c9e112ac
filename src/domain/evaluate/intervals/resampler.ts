import { groupCount } from './influence-spread.ts';
import { drawInto, streamOf } from './random-stream.ts';

/** Fills `counts` with how often each row is drawn in resample `number`. */
export type Resampler = (number: number, counts: Uint8Array) => void;

/** Rows are drawn one by one, or whole groups where there are groups. */
export function createResampler(groups: Int32Array | undefined, seed: number): Resampler {
  if (groups !== undefined) return groupResampler(groups, seed);
  return (number, counts) => {
    counts.fill(0);
    drawInto(counts, 0, counts.length, streamOf(seed, number));
  };
}

function groupResampler(groups: Int32Array, seed: number): Resampler {
  const drawn = new Uint8Array(groupCount(groups));
  return (number, counts) => {
    drawn.fill(0);
    drawInto(drawn, 0, drawn.length, streamOf(seed, number));
    for (let row = 0; row < groups.length; row += 1) counts[row] = drawn[groups[row] as number] as number;
  };
}

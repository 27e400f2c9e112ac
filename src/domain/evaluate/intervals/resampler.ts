/**
 * Bootstrap weights. The draws of a resample depend on the seed and its number alone, so that results are the same
 * whatever else is computed, in whatever order.
 */
import type { ScoredRows } from '../scored-rows.ts';

/** Fills `weights` with how often each row is drawn in resample `number`. */
export type Resampler = (number: number, weights: Uint8Array) => void;

/**
 * Rows are drawn within their class for classification (they must lie class by class, see `sortedByClass`), all
 * together for regression, and group by group where there are groups.
 */
export function createResampler(scored: ScoredRows, seed: number): Resampler {
  if (scored.groups !== undefined) return groupResampler(scored.groups, seed);
  const ranges = scored.task === 'regression' ? [[0, scored.rows] as const] : classRanges(scored.labels);
  return (number, weights) => {
    weights.fill(0);
    const state = streamOf(seed, number);
    for (const [start, end] of ranges) drawInto(weights, start, end, state);
  };
}

function groupResampler(groups: Int32Array, seed: number): Resampler {
  const count = groups.reduce((most, group) => Math.max(most, group + 1), 0);
  const drawn = new Uint8Array(count);
  return (number, weights) => {
    drawn.fill(0);
    drawInto(drawn, 0, count, streamOf(seed, number));
    for (let row = 0; row < groups.length; row += 1) weights[row] = drawn[groups[row] as number] as number;
  };
}

function classRanges(labels: Float64Array): [number, number][] {
  const ranges: [number, number][] = [];
  for (let start = 0; start < labels.length; ) {
    let end = start + 1;
    while (end < labels.length && labels[end] === labels[start]) end += 1;
    ranges.push([start, end]);
    start = end;
  }
  return ranges;
}

/** As many draws with replacement as there are places from `start` to `end`. Generator: sfc32 of PractRand. */
function drawInto(weights: Uint8Array, start: number, end: number, state: Int32Array): void {
  let [a, b, c, d] = state as unknown as [number, number, number, number];
  const scale = (end - start) / 2 ** 32;
  for (let draw = start; draw < end; draw += 1) {
    const sum = (((a + b) | 0) + d) | 0;
    d = (d + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + sum) | 0;
    const place = start + Math.floor((sum >>> 0) * scale);
    weights[place] = (weights[place] as number) + 1;
  }
  state.set([a, b, c, d]);
}

/** State of the generator for one resample, mixed well enough that neighbouring numbers share nothing. */
function streamOf(seed: number, number: number): Int32Array {
  const state = Int32Array.of(mix(seed | 0), mix(Math.floor(seed / 2 ** 32) ^ 0x5bf03635), mix(number ^ 0x3c6ef372), 1);
  let [a, b, c, d] = state as unknown as [number, number, number, number];
  for (let round = 0; round < 12; round += 1) {
    const sum = (((a + b) | 0) + d) | 0;
    d = (d + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + sum) | 0;
  }
  state.set([a, b, c, d]);
  return state;
}

/** MurmurHash3's finaliser. */
function mix(value: number): number {
  let h = value | 0;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}

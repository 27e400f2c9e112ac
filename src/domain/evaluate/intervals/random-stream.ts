/**
 * Random numbers that depend on a seed and a number alone, so that results are the same whatever else is computed, in
 * whatever order. Generator: sfc32 of PractRand.
 */
export type RandomState = Int32Array;

/** State for one resample, mixed well enough that neighbouring numbers share nothing. */
export function streamOf(seed: number, number: number): RandomState {
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

/** Adds to `counts` as many draws with replacement as there are places from `start` to `end`. */
export function drawInto(counts: Uint8Array, start: number, end: number, state: RandomState): void {
  let [a, b, c, d] = state as unknown as [number, number, number, number];
  const scale = (end - start) / 2 ** 32;
  for (let draw = start; draw < end; draw += 1) {
    const sum = (((a + b) | 0) + d) | 0;
    d = (d + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + sum) | 0;
    const place = start + Math.floor((sum >>> 0) * scale);
    counts[place] = (counts[place] as number) + 1;
  }
  state.set([a, b, c, d]);
}

/** Fills `into` with standard normal numbers (Box and Muller). */
export function drawNormals(into: Float64Array, state: RandomState): void {
  for (let place = 0; place < into.length; place += 2) {
    const radius = Math.sqrt(-2 * Math.log(1 - nextShare(state)));
    const angle = 2 * Math.PI * nextShare(state);
    into[place] = radius * Math.cos(angle);
    if (place + 1 < into.length) into[place + 1] = radius * Math.sin(angle);
  }
}

/** From 0 to less than 1. */
function nextShare(state: RandomState): number {
  const [a, b, c, d] = state as unknown as [number, number, number, number];
  const sum = (((a + b) | 0) + d) | 0;
  state[0] = b ^ (b >>> 9);
  state[1] = (c + (c << 3)) | 0;
  state[2] = (((c << 21) | (c >>> 11)) + sum) | 0;
  state[3] = (d + 1) | 0;
  return (sum >>> 0) / 2 ** 32;
}

/** MurmurHash3's finaliser. */
function mix(value: number): number {
  let h = value | 0;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}

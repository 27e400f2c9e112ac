/** A radix sort on the bits of the doubles: a million rows in tens of milliseconds, where a comparator takes a second. */
const DIGIT_BITS = 11;
const DIGITS = 2 ** DIGIT_BITS;
const SHIFTS = [0, DIGIT_BITS, 2 * DIGIT_BITS] as const;

/** Indices by ascending value, equal values (0 and −0 are) in the order of their indices; NaN comes last. */
export function sortedOrder(values: Float64Array): Uint32Array {
  const { high, low } = sortableWords(values);
  const order = new Uint32Array(values.length);
  for (let row = 0; row < order.length; row += 1) order[row] = row;
  return sortByWord(high, sortByWord(low, order));
}

/** The two halves of each double, changed so that comparing them as unsigned whole numbers compares the doubles. */
function sortableWords(values: Float64Array): { high: Uint32Array; low: Uint32Array } {
  const high = new Uint32Array(values.length);
  const low = new Uint32Array(values.length);
  const value = new Float64Array(1);
  const words = new Uint32Array(value.buffer);
  // Which half of a double comes first in memory depends on the machine.
  value[0] = -1;
  const highAt = words[1] === 0 ? 0 : 1;
  for (let row = 0; row < values.length; row += 1) {
    // Adding 0 makes 0 of −0.
    value[0] = (values[row] as number) + 0;
    const top = words[highAt] as number;
    const rest = words[1 - highAt] as number;
    const missing = Number.isNaN(value[0]);
    const isNegative = top >= 0x80000000;
    high[row] = missing ? 0xffffffff : isNegative ? ~top : top | 0x80000000;
    low[row] = missing ? 0xffffffff : isNegative ? ~rest : rest;
  }
  return { high, low };
}

/** `order`, sorted stably by the word of each index: the least significant digit first. */
function sortByWord(words: Uint32Array, order: Uint32Array): Uint32Array {
  const counts = SHIFTS.map(() => new Uint32Array(DIGITS)) as [Uint32Array, Uint32Array, Uint32Array];
  const [first, second, third] = counts;
  for (let row = 0; row < words.length; row += 1) {
    const word = words[row] as number;
    const [a, b, c] = [word & (DIGITS - 1), (word >>> DIGIT_BITS) & (DIGITS - 1), word >>> (2 * DIGIT_BITS)];
    first[a] = (first[a] as number) + 1;
    second[b] = (second[b] as number) + 1;
    third[c] = (third[c] as number) + 1;
  }
  let from: Sorting = { order, words: new Uint32Array(words.length) };
  for (let place = 0; place < order.length; place += 1) from.words[place] = words[order[place] as number] as number;
  let to: Sorting = { order: new Uint32Array(order.length), words: new Uint32Array(words.length) };
  for (const [digit, shift] of SHIFTS.entries()) {
    const starts = counts[digit] as Uint32Array;
    // All words have the same digit there, as the low bits of numbers that came from single precision.
    if (starts.includes(words.length)) continue;
    toStarts(starts);
    scatter(from, to, starts, shift);
    [from, to] = [to, from];
  }
  return from.order;
}

type Sorting = { order: Uint32Array; words: Uint32Array };

function scatter(from: Sorting, to: Sorting, starts: Uint32Array, shift: number): void {
  const { order, words } = from;
  const { order: toOrder, words: toWords } = to;
  for (let place = 0; place < words.length; place += 1) {
    const word = words[place] as number;
    const digit = (word >>> shift) & (DIGITS - 1);
    const start = starts[digit] as number;
    starts[digit] = start + 1;
    toOrder[start] = order[place] as number;
    toWords[start] = word;
  }
}

/** How many of each digit → where the first of each goes. */
function toStarts(counts: Uint32Array): void {
  let sum = 0;
  for (let digit = 0; digit < counts.length; digit += 1) {
    const count = counts[digit] as number;
    counts[digit] = sum;
    sum += count;
  }
}

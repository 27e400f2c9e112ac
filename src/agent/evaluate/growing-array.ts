/** A Float64Array that grows: half a million predictions as plain numbers would cost ten times the memory. */
export type GrowingArray = { push(values: ArrayLike<number>): void; values(): Float64Array };

export function createGrowingArray(): GrowingArray {
  let held = new Float64Array(1 << 16);
  let used = 0;
  return {
    push(values) {
      if (used + values.length > held.length) {
        const larger = new Float64Array(Math.max(held.length * 2, used + values.length));
        larger.set(held.subarray(0, used));
        held = larger;
      }
      held.set(values, used);
      used += values.length;
    },
    values: () => held.subarray(0, used),
  };
}

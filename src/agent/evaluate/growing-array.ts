type Numbers = Float64Array | Int32Array;

/** A typed array that grows: half a million predictions as plain numbers would cost ten times the memory. */
export type GrowingArray<T extends Numbers> = {
  push(values: ArrayLike<number>): void;
  length(): number;
  values(): T;
};

export function createGrowingArray<T extends Numbers>(Values: new (length: number) => T): GrowingArray<T> {
  let held = new Values(1 << 14);
  let used = 0;
  return {
    push(values) {
      if (used + values.length > held.length) {
        const larger = new Values(Math.max(held.length * 2, used + values.length));
        larger.set(held.subarray(0, used));
        held = larger;
      }
      held.set(values, used);
      used += values.length;
    },
    length: () => used,
    values: () => held.slice(0, used) as T,
  };
}

/** Keeps the first `most` of an order, in memory for twice as many however many are added. */
export type Largest<T> = {
  add(one: T): void;
  /** In their order. */
  all(): T[];
  /** How many were added and are not kept. */
  leftOut(): number;
};

export function createLargest<T>(most: number, order: (a: T, b: T) => number): Largest<T> {
  let kept: T[] = [];
  let added = 0;
  const cut = () => {
    kept = kept.sort(order).slice(0, most);
  };
  return {
    add(one) {
      added += 1;
      kept.push(one);
      if (kept.length >= 2 * most) cut();
    },
    all() {
      cut();
      return [...kept];
    },
    leftOut: () => Math.max(0, added - most),
  };
}

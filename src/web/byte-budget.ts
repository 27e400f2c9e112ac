export type ByteLease = {
  /** false: there is no room for so many more, `each` in this one's share, `total` in any. */
  grow(bytes: number): true | 'each' | 'total';
  release(): void;
};

export type ByteBudget = { open(share: string): ByteLease };

/** How many bytes of requests may be held at once: of all, and of those that share a name. */
export function createByteBudget(limits: { total: number; each: number }): ByteBudget {
  const shares = new Map<string, number>();
  let total = 0;
  return {
    open(share) {
      let held = 0;
      const add = (bytes: number) => {
        held += bytes;
        total += bytes;
        const left = (shares.get(share) ?? 0) + bytes;
        if (left === 0) shares.delete(share);
        else shares.set(share, left);
      };
      return {
        grow(bytes) {
          if (total + bytes > limits.total) return 'total';
          if ((shares.get(share) ?? 0) + bytes > limits.each) return 'each';
          add(bytes);
          return true;
        },
        release() {
          add(-held);
        },
      };
    },
  };
}

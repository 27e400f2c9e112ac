/** The last results by the text that they follow from, until the texts together have more than `most` characters. */
export function createRecentResults<T>(most: number): { of(text: string, make: () => T): T } {
  const known = new Map<string, T>();
  let held = 0;
  return {
    of(text, make) {
      const found = known.get(text);
      if (found !== undefined) {
        // Behind all others: the oldest are let go first.
        known.delete(text);
        known.set(text, found);
        return found;
      }
      const made = make();
      if (text.length > most) return made;
      known.set(text, made);
      held += text.length;
      for (const oldest of known.keys()) {
        if (held <= most) break;
        known.delete(oldest);
        held -= oldest.length;
      }
      return made;
    },
  };
}

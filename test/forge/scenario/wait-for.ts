/** Asks again until there is an answer, for 20 s at most. */
export const waitFor = async <T>(look: () => T | undefined | false | Promise<T | undefined | false>): Promise<T> => {
  const until = Date.now() + 20_000;
  for (;;) {
    const found = await look();
    if (found) return found;
    if (Date.now() > until) throw new Error('it did not come to pass');
    await new Promise((resolve) => setTimeout(resolve, 15));
  }
};

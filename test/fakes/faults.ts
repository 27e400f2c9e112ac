/** The process dies: nothing after it in that look happens. */
export class Crash extends Error {
  override name = 'Crash';
}

/**
 * Counts calls of ports by name and lets the process die at one of them: `before` the call had an effect, or `after` it
 * had, with the answer lost.
 */
export type Faults = {
  calls: string[];
  dieAt(call: number, when: 'before' | 'after'): void;
  around<T extends object>(name: string, port: T): T;
};

export function createFaults(): Faults {
  const calls: string[] = [];
  let fatal: { call: number; when: 'before' | 'after' } | undefined;

  async function call(name: string, action: () => unknown): Promise<unknown> {
    calls.push(name);
    const dying = fatal?.call === calls.length ? fatal : undefined;
    if (dying?.when === 'before') throw new Crash(`before ${name}`);
    const answer = await action();
    if (dying?.when === 'after') throw new Crash(`after ${name}`);
    return answer;
  }

  return {
    calls,
    dieAt: (at, when) => {
      fatal = { call: calls.length + at, when };
    },
    around: <T extends object>(name: string, port: T): T =>
      Object.fromEntries(
        Object.entries(port).map(([method, value]) => [
          method,
          typeof value === 'function'
            ? (...args: unknown[]) => call(`${name}.${method}`, () => value.apply(port, args))
            : value,
        ]),
      ) as T,
  };
}

/** The process dies: nothing after it in that look happens. */
export class Crash extends Error {
  override name = 'Crash';
}

/** Notes calls of ports by name and lets the process die right after one of them, its answer lost. */
export type Faults = {
  calls: string[];
  /** Counted from now, the next call being 1; 0 for none. */
  dieAt(call: number): void;
  around<T extends object>(name: string, port: T): T;
};

export function createFaults(): Faults {
  const calls: string[] = [];
  let fatal = 0;

  async function call(name: string, action: () => unknown): Promise<unknown> {
    calls.push(name);
    const isLast = calls.length === fatal;
    const answer = await action();
    if (isLast) throw new Crash(`after ${name}`);
    return answer;
  }

  return {
    calls,
    dieAt: (call) => {
      fatal = call === 0 ? 0 : calls.length + call;
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

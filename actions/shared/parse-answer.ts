import type { Ended } from './run-program.ts';

/** What the command line printed with --json. Undefined where it complained instead, or was ended while it printed. */
export function parseAnswer<T>({ stdout }: Ended): T | undefined {
  try {
    const answer: unknown = JSON.parse(stdout);
    return typeof answer === 'object' && answer !== null ? (answer as T) : undefined;
  } catch {
    return undefined;
  }
}

import { AppError } from '../domain/errors.ts';

const longest = 300_000;

/** First wait and cap, ms, by who must act. A stale view is cured by looking again; an admin or a fix takes its time. */
function scaleOf(error: unknown): { first: number; cap: number } {
  if (!(error instanceof AppError)) return { first: 60_000, cap: longest };
  if (error.code === 'conflict/stale') return { first: 100, cap: 10_000 };
  if (error.family === 'external' || error.family === 'conflict') return { first: 1_000, cap: longest };
  return { first: 60_000, cap: longest };
}

/** Milliseconds before the next try: exponential in `attempt` (from 1), and spread so that not all come back at once. */
export function retryDelay(
  error: unknown,
  attempt: number,
  random: () => number = Math.random,
  now = Date.now(),
): number {
  const { first, cap } = scaleOf(error);
  const full = Math.min(cap, first * 2 ** Math.min(20, Math.max(0, attempt - 1)));
  const spread = full * (0.5 + random() / 2);
  const told = error instanceof AppError && error.retryAt ? error.retryAt - now + random() * 1_000 : 0;
  return Math.round(Math.max(spread, told));
}

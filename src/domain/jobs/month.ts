import type { Job, Spent } from './job.ts';
import { spentOf, sumSpent } from './spent.ts';

/** Longest that a job is thought to wait and run: one that was asked for earlier ended in an earlier month. */
const LONGEST_MS = 31 * 24 * 3_600_000;

/** `2026-11`, UTC. */
export const monthOf = (at: number): string => new Date(at).toISOString().slice(0, 7);

/** Jobs that may count for the present month were created since then, epoch ms. */
export const monthReachesBackTo = (now: number): number => Date.parse(`${monthOf(now)}-01T00:00:00Z`) - LONGEST_MS;

/** What one repository spent in a month. Checks of data count for no model, everything else for its own. */
export type MonthSpent = { month: string; total: Spent; models: { name: string; spent: Spent }[] };

/** What ended in the month that `now` lies in; the greatest first. */
export function spentInMonth(jobs: Job[], now: number): MonthSpent {
  const month = monthOf(now);
  const counted = jobs.filter(
    (job) => job.spent !== undefined && monthOf(job.finishedAt ?? job.handedAt ?? job.createdAt) === month,
  );
  const models = new Map<string, Spent>();
  for (const job of counted) {
    if (job.task.kind === 'data') continue;
    const { name } = job.task.model;
    models.set(name, sumSpent([{ spent: models.get(name) ?? spentOf({}) }, job]));
  }
  return {
    month,
    total: sumSpent(counted),
    models: [...models]
      .map(([name, spent]) => ({ name, spent }))
      .sort((a, b) => b.spent.price - a.spent.price || b.spent.seconds - a.spent.seconds),
  };
}

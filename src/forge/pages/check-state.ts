import type { CheckRun, Repository } from '../state.ts';
import type { IconName } from './icons.ts';

/** The runs that count on a commit: of each name the newest. Sorted by name. */
export const latestRuns = (repository: Repository, sha: string): CheckRun[] => {
  const byName = new Map<string, CheckRun>();
  for (const run of repository.checkRuns) {
    if (run.headSha === sha && (byName.get(run.name)?.id ?? 0) < run.id) byName.set(run.name, run);
  }
  return [...byName.values()].sort((left, right) => (left.name < right.name ? -1 : 1));
};

const icons: Record<NonNullable<CheckRun['conclusion']>, IconName> = {
  success: 'success',
  failure: 'failure',
  timed_out: 'failure',
  neutral: 'neutral',
  stale: 'neutral',
  skipped: 'skipped',
  cancelled: 'cancelled',
  action_required: 'attention',
};

export const runIcon = (run: CheckRun): IconName => {
  if (run.conclusion) return icons[run.conclusion];
  return run.status === 'in_progress' ? 'running' : 'queued';
};

export const runWord = (run: CheckRun): string => (run.conclusion ?? run.status).replace('_', ' ');

const order: IconName[] = ['failure', 'attention', 'running', 'queued', 'cancelled', 'success', 'neutral', 'skipped'];

/** The run that most asks to be read. */
export const worstRun = (runs: CheckRun[]): CheckRun | undefined =>
  [...runs].sort((left, right) => order.indexOf(runIcon(left)) - order.indexOf(runIcon(right)))[0];

/** The icon of the worst run, and in words how many there are of each kind. */
export const summarizeRuns = (runs: CheckRun[]): { icon: IconName; text: string } | undefined => {
  const worst = worstRun(runs);
  if (!worst) return undefined;
  const counts = new Map<string, number>();
  for (const run of runs) counts.set(runWord(run), (counts.get(runWord(run)) ?? 0) + 1);
  return { icon: runIcon(worst), text: [...counts].map(([word, count]) => `${count} ${word}`).join(', ') };
};

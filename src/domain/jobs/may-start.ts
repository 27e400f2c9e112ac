import { isFinished, type Job } from './job.ts';

/** What the operator allows, whatever policies say. */
export type JobLimits = {
  /** Agents on the server's own machine at once. */
  local: number;
  /** Jobs of one repository at once, on all runners together. */
  perRepository: number;
};

type Taken = (job: Job) => boolean;

/**
 * Which of the waiting jobs may be handed to their runners now, all of them together. `taken`: holds a place already.
 * Where repositories share a machine they take turns.
 */
export function whoMayStart(unfinished: Job[], taken: Taken, limits: JobLimits): string[] {
  const held = unfinished.filter((job) => taken(job) && !waitsInCluster(job));
  const started: Job[] = [];
  for (const job of inTurn(unfinished, taken)) {
    if (isAllowed(job, [...held, ...started], limits)) started.push(job);
  }
  return started.map(({ id }) => id);
}

/** Handed over with its whole group: how many of those run at once is the cluster's business, as it was told. */
const waitsInCluster = (job: Job): boolean => job.group !== undefined && job.attempt > 0 && job.status === 'queued';

function isAllowed(job: Job, held: Job[], limits: JobLimits): boolean {
  const ofRepository = held.filter((other) => other.repository === job.repository);
  const ofRunner = ofRepository.filter((other) => other.runner === job.runner);
  return (
    ofRepository.length < limits.perRepository &&
    ofRunner.length < (job.place?.maxConcurrent ?? Number.POSITIVE_INFINITY) &&
    (!isLocal(job) || held.filter(isLocal).length < limits.local)
  );
}

/**
 * Those that wait, in the order in which they come. Repositories take turns: who has fewer jobs under way and ahead of it
 * comes first, then who has waited longer.
 */
function inTurn(unfinished: Job[], taken: Taken): Job[] {
  const served = new Map<string, number>();
  const count = (job: Job): number => {
    const key = isLocal(job) ? job.repository : `${job.repository} ${job.runner}`;
    const before = served.get(key) ?? 0;
    served.set(key, before + 1);
    return before;
  };
  for (const job of unfinished.filter(taken)) count(job);
  return [...unfinished]
    .filter((job) => !taken(job))
    .sort(byAge)
    .map((job) => ({ job, turn: count(job) }))
    .sort((a, b) => a.turn - b.turn || byAge(a.job, b.job))
    .map(({ job }) => job);
}

/** How many unfinished jobs are ahead of it where it has to go, under way ones included. */
export function queuePosition(jobs: Job[], id: string): number {
  const unfinished = jobs.filter((job) => !isFinished(job));
  const job = unfinished.find((candidate) => candidate.id === id);
  if (!job || job.attempt > 0) return 0;
  const here = unfinished.filter((other) => sharesPlace(other, job));
  const taken: Taken = ({ attempt }) => attempt > 0;
  return here.filter(taken).length + inTurn(here, taken).findIndex((other) => other.id === id);
}

/** The server's machine is one for all repositories; other runners are those of a repository's policy. */
function sharesPlace(a: Job, b: Job): boolean {
  return isLocal(b) ? isLocal(a) : a.repository === b.repository && a.runner === b.runner;
}

const isLocal = ({ place }: Job): boolean => place === undefined || place.type === 'local';

const byAge = (a: Job, b: Job): number => a.createdAt - b.createdAt || (a.id < b.id ? -1 : 1);

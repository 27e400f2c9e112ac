import { isFinished, type Job } from './job.ts';

/** What the operator allows, whatever policies say. */
export type JobLimits = {
  /** Agents on the server's own machine at once. */
  local: number;
  /** Jobs of one repository at once, on all runners together. */
  perRepository: number;
};

/** May this waiting job be handed to its runner? `taken`: holds a place already. */
export function mayStart(unfinished: Job[], taken: (job: Job) => boolean, id: string, limits: JobLimits): boolean {
  const job = unfinished.find((candidate) => candidate.id === id);
  if (!job) return false;
  const held = unfinished.filter(taken);
  return allowed(job, held, limits) && !startsFirst(unfinished, taken, job, limits);
}

/** Somebody who could start just as well and whose turn comes before; matters where repositories share a machine. */
function startsFirst(unfinished: Job[], taken: (job: Job) => boolean, job: Job, limits: JobLimits): boolean {
  const held = unfinished.filter(taken);
  const free = limits.local - held.filter((other) => sharesPlace(other, job)).length;
  const first = inTurn(unfinished, taken, job).filter((other) => allowed(other, held, limits));
  return isLocal(job) && first.findIndex(({ id }) => id === job.id) >= free;
}

function allowed(job: Job, held: Job[], limits: JobLimits): boolean {
  const ofRepository = held.filter((other) => other.repository === job.repository);
  const ofRunner = ofRepository.filter((other) => sharesRunner(other, job));
  const onMachine = held.filter((other) => sharesPlace(other, job));
  return (
    ofRepository.length < limits.perRepository &&
    ofRunner.length < (job.place?.maxConcurrent ?? Number.POSITIVE_INFINITY) &&
    (!isLocal(job) || onMachine.length < limits.local)
  );
}

/**
 * Those that wait for the same place, in the order in which they come. Repositories take turns: who has fewer jobs under
 * way and ahead of it comes first, then who has waited longer.
 */
function inTurn(unfinished: Job[], taken: (job: Job) => boolean, job: Job): Job[] {
  const here = unfinished.filter((other) => sharesPlace(other, job)).sort(byAge);
  const served = new Map<string, number>();
  for (const { repository } of here.filter(taken)) served.set(repository, (served.get(repository) ?? 0) + 1);
  const turns = here
    .filter((other) => !taken(other))
    .map((other) => {
      const turn = served.get(other.repository) ?? 0;
      served.set(other.repository, turn + 1);
      return { job: other, turn };
    });
  return turns.sort((a, b) => a.turn - b.turn || byAge(a.job, b.job)).map((each) => each.job);
}

/** How many unfinished jobs are ahead of it where it has to go, under way ones included. */
export function queuePosition(jobs: Job[], id: string): number {
  const unfinished = jobs.filter((job) => !isFinished(job));
  const job = unfinished.find((candidate) => candidate.id === id);
  if (!job || job.attempt > 0) return 0;
  const taken = (other: Job) => other.attempt > 0;
  const underWay = unfinished.filter((other) => taken(other) && sharesPlace(other, job)).length;
  return underWay + inTurn(unfinished, taken, job).findIndex((other) => other.id === id);
}

/** The server's machine is one for all repositories; other runners are those of a repository's policy. */
function sharesPlace(a: Job, b: Job): boolean {
  return isLocal(b) ? isLocal(a) : a.repository === b.repository && sharesRunner(a, b);
}

const sharesRunner = (a: Job, b: Job): boolean => a.runner === b.runner;

const isLocal = ({ place }: Job): boolean => place === undefined || place.type === 'local';

const byAge = (a: Job, b: Job): number => a.createdAt - b.createdAt || (a.id < b.id ? -1 : 1);

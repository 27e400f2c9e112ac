import { AppError } from '../../domain/errors.ts';
import { isFinished, type Job } from '../../domain/jobs/job.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Runner } from '../../ports/runner.ts';
import type { Store } from '../../ports/store.ts';
import type { Again, FlowLog } from '../deps.ts';
import { formatKey } from '../keys.ts';
import { decideJob, mustAskRunner, type ObservedJob, type RunnerView, START_MS } from './decide-job.ts';
import { queuePosition } from './queue-position.ts';

export type JobDeps = {
  store: Store;
  clock: Clock;
  /** The runner of that name as the repository's base policy has it, or why there is none. */
  runner(job: Job): Promise<Runner | { missing: string }>;
  /** How many jobs of that runner may be under way at once. */
  maxConcurrent(job: Job): Promise<number>;
  issueToken(identity: { jobId: string; attempt: number }, expiresAt: number): string;
  /** Since when this process can be heard from, epoch ms: silence before that says nothing about an agent. */
  upSince?: number;
  /** Where agents reach us. */
  agentUrl: string;
  log: FlowLog;
};

/** An attempt in a cluster's queue may wait for a day before it claims. */
const TOKEN_MS = 24 * 3_600_000;

/** Looks at a job and does the next thing. Answers when to look again. */
export async function reconcileJob(deps: JobDeps, id: string): Promise<Again> {
  const { store, clock } = deps;
  const job = await store.jobs.get(id);
  if (!job) return undefined;
  if (isFinished(job)) return announce(deps, job);
  const runner = await deps.runner(job);
  if ('missing' in runner) {
    return end(deps, job, undefined, 'failed', { code: 'config/environment', message: runner.missing });
  }
  const now = clock.now();
  const action = decideJob(await observe(deps, job, runner, now), now);
  switch (action.do) {
    case 'announce':
      return announce(deps, job);
    case 'wait':
      return action.until === undefined ? undefined : { at: action.until };
    case 'extend': {
      await store.jobs.update(id, (current) => ifUnchanged(current, job, { leaseUntil: action.until }));
      return { at: action.until };
    }
    case 'submit':
      return submit(deps, job, runner, action.attempt, action.because);
    case 'end':
      return end(deps, job, runner, action.status, action.error);
  }
}

async function observe(deps: JobDeps, job: Job, runner: Runner, now: number): Promise<ObservedJob> {
  const view: RunnerView = mustAskRunner(job, now) ? await runner.status(job) : 'unasked';
  const position = job.attempt === 0 ? queuePosition(await deps.store.jobs.list({ unfinished: true }), job.id) : 0;
  return { job, runner: view, position, maxConcurrent: await deps.maxConcurrent(job), upSince: deps.upSince ?? 0 };
}

/** The attempt is written down before the runner hears of it: an agent that claims early finds it, and a crash too. */
async function submit(deps: JobDeps, seen: Job, runner: Runner, attempt: number, because?: string): Promise<Again> {
  const { store, clock } = deps;
  if (because !== undefined) {
    deps.log.warn({ job: seen.id, attempt }, because);
    await note(deps, seen, because);
    // what is left of the lost one must not work beside the next
    await runner.cancel(seen);
  }
  const leaseUntil = clock.now() + START_MS;
  const job = await store.jobs.update(seen.id, (current) => {
    if (!isSame(current, seen)) return undefined;
    const { handle: _, agent: __, startedAt: ___, deadline: ____, ...rest } = current;
    const base = attempt === current.attempt ? current : rest;
    return { ...base, status: attempt === current.attempt ? current.status : 'queued', attempt, leaseUntil };
  });
  if (job.attempt !== attempt || isFinished(job)) return { at: clock.now() };
  const token = deps.issueToken({ jobId: job.id, attempt }, clock.now() + TOKEN_MS);
  try {
    const { handle } = await runner.submit(job, { serverUrl: deps.agentUrl, token });
    await store.jobs.update(job.id, (current) => (current.attempt === attempt ? { ...current, handle } : undefined));
  } catch (error) {
    if (!(error instanceof AppError) || error.family === 'external' || error.family === 'conflict') throw error;
    return end(deps, job, undefined, 'failed', { code: error.code, message: error.message });
  }
  return { at: leaseUntil };
}

/**
 * Why there is another attempt, for whoever reads the log: attempt 0 holds our own notes. The number is that of the lost
 * attempt, so that a note written twice is one.
 */
async function note(deps: JobDeps, { id, attempt }: Job, line: string): Promise<void> {
  const at = deps.clock.now();
  await deps.store.jobs.appendEvents(id, 0, [{ attempt: 0, seq: attempt, at, kind: 'log', stream: 'agent', line }]);
}

async function end(
  deps: JobDeps,
  seen: Job,
  runner: Runner | undefined,
  status: 'failed' | 'cancelled',
  error: { code: string; message: string },
): Promise<Again> {
  if (seen.attempt > 0) await runner?.cancel(seen);
  const finishedAt = deps.clock.now();
  const job = await deps.store.jobs.update(seen.id, (current) => {
    if (isFinished(current) || current.attempt !== seen.attempt) return undefined;
    const { leaseUntil: _, ...rest } = current;
    return { ...rest, status, error, finishedAt };
  });
  return isFinished(job) ? announce(deps, job) : { at: finishedAt };
}

/** Its pull request is looked at, and so are those whose turn it is now. */
async function announce(deps: JobDeps, job: Job): Promise<undefined> {
  const { queue, jobs } = deps.store;
  if (job.pull !== undefined) {
    await queue.request(formatKey({ kind: 'pull', repository: job.repository, number: job.pull }));
  }
  const [unfinished, atOnce] = await Promise.all([jobs.list({ unfinished: true }), deps.maxConcurrent(job)]);
  const next = unfinished
    .filter(({ runner }) => runner === job.runner)
    .slice(0, atOnce)
    .filter(({ attempt }) => attempt === 0);
  for (const { id } of next) await queue.request(formatKey({ kind: 'job', id }));
  return undefined;
}

/** Heard from or changed since we looked: then the decision rests on nothing, and the next look decides. */
function isSame(current: Job, seen: Job): boolean {
  return (
    current.attempt === seen.attempt &&
    current.status === seen.status &&
    current.leaseUntil === seen.leaseUntil &&
    current.cancelRequested === seen.cancelRequested
  );
}

function ifUnchanged(current: Job, seen: Job, change: Partial<Job>): Job | undefined {
  return isSame(current, seen) ? { ...current, ...change } : undefined;
}

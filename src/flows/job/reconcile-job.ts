import { AppError } from '../../domain/errors.ts';
import { isFinished, isTrial, type Job, TRIAL_LOOK_MS } from '../../domain/jobs/job.ts';
import type { JobLimits } from '../../domain/jobs/may-start.ts';
import { addSpent } from '../../domain/jobs/spent.ts';
import { tokenLifeMs } from '../../domain/jobs/token-life.ts';
import type { RunnerSpec } from '../../domain/spec/valid.ts';
import type { Clock } from '../../ports/clock.ts';
import type { PlacedJob, Runner } from '../../ports/runner.ts';
import type { Store } from '../../ports/store.ts';
import type { Again, FlowDeps, FlowLog } from '../deps.ts';
import { formatKey } from '../keys.ts';
import { decideJob, mustAskRunner, type ObservedJob, type RunnerView, SILENCE_MS, START_MS } from './decide-job.ts';
import { takePlace, takePlaces } from './take-place.ts';

export type JobDeps = {
  store: Store;
  clock: Clock;
  runners: FlowDeps['runners'];
  /** The runner of that name as the policy in force has it, or why there is none. */
  place(job: Job): Promise<RunnerSpec | { missing: string }>;
  limits: JobLimits;
  issueToken(identity: { jobId: string; attempt: number }, expiresAt: number): string;
  /** Since when this process can be heard from, epoch ms: silence before that says nothing about an agent. */
  upSince?: number;
  /** Where agents reach us. */
  agentUrl: string;
  log: FlowLog;
};

/** Of what the runner kept of a lost attempt. */
const LAST_LINES = 20;
const MOST_SAID = 500;

/** Looks at a job and does the next thing. Answers when to look again. */
export async function reconcileJob(deps: JobDeps, id: string): Promise<Again> {
  const { store, clock } = deps;
  const found = await store.jobs.get(id);
  if (!found) return undefined;
  const job = await withPlace(deps, found);
  if (isFinished(job)) return announce(deps, job);
  const now = clock.now();
  const action = decideJob(await observe(deps, job, now), now);
  switch (action.do) {
    case 'announce':
      return announce(deps, job);
    case 'wait':
      return action.until === undefined ? undefined : { at: action.until };
    case 'extend': {
      const { until, waitingFor } = action;
      const changed = job.waitingFor !== waitingFor;
      await store.jobs.update(id, (current) => {
        const { waitingFor: _, ...rest } = current;
        return isSame(current, job) ? { ...rest, leaseUntil: until, ...(waitingFor && { waitingFor }) } : undefined;
      });
      if (changed) await tellPull(deps, job);
      return { at: until };
    }
    case 'submit':
      return submit(deps, job, action.attempt, action.because);
    case 'end':
      return end(deps, job, action.status, action.error);
  }
}

/** One that has not been handed over goes where the policy says now. */
async function withPlace(deps: JobDeps, job: Job): Promise<Job> {
  if (isFinished(job) || job.cancelRequested || job.attempt > 0) return job;
  const place = await deps.place(job);
  const missing = 'missing' in place ? place.missing : noRunner(deps, place);
  if (missing !== undefined || 'missing' in place) {
    await end(deps, job, 'failed', { code: 'config/environment', message: missing ?? '' });
    return { ...job, status: 'failed' };
  }
  return deps.store.jobs.update(job.id, (current) => (isSame(current, job) ? { ...current, place } : undefined));
}

/** What the operator sets so that the server offers a type of runner; without one: always offered. */
const SETTINGS: Partial<Record<RunnerSpec['type'], string>> = {
  kubernetes: 'SLUICE_KUBERNETES_NAMESPACES',
  ray: 'SLUICE_RAY_ADDRESSES',
};

function noRunner(deps: JobDeps, { name, type }: RunnerSpec): string | undefined {
  if (deps.runners[type]) return undefined;
  const remedy = SETTINGS[type] ? `; its operator has to set ${SETTINGS[type]}` : '';
  return `Runner ${name}: this server has no runner of type ${type}${remedy}`;
}

/** What will not get better by asking again is as good as an end; nor is a runner asked for ever that does not answer. */
async function ask(deps: JobDeps, job: Job, now: number): Promise<RunnerView> {
  if (!isPlaced(job) || !mustAskRunner(job, now)) return 'unasked';
  const runner = runnerOf(deps, job);
  if (!runner) return { state: 'gone', fault: 'job', reason: noRunner(deps, job.place) ?? '' };
  try {
    return await runner.status(job);
  } catch (error) {
    if (isFinal(error)) return { state: 'gone', fault: 'job', reason: error.message };
    const silentSince = Math.max(job.leaseUntil ?? now, deps.upSince ?? 0);
    if (silentSince + SILENCE_MS > now) throw error;
    const reason = `its runner has not answered for minutes: ${(error as Error).message}`;
    return { state: 'gone', fault: 'infrastructure', reason };
  }
}

async function observe(deps: JobDeps, job: Job, now: number): Promise<ObservedJob> {
  const view = await ask(deps, job, now);
  const waits = job.attempt === 0 && !job.cancelRequested;
  const placed = waits && (await takePlace(deps.store, job.id, deps.limits));
  return { job, runner: view, placed, upSince: deps.upSince ?? 0 };
}

const isPlaced = (job: Job): job is PlacedJob => job.place !== undefined;

function runnerOf(deps: JobDeps, job: Job): Runner | undefined {
  return job.place && deps.runners[job.place.type];
}

/** The attempt is written down before the runner hears of it: an agent that claims early finds it, and a crash too. */
async function submit(deps: JobDeps, seen: Job, attempt: number, because?: string): Promise<Again> {
  const { store, clock } = deps;
  const { place } = seen;
  const runner = runnerOf(deps, seen);
  if (!place || !runner) {
    const message = place ? noRunner(deps, place) : `job ${seen.id} has no place`;
    return end(deps, seen, 'failed', { code: 'config/environment', message: message ?? '' });
  }
  if (because !== undefined) await giveUp(deps, seen, because);
  if (attempt === 1 && seen.group !== undefined && runner.submitGroup) {
    return submitGroup(deps, seen.group, seen, place, runner.submitGroup);
  }
  const job = await handOver(deps, seen, attempt, place);
  if (job.attempt !== attempt || isFinished(job)) return { at: clock.now() };
  try {
    const { handle } = await runner.submit({ ...job, place }, { serverUrl: deps.agentUrl, token: tokenOf(deps, job) });
    await store.jobs.update(job.id, (current) => (current.attempt === attempt ? { ...current, handle } : undefined));
  } catch (error) {
    if (!isFinal(error)) throw await sayWhyNot(deps, job, error);
    return end(deps, job, 'failed', { code: error.code, message: error.message });
  }
  return { at: job.leaseUntil! };
}

/** All trials that have not begun become one thing of the runner; the cluster then has the queue. */
async function submitGroup(
  deps: JobDeps,
  group: string,
  first: Job,
  place: RunnerSpec,
  start: NonNullable<Runner['submitGroup']>,
): Promise<Again> {
  const unfinished = await deps.store.jobs.list({ repository: first.repository, unfinished: true });
  const ofGroup = unfinished.filter((job) => job.group === group && job.runner === first.runner);
  const waiting = ofGroup.filter((job) => !job.cancelRequested && !isHandedOver(job));
  // one of them speaks for all: each by itself would be started twice
  if (waiting[0]?.id !== first.id) return { at: deps.clock.now() + START_MS };
  const members: { job: PlacedJob; token: string }[] = [];
  for (const seen of waiting) {
    const job = await handOver(deps, seen, 1, place);
    if (job.attempt === 1 && !isFinished(job)) members.push({ job: { ...job, place }, token: tokenOf(deps, job) });
  }
  const underWay = unfinished.filter((job) => job.attempt > 0 && job.group !== group);
  const room = Math.min(
    (place.maxConcurrent ?? Number.POSITIVE_INFINITY) - underWay.filter(({ runner }) => runner === first.runner).length,
    deps.limits.perRepository - underWay.length,
  );
  const parallel = Math.max(1, Math.min(members.length, room));
  try {
    const handles = await start(members, { serverUrl: deps.agentUrl, parallel });
    for (const { job } of members) {
      const handle = handles[job.id];
      if (handle === undefined) continue;
      await deps.store.jobs.update(job.id, (current) => (current.attempt === 1 ? { ...current, handle } : undefined));
    }
  } catch (error) {
    if (!isFinal(error)) throw await sayWhyNot(deps, first, error);
    for (const { job } of members) await end(deps, job, 'failed', { code: error.code, message: error.message });
  }
  for (const { job } of members) await deps.store.queue.request(formatKey({ kind: 'job', id: job.id }), job.leaseUntil);
  return undefined;
}

/** Given to the runner, as far as we know. */
const isHandedOver = ({ attempt, handle, status }: Job): boolean =>
  attempt > 1 || status !== 'queued' || (attempt === 1 && handle !== undefined);

/** For whoever reads the check while it is tried again and again. */
async function sayWhyNot(deps: JobDeps, { id, attempt }: Job, error: unknown): Promise<unknown> {
  const waitingFor = `its runner cannot be reached: ${(error as Error).message}`.slice(0, MOST_SAID);
  const job = await deps.store.jobs.update(id, (current) =>
    current.attempt === attempt && current.waitingFor !== waitingFor ? { ...current, waitingFor } : undefined,
  );
  await tellPull(deps, job);
  return error;
}

const tokenOf = (deps: JobDeps, { id, attempt, task }: Job): string =>
  deps.issueToken({ jobId: id, attempt }, deps.clock.now() + tokenLifeMs(task));

/** What only a person can change; the rest is tried again by whoever called us. */
function isFinal(error: unknown): error is AppError {
  return error instanceof AppError && error.family !== 'external' && error.family !== 'conflict';
}

/** Writes down that this attempt is the runner's now, for nobody who changed meanwhile. */
async function handOver(deps: JobDeps, seen: Job, attempt: number, place: RunnerSpec): Promise<Job> {
  const now = deps.clock.now();
  const leaseUntil = now + START_MS;
  return deps.store.jobs.update(seen.id, (current) => {
    if (!isSame(current, seen)) return undefined;
    if (attempt === current.attempt) return { ...current, place, leaseUntil };
    const {
      handle: _,
      agent: __,
      startedAt: ___,
      deadline: ____,
      usage: _____,
      ...rest
    } = addSpent(current, heardUntil(current, now));
    return { ...rest, status: 'queued', attempt, place, leaseUntil, handedAt: now };
  });
}

/** What is left of a lost attempt must not work beside the next; what its runner still knows is kept. */
async function giveUp(deps: JobDeps, seen: Job, because: string): Promise<void> {
  deps.log.warn({ job: seen.id, attempt: seen.attempt }, because);
  const runner = runnerOf(deps, seen);
  const lines = runner && isPlaced(seen) ? await runner.logs(seen).catch(() => []) : [];
  await note(deps, seen, [because, ...lines.slice(-LAST_LINES)].join('\n'));
  await cancel(deps, seen);
}

/** What cannot be ended now is ended by the reaper, and its agent is not heard any more. */
async function cancel(deps: JobDeps, seen: Job): Promise<void> {
  if (!isPlaced(seen)) return;
  try {
    await runnerOf(deps, seen)?.cancel(seen);
  } catch (error) {
    deps.log.warn({ err: error, job: seen.id, attempt: seen.attempt }, 'its agent cannot be ended now');
  }
}

/** Nobody can say how long a lost agent went on; what counts is until when it would have been believed. */
const heardUntil = ({ leaseUntil }: Job, now: number): number => Math.min(now, leaseUntil ?? now);

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
  status: 'failed' | 'cancelled',
  error: { code: string; message: string },
): Promise<Again> {
  if (seen.attempt > 0) await cancel(deps, seen);
  const finishedAt = deps.clock.now();
  const job = await deps.store.jobs.update(seen.id, (current) => {
    if (isFinished(current) || current.attempt !== seen.attempt) return undefined;
    const { leaseUntil: _, waitingFor: __, ...rest } = addSpent(current, heardUntil(current, finishedAt));
    return { ...rest, status, error, finishedAt };
  });
  return isFinished(job) ? announce(deps, job) : { at: finishedAt };
}

/** Its pull request or monitor is looked at, and so are those that may have a place now. */
async function announce(deps: JobDeps, job: Job): Promise<undefined> {
  await tellPull(deps, job);
  if (job.task.kind === 'profile') {
    const { name } = job.task.monitor;
    await deps.store.queue.request(formatKey({ kind: 'monitor', repository: job.repository, name }));
  }
  for (const id of await takePlaces(deps.store, deps.limits)) {
    await deps.store.queue.request(formatKey({ kind: 'job', id }));
  }
  return undefined;
}

async function tellPull(deps: JobDeps, job: Job): Promise<void> {
  const { repository, pull: number } = job;
  if (number === undefined) return;
  const at = isTrial(job) ? deps.clock.now() + TRIAL_LOOK_MS : undefined;
  await deps.store.queue.request(formatKey({ kind: 'pull', repository, number }), at);
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

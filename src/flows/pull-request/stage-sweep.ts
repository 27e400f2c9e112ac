/** Where the sweep of a model stands: its trials' jobs, what they came to, and what to do next. */
import { isFinished, type Job } from '../../domain/jobs/job.ts';
import type { Model, RunnerSpec, Sweep } from '../../domain/spec/valid.ts';
import { rankRuns, type SweepStep, stepSweep, type TrialResult } from '../../domain/sweep/step-sweep.ts';
import { type SweepSize, sweepSize } from '../../domain/sweep/sweep-size.ts';
import { trialResult } from '../../domain/sweep/trial-result.ts';
import { trialsOf } from '../../domain/sweep/trials-of.ts';
import type { PullRequest } from '../../ports/github.ts';
import type { FlowDeps } from '../deps.ts';
import type { Records } from '../records.ts';
import { newestOf, progressOf } from './job-progress.ts';
import { artifactOf, type ModelStage, trialKey } from './stage.ts';

export type SweepStage = {
  spec: Sweep;
  size: SweepSize;
  step: SweepStep;
  /** All trials of a rung are made at once, for a runner that starts them as one. */
  together: boolean;
  /** By run. */
  jobs: Record<string, Job>;
  /** The run whose log is shown. */
  shown?: string;
  /** Newest value of trials that run. */
  live: Record<string, number>;
  /** Of the best few of the present rung. */
  curves: { id: string; points: [step: number, value: number][] }[];
  /** How often a trial was given up and wanted again. */
  givenUp: number;
};

const SHOWN_CURVES = 5;
/** Where the metric is one of several, its newest value is among that many. */
const LAST_EVENTS = 64;
const MAX_LIVE = 50;
/** More trials than that waiting in our own queue would only be looked at again and again. */
const MOST_QUEUED = 50;

type Training = ModelStage['train'];
type Metrics = { values: Record<string, number | null> };

export async function stageSweep(
  deps: FlowDeps,
  records: Records,
  at: { repository: string; pull: PullRequest; runner: RunnerSpec | undefined },
  model: Model,
  key: string,
): Promise<Training> {
  const spec = model.train.sweep!;
  const all = await deps.store.jobs.list({ repository: at.repository, keyPrefix: trialKey(key, '') });
  const jobs = newestByRun(all, key);
  const values = await readValues(deps, records, key, Object.values(jobs), spec.metric);
  const results = new Map(
    Object.entries(jobs).map(([run, job]): [string, TrialResult] => [
      run,
      trialResult(job, spec.metric, values[job.id] ?? null),
    ]),
  );
  const parallel = spec.parallel ?? atOnce(at.runner);
  const step = stepSweep({ ...spec, parallel }, trialsOf(spec, model.train.seed), results);
  const live = await readLive(deps, jobs, spec.metric);
  const shownRun = shownOf(step, jobs);
  const shown = shownRun === undefined ? undefined : jobs[shownRun];
  const winner = step.winner && jobs[step.winner.id];
  return {
    key,
    job: shown,
    reused: all.length > 0 && !Object.values(jobs).some((job) => isOwn(job, at.pull)),
    artifact: artifactOf(winner, model),
    ...(await progressOf(deps, shown)),
    sweep: {
      spec,
      size: sweepSize(spec),
      together: parallel === undefined,
      step,
      jobs,
      ...(shownRun !== undefined && { shown: shownRun }),
      live,
      curves: await readCurves(deps, step, jobs, spec),
      givenUp: all.filter(({ status }) => status === 'cancelled').length,
    },
  };
}

/** A cluster has a queue of its own, and takes a rung as a whole. */
function atOnce(runner: RunnerSpec | undefined): number | undefined {
  return runner?.type === 'kubernetes' ? undefined : Math.max(MOST_QUEUED, runner?.maxConcurrent ?? 0);
}

function newestByRun(all: Job[], key: string): Record<string, Job> {
  const byKey = new Map<string, Job[]>();
  for (const job of all) byKey.set(job.key, [...(byKey.get(job.key) ?? []), job]);
  return Object.fromEntries(
    [...byKey].flatMap(([each, jobs]) => {
      const job = newestOf(jobs);
      return job ? [[each.slice(trialKey(key, '').length), job] as const] : [];
    }),
  );
}

const isOwn = (job: Job, pull: PullRequest): boolean => job.pull === pull.number && job.sha === pull.head.sha;

/** The winner; where nobody wins, one that failed; before, one that runs or whose turn is next. */
function shownOf(step: SweepStep, jobs: Record<string, Job>): string | undefined {
  if (step.winner) return step.winner.id;
  const made = step.runs.filter(({ id }) => jobs[id]).map(({ id }) => id);
  if (step.failed !== undefined) return made.at(-1);
  return made.find((id) => jobs[id]!.status === 'running') ?? made.find((id) => !isFinished(jobs[id]!));
}

/** The last value that each finished trial reported; read once for each, then remembered. */
async function readValues(
  deps: FlowDeps,
  records: Records,
  key: string,
  jobs: Job[],
  metric: string,
): Promise<Record<string, number | null>> {
  const ended = jobs.filter(({ status }) => status === 'succeeded');
  if (ended.length === 0) return {};
  const known = (await records.sweeps.get(key))?.values ?? {};
  const fresh: Metrics['values'] = {};
  for (const { id } of ended) if (!(id in known)) fresh[id] = await lastValue(deps, id, metric);
  if (Object.keys(fresh).length === 0) return known;
  await records.sweeps.update(key, (current) => ({ values: { ...current?.values, ...fresh } }));
  return { ...known, ...fresh };
}

async function lastValue(deps: FlowDeps, id: string, metric: string): Promise<number | null> {
  const read = async (last?: number) => {
    const events = await deps.store.jobs.events(id, { kind: 'metric', ...(last && { last }) });
    const event = events.findLast((one) => one.kind === 'metric' && one.metric === metric);
    return { value: event?.kind === 'metric' ? event.value : undefined, all: events.length < (last ?? Infinity) };
  };
  const end = await read(LAST_EVENTS);
  if (end.value !== undefined || end.all) return end.value ?? null;
  return (await read()).value ?? null;
}

async function readLive(deps: FlowDeps, jobs: Record<string, Job>, metric: string): Promise<Record<string, number>> {
  const running = Object.entries(jobs).filter(([, { status }]) => status === 'running');
  const live: Record<string, number> = {};
  for (const [run, { id }] of running.slice(0, MAX_LIVE)) {
    const events = await deps.store.jobs.events(id, { kind: 'metric', last: LAST_EVENTS });
    const newest = events.findLast((event) => event.kind === 'metric' && event.metric === metric);
    if (newest?.kind === 'metric') live[run] = newest.value;
  }
  return live;
}

/** Only once somebody has a value: before, there is no best. */
async function readCurves(
  deps: FlowDeps,
  step: SweepStep,
  jobs: Record<string, Job>,
  { metric, goal }: Sweep,
): Promise<SweepStage['curves']> {
  const rungs = [...new Set(step.runs.map(({ rung }) => rung))].reverse();
  const ranked = rungs.map((rung) =>
    rankRuns(
      step.runs.filter((run) => run.rung === rung),
      goal,
    ),
  );
  const best = ranked.find((runs) => runs.length > 0) ?? [];
  return Promise.all(
    best.slice(0, SHOWN_CURVES).map(async ({ id }) => {
      const { id: job, attempt } = jobs[id]!;
      const events = await deps.store.jobs.events(job, { kind: 'metric' });
      const points = events.flatMap((event): [number, number][] =>
        event.kind === 'metric' && event.metric === metric && event.attempt === attempt
          ? [[event.step, event.value]]
          : [],
      );
      return { id, points };
    }),
  );
}

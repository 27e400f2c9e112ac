import type { Repository } from '../state.ts';
import { nextId, now, type World } from '../world.ts';
import { type Contexts, holds, interpolate, interpolateAll, interpolateText, type Progress } from './expressions.ts';
import { jobsOf } from './find-run.ts';
import { githubContext } from './github-context.ts';
import { expandMatrix, matrixSuffix } from './matrix.ts';
import type { WorkflowJob, WorkflowRun } from './records.ts';
import type { JobDefinition, WorkflowDefinition } from './workflow-definition.ts';

/** What the jobs of one key came to together. */
const resultOf = (jobs: WorkflowJob[]): string => {
  const has = (conclusion: string): boolean => jobs.some((job) => job.conclusion === conclusion && !job.forgiven);
  if (has('failure') || has('timed_out')) return 'failure';
  if (has('cancelled')) return 'cancelled';
  return jobs.every((job) => job.conclusion === 'skipped') ? 'skipped' : 'success';
};

const ancestors = (workflow: WorkflowDefinition, key: string, seen = new Set<string>()): Set<string> => {
  for (const need of workflow.jobs.find((job) => job.key === key)?.needs ?? []) {
    if (seen.has(need)) continue;
    seen.add(need);
    ancestors(workflow, need, seen);
  }
  return seen;
};

export const needsContext = (jobs: WorkflowJob[], needs: string[]): Record<string, unknown> =>
  Object.fromEntries(
    needs.map((key) => {
      const own = jobs.filter((job) => job.key === key);
      return [key, { result: resultOf(own), outputs: Object.assign({}, ...own.map((job) => job.outputs)) as unknown }];
    }),
  );

const progressOf = (workflow: WorkflowDefinition, run: WorkflowRun, jobs: WorkflowJob[], key: string): Progress => {
  if (run.cancelled) return 'cancelled';
  const results = [...ancestors(workflow, key)].map((each) => resultOf(jobs.filter((job) => job.key === each)));
  if (results.includes('failure')) return 'failure';
  if (results.includes('cancelled')) return 'cancelled';
  return results.includes('skipped') ? 'skipped' : 'success';
};

const labelsOf = (runsOn: unknown): { labels: string[]; group: string | undefined } => {
  if (typeof runsOn === 'object' && runsOn !== null && !Array.isArray(runsOn)) {
    const { labels, group } = runsOn as { labels?: unknown; group?: unknown };
    return { labels: labelsOf(labels).labels, group: group === undefined ? undefined : String(group) };
  }
  const list = runsOn === undefined || runsOn === null ? [] : Array.isArray(runsOn) ? runsOn : [runsOn];
  return { labels: list.map(String), group: undefined };
};

const newJob = (world: World, run: WorkflowRun, key: string, name: string): WorkflowJob => ({
  id: nextId(world),
  runId: run.id,
  attempt: run.attempt,
  key,
  name,
  matrix: {},
  labels: [],
  group: undefined,
  status: 'queued',
  conclusion: undefined,
  forgiven: false,
  maxParallel: undefined,
  failFast: false,
  createdAt: now(),
  startedAt: undefined,
  completedAt: undefined,
  steps: [],
  runnerId: undefined,
  runnerName: undefined,
  outputs: {},
  annotations: [],
  summary: '',
});

const endedJob = (
  job: WorkflowJob,
  conclusion: 'skipped' | 'cancelled' | 'failure',
  message?: string,
): WorkflowJob => ({
  ...job,
  status: 'completed',
  conclusion,
  startedAt: job.createdAt,
  completedAt: job.createdAt,
  annotations: message ? [{ level: 'failure', title: undefined, message }] : [],
});

const planJob = (
  world: World,
  run: WorkflowRun,
  definition: JobDefinition,
  contexts: Contexts,
  progress: Progress,
  known: WorkflowJob[],
): WorkflowJob[] => {
  const plainName = definition.name ?? definition.key;
  try {
    if (!holds(definition.if, contexts, progress)) {
      const name = interpolateText(plainName, { ...contexts, matrix: {}, strategy: {} });
      return [endedJob(newJob(world, run, definition.key, name), progress === 'cancelled' ? 'cancelled' : 'skipped')];
    }
    if (definition.unsupported.length > 0) {
      throw new Error(`This forge does not run ${definition.unsupported.join(', ')}`);
    }
    const strategy = interpolateAll(definition.strategy, contexts) as Record<string, unknown> | undefined;
    const combinations = expandMatrix(strategy?.matrix);
    const limit = strategy?.['max-parallel'];
    const bounds = {
      failFast: combinations.length > 1 && strategy?.['fail-fast'] !== false,
      maxParallel: limit === undefined ? undefined : Number(limit),
    };
    return combinations
      .map((matrix) => {
        const full = { ...contexts, matrix, strategy: { 'job-total': combinations.length } };
        const name = interpolateText(plainName, full) + (/\$\{\{/.test(plainName) ? '' : matrixSuffix(matrix));
        const runsOn =
          typeof definition.runsOn === 'string'
            ? interpolate(definition.runsOn, full)
            : interpolateAll(definition.runsOn, full);
        const place = labelsOf(runsOn);
        if (place.labels.length === 0 && !place.group) throw new Error('Required property is missing: runs-on');
        return { ...newJob(world, run, definition.key, name), matrix, ...bounds, ...place };
      })
      .filter((job) => !known.some((each) => each.key === job.key && each.name === job.name));
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return [endedJob(newJob(world, run, definition.key, plainName), 'failure', message)];
  }
};

/** Jobs that can come into being now: all that they need is done, and they are not there yet. */
export const planJobs = (
  world: World,
  repository: Repository,
  run: WorkflowRun,
  workflow: WorkflowDefinition,
): WorkflowJob[] => {
  const jobs = jobsOf(repository, run);
  const isDone = (key: string): boolean => {
    const own = jobs.filter((job) => job.key === key);
    return own.length > 0 && own.every((job) => job.status === 'completed');
  };
  return workflow.jobs
    .filter((definition) => !jobs.some((job) => job.key === definition.key && job.attempt === run.attempt))
    .filter((definition) => !isKeptWhole(run, jobs, definition))
    .filter((definition) => definition.needs.every(isDone))
    .flatMap((definition) => {
      const contexts: Contexts = {
        github: githubContext(world, repository, run),
        inputs: run.inputs,
        vars: repository.actions.variables,
        needs: needsContext(jobs, definition.needs),
      };
      return planJob(world, run, definition, contexts, progressOf(workflow, run, jobs, definition.key), jobs);
    });
};

/** A re-run of failed jobs leaves a key alone unless one of its jobs is missing from what was kept. */
const isKeptWhole = (run: WorkflowRun, jobs: WorkflowJob[], definition: JobDefinition): boolean =>
  run.kept.length > 0 && jobs.some((job) => job.key === definition.key) && !run.replaced.includes(definition.key);

import { randomBytes, randomUUID } from 'node:crypto';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { findAccount } from '../find.ts';
import type { AccessLevel } from '../state.ts';
import { nextId, now, type World } from '../world.ts';
import { interpolateRecord } from './expressions.ts';
import { jobsOf } from './find-run.ts';
import { githubContext } from './github-context.ts';
import { contextsOf, type Frame, type JobFolders, type JobScope, runnerArch, runnerOs } from './job-scope.ts';
import { needsContext } from './plan-jobs.ts';
import type { WorkflowRun } from './records.ts';
import type { Assignment } from './start-job.ts';
import type { Stop } from './stop.ts';
import { type JobDefinition, permissionsOf, type WorkflowDefinition } from './workflow-definition.ts';

const openFolders = async ({ repository, run, runner }: Assignment): Promise<JobFolders> => {
  const work = path.join(runner.folder, '_work');
  const folders = {
    workspace: path.join(work, repository.name, repository.name),
    temp: path.join(work, '_temp'),
    tools: path.join(work, '_tool'),
    actions: path.join(work, '_actions'),
    event: path.join(work, '_temp', '_github_workflow', 'event.json'),
  };
  await rm(folders.temp, { recursive: true, force: true });
  for (const folder of [folders.workspace, folders.tools, folders.actions, path.dirname(folders.event)]) {
    await mkdir(folder, { recursive: true });
  }
  await writeFile(folders.event, JSON.stringify(run.payload));
  return folders;
};

const inherited = (): Record<string, string> =>
  Object.fromEntries(
    ['PATH', 'HOME', 'LANG', 'LC_ALL', 'USER', 'SHELL', 'TZ'].flatMap((name) => {
      const value = process.env[name];
      return value === undefined ? [] : [[name, value]];
    }),
  );

const environmentName = (definition: JobDefinition): string | undefined => {
  const { environment } = definition;
  if (typeof environment === 'string') return environment;
  const name = (environment as { name?: unknown } | undefined)?.name;
  return name === undefined ? undefined : String(name);
};

/** What comes from a fork reads, whatever its workflow declares. */
const allowedTo = (run: WorkflowRun, declared: Record<string, AccessLevel>): Record<string, AccessLevel> =>
  run.isFork
    ? Object.fromEntries(
        Object.keys(declared).flatMap((name) => (name === 'id_token' ? [] : [[name, 'read' as const]])),
      )
    : declared;

/** `ACTIONS_ID_TOKEN_REQUEST_*`, only for a job that may write `id-token`. */
const identityVariables = (
  world: World,
  { repository, run, job }: Assignment,
  definition: JobDefinition,
  allowed: boolean,
): Record<string, string> => {
  if (!allowed) return {};
  const bearer = randomBytes(24).toString('hex');
  const environment = environmentName(definition);
  world.ci.identities.set(bearer, { repositoryId: repository.id, runId: run.id, jobId: job.id, environment });
  return {
    ACTIONS_ID_TOKEN_REQUEST_URL: `${world.state.url}/_services/token/request/${job.id}?api-version=2.0`,
    ACTIONS_ID_TOKEN_REQUEST_TOKEN: bearer,
  };
};

const githubVariables = (github: Record<string, unknown>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(github)
      .filter(([name]) => name !== 'event' && name !== 'repositoryUrl' && name !== 'repository_visibility')
      .map(([name, value]) => [`GITHUB_${name.toUpperCase()}`, String(value)]),
  );

const ensureBot = (world: World): void => {
  if (findAccount(world.state, 'github-actions[bot]')) return;
  world.state.accounts.push({
    id: nextId(world),
    login: 'github-actions[bot]',
    type: 'Bot',
    name: undefined,
    createdAt: now(),
    members: [],
    owners: [],
  });
};

/** Prepares folders, tokens and environment of a job. */
export const openJob = async (
  world: World,
  assignment: Assignment,
  workflow: WorkflowDefinition,
  definition: JobDefinition,
  stop: Stop,
): Promise<JobScope> => {
  const { repository, run, job, runner } = assignment;
  const folders = await openFolders(assignment);
  const { id_token: identity, ...permissions } = allowedTo(run, permissionsOf(workflow, definition));
  const token = `ghs_${randomBytes(18).toString('hex')}`;
  ensureBot(world);
  world.state.tokens.push({ kind: 'job', value: token, repositoryId: repository.id, permissions });
  const secrets = { ...(run.isFork ? {} : repository.actions.secrets), GITHUB_TOKEN: token };
  const identityEnv = identityVariables(world, assignment, definition, identity === 'write');
  const base = {
    ...inherited(),
    ...runner.env,
    CI: 'true',
    GITHUB_ACTIONS: 'true',
    ...githubVariables(githubContext(world, repository, run)),
    GITHUB_JOB: job.key,
    GITHUB_ACTION: '__run',
    GITHUB_WORKSPACE: folders.workspace,
    GITHUB_EVENT_PATH: folders.event,
    RUNNER_NAME: runner.name,
    RUNNER_OS: runnerOs,
    RUNNER_ARCH: runnerArch,
    RUNNER_TEMP: folders.temp,
    RUNNER_TOOL_CACHE: folders.tools,
    RUNNER_WORKSPACE: path.dirname(folders.workspace),
    RUNNER_ENVIRONMENT: 'self-hosted',
    RUNNER_TRACKING_ID: `github_${randomUUID()}`,
    ...identityEnv,
  };
  const hidden = [...Object.values(secrets), identityEnv.ACTIONS_ID_TOKEN_REQUEST_TOKEN ?? ''];
  const scope: JobScope = {
    world,
    repository,
    run,
    job,
    runner,
    workflow,
    definition,
    folders,
    stop,
    token,
    env: {},
    path: [],
    masks: new Set(hidden.flatMap((secret) => secret.split(/\r?\n/)).filter((each) => each.trim() !== '')),
    base,
    needs: needsContext(jobsOf(repository, run), definition.needs),
    secrets,
    progress: 'success',
    posts: [],
  };
  const frame: Frame = { inputs: run.inputs, steps: {}, env: {}, actionPath: undefined };
  const github = githubContext(world, repository, run);
  scope.env = interpolateRecord(workflow.env, contextsOf(scope, frame, github));
  scope.env = { ...scope.env, ...interpolateRecord(definition.env, contextsOf(scope, frame, github)) };
  return scope;
};

/** Ends what was given to a job for its time. */
export const closeJob = (scope: JobScope): void => {
  const { world, token, job } = scope;
  world.state.tokens = world.state.tokens.filter((each) => each.value !== token);
  for (const [bearer, grant] of world.ci.identities) if (grant.jobId === job.id) world.ci.identities.delete(bearer);
};

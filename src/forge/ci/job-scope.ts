import type { Repository } from '../state.ts';
import type { World } from '../world.ts';
import type { Contexts, Progress } from './expressions.ts';
import type { StepLog } from './job-log.ts';
import type { JobStep, StepConclusion, WorkflowJob, WorkflowRun } from './records.ts';
import type { Runner } from './runtime.ts';
import type { Stop } from './stop.ts';
import type { JobDefinition, WorkflowDefinition } from './workflow-definition.ts';

export type StepResult = { outputs: Record<string, string>; outcome: StepConclusion; conclusion: StepConclusion };

/** Absolute paths. */
export type JobFolders = { workspace: string; temp: string; tools: string; actions: string; event: string };

export type PostStep = { name: string; if: string; run: (log: StepLog) => Promise<boolean> };

/** A job on its runner, as its steps change it. */
export type JobScope = {
  world: World;
  repository: Repository;
  run: WorkflowRun;
  job: WorkflowJob;
  runner: Runner;
  workflow: WorkflowDefinition;
  definition: JobDefinition;
  folders: JobFolders;
  stop: Stop;
  token: string;
  /** Of the workflow and the job, and what steps wrote to `GITHUB_ENV`. */
  env: Record<string, string>;
  /** What steps wrote to `GITHUB_PATH`, latest first. */
  path: string[];
  masks: Set<string>;
  /** Environment that the runner itself gives, before `env`. */
  base: Record<string, string>;
  needs: Record<string, unknown>;
  secrets: Record<string, string>;
  progress: Progress;
  /** In the order of registration; they run the other way round. */
  posts: PostStep[];
};

/** Where steps look things up: the job itself, or a composite action inside it. */
export type Frame = {
  inputs: Record<string, unknown>;
  steps: Record<string, StepResult>;
  /** `env:` around the steps, beyond the job's. */
  env: Record<string, string>;
  /** Folder of the action that the steps belong to. */
  actionPath: string | undefined;
};

export const runnerOs = { linux: 'Linux', darwin: 'macOS', win32: 'Windows' }[process.platform as string] ?? 'Linux';
export const runnerArch = { x64: 'X64', arm64: 'ARM64', arm: 'ARM', ia32: 'X86' }[process.arch as string] ?? 'X64';

export const contextsOf = (scope: JobScope, frame: Frame, github: Record<string, unknown>): Contexts => ({
  github: {
    ...github,
    token: scope.token,
    job: scope.job.key,
    workspace: scope.folders.workspace,
    event_path: scope.folders.event,
    ...(frame.actionPath ? { action_path: frame.actionPath } : {}),
  },
  env: { ...scope.env, ...frame.env },
  vars: scope.repository.actions.variables,
  secrets: scope.secrets,
  inputs: frame.inputs,
  runner: {
    name: scope.runner.name,
    os: runnerOs,
    arch: runnerArch,
    temp: scope.folders.temp,
    tool_cache: scope.folders.tools,
    environment: 'self-hosted',
    debug: '',
  },
  job: { status: scope.progress === 'skipped' ? 'success' : scope.progress },
  steps: frame.steps,
  needs: scope.needs,
  matrix: scope.job.matrix,
  strategy: {},
});

export const newStep = (number: number, name: string): JobStep => ({
  number,
  name,
  status: 'queued',
  conclusion: undefined,
  startedAt: undefined,
  completedAt: undefined,
});

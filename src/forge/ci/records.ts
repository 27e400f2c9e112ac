export type Workflow = {
  id: number;
  /** `.github/workflows/train.yml` */
  path: string;
  name: string;
  state: 'active' | 'disabled_manually' | 'deleted';
  createdAt: string;
  updatedAt: string;
};

export type RunConclusion = 'success' | 'failure' | 'cancelled' | 'skipped' | 'timed_out' | 'startup_failure';
/** `pending`: it waits for another run of its concurrency group. */
export type RunStatus = 'pending' | 'queued' | 'in_progress' | 'completed';

export type WorkflowRun = {
  id: number;
  workflowId: number;
  /** Name and path as they were when the run began. */
  workflowName: string;
  workflowPath: string;
  displayTitle: string;
  number: number;
  attempt: number;
  event: string;
  /** Full, `refs/heads/main`. */
  ref: string;
  headSha: string;
  actor: string;
  triggeringActor: string;
  status: RunStatus;
  conclusion: RunConclusion | undefined;
  createdAt: string;
  updatedAt: string;
  /** Of this attempt. */
  startedAt: string;
  checkSuiteId: number;
  inputs: Record<string, string | boolean | number>;
  /** The webhook payload that started it, `github.event`. */
  payload: Record<string, unknown>;
  /** Somebody asked for its end. */
  cancelled: boolean;
  /** Ids of jobs of earlier attempts that a re-run left alone and that count for this attempt. */
  kept: number[];
  /** Keys of the jobs that the re-run runs again. */
  replaced: string[];
  /** Earlier attempts, oldest first. */
  history: PastAttempt[];
  /** Of a pull request from a fork: no secrets, no identity, and nothing to write. */
  isFork: boolean;
  concurrency: { group: string; cancelInProgress: boolean } | undefined;
  /** Why it could not begin, in words. */
  fault: string | undefined;
};

export type PastAttempt = Pick<
  WorkflowRun,
  'attempt' | 'status' | 'conclusion' | 'startedAt' | 'updatedAt' | 'triggeringActor' | 'kept'
>;

export type StepConclusion = 'success' | 'failure' | 'cancelled' | 'skipped';

export type JobStep = {
  number: number;
  name: string;
  status: Exclude<RunStatus, 'pending'>;
  conclusion: StepConclusion | undefined;
  startedAt: string | undefined;
  completedAt: string | undefined;
};

export type JobAnnotation = { level: 'notice' | 'warning' | 'failure'; title: string | undefined; message: string };

export type WorkflowJob = {
  id: number;
  runId: number;
  attempt: number;
  /** Of the job in the workflow file; jobs of one matrix share it. */
  key: string;
  name: string;
  matrix: Record<string, unknown>;
  labels: string[];
  group: string | undefined;
  status: Exclude<RunStatus, 'pending'>;
  conclusion: Exclude<RunConclusion, 'startup_failure'> | undefined;
  /** How many of its matrix may run at once. */
  maxParallel: number | undefined;
  /** The others of its matrix end when it fails. */
  failFast: boolean;
  /** A failure that the workflow forgives (`continue-on-error`). */
  forgiven: boolean;
  createdAt: string;
  startedAt: string | undefined;
  completedAt: string | undefined;
  steps: JobStep[];
  runnerId: number | undefined;
  runnerName: string | undefined;
  outputs: Record<string, string>;
  annotations: JobAnnotation[];
  /** Markdown that its steps wrote to `GITHUB_STEP_SUMMARY`. */
  summary: string;
};

export type Artifact = {
  id: number;
  runId: number;
  name: string;
  /** Bytes of the zip file. */
  size: number;
  /** `sha256:<hex>` of the zip file. */
  digest: string;
  createdAt: string;
  expiresAt: string;
};

/** What Actions keeps for a repository; logs and artifacts are files in the data folder. */
export type RepositoryActions = {
  workflows: Workflow[];
  workflowRuns: WorkflowRun[];
  workflowJobs: WorkflowJob[];
  artifacts: Artifact[];
  secrets: Record<string, string>;
  variables: Record<string, string>;
};

export const noActions = (): RepositoryActions => ({
  workflows: [],
  workflowRuns: [],
  workflowJobs: [],
  artifacts: [],
  secrets: {},
  variables: {},
});

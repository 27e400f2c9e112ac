/** A run of a workflow as GitHub has it now. */
export type WorkflowRun = {
  id: number;
  /** For people. */
  url: string;
  /** What `run-name` made of its inputs. */
  title: string;
  /** What started it, such as `workflow_dispatch`. */
  event: string;
  /** Of the workflow file, such as `.github/workflows/sluice.yml`. */
  path: string;
  /** Whose workflow file it runs, and the commit of it. */
  branch: string;
  headSha: string;
  /** From 1; one more each time somebody runs it again. */
  attempt: number;
  /** `queued`, `in_progress`, `completed`, or a state of waiting. */
  status: string;
  /** Of a completed one. */
  conclusion?: string;
  /** Of this attempt, epoch ms. */
  startedAt: number;
  repositoryId: number;
  ownerId: number;
};

/** Looks at runs. Errors: AppError external/runner when GitHub does not answer. */
export type WorkflowRuns = { find(repository: string, runId: number): Promise<WorkflowRun | undefined> };

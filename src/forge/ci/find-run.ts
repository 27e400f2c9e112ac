import { notFound } from '../http-error.ts';
import type { Repository } from '../state.ts';
import type { WorkflowJob, WorkflowRun } from './records.ts';

export const findRun = (repository: Repository, id: number): WorkflowRun => {
  const run = repository.actions.workflowRuns.find((each) => each.id === id);
  if (!run) throw notFound();
  return run;
};

export const findJob = (repository: Repository, id: number): WorkflowJob => {
  const job = repository.actions.workflowJobs.find((each) => each.id === id);
  if (!job) throw notFound();
  return job;
};

/** Jobs of an attempt of a run, oldest first, with those of earlier ones that its re-run left alone. */
export const jobsOf = (repository: Repository, run: WorkflowRun, attempt = run.attempt): WorkflowJob[] => {
  const past = run.history.find((each) => each.attempt === attempt);
  const kept = attempt === run.attempt ? run.kept : (past?.kept ?? []);
  return repository.actions.workflowJobs.filter(
    (job) => job.runId === run.id && (job.attempt === attempt || kept.includes(job.id)),
  );
};

export const branchOf = (ref: string): string => ref.replace(/^refs\/(heads|tags)\//, '');

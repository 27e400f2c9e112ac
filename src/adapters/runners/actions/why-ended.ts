import type { Job } from '../../../domain/jobs/job.ts';
import type { RunnerStatus } from '../../../ports/runner.ts';
import type { WorkflowRun } from '../../../ports/workflow-runs.ts';
import { type ActionsClient, asAppError, repositoryParts } from './actions-client.ts';

type Gone = Extract<RunnerStatus, { state: 'gone' }>;

/** GitHub's schema `job`, as far as it is read. */
export type RunJob = {
  id: number;
  name: string;
  status: string;
  conclusion: string | null;
  steps?: { name: string; conclusion: string | null }[];
};

/** What GitHub writes on a job that its own runner or machine ended. */
const MACHINE_FAULT =
  /lost communication|shutdown signal|not acquired|no longer available|hosted runner|internal error/i;
const OVERTIME = /exceeded the maximum execution time/i;

/** Of a completed run whose agent has not told how the job ended. */
export async function whyEnded(client: ActionsClient, run: WorkflowRun, job: Job): Promise<Gone> {
  const gone = (fault: Gone['fault'], what: string): Gone => ({
    state: 'gone',
    fault,
    reason: `its run on GitHub ${what} (${run.url})`,
  });
  /** Another attempt would take as long, unless it can go on from where this one came to. */
  const overtime = (said?: string): Gone => {
    const what = `ran out of time${said ? `: ${said.replace(/\.$/, '')}` : ''}`;
    if (job.checkpoint?.attempt === job.attempt) return gone('infrastructure', `${what}, with its progress saved`);
    return gone(
      'job',
      `${what}. Raise timeout-minutes in the workflow, shorten the training, or save checkpoints in SLUICE_CHECKPOINT so that the next attempt goes on from there`,
    );
  };
  // the agent was there: what befell the run befell it, too
  const claimed = job.agent !== undefined;
  switch (run.conclusion) {
    case 'startup_failure':
      return gone('infrastructure', 'could not be started');
    case 'timed_out':
      return overtime();
    case 'skipped':
      return gone('job', 'was skipped: does the workflow have an `if` that is not met?');
    case 'success':
    case 'neutral':
      return claimed
        ? gone('infrastructure', 'ended without a word of the agent')
        : gone('job', 'ended without starting an agent: `sluice init --runner actions` writes a workflow that does');
  }
  const jobs = await jobsOf(client, job.repository, run.id);
  const ended = jobs.find(({ conclusion }) => conclusion === run.conclusion) ?? jobs[0];
  const said = ended ? await annotations(client, job.repository, ended.id) : [];
  const late = said.find((message) => OVERTIME.test(message));
  if (late) return overtime(late);
  const fault = said.find((message) => MACHINE_FAULT.test(message));
  if (fault) return gone('infrastructure', `was lost: ${fault}`);
  if (run.conclusion === 'cancelled') {
    const by = said.map((message) => /cancell?ed by @?([\w-]+)/i.exec(message)?.[1]).find(Boolean);
    return gone('cancelled', `was cancelled${by ? ` by ${by}` : ''}`);
  }
  const step = ended?.steps?.find(({ conclusion }) => conclusion === 'failure');
  if (!step) return gone('infrastructure', 'failed, though none of its steps did');
  if (claimed) return gone('infrastructure', `failed at step “${step.name}”, and its agent is gone`);
  return gone('job', `failed at step “${step.name}” before the agent could start`);
}

export async function jobsOf(client: ActionsClient, repository: string, runId: number): Promise<RunJob[]> {
  try {
    const { data } = await client.request('GET /repos/{owner}/{repo}/actions/runs/{run_id}/jobs', {
      ...repositoryParts(repository),
      run_id: runId,
      filter: 'latest',
      per_page: 100,
    });
    return (data as { jobs: RunJob[] }).jobs;
  } catch (error) {
    throw asAppError(error, `looking at the jobs of run ${runId} of ${repository}`);
  }
}

/** A job is a check run, too. What cannot be read only makes the reason shorter. */
async function annotations(client: ActionsClient, repository: string, jobId: number): Promise<string[]> {
  try {
    const { data } = await client.request('GET /repos/{owner}/{repo}/check-runs/{check_run_id}/annotations', {
      ...repositoryParts(repository),
      check_run_id: jobId,
    });
    return (data as { message: string | null }[]).flatMap(({ message }) => message ?? []);
  } catch {
    return [];
  }
}

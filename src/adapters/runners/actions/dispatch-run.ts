import { AppError } from '../../../domain/errors.ts';
import { runTitle } from '../../../domain/jobs/actions-run.ts';
import type { Job } from '../../../domain/jobs/job.ts';
import { type ActionsClient, asAppError, refusalOf, repositoryParts } from './actions-client.ts';
import type { ActionsPlace } from './actions-place.ts';
import { listRuns } from './workflow-runs.ts';

type Started = { id: number; url: string };

/** Our clock and GitHub's may differ by that much. */
const SKEW_MS = 600_000;
/** An older server only says that it has accepted: the run shows itself within seconds. */
const SHOWS_WITHIN_MS = 30_000;
const FIRST_LOOK_MS = 250;
const RUN_NAME = `run-name: sluice \${{ inputs.job }}.\${{ inputs.attempt }}`;

/** The run that was dispatched for this attempt, if there is one already. */
export async function findDispatched(
  client: ActionsClient,
  job: Job,
  place: ActionsPlace,
): Promise<Started | undefined> {
  const since = job.handedAt && new Date(job.handedAt - SKEW_MS).toISOString();
  try {
    const runs = await listRuns(client, job.repository, place.workflow, since ? { created: `>=${since}` } : {});
    // the first one, should there be two: its agent claims first
    return runs.filter(({ title }) => title === runTitle(job)).at(-1);
  } catch (error) {
    throw refused(error, job.repository, place);
  }
}

/** Starts a run of the workflow as the default branch has it. Not idempotent: look with `findDispatched` before. */
export async function dispatchRun(
  client: ActionsClient,
  job: Job,
  place: ActionsPlace,
  access: { serverUrl: string; branch: string },
): Promise<Started> {
  const inputs = {
    job: job.id,
    attempt: String(job.attempt),
    server: access.serverUrl,
    sha: job.sha,
    runs_on: JSON.stringify(place.runsOn),
  };
  try {
    const { data } = await client.request('POST /repos/{owner}/{repo}/actions/workflows/{workflow_id}/dispatches', {
      ...repositoryParts(job.repository),
      workflow_id: place.workflow,
      ref: access.branch,
      inputs,
      return_run_details: true,
      request: { retries: 0 },
    });
    const { workflow_run_id: id, html_url: url } = (data ?? {}) as { workflow_run_id?: number; html_url?: string };
    if (id !== undefined && url !== undefined) return { id, url };
  } catch (error) {
    throw refused(error, job.repository, place);
  }
  return shown(client, job, place);
}

async function shown(client: ActionsClient, job: Job, place: ActionsPlace): Promise<Started> {
  const giveUpAt = Date.now() + SHOWS_WITHIN_MS;
  for (let delay = FIRST_LOOK_MS; Date.now() + delay < giveUpAt; delay *= 2) {
    await new Promise((resolve) => setTimeout(resolve, delay));
    const run = await findDispatched(client, job, place);
    if (run) return run;
  }
  // trying again would start yet another run that cannot be found
  const message = `GitHub accepted ${place.workflow} of ${job.repository} and shows no run named “${runTitle(job)}”: the workflow on the default branch needs \`${RUN_NAME}\`, as \`sluice init --runner actions\` writes it; then comment /retrain`;
  throw new AppError('config/environment', message);
}

/** What only a person can change says what to do. */
function refused(error: unknown, repository: string, place: ActionsPlace): AppError {
  const doing = `starting ${place.workflow} of ${repository} on GitHub Actions`;
  const { status, message = '' } = refusalOf(error) ?? {};
  const environment = (text: string) => new AppError('config/environment', text, { cause: error });
  const rewrite = '`sluice init --runner actions` writes one that has';
  if (/disabled/i.test(message) && (status === 403 || status === 422 || status === 409)) {
    return environment(`${doing}: ${message}. Enable Actions, and this workflow, in the settings of the repository`);
  }
  if (status === 404) {
    return environment(
      `${repository} has no .github/workflows/${place.workflow} on its default branch (runner ${place.name} of the policy names it): write it with \`sluice init --runner actions\` and merge it, or see that Actions is enabled there`,
    );
  }
  if (status === 422 && /workflow_dispatch/.test(message)) {
    return environment(
      `${place.workflow} of ${repository} cannot be dispatched: it has no trigger workflow_dispatch; ${rewrite} it`,
    );
  }
  if (status === 422 && /parse workflow/i.test(message)) return environment(`${doing}: ${message}`);
  if (status === 422) {
    return environment(
      `${doing}: ${message}. It needs the inputs job, attempt, server, sha and runs_on; ${rewrite} them`,
    );
  }
  if (status === 403) {
    const text = `${doing}: ${message}. The app needs the permission “Actions: write” there`;
    return new AppError('permission/forbidden', text, { cause: error });
  }
  return asAppError(error, doing);
}

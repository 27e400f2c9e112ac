import { type ActionsClient, asAppError, refusalOf, repositoryParts } from './actions-client.ts';
import { findRun } from './workflow-runs.ts';

/** GitHub interrupts the step, ends it after 7.5 s, kills it after 10 s. */
const PATIENCE_MS = 12_000;
const FIRST_LOOK_MS = 250;
const SLOWEST_LOOK_MS = 2_000;

/** Cancels a run and waits a while for its end; one that does not end is cancelled by force. Of one that ended: nothing. */
export async function endRun(client: ActionsClient, repository: string, runId: number): Promise<void> {
  if (!(await ask(client, repository, runId, 'cancel'))) return;
  if (await isOver(client, repository, runId, PATIENCE_MS)) return;
  await ask(client, repository, runId, 'force-cancel');
  await isOver(client, repository, runId, SLOWEST_LOOK_MS);
}

/** False: there is nothing (any more) to end. */
async function ask(
  client: ActionsClient,
  repository: string,
  runId: number,
  how: 'cancel' | 'force-cancel',
): Promise<boolean> {
  try {
    await client.request(`POST /repos/{owner}/{repo}/actions/runs/{run_id}/${how}`, {
      ...repositoryParts(repository),
      run_id: runId,
      request: { retries: 0 },
    });
    return true;
  } catch (error) {
    const status = refusalOf(error)?.status;
    if (status === 404 || status === 409) return false;
    throw asAppError(error, `cancelling run ${runId} of ${repository}`);
  }
}

async function isOver(client: ActionsClient, repository: string, runId: number, patienceMs: number): Promise<boolean> {
  const giveUpAt = Date.now() + patienceMs;
  for (let delay = FIRST_LOOK_MS; Date.now() + delay < giveUpAt; delay = Math.min(delay * 2, SLOWEST_LOOK_MS)) {
    await new Promise((resolve) => setTimeout(resolve, delay));
    const run = await findRun(client, repository, runId);
    if (!run || run.status === 'completed') return true;
  }
  return false;
}

import { type ActionsClient, asAppError, refusalOf, repositoryParts } from './actions-client.ts';
import { jobsOf } from './why-ended.ts';

const KEEP_LINES = 200;
const TIMESTAMP = /^\uFEFF?\d{4}-\d\d-\d\dT[\d:.]+Z ?/;

/** The last lines of the run's jobs, without GitHub's timestamps. GitHub has none before a job has ended. */
export async function runLogs(client: ActionsClient, repository: string, runId: number): Promise<string[]> {
  const lines: string[] = [];
  for (const job of await jobsOf(client, repository, runId)) lines.push(...(await jobLog(client, repository, job.id)));
  return lines.slice(-KEEP_LINES);
}

async function jobLog(client: ActionsClient, repository: string, jobId: number): Promise<string[]> {
  try {
    const { data } = await client.request('GET /repos/{owner}/{repo}/actions/jobs/{job_id}/logs', {
      ...repositoryParts(repository),
      job_id: jobId,
    });
    const text = data instanceof ArrayBuffer ? Buffer.from(data).toString('utf8') : String(data ?? '');
    return text
      .split(/\r?\n/)
      .map((line) => line.replace(TIMESTAMP, ''))
      .filter((line) => line.trim() !== '');
  } catch (error) {
    const status = refusalOf(error)?.status;
    if (status === 404 || status === 410) return [];
    throw asAppError(error, `reading the log of job ${jobId} of ${repository}`);
  }
}

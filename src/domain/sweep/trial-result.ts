import { isFinished, type Job } from '../jobs/job.ts';
import type { TrialResult } from './step-sweep.ts';

/** What a trial's job says; `value`: the last that its attempt reported of the metric, null when none. */
export function trialResult(
  job: Pick<Job, 'status' | 'result' | 'error'>,
  metric: string,
  value: number | null,
): TrialResult {
  if (!isFinished(job)) return { state: 'running' };
  if (job.status !== 'succeeded') return { state: 'failed', reason: job.error?.message ?? 'it gave no reason' };
  if (!job.result) return { state: 'failed', reason: 'it handed in no artifact' };
  if (value === null) return { state: 'failed', reason: `it reported no ${metric} in metrics.jsonl` };
  return { state: 'done', value };
}

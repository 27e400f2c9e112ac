import { AppError } from '../domain/errors.ts';
import type { Job } from '../domain/jobs/job.ts';
import { deadlineMs, timeoutSeconds } from '../domain/jobs/token-life.ts';
import { isInRepository } from '../domain/spec/location.ts';
import type { AgentCall, Answer } from './context.ts';
import { assertCurrent } from './context.ts';
import type { ClaimAnswer, JobLimits } from './protocol.ts';
import { readJson } from './read-json.ts';

export async function claim(call: AgentCall): Promise<Answer> {
  const { agent } = await readJson(call.request, 10_000);
  if (typeof agent !== 'string' || !/^[A-Za-z0-9-]{8,64}$/.test(agent)) {
    throw new AppError('config/invalid-input', 'agent must be an identifier of 8 to 64 characters');
  }
  const { store, clock, leaseMs, access, repository, maxBlobBytes } = call.options;
  const { jobId, attempt } = call.identity;
  const now = clock.now();
  const job = await store.jobs.update(jobId, (current) => {
    assertCurrent(current, attempt);
    if (current.cancelRequested) throw new AppError('conflict/cancelled', 'the job was cancelled');
    if (current.agent !== undefined && current.agent !== agent) {
      throw new AppError('conflict/stale', 'another agent has claimed this attempt');
    }
    const { usage, ...fresh } = current;
    return {
      ...(current.agent === undefined ? fresh : current),
      agent,
      status: 'running',
      startedAt: current.startedAt ?? now,
      leaseUntil: now + leaseMs,
      deadline: current.deadline ?? now + deadlineMs(current.task),
    };
  });
  await call.changed(job, 'state');
  const limits: JobLimits = {
    timeoutSeconds: timeoutSeconds(job.task),
    memoryBytes: job.task.kind === 'train' ? job.task.model.train.resources.memoryBytes : 0,
    maxBlobBytes,
    heartbeatMs: Math.round(leaseMs / 4),
  };
  const answer: ClaimAnswer = { job: { id: job.id, attempt, task: job.task, sha: job.sha, limits } };
  if (needsCode(job)) answer.checkout = await access.checkout(await repository(job.repository));
  if (job.checkpoint) answer.checkpoint = { files: job.checkpoint.files };
  return { status: 200, body: answer };
}

/** A token for the repository is made only where something of the repository is read. */
function needsCode({ task }: Job): boolean {
  if (task.kind === 'train' || (task.kind === 'evaluate' && task.metricsSha !== undefined)) return true;
  // production is not in the repository
  if (task.kind === 'profile') return false;
  const datasets = task.kind === 'data' && task.previous ? [task.dataset, task.previous] : [task.dataset];
  return datasets.some(({ source }) => isInRepository(source.uri));
}

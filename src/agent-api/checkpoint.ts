import { AppError } from '../domain/errors.ts';
import type { Job } from '../domain/jobs/job.ts';
import { type AgentCall, type Answer, assertCurrent, heardFrom } from './context.ts';
import { parseFiles } from './parse-files.ts';
import { MAX_CHECKPOINT_FILES, MAX_EVENTS_BODY } from './protocol.ts';
import { readJson } from './read-json.ts';

/** Remembers what the training saved; what was saved before and is not part of it is removed. */
export async function saveCheckpoint(call: AgentCall): Promise<Answer> {
  const body = await readJson(call.request, MAX_EVENTS_BODY);
  const { task } = await heardFrom(call);
  const { checkpoints, maxBlobBytes, clock, store } = call.options;
  if (task.kind !== 'train') throw new AppError('config/invalid-input', 'only a training has checkpoints');
  const files = await parseFiles(checkpoints, body.files, MAX_CHECKPOINT_FILES);
  if (files.reduce((sum, { size }) => sum + size, 0) > maxBlobBytes) {
    throw new AppError('config/invalid-input', `a checkpoint may have ${maxBlobBytes} bytes`);
  }
  let before: Job['checkpoint'];
  const { jobId, attempt } = call.identity;
  await store.jobs.update(jobId, (job) => {
    assertCurrent(job, attempt);
    before = job.checkpoint;
    return { ...job, checkpoint: { files, attempt, at: clock.now() } };
  });
  await dropCheckpoint(call, before);
  return { status: 200, body: {} };
}

/** The content of a checkpoint that has been replaced or is not needed any more, unless another job still needs it. */
export async function dropCheckpoint(call: AgentCall, checkpoint: Job['checkpoint']): Promise<void> {
  if (!checkpoint) return;
  const { store, checkpoints } = call.options;
  const jobs = await store.jobs.list({ unfinished: true });
  const needed = new Set(jobs.flatMap((job) => job.checkpoint?.files ?? []).map(({ digest }) => digest));
  for (const { digest } of checkpoint.files) if (!needed.has(digest)) await checkpoints.remove(digest);
}

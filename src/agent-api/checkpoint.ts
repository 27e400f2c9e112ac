import { AppError } from '../domain/errors.ts';
import type { ArtifactFile, Job } from '../domain/jobs/job.ts';
import { type AgentCall, type Answer, assertCurrent, heardFrom } from './context.ts';
import { parseFiles } from './parse-files.ts';
import { MAX_CHECKPOINT_FILES, MAX_EVENTS_BODY } from './protocol.ts';
import { readJson } from './read-json.ts';

/** Remembers what the training saved; what was saved before and is not part of it is removed. */
export async function saveCheckpoint(call: AgentCall): Promise<Answer> {
  const body = await readJson(call.request, MAX_EVENTS_BODY);
  const seen = await heardFrom(call);
  const { checkpoints, maxBlobBytes, clock, store } = call.options;
  if (seen.task.kind !== 'train') throw new AppError('config/invalid-input', 'only a training has checkpoints');
  const files = await parseFiles(
    { store: checkpoints, isOwn: await call.uploads.own(seen, 'checkpoints') },
    body.files,
    MAX_CHECKPOINT_FILES,
  );
  if (files.reduce((sum, { size }) => sum + size, 0) > maxBlobBytes) {
    throw new AppError('config/invalid-input', `a checkpoint may have ${maxBlobBytes} bytes`);
  }
  const { jobId, attempt } = call.identity;
  await store.jobs.update(jobId, (job) => {
    assertCurrent(job, attempt);
    return { ...job, checkpoint: { files, attempt, at: clock.now() } };
  });
  await dropCheckpoint(call, seen.checkpoint, files);
  return { status: 200, body: {} };
}

/** What the job has saved or sent besides the checkpoint that it has `now`, unless another job still needs it. */
export async function dropCheckpoint(call: AgentCall, before: Job['checkpoint'], now: ArtifactFile[]): Promise<void> {
  const { store, checkpoints } = call.options;
  const sent = await call.uploads.dropCheckpoints(
    { id: call.identity.jobId },
    now.map(({ digest }) => digest),
  );
  const dropped = new Set([...sent, ...(before?.files ?? []).map(({ digest }) => digest)]);
  if (dropped.size === 0) return;
  const jobs = await store.jobs.list({ unfinished: true });
  const needed = new Set(jobs.flatMap((job) => job.checkpoint?.files ?? []).map(({ digest }) => digest));
  for (const digest of dropped) if (!needed.has(digest)) await checkpoints.remove(digest);
}

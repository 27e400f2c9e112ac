import { AppError, type ErrorCode } from '../domain/errors.ts';
import { isFinished, type Job } from '../domain/jobs/job.ts';
import { addSpent } from '../domain/jobs/spent.ts';
import { dropCheckpoint } from './checkpoint.ts';
import { type AgentCall, type Answer, assertCurrent, heardFrom } from './context.ts';
import { forNextAttempt, noteWhy } from './next-attempt.ts';
import { parseFiles } from './parse-files.ts';
import { parseUsage } from './parse-usage.ts';
import { AGENT_HEADER, MAX_EVENTS_BODY, MAX_RESULT_FILES } from './protocol.ts';
import { readJson } from './read-json.ts';

/** What an agent may say of itself; everything else becomes external/runner. */
const CODES: readonly string[] = [
  'config/invalid-input',
  'config/data-invalid',
  'config/data-not-allowed',
  'config/model-invalid',
  'config/environment',
  'config/train-failed',
  'external/data',
  'external/github',
  'external/runner',
  'external/storage',
  'external/timeout',
  'bug/invariant',
] satisfies ErrorCode[];
const MAX_MESSAGE = 4_000;

/**
 * Ends the attempt, once. Success needs every named file in the artifacts, of the size that was said. What nobody is to
 * blame for (GitHub or a store was away) leads to the next attempt, if there is one left.
 */
export async function finish(call: AgentCall): Promise<Answer> {
  const body = await readJson(call.request, MAX_EVENTS_BODY);
  const known = await alreadyEnded(call, body.status);
  if (known) {
    // we may have died before anybody heard of it
    await call.changed(known, 'state');
    return { status: 200, body: {} };
  }
  const seen = await heardFrom(call);
  const outcome = await parseOutcome(call, seen, body);
  const usage = parseUsage(body.usage);
  const { store, clock } = call.options;
  const now = clock.now();
  const fault = transientFault(seen, body);
  if (fault) await noteWhy(store, seen, `was lost: ${fault}`, now);
  let checkpoint: Job['checkpoint'];
  const job = await store.jobs.update(call.identity.jobId, (current) => {
    assertCurrent(current, call.identity.attempt);
    const { leaseUntil: _, checkpoint: saved, ...rest } = current;
    if (fault && !current.cancelRequested) {
      const { handle: __, leaseUntil: ___, ...next } = forNextAttempt(addSpent(current, now));
      return { ...next, handedAt: now };
    }
    checkpoint = saved;
    return addSpent({ ...rest, ...outcome, ...(usage ? { usage } : {}), finishedAt: now }, now);
  });
  await call.changed(job, 'state');
  if (isFinished(job)) {
    await dropCheckpoint(call, checkpoint, []);
    await call.uploads.forget(job);
  }
  return { status: 200, body: {} };
}

/** The same agent says it again because the answer was lost. */
async function alreadyEnded(call: AgentCall, status: unknown): Promise<Job | undefined> {
  const { jobId, attempt } = call.identity;
  const job = await call.options.store.jobs.get(jobId);
  const same = job?.attempt === attempt && job.agent === call.request.headers[AGENT_HEADER];
  return job !== undefined && same && isFinished(job) && job.status === status ? job : undefined;
}

/** What the attempt met that another one may not meet. One that took too long would take as long again. */
function transientFault(job: Job, body: Record<string, unknown>): string | undefined {
  const { code, message } = (body.error ?? {}) as Record<string, unknown>;
  if (body.status !== 'failed' || job.cancelRequested || job.attempt >= job.maxAttempts) return undefined;
  if (typeof code !== 'string' || !CODES.includes(code)) return undefined;
  if (!code.startsWith('external/') || code === 'external/timeout') return undefined;
  return typeof message === 'string' ? message.slice(0, MAX_MESSAGE) : code;
}

async function parseOutcome(
  call: AgentCall,
  job: Job,
  body: Record<string, unknown>,
): Promise<Pick<Job, 'status' | 'result' | 'error'>> {
  switch (body.status) {
    case 'succeeded': {
      const from = { store: call.options.artifacts, isOwn: await call.uploads.own(job, 'blobs') };
      return { status: 'succeeded', result: { files: await parseFiles(from, body.files, MAX_RESULT_FILES) } };
    }
    case 'failed': {
      const { code, message } = (body.error ?? {}) as Record<string, unknown>;
      return {
        status: 'failed',
        error: {
          code: typeof code === 'string' && CODES.includes(code) ? code : 'external/runner',
          message: typeof message === 'string' ? message.slice(0, MAX_MESSAGE) : 'the agent gave no reason',
        },
      };
    }
    case 'cancelled':
      return { status: 'cancelled', error: { code: 'conflict/cancelled', message: 'the job was cancelled' } };
    default:
      throw new AppError('config/invalid-input', 'status must be succeeded, failed or cancelled');
  }
}

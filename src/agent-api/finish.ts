import { AppError, type ErrorCode } from '../domain/errors.ts';
import { isFinished, type Job } from '../domain/jobs/job.ts';
import { addSpent } from '../domain/jobs/spent.ts';
import { dropCheckpoint } from './checkpoint.ts';
import { type AgentCall, type Answer, assertCurrent, heardFrom } from './context.ts';
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
  'external/storage',
  'external/timeout',
  'bug/invariant',
] satisfies ErrorCode[];
const MAX_MESSAGE = 4_000;

/** Ends the attempt, once. Success needs every named file in the artifacts, of the size that was said. */
export async function finish(call: AgentCall): Promise<Answer> {
  const body = await readJson(call.request, MAX_EVENTS_BODY);
  if (await isKnown(call, body.status)) return { status: 200, body: {} };
  await heardFrom(call);
  const outcome = await parseOutcome(call, body);
  const usage = parseUsage(body.usage);
  const now = call.options.clock.now();
  let checkpoint: Job['checkpoint'];
  const job = await call.options.store.jobs.update(call.identity.jobId, (current) => {
    assertCurrent(current, call.identity.attempt);
    const { leaseUntil: _, checkpoint: saved, ...rest } = current;
    checkpoint = saved;
    return addSpent({ ...rest, ...outcome, ...(usage ? { usage } : {}), finishedAt: now }, now);
  });
  await dropCheckpoint(call, checkpoint);
  await call.changed(job, 'state');
  return { status: 200, body: {} };
}

/** The same agent says it again because the answer was lost. */
async function isKnown(call: AgentCall, status: unknown): Promise<boolean> {
  const { jobId, attempt } = call.identity;
  const job = await call.options.store.jobs.get(jobId);
  const same = job?.attempt === attempt && job.agent === call.request.headers[AGENT_HEADER];
  return job !== undefined && same && isFinished(job) && job.status === status;
}

async function parseOutcome(
  call: AgentCall,
  body: Record<string, unknown>,
): Promise<Pick<Job, 'status' | 'result' | 'error'>> {
  switch (body.status) {
    case 'succeeded':
      return {
        status: 'succeeded',
        result: { files: await parseFiles(call.options.artifacts, body.files, MAX_RESULT_FILES) },
      };
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

import { AppError, type ErrorCode } from '../domain/errors.ts';
import type { ArtifactFile, Job } from '../domain/jobs/job.ts';
import { type AgentCall, type Answer, assertCurrent, heardFrom } from './context.ts';
import { MAX_EVENTS_BODY, MAX_RESULT_FILES } from './protocol.ts';
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

/** Ends the attempt. Success needs every named file in the artifacts, of the size that was said. */
export async function finish(call: AgentCall): Promise<Answer> {
  const body = await readJson(call.request, MAX_EVENTS_BODY);
  await heardFrom(call);
  const outcome = await parseOutcome(call, body);
  const now = call.options.clock.now();
  const job = await call.options.store.jobs.update(call.identity.jobId, (current) => {
    assertCurrent(current, call.identity.attempt);
    const { leaseUntil: _, ...rest } = current;
    return { ...rest, ...outcome, finishedAt: now };
  });
  await call.changed(job, 'state');
  return { status: 200, body: {} };
}

async function parseOutcome(
  call: AgentCall,
  body: Record<string, unknown>,
): Promise<Pick<Job, 'status' | 'result' | 'error'>> {
  switch (body.status) {
    case 'succeeded':
      return { status: 'succeeded', result: { files: await parseFiles(call, body.files) } };
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

async function parseFiles(call: AgentCall, value: unknown): Promise<ArtifactFile[]> {
  if (!Array.isArray(value) || value.length === 0 || value.length > MAX_RESULT_FILES) {
    throw new AppError('config/invalid-input', `files must be a list of 1 to ${MAX_RESULT_FILES}`);
  }
  const files = value.map(parseFile);
  if (new Set(files.map(({ path }) => path)).size !== files.length) {
    throw new AppError('config/invalid-input', 'two files have the same path');
  }
  for (const { path, digest, size } of files) {
    if (!(await call.options.artifacts.has(digest)) || (await call.options.artifacts.size(digest)) !== size) {
      throw new AppError('config/invalid-input', `${path} was not uploaded as ${digest} of ${size} bytes`);
    }
  }
  return files.sort((a, b) => (a.path < b.path ? -1 : 1));
}

function parseFile(value: unknown): ArtifactFile {
  const { path, digest, size } = (value ?? {}) as Record<string, unknown>;
  if (
    typeof path === 'string' &&
    isPlainPath(path) &&
    typeof digest === 'string' &&
    /^sha256:[0-9a-f]{64}$/.test(digest) &&
    Number.isSafeInteger(size)
  ) {
    return { path, digest, size: size as number };
  }
  throw new AppError('config/invalid-input', 'a file needs a plain relative path, a digest and a size');
}

/** Whoever downloads the artifact writes files of these names. */
function isPlainPath(path: string): boolean {
  const parts = path.split('/');
  return path.length <= 400 && parts.every((part) => /^[\w][\w.+ -]*$/.test(part));
}

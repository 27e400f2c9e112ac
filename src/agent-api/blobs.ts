import type { IncomingMessage, ServerResponse } from 'node:http';
import { PassThrough, type Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { AppError } from '../domain/errors.ts';
import type { JobTask } from '../domain/jobs/job.ts';
import { type AgentCall, type Answer, heardFrom } from './context.ts';

const DIGEST = /^sha256:[0-9a-f]{64}$/;

/** HEAD: is it there? PUT: upload. GET: only what the task names, so that one job cannot read another's artifact. */
export async function blob(call: AgentCall, digest: string, response: ServerResponse): Promise<Answer | 'answered'> {
  if (!DIGEST.test(digest)) throw new AppError('config/invalid-input', 'not a digest');
  const { artifacts, maxBlobBytes } = call.options;
  const job = await heardFrom(call);
  switch (call.request.method) {
    case 'HEAD':
      return { status: (await artifacts.has(digest)) ? 200 : 404 };
    case 'PUT': {
      if (await artifacts.has(digest)) return { status: 200, body: { size: await artifacts.size(digest) } };
      return { status: 200, body: await artifacts.write(digest, bodyOf(call.request), maxBlobBytes) };
    }
    case 'GET': {
      if (!inputsOf(job.task).includes(digest)) {
        throw new AppError('permission/forbidden', 'this job does not need that blob');
      }
      const content = await artifacts.read(digest);
      response.writeHead(200, {
        'content-type': 'application/octet-stream',
        'content-length': await artifacts.size(digest),
      });
      await pipeline(content, response);
      return 'answered';
    }
    default:
      return { status: 405 };
  }
}

/** Apart from the request, which has to outlive a refused body so that the refusal can be sent. */
function bodyOf(request: IncomingMessage): Readable {
  const body = new PassThrough();
  request.pipe(body);
  request.once('close', () => {
    if (!request.complete) body.destroy(new AppError('external/storage', 'the upload broke off'));
  });
  return body;
}

function inputsOf(task: JobTask): string[] {
  if (task.kind !== 'evaluate') return [];
  return [...task.candidate.files, ...(task.champion?.artifact.files ?? [])].map(({ digest }) => digest);
}

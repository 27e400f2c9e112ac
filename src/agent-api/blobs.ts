import type { IncomingMessage, ServerResponse } from 'node:http';
import { PassThrough, type Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { AppError } from '../domain/errors.ts';
import type { Job } from '../domain/jobs/job.ts';
import { type AgentCall, type Answer, heardFrom } from './context.ts';
import { LENGTH_HEADER, MAX_PIECE_BYTES, OFFSET_HEADER, type UploadAnswer } from './protocol.ts';
import type { BlobKind } from './uploads.ts';

const DIGEST = /^sha256:[0-9a-f]{64}$/;

/** GET answers only what the job needs, so that one job cannot read another's artifact. The rest: see protocol.ts. */
export async function blob(
  call: AgentCall,
  kind: BlobKind,
  digest: string,
  response: ServerResponse,
): Promise<Answer | 'answered'> {
  if (!DIGEST.test(digest)) throw new AppError('config/invalid-input', 'not a digest');
  const store = kind === 'blobs' ? call.options.artifacts : call.options.checkpoints;
  const job = await heardFrom(call);
  // what another job has sent does not count: this one has to show that it has the content
  const isThere = async () => (await call.uploads.own(job, kind))(digest) && (await store.has(digest));
  switch (call.request.method) {
    case 'HEAD': {
      if (await isThere()) return { status: 200 };
      return { status: 404, headers: { [OFFSET_HEADER]: String(await store.received(digest, job.id)) } };
    }
    case 'PATCH': {
      const { offset, length } = placeOf(call.request, call.options.maxBlobBytes);
      if (await isThere()) return { status: 200, body: { received: length } satisfies UploadAnswer };
      await call.uploads.begin(job, kind, digest, length);
      const received = await store.append({ digest, upload: job.id, offset, length }, bodyOf(call.request));
      if (received >= length) await call.uploads.complete(job, kind, digest, length);
      return { status: 200, body: { received } satisfies UploadAnswer };
    }
    case 'GET': {
      if (!neededBy(job, kind).some((needed) => needed.digest === digest)) {
        throw new AppError('permission/forbidden', 'this job does not need that blob');
      }
      const content = await store.read(digest);
      response.writeHead(200, {
        'content-type': 'application/octet-stream',
        'content-length': await store.size(digest),
      });
      await pipeline(content, response);
      return 'answered';
    }
    default:
      return { status: 405 };
  }
}

function placeOf(request: IncomingMessage, maxBytes: number): { offset: number; length: number } {
  const [offset, length] = [OFFSET_HEADER, LENGTH_HEADER].map((name) => {
    const text = request.headers[name];
    return typeof text === 'string' && /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
  }) as [number, number];
  if (!(offset <= length)) throw new AppError('config/invalid-input', 'a piece needs an offset and a length');
  if (length > maxBytes) throw new AppError('config/invalid-input', `more than the allowed ${maxBytes} bytes`);
  return { offset, length };
}

/** Apart from the request, which has to outlive a refused body so that the refusal can be sent. */
function bodyOf(request: IncomingMessage): Readable {
  const body = new PassThrough();
  let size = 0;
  request.on('data', (chunk: Buffer) => {
    size += chunk.length;
    if (size > MAX_PIECE_BYTES) {
      body.destroy(new AppError('config/invalid-input', `a piece may have ${MAX_PIECE_BYTES} bytes`));
    }
  });
  request.pipe(body);
  request.once('close', () => {
    if (!request.complete) body.destroy(new AppError('external/storage', 'the upload broke off'));
  });
  return body;
}

function neededBy({ task, checkpoint }: Job, kind: BlobKind): { digest: string }[] {
  if (kind === 'checkpoints') return checkpoint?.files ?? [];
  if (task.kind === 'profile') return [task.reference];
  if (task.kind !== 'evaluate') return [];
  const repeats = task.repeats?.flatMap(({ artifact }) => artifact.files) ?? [];
  return [...task.candidate.files, ...(task.champion?.artifact.files ?? []), ...repeats];
}

import type { IncomingMessage, ServerResponse } from 'node:http';
import { AppError } from '../domain/errors.ts';

const MAX_BODY = 32 * 1024 * 1024;

export type Answer = { status: number; body?: object; text?: { type: string; content: string } };

export async function readJson(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MAX_BODY) throw new AppError('config/invalid-input', `The body is larger than ${MAX_BODY} bytes`);
    chunks.push(chunk);
  }
  try {
    return JSON.parse(Buffer.concat(chunks).toString('utf8'));
  } catch {
    throw new AppError('config/invalid-input', 'The body is not JSON');
  }
}

export function send(response: ServerResponse, answer: Answer): void {
  const content = answer.text?.content ?? JSON.stringify(answer.body ?? {});
  response.writeHead(answer.status, {
    'content-type': answer.text?.type ?? 'application/json',
    'content-length': Buffer.byteLength(content),
  });
  response.end(content);
}

/** What the protocol wants to be told; our own faults are told without their inside. */
export function answerError(error: unknown): Answer {
  if (!(error instanceof AppError)) return { status: 500, body: { error: 'Internal error' } };
  const status: Partial<Record<AppError['code'], number>> = {
    'config/invalid-input': 400,
    'config/model-invalid': 422,
    'permission/unauthenticated': 401,
    'conflict/not-found': 404,
  };
  const code = status[error.code] ?? (error.family === 'external' ? 503 : 500);
  return { status: code, body: { error: error.message } };
}

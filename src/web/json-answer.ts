import type { IncomingMessage, ServerResponse } from 'node:http';

export type JsonAnswer = { status: number; body: object; headers?: Record<string, string> };

const DRAIN_MS = 2_000;

export const refusal = (
  status: number,
  error: string,
  fix: string,
  headers: Record<string, string> = {},
): JsonAnswer => ({ status, body: { error, fix }, headers });

export async function sendJson(request: IncomingMessage, response: ServerResponse, answer: JsonAnswer): Promise<true> {
  const body = Buffer.from(`${JSON.stringify(answer.body)}\n`);
  response.writeHead(answer.status, {
    ...answer.headers,
    'content-type': 'application/json',
    'content-length': body.length,
  });
  response.end(body);
  await endRequest(request, response);
  return true;
}

/** Lets a client that is still sending read the answer: a short rest is read away, a long one is cut off. */
async function endRequest(request: IncomingMessage, response: ServerResponse): Promise<void> {
  if (request.complete || request.destroyed) return;
  request.unpipe();
  request.resume();
  const cut = setTimeout(() => request.destroy(), DRAIN_MS);
  await new Promise((resolve) => request.once('close', resolve).once('end', resolve));
  clearTimeout(cut);
  if (!response.writableFinished && request.destroyed) response.destroy();
}

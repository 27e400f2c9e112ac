import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { AppError, type ErrorFamily } from '../domain/errors.ts';
import { blob } from './blobs.ts';
import { saveCheckpoint } from './checkpoint.ts';
import { claim } from './claim.ts';
import type { AgentApiOptions, AgentCall, Answer } from './context.ts';
import { storeEvents } from './events.ts';
import { finish } from './finish.ts';
import { heartbeat } from './heartbeat.ts';
import { createNotifier } from './notifier.ts';
import { createOidcExchange } from './oidc-exchange.ts';
import type { ErrorAnswer } from './protocol.ts';
import { BodyTooLarge } from './read-json.ts';
import { type BlobKind, createUploads } from './uploads.ts';

const PREFIX = '/api/agent/';
const DRAIN_MS = 2_000;

const STATUS: Record<ErrorFamily, number> = { config: 400, permission: 403, conflict: 409, external: 503, bug: 500 };

/** The HTTP side of agents. Answers false, and touches nothing, when the path is not its own. */
export function createAgentApi(
  options: AgentApiOptions,
): (request: IncomingMessage, response: ServerResponse) => Promise<boolean> {
  const changed = createNotifier(options.store.queue, options.clock);
  const uploads = createUploads(options);
  const exchange = options.oidc && createOidcExchange(options, options.oidc, changed);

  async function answer(
    request: IncomingMessage,
    response: ServerResponse,
    route: string,
  ): Promise<Answer | 'answered'> {
    const token = /^Bearer (\S+)$/.exec(request.headers.authorization ?? '')?.[1] ?? '';
    if (route === 'token' && exchange && request.method === 'POST') return exchange(request, token);
    const identity = options.tokens.verify(token, options.clock.now());
    if (!identity) {
      return { status: 401, body: error('permission/unauthenticated', 'the token is not valid (any more)') };
    }
    const call: AgentCall = { options, identity, request, changed, uploads };
    const blobRoute = /^(blobs|checkpoints)\/([^/]+)$/.exec(route);
    if (blobRoute) return blob(call, blobRoute[1] as BlobKind, blobRoute[2]!, response);
    if (request.method !== 'POST') return { status: 405 };
    switch (route) {
      case 'claim':
        return claim(call);
      case 'events':
        return storeEvents(call);
      case 'heartbeat':
        return heartbeat(call);
      case 'checkpoint':
        return saveCheckpoint(call);
      case 'finish':
        return finish(call);
      default:
        return { status: 404, body: error('conflict/not-found', 'no such address') };
    }
  }

  return async (request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://agent.invalid');
    if (!pathname.startsWith(PREFIX)) return false;
    try {
      const result = await answer(request, response, pathname.slice(PREFIX.length));
      if (result !== 'answered') send(response, result);
    } catch (thrown) {
      if (response.headersSent) response.destroy();
      else send(response, failure(options, thrown));
    }
    await endRequest(request, response);
    return true;
  };
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

function send(response: ServerResponse, { status, body, headers }: Answer): void {
  const text = body === undefined ? '' : JSON.stringify(body);
  response.writeHead(status, {
    ...headers,
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(text),
  });
  response.end(text);
}

function failure(options: AgentApiOptions, thrown: unknown): Answer {
  if (thrown instanceof BodyTooLarge) {
    return { status: 413, body: error('config/invalid-input', `the body is too large: ${thrown.message}`) };
  }
  if (thrown instanceof AppError && thrown.family !== 'bug') {
    if (thrown.family === 'external') options.log.warn({ err: thrown }, 'an agent had to be put off');
    const status = thrown.code === 'conflict/not-found' ? 404 : STATUS[thrown.family];
    return { status, body: error(thrown.code, thrown.message) };
  }
  const id = randomUUID();
  options.log.warn({ err: thrown, id }, 'the agent API failed');
  return { status: 500, body: error('bug/invariant', `Sluice failed; the log has it under ${id}`) };
}

const error = (code: ErrorAnswer['code'], message: string): ErrorAnswer => ({ code, message });

import { createHash, randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { findRepository } from '../find.ts';
import { HttpError, notFound } from '../http-error.ts';
import type { Actor, World } from '../world.ts';
import { authenticate } from './authenticate.ts';
import { authorize } from './authorize.ts';
import { countRequest, rateHeaders, refuseHastyCreation, refuseWhenExhausted } from './rate-limit.ts';
import type { Reply, RepositoryCall, Route } from './route.ts';

type Compiled = Route & { regex: RegExp; names: string[] };

const compile = (route: Route): Compiled => {
  const names: string[] = [];
  const source = route.pattern.replace(/:(\w+)(\*?)/g, (_all, name: string, rest: string) => {
    names.push(name);
    return rest ? '(.+?)' : '([^/]+)';
  });
  return { ...route, regex: new RegExp(`^${source}$`), names };
};

const contentRoutes = /\/(comments|issues|pulls|releases|deployments|reactions|statuses)$/;

const failureBody = (error: HttpError): Record<string, unknown> => ({
  message: error.message,
  ...(error.errors ? { errors: error.errors } : {}),
  documentation_url: 'https://docs.github.com/rest',
  status: String(error.status),
});

export const failure = (error: unknown): Reply => {
  if (error instanceof HttpError) {
    const retry: Record<string, string> = error.message.includes('secondary rate limit') ? { 'retry-after': '60' } : {};
    return { status: error.status, body: failureBody(error), headers: retry };
  }
  if (error instanceof URIError) return failure(notFound());
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return { status: 500, body: { message: `Server Error: ${text}`, status: '500' } };
};

const parseBody = (bytes: Buffer): Record<string, unknown> => {
  if (bytes.length === 0) return {};
  let value: unknown;
  try {
    value = JSON.parse(bytes.toString());
  } catch {
    throw new HttpError(400, 'Problems parsing JSON');
  }
  // `POST …/labels` takes a bare list too
  if (Array.isArray(value)) return { labels: value };
  if (typeof value !== 'object' || value === null) throw new HttpError(400, 'Body should be a JSON object');
  return value as Record<string, unknown>;
};

export type Served = {
  actor: Actor;
  route: string | undefined;
  requestBody: unknown;
  reply: Reply;
  payload: Buffer;
  headers: Record<string, string>;
};

export const finish = (world: World, actor: Actor, request: IncomingMessage, reply: Reply) => {
  const payload = reply.raw ?? (reply.body === undefined ? Buffer.alloc(0) : Buffer.from(JSON.stringify(reply.body)));
  const headers: Record<string, string> = {
    'content-type': 'application/json; charset=utf-8',
    'x-github-request-id': randomUUID().slice(0, 18).toUpperCase(),
    'x-github-media-type': 'github.v3; format=json',
    'x-github-api-version-selected': '2022-11-28',
    'x-github-enterprise-version': '3.19.0',
    ...reply.headers,
  };
  if (request.method === 'GET' && reply.status === 200) {
    headers.etag = `W/"${createHash('sha256').update(payload).digest('hex')}"`;
    headers['cache-control'] = 'private, max-age=60, s-maxage=60';
    if (request.headers['if-none-match'] === headers.etag) {
      return {
        reply: { status: 304 },
        payload: Buffer.alloc(0),
        headers: { ...headers, ...rateHeaders(world, actor) },
      };
    }
  }
  if (actor.kind !== 'app') countRequest(world, actor);
  return { reply, payload, headers: { ...headers, ...rateHeaders(world, actor) } };
};

/** Answers one request of the REST API. `path` is below `/api/v3`. */
export const createRestServer = (routes: Route[]) => {
  const compiled = routes.map(compile);
  return async (
    world: World,
    request: IncomingMessage,
    path: string,
    query: URLSearchParams,
    bytes: Buffer,
  ): Promise<Served> => {
    let actor: Actor = { kind: 'anonymous' };
    let requestBody: unknown;
    let found: { route: Compiled; match: RegExpExecArray } | undefined;
    let reply: Reply;
    try {
      actor = authenticate(world.state, request.headers.authorization);
      for (const route of compiled) {
        const match = route.method === request.method ? route.regex.exec(path) : null;
        if (match) {
          found = { route, match };
          break;
        }
      }
      if (!found) throw notFound();
      if (found.route.pattern !== '/rate_limit') refuseWhenExhausted(world, actor);
      const { route, match } = found;
      const params = Object.fromEntries(route.names.map((name, at) => [name, decodeURIComponent(match[at + 1] ?? '')]));
      const repository = params.repo ? findRepository(world.state, params.owner ?? '', params.repo) : undefined;
      authorize(world, actor, route.access, repository);
      const body = parseBody(bytes);
      requestBody = bytes.length > 0 ? JSON.parse(bytes.toString()) : undefined;
      if (route.method === 'POST' && contentRoutes.test(path)) refuseHastyCreation(world, actor);
      const call = { world, actor, params, query, body, headers: request.headers, path, repository };
      reply = await route.handle(call as RepositoryCall);
    } catch (error) {
      reply = failure(error);
    }
    return { actor, route: found?.route.pattern, requestBody, ...finish(world, actor, request, reply) };
  };
};

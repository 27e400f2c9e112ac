import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { serveGraphql } from '../graphql/serve-graphql.ts';
import { HttpError } from '../http-error.ts';
import { restRoutes } from '../rest/routes.ts';
import type { Actor, World } from '../world.ts';
import { isGitPath, serveGit } from './serve-git.ts';
import { servePage } from './serve-pages.ts';
import { serveRaw } from './serve-raw.ts';
import { createRestServer, type Served } from './serve-rest.ts';
import { serveServices } from './serve-services.ts';

export type Listener = { url: string; close: () => Promise<void> };

const readBody = async (request: IncomingMessage): Promise<Buffer> => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
};

const log = (world: World, request: IncomingMessage, path: string, query: string, status: number, by: Actor['kind']) =>
  world.requests.push({ method: request.method ?? '', path, query, status, by, at: new Date().toISOString() });

const isJson = (headers: Record<string, string>): boolean =>
  (headers['content-type'] ?? '').startsWith('application/json');

const answerApi = (
  world: World,
  request: IncomingMessage,
  response: ServerResponse,
  served: Served,
  at: { path: string; query: string },
): void => {
  const { actor, route, requestBody, reply, payload, headers } = served;
  log(world, request, at.path, at.query, reply.status, actor.kind);
  if (reply.status === 204 || reply.status === 304) delete headers['content-type'];
  response.writeHead(reply.status, { ...headers, 'content-length': String(payload.length) });
  response.end(payload);
  const body: unknown = payload.length > 0 && isJson(headers) ? JSON.parse(payload.toString()) : undefined;
  const method = request.method ?? '';
  for (const listener of world.onExchange) {
    listener({ method, ...at, route, requestBody, status: reply.status, headers, body });
  }
};

/** A form counts only from a page of ours; programs that send no Origin act with no cookie either. */
const isSameOrigin = (world: World, request: IncomingMessage): boolean => {
  const { origin } = request.headers;
  return origin === undefined || origin === world.state.url || origin === `http://${request.headers.host}`;
};

export const listen = async (world: World, options: { port?: number; host?: string }): Promise<Listener> => {
  const serveRest = createRestServer(restRoutes);

  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const url = new URL(request.url ?? '/', world.state.url);
    if (isGitPath(url.pathname)) {
      const { actor, status } = await serveGit(world, request, response, url);
      log(world, request, url.pathname, url.search.slice(1), status, actor.kind);
      return;
    }
    const bytes = await readBody(request);
    const query = url.search.slice(1);
    if (url.pathname === '/api/graphql') {
      const served = await serveGraphql(world, request, bytes);
      answerApi(world, request, response, served, { path: '/graphql', query });
      return;
    }
    if (url.pathname.startsWith('/api/v3')) {
      const path = url.pathname.slice('/api/v3'.length) || '/';
      const served = await serveRest(world, request, path, url.searchParams, bytes);
      answerApi(world, request, response, served, { path, query });
      return;
    }
    const service = await serveServices(world, url, request.headers);
    if (service) {
      response.writeHead(service.status, service.headers);
      response.end(service.body);
      return;
    }
    const raw = await serveRaw(world, url.pathname, request.headers);
    if (raw) {
      response.writeHead(200, raw.headers);
      response.end(raw.bytes);
      return;
    }
    const page = await servePage(world, {
      method: request.method ?? 'GET',
      url,
      cookie: request.headers.cookie,
      sameOrigin: isSameOrigin(world, request),
      body: bytes.toString(),
    });
    response.writeHead(page.status, page.headers);
    response.end(page.body);
  };

  const server = createServer((request, response) => {
    handle(request, response).catch((error: unknown) => {
      const status = error instanceof HttpError ? error.status : error instanceof URIError ? 404 : 500;
      if (!response.headersSent) response.writeHead(status, { 'content-type': 'text/plain' });
      response.end(status === 500 && error instanceof Error ? error.stack : String(error));
    });
  });
  // a client that takes up an idle connection again must not meet its end: on a busy machine 5 s pass easily
  server.keepAliveTimeout = 60_000;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port ?? 0, options.host ?? '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://localhost:${port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
};

import { spawn } from 'node:child_process';
import type { IncomingMessage, ServerResponse } from 'node:http';
import path from 'node:path';
import { type MovedRef, refsMoved } from '../actions/refs-moved.ts';
import { atLeast, findRepository } from '../find.ts';
import { listRefs, noSha } from '../git/refs.ts';
import { HttpError } from '../http-error.ts';
import type { Repository } from '../state.ts';
import { type Actor, exclusively, type World } from '../world.ts';
import { authenticate } from './authenticate.ts';
import { loginOf, maySee, reaches, roleOf } from './authorize.ts';

const pattern = /^\/([\w.-]+)\/([\w.-]+?)(?:\.git)?\/(info\/refs|git-upload-pack|git-receive-pack|HEAD)$/;

export const isGitPath = (pathname: string): boolean => pattern.test(pathname);

const mayWrite = (world: World, actor: Actor, repository: Repository): boolean =>
  actor.kind === 'installation'
    ? reaches(actor, repository) && actor.permissions.contents === 'write'
    : atLeast(roleOf(world, actor, repository), 'write');

const mayRead = (world: World, actor: Actor, repository: Repository): boolean => {
  if (!repository.private) return true;
  const allowed = actor.kind !== 'installation' || actor.permissions.contents !== undefined;
  return allowed && maySee(world, actor, repository);
};

const check = (world: World, actor: Actor, repository: Repository | undefined, writing: boolean): Repository => {
  const anonymous = actor.kind === 'anonymous';
  if (!repository || !mayRead(world, actor, repository)) {
    throw new HttpError(anonymous ? 401 : 404, 'Repository not found.');
  }
  if (writing && !mayWrite(world, actor, repository)) {
    throw new HttpError(anonymous ? 401 : 403, `Permission to ${repository.fullName}.git denied.`);
  }
  return repository;
};

const parseHeaders = (text: string): { status: number; headers: Record<string, string> } => {
  const pairs = text.split(/\r?\n/).map((line) => line.split(/: (.*)/));
  const all = Object.fromEntries(pairs.map(([name = '', value = '']) => [name.toLowerCase(), value]));
  const { status = '200', ...headers } = all;
  return { status: Number.parseInt(status, 10), headers };
};

/** Runs git's own CGI program and passes its answer on. */
const runBackend = (
  repository: Repository,
  request: IncomingMessage,
  response: ServerResponse,
  url: URL,
  login: string | undefined,
): Promise<number> =>
  new Promise((resolve, reject) => {
    const match = pattern.exec(url.pathname);
    const child = spawn('git', ['http-backend'], {
      env: {
        PATH: process.env.PATH,
        HOME: '/nonexistent',
        GIT_CONFIG_NOSYSTEM: '1',
        GIT_PROJECT_ROOT: path.dirname(repository.gitDir),
        GIT_HTTP_EXPORT_ALL: '1',
        GIT_PROTOCOL: String(request.headers['git-protocol'] ?? ''),
        PATH_INFO: `/${path.basename(repository.gitDir)}/${match?.[3]}`,
        QUERY_STRING: url.search.slice(1),
        REQUEST_METHOD: request.method,
        CONTENT_TYPE: request.headers['content-type'] ?? '',
        HTTP_CONTENT_ENCODING: request.headers['content-encoding'] ?? '',
        ...(request.headers['content-length'] ? { CONTENT_LENGTH: request.headers['content-length'] } : {}),
        ...(login ? { REMOTE_USER: login } : {}),
      },
    });
    let head = Buffer.alloc(0);
    let status = 0;
    child.stdout.on('data', (chunk: Buffer) => {
      if (status > 0) {
        response.write(chunk);
        return;
      }
      head = Buffer.concat([head, chunk]);
      const end = head.indexOf('\r\n\r\n');
      if (end < 0) return;
      const parsed = parseHeaders(head.subarray(0, end).toString());
      status = parsed.status;
      response.writeHead(status, parsed.headers);
      response.write(head.subarray(end + 4));
    });
    child.on('error', reject);
    child.on('close', () => {
      if (status === 0) response.writeHead(500);
      resolve(status || 500);
    });
    child.stdin.on('error', () => undefined);
    // a pusher that goes away must not leave the repository waiting for the rest
    request.on('close', () => {
      if (!request.complete) child.kill();
    });
    request.pipe(child.stdin);
  });

const differences = async (gitDir: string, before: Map<string, string>): Promise<MovedRef[]> => {
  const after = new Map((await listRefs(gitDir, 'refs/heads', 'refs/tags')).map((ref) => [ref.name, ref.sha]));
  const names = new Set([...before.keys(), ...after.keys()]);
  return [...names]
    .map((ref) => ({ ref, before: before.get(ref) ?? noSha, after: after.get(ref) ?? noSha }))
    .filter((moved) => moved.before !== moved.after);
};

/** Serves clone, fetch and push; what a push moved is told to everybody before its answer ends. */
export const serveGit = async (
  world: World,
  request: IncomingMessage,
  response: ServerResponse,
  url: URL,
): Promise<{ actor: Actor; status: number }> => {
  const match = pattern.exec(url.pathname);
  const repository = findRepository(world.state, match?.[1] ?? '', match?.[2] ?? '');
  const writing = match?.[3] === 'git-receive-pack' || url.searchParams.get('service') === 'git-receive-pack';
  let actor: Actor = { kind: 'anonymous' };
  try {
    actor = authenticate(world.state, request.headers.authorization);
    const found = check(world, actor, repository, writing);
    const login = actor.kind === 'anonymous' ? undefined : loginOf(world, actor);
    const serve = (): Promise<number> => runBackend(found, request, response, url, login);
    if (match?.[3] !== 'git-receive-pack') {
      const status = await serve();
      response.end();
      return { actor, status };
    }
    const status = await exclusively(world, `refs ${found.id}`, async () => {
      const refs = await listRefs(found.gitDir, 'refs/heads', 'refs/tags');
      const code = await serve();
      const moves = await differences(found.gitDir, new Map(refs.map((ref) => [ref.name, ref.sha])));
      await refsMoved(world, found, moves, login ?? 'ghost');
      return code;
    });
    response.end();
    return { actor, status };
  } catch (error) {
    const status = error instanceof HttpError ? error.status : 500;
    if (!response.headersSent) {
      response.writeHead(status, {
        'content-type': 'text/plain',
        ...(status === 401 ? { 'www-authenticate': 'Basic realm="GitHub"' } : {}),
      });
    }
    response.end(error instanceof Error ? error.message : String(error));
    return { actor, status };
  }
};

import { generateKeyPairSync } from 'node:crypto';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createGitHub } from '../../../src/adapters/github/create-github.ts';
import { translateError } from '../../../src/adapters/github/translate-error.ts';
import { AppError } from '../../../src/domain/errors.ts';
import type { GitHub } from '../../../src/ports/github.ts';
import { accessTo, checkContent } from './github-world.ts';

/** What the forge never does: a server that answers every call but the token's as it is told to. */
let server: Server;
let github: GitHub;
/** With Octokit's retry plugin on, as in production. */
let retrying: GitHub;
let answer: (response: ServerResponse) => void;
let calls: string[] = [];

const json = (response: ServerResponse, status: number, body: object, headers: Record<string, string> = {}): void => {
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
};

beforeAll(async () => {
  server = createServer((request, response) => {
    request.resume();
    if (request.url?.endsWith('/access_tokens')) {
      json(response, 201, { token: 't', expires_at: '2099-01-01T00:00:00Z', permissions: {} });
      return;
    }
    calls.push(`${request.method} ${request.url?.split('?')[0]}`);
    answer(response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  const { port } = server.address() as AddressInfo;
  const api = `http://127.0.0.1:${port}/api/v3`;
  github = createGitHub(accessTo(api, 12, pem));
  retrying = createGitHub(accessTo(api, 12, pem, { retry: true }));
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

const repository = { owner: 'acme', name: 'flights', installationId: 5 };
const failureOf = async (
  given: (response: ServerResponse) => void,
  call: () => Promise<unknown> = () => github.pulls.get(repository, 7),
) => {
  answer = given;
  calls = [];
  const error = await call().then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(AppError);
  return error as AppError;
};

describe('what GitHub answers becomes who must act', () => {
  const soon = String(Math.floor(Date.now() / 1000) + 100);
  it.each<[string, number, object, Record<string, string>, string]>([
    ['a missing permission', 403, { message: 'Resource not accessible by integration' }, {}, 'permission/forbidden'],
    ['a spent quota', 403, { message: 'API rate limit exceeded' }, { 'x-ratelimit-remaining': '0' }, 'external/github'],
    ['the secondary limit', 403, { message: 'x' }, { 'retry-after': '30' }, 'external/github'],
    ['too many requests', 429, { message: 'x' }, { 'x-ratelimit-reset': soon }, 'external/github'],
    ['nothing there', 404, { message: 'Not Found' }, {}, 'conflict/not-found'],
    ['gone', 410, { message: 'Issues are disabled' }, {}, 'conflict/not-found'],
    ['a conflict', 409, { message: 'Git Repository is empty.' }, {}, 'conflict/stale'],
    ['a moved ref', 422, { message: 'Update is not a fast forward' }, {}, 'conflict/stale'],
    ['a request that is wrong', 422, { message: 'Validation Failed: title is missing' }, {}, 'bug/invariant'],
    ['its own error', 500, { message: 'x' }, {}, 'external/github'],
    ['maintenance', 503, { message: 'x' }, {}, 'external/github'],
  ])('%s', async (_, status, body, headers, code) => {
    const error = await failureOf((response) => json(response, status, body, headers));
    expect(error.code).toBe(code);
    expect(error.message).toMatch(/^reading pull request #7: /);
  });

  it('knows until when to wait', async () => {
    const reset = { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '4000000000' };
    const spent = await failureOf((response) => json(response, 403, { message: 'API rate limit exceeded' }, reset));
    expect(spent.retryAt).toBe(4_000_000_000_000);
    expect(spent.message).toContain('2096-10-02T07:06:40.000Z');
    const later = await failureOf((response) => json(response, 429, { message: 'x' }, { 'retry-after': '60' }));
    expect(later.retryAt! - Date.now()).toBeGreaterThan(50_000);
  });

  it('takes a bad token for something to set right', () => {
    // asked over the wire this takes seconds: Octokit tries a fresh token again, since GitHub may not know it yet
    const refused = Object.assign(new Error('Bad credentials'), { status: 401 });
    expect(translateError(refused, 'asking').code).toBe('permission/unauthenticated');
  });

  it('takes a connection that breaks for trouble outside', async () => {
    expect((await failureOf((response) => response.destroy())).code).toBe('external/github');
  });

  it.each([
    ['NOT_FOUND', 'conflict/not-found'],
    ['FORBIDDEN', 'permission/forbidden'],
    ['RATE_LIMITED', 'external/github'],
  ])('reads %s of GraphQL', async (type, code) => {
    const answered = { data: { repository: null }, errors: [{ type, message: 'x' }] };
    const read = () => github.files.read(repository, [{ sha: 'a', path: 'b' }]);
    const error = await failureOf((response) => json(response, 200, answered), read);
    expect(error.code).toBe(code);
  });
});

it('never repeats a creation of which it does not know whether it worked', async () => {
  const create = () => retrying.checks.publish(repository, { ...checkContent, sha: 'a'.repeat(40), key: 'k' });
  const error = await failureOf((response) => {
    if (calls.at(-1)?.startsWith('GET')) json(response, 200, { total_count: 0, check_runs: [] });
    else json(response, 502, { message: 'bad gateway' });
  }, create);
  expect(error.code).toBe('external/github');
  expect(calls).toEqual([
    `GET /api/v3/repos/acme/flights/commits/${'a'.repeat(40)}/check-runs`,
    'POST /api/v3/repos/acme/flights/check-runs',
  ]);
});

describe('an issue that is known', () => {
  const at = '/api/v3/repos/acme/flights/issues';
  const wanted = {
    marker: 'monitor:live',
    title: 'Drift',
    body: 'x',
    labels: [],
    assignees: [],
    state: 'kept' as const,
  };
  const issue = (number: number, more: object = {}) => ({
    ...{ number, title: 'Drift', body: '', state: 'open', labels: [], html_url: `https://github.example/${number}` },
    ...{ repository_url: 'https://api.github.example/repos/acme/flights', ...more },
  });

  const elsewhere = { repository_url: 'https://api.github.example/repos/acme/trains' };

  it.each<[string, number, object]>([
    ['is deleted', 410, { message: 'This issue was deleted' }],
    ['is transferred', 200, issue(7, elsewhere)],
    ['is transferred, with the same number', 200, issue(5, elsewhere)],
  ])('and %s is made anew', async (_, status, body) => {
    calls = [];
    answer = (response) => {
      const call = calls.at(-1);
      if (call === `GET ${at}/5`) json(response, status, body);
      else if (call === `GET ${at}`) json(response, 200, []);
      else if (call === `POST ${at}`) json(response, 201, issue(9));
      else if (call === 'GET /api/v3/app') json(response, 200, { id: 12, slug: 'sluice' });
      else json(response, 500, {});
    };
    const made = await github.issues.upsert(repository, { ...wanted, knownNumber: 5 });
    expect(made).toEqual({ number: 9, url: 'https://github.example/9', state: 'open' });
  });
});

import { createServer, type IncomingMessage, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { takeIdentitySource } from '../../src/agent/oidc-environment.ts';
import { tokenByIdentity } from '../../src/agent/oidc-token.ts';

const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

async function serve(answer: (request: IncomingMessage, body: string) => { status: number; body?: unknown }) {
  const listener: RequestListener = async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    const { status, body: said } = answer(request, body);
    response
      .writeHead(status, { 'content-type': 'application/json' })
      .end(said === undefined ? '' : JSON.stringify(said));
  };
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closers.push(() => new Promise((resolve) => server.close(resolve)));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const asked = { job: 'some-job', attempt: 3 };
const signal = new AbortController().signal;

describe('in a run of GitHub Actions', () => {
  test('an identity token for the server is fetched and exchanged, a new one for each try', async () => {
    let made = 0;
    const github = await serve(({ url, headers }) => {
      expect(headers.authorization).toBe('Bearer request-token');
      const { searchParams } = new URL(url!, 'http://x.invalid');
      expect(searchParams.get('api-version')).toBe('2.0');
      made += 1;
      return made === 1 ? { status: 500 } : { status: 200, body: { value: `${searchParams.get('audience')} ${made}` } };
    });
    const identities: string[] = [];
    const serverUrl = await serve(({ url, headers, method }, body) => {
      expect([method, url, JSON.parse(body)]).toEqual(['POST', '/api/agent/token', asked]);
      identities.push(headers.authorization ?? '');
      if (identities.length === 1) return { status: 503, body: { code: 'external/runner', message: 'not now' } };
      return { status: 200, body: { token: 'the token', ...asked } };
    });
    const source = { url: `${github}/token?api-version=2.0`, token: 'request-token' };
    expect(await tokenByIdentity({ serverUrl, source, asked, patienceMs: 10_000, signal })).toBe('the token');
    expect(identities).toEqual([`Bearer ${serverUrl} 2`, `Bearer ${serverUrl} 3`]);
  });

  test('a refusal is final and says why', async () => {
    let tries = 0;
    const github = await serve(() => ({ status: 200, body: { value: 'identity' } }));
    const serverUrl = await serve(() => {
      tries += 1;
      return { status: 409, body: { code: 'conflict/stale', message: 'comment /retrain' } };
    });
    const source = { url: `${github}/token`, token: 'request-token' };
    const asking = tokenByIdentity({ serverUrl, source, asked, patienceMs: 10_000, signal });
    await expect(asking).rejects.toMatchObject({ code: 'conflict/stale', message: 'comment /retrain' });
    expect(tries).toBe(1);
    const closed = await serve(() => ({ status: 403 }));
    const refused = tokenByIdentity({ serverUrl, source: { ...source, url: closed }, asked, patienceMs: 9e5, signal });
    await expect(refused).rejects.toMatchObject({ code: 'permission/unauthenticated' });
  });

  test('a server that stays away is waited for, but not for ever, and not once the agent is asked to end', async () => {
    const github = await serve(() => ({ status: 200, body: { value: 'identity' } }));
    const source = { url: github, token: 'request-token' };
    const serverUrl = 'http://127.0.0.1:1';
    const short = tokenByIdentity({ serverUrl, source, asked, patienceMs: 300, signal });
    await expect(short).rejects.toMatchObject({ code: 'external/runner' });
    const ended = new AbortController();
    const long = tokenByIdentity({ serverUrl, source, asked, patienceMs: 9e5, signal: ended.signal });
    setTimeout(() => ended.abort(new Error('asked to end')), 50);
    await expect(long).rejects.toThrow('asked to end');
  });
});

test('what a step could speak for the run with is taken out of the environment', () => {
  const environment = {
    PATH: '/bin',
    ACTIONS_ID_TOKEN_REQUEST_URL: 'https://x.invalid/?a=b',
    ACTIONS_ID_TOKEN_REQUEST_TOKEN: 'request-token',
    ACTIONS_RUNTIME_TOKEN: 'x',
    ACTIONS_RUNTIME_URL: 'x',
    ACTIONS_RESULTS_URL: 'x',
    GITHUB_TOKEN: 'x',
    GITHUB_SHA: 'abc',
  };
  expect(takeIdentitySource(environment)).toEqual({ url: 'https://x.invalid/?a=b', token: 'request-token' });
  expect(environment).toEqual({ PATH: '/bin', GITHUB_SHA: 'abc' });
  expect(takeIdentitySource(environment)).toBeUndefined();
});

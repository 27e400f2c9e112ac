import { execFile } from 'node:child_process';
import { createSign } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { Octokit } from '@octokit/rest';
import { renderPage } from '../../src/forge/pages/render-page.ts';
import { type Forge, type ForgeOptions, startForge } from '../../src/forge/start-forge.ts';
import type { ForgeState } from '../../src/forge/state.ts';
import { createGitHubContract } from './openapi/github-contract.ts';

export type Received = { event: string; guid: string; headers: Record<string, string>; body: string; payload: Payload };
export type Payload = Record<string, unknown> & { action?: string };

export type ForgeWorld = {
  forge: Forge;
  /** Folder of the test, removed at the end. */
  folder: string;
  /** What GitHub's own description finds wrong with any answer or webhook so far. */
  violations: string[];
  received: Received[];
  /** Status that the app answers with from now on. */
  answerWith: (status: number) => void;
  client: (token?: string) => Octokit;
  appClient: () => Octokit;
  installationClient: (id: number, narrow?: object) => Promise<Octokit>;
  tokens: Record<string, string>;
  stop: () => Promise<void>;
};

export const webhookSecret = 'a secret of the test';

export const git = async (cwd: string, ...args: string[]): Promise<string> => {
  const person = ['-c', 'user.name=author', '-c', 'user.email=author@users.noreply.github.com'];
  const settings = [...person, '-c', 'init.defaultBranch=main', '-c', 'credential.helper='];
  const env = { ...process.env, GIT_TERMINAL_PROMPT: '0', GIT_CONFIG_GLOBAL: '/dev/null' };
  const { stdout } = await promisify(execFile)('git', [...settings, ...args], { cwd, env });
  return stdout.trim();
};

/** Signed with node:crypto rather than with the library that Probot uses. */
export const signAppToken = (forge: Forge, claims: Record<string, unknown> = {}): string => {
  const seconds = Math.floor(Date.now() / 1000);
  const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const all = { iat: seconds - 30, exp: seconds + 500, iss: String(forge.appId), ...claims };
  const text = `${encode({ alg: 'RS256', typ: 'JWT' })}.${encode(all)}`;
  const signature = createSign('RSA-SHA256')
    .update(text)
    .sign(forge.privateKeyPem ?? '', 'base64url');
  return `${text}.${signature}`;
};

/** The permissions and events of the app that the tests register. */
export const appOptions: Pick<ForgeOptions['app'], 'permissions' | 'events'> = {
  permissions: {
    checks: 'write',
    contents: 'write',
    pull_requests: 'write',
    issues: 'write',
    deployments: 'write',
    members: 'read',
  },
  events: [
    'pull_request',
    'issue_comment',
    'issues',
    'check_run',
    'check_suite',
    'push',
    'create',
    'delete',
    'release',
    'deployment',
    'deployment_status',
  ],
};

const startReceiver = async (received: Received[]) => {
  let status = 200;
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks).toString();
    const headers = request.headers as Record<string, string>;
    const payload = JSON.parse(body) as Payload;
    const { 'x-github-event': event = '', 'x-github-delivery': guid = '' } = headers;
    received.push({ event, guid, headers, body, payload });
    response.writeHead(status).end('noted');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`,
    answerWith: (next: number) => {
      status = next;
    },
    stop: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
};

/** A running forge with people, an app that listens, and GitHub's OpenAPI as the judge of everything it says. */
export const startForgeWorld = async (options: Partial<ForgeOptions> = {}): Promise<ForgeWorld> => {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'sluice-'));
  const received: Received[] = [];
  const receiver = await startReceiver(received);
  const forge = await startForge({
    dataDir: path.join(folder, 'forge'),
    app: { slug: 'gate', webhookSecret, webhookUrl: receiver.url, ...appOptions },
    renderPage,
    ...options,
  });
  const contract = createGitHubContract();
  const violations: string[] = [];
  forge.onResponse(({ method, path: at, query, status, body, headers }) => {
    const { 'content-type': contentType = '' } = headers;
    violations.push(
      ...contract.checkResponse({ method, path: query ? `${at}?${query}` : at, status, body, contentType }),
    );
  });
  forge.onDelivery(({ event, request }) => violations.push(...contract.checkWebhook(event, request.payload)));
  const tokens = Object.fromEntries(['owner', 'author', 'stranger'].map((login) => [login, forge.createUser(login)]));
  const client = (auth?: string): Octokit => {
    const log = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };
    return new Octokit({ baseUrl: `${forge.url}/api/v3`, log, ...(auth ? { auth } : {}) });
  };
  const appClient = (): Octokit => client(signAppToken(forge));
  return {
    forge,
    folder,
    violations,
    received,
    answerWith: receiver.answerWith,
    client,
    appClient,
    installationClient: async (id, narrow = {}) => {
      const { data } = await appClient().rest.apps.createInstallationAccessToken({ installation_id: id, ...narrow });
      return client(data.token);
    },
    tokens,
    stop: async () => {
      await forge.close();
      await receiver.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
};

export const repositoryOf = (state: ForgeState, fullName: string) =>
  state.repositories.find((each) => each.fullName === fullName)!;

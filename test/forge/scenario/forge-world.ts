import { execFile } from 'node:child_process';
import { createSign } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { Octokit } from '@octokit/rest';
import { type Forge, startForge } from '../../../src/forge/start-forge.ts';

const run = promisify(execFile);

type ReceivedHook = { event: string; payload: Record<string, unknown>; headers: Record<string, unknown> };

export type ForgeWorld = {
  forge: Forge;
  folder: string;
  owner: string;
  repo: string;
  /** With a JSON web token, an installation token, and the tokens of people. */
  app: Octokit;
  installation: Octokit;
  maintainer: Octokit;
  author: Octokit;
  stranger: Octokit;
  /** With any token. */
  client: (auth: string) => Octokit;
  installationId: number;
  /** Webhooks that arrived at the app, in order. */
  received: ReceivedHook[];
  git: (folder: string, ...args: string[]) => Promise<string>;
  /** Address to clone from and push to as a person. */
  remote: (as: 'owner' | 'author' | 'stranger') => string;
  close: () => Promise<void>;
};

const permissions = {
  actions: 'write',
  administration: 'write',
  checks: 'write',
  contents: 'write',
  deployments: 'write',
  issues: 'write',
  members: 'read',
  metadata: 'read',
  pull_requests: 'write',
  statuses: 'write',
} as const;

const events =
  'check_run check_suite create delete deployment deployment_status issue_comment issues label pull_request push release status workflow_job workflow_run'.split(
    ' ',
  );

const signAppToken = (privateKeyPem: string, appId: number): string => {
  const now = Math.floor(Date.now() / 1000);
  const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const text = `${encode({ alg: 'RS256', typ: 'JWT' })}.${encode({ iat: now - 30, exp: now + 540, iss: appId })}`;
  return `${text}.${createSign('RSA-SHA256').update(text).sign(privateKeyPem, 'base64url')}`;
};

const receiveHooks = async (received: ReceivedHook[]): Promise<Server> => {
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const payload = JSON.parse(Buffer.concat(chunks).toString()) as Record<string, unknown>;
      received.push({ event: String(request.headers['x-github-event']), payload, headers: request.headers });
      response.end('ok');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
};

/**
 * A forge with the organization `acme`, its repository `models`, the owner and author of the organization, a stranger, the
 * app installed, and a server that takes its webhooks.
 */
export const startForgeWorld = async (options: Partial<Parameters<typeof startForge>[0]> = {}): Promise<ForgeWorld> => {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'sluice-'));
  const received: ReceivedHook[] = [];
  const hooks = await receiveHooks(received);
  const webhookUrl = `http://127.0.0.1:${(hooks.address() as AddressInfo).port}/hooks`;
  const app = { slug: 'gatekeeper', webhookSecret: 'a secret of the test', webhookUrl, permissions, events };
  const forge = await startForge({ dataDir: path.join(folder, 'forge'), app, ...options });
  const tokens = {
    owner: forge.createUser('owner'),
    author: forge.createUser('author'),
    stranger: forge.createUser('stranger'),
  };
  forge.createOrg('acme', { owners: ['owner'], members: ['author'] });
  await forge.createRepository({ owner: 'acme', name: 'models', description: 'Models of the company' });
  forge.addCollaborator('acme/models', 'author', 'write');
  forge.createTeam('acme', 'reviewers', { members: ['author'], repositories: { 'acme/models': 'write' } });
  const readme = '# Models\n\n| model | what |\n|---|---|\n| `delay` | late or not |\n';
  await forge.importFiles(
    'acme/models',
    'main',
    { 'README.md': readme, 'models/delay.yaml': 'epochs: 5\n' },
    'Start',
    'owner',
  );
  const installationId = forge.installApp('acme', 'all');
  const client = (auth?: string): Octokit => new Octokit({ auth, baseUrl: `${forge.url}/api/v3`, log: quiet });
  const asApp = client(signAppToken(forge.privateKeyPem!, forge.appId));
  const made = await asApp.rest.apps.createInstallationAccessToken({ installation_id: installationId });
  const git = async (cwd: string, ...args: string[]): Promise<string> => {
    const person = { GIT_AUTHOR_NAME: 'author', GIT_AUTHOR_EMAIL: 'author@users.noreply.github.com' };
    const committer = { GIT_COMMITTER_NAME: 'author', GIT_COMMITTER_EMAIL: 'author@users.noreply.github.com' };
    const env = { ...process.env, ...person, ...committer, GIT_CONFIG_GLOBAL: '/dev/null', GIT_TERMINAL_PROMPT: '0' };
    return (await run('git', args, { cwd, env })).stdout.trim();
  };
  return {
    forge,
    folder,
    owner: 'acme',
    repo: 'models',
    app: asApp,
    client,
    installation: client(made.data.token),
    maintainer: client(tokens.owner),
    author: client(tokens.author),
    stranger: client(tokens.stranger),
    installationId,
    received,
    git,
    remote: (as) => forge.url.replace('://', `://${as}:${tokens[as]}@`).concat('/acme/models.git'),
    close: async () => {
      await forge.close();
      hooks.closeAllConnections();
      await new Promise((resolve) => hooks.close(resolve));
      await rm(folder, { recursive: true, force: true });
    },
  };
};

const nothing = (): void => undefined;
const quiet = { debug: nothing, info: nothing, warn: nothing, error: nothing };

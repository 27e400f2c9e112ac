/** A local forge with people and one repository, and Sluice's configuration for it, as for a GitHub Enterprise server. */
import { randomBytes, randomUUID } from 'node:crypto';
import { mkdir, readFile, rm } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import path from 'node:path';
import { Octokit } from '@octokit/rest';
import { parse } from 'yaml';
import { until } from '../../../src/cli/demo/until.ts';
import { stopServing } from '../../../src/compose.ts';
import { type Forge, startForge } from '../../../src/forge/start-forge.ts';
import type { LoggedRequest } from '../../../src/forge/world.ts';
import { type Config, readConfig } from '../../../src/server/config.ts';
import { copyDatabase } from '../../harness/database.ts';
import { type Files, PROJECT } from './fixture.ts';
import { processesOf } from './processes.ts';

export const OWNER = 'shop';
export const NAME = 'tiny';
export const FULL = `${OWNER}/${NAME}`;
export const REPO = { owner: OWNER, repo: NAME };
export const PEOPLE = ['author', 'owner', 'stranger'] as const;
export type Person = (typeof PEOPLE)[number];

export type TestWorld = {
  forge: Forge;
  people: Record<Person, Octokit>;
  /** Environment that makes a server this forge's app, and the same as it reads it. */
  env: Record<string, string>;
  config: Config;
  folder: string;
  /** Requests that the app made to the API since `forge.clearRequestLog`, without those for tokens. */
  apiCalls(): LoggedRequest[];
  /** Stops what is served and the forge, and fails if any process is left. Stop the server before. */
  close(): Promise<void>;
};

/** `files` are on `main` and the app is installed when it answers. */
export async function startWorld(files: Files): Promise<TestWorld> {
  // Below the project: the training code of a checkout finds the project's packages.
  const folder = path.join(PROJECT, '.sluice', `test-${randomUUID()}`);
  await mkdir(folder, { recursive: true });
  const forge = await openForge(folder);
  const tokens = PEOPLE.map((person) => [person, forge.createUser(person)] as const);
  forge.createOrg(OWNER, { owners: ['owner'] });
  await forge.createRepository({ owner: OWNER, name: NAME });
  forge.addCollaborator(FULL, 'author', 'write');
  await forge.importFiles(FULL, 'main', files, 'Declare policy and data', 'owner');
  const env = environment(forge, folder, await freePort());
  const config = readConfig(env, () => '');
  if ('problems' in config) throw new Error(JSON.stringify(config.problems));
  await copyDatabase(path.join(config.stateFolder, 'store'));
  forge.setWebhookUrl(`http://127.0.0.1:${config.port}/api/github/webhooks`);
  const people = Object.fromEntries(
    tokens.map(([person, auth]) => [person, new Octokit({ auth, baseUrl: `${forge.url}/api/v3`, log: quiet })]),
  ) as TestWorld['people'];
  const close = async () => {
    try {
      await stopServing(config);
      await forge.close();
      let left: Awaited<ReturnType<typeof processesOf>> = [];
      await until(
        'all processes to end',
        15,
        async () => {
          left = await processesOf(folder);
          return left.length === 0 || undefined;
        },
        () => left.map(({ pid, command }) => `${pid} ${command}`).join('\n'),
      );
    } finally {
      for (const { pid } of await processesOf(folder)) kill(pid);
      await rm(folder, { recursive: true, force: true, maxRetries: 5 });
    }
  };
  return { forge, people, env, config, folder, apiCalls: () => forge.requestLog().filter(isApiCall), close };
}

function isApiCall({ path: requested, by }: LoggedRequest): boolean {
  if (by !== 'app' && by !== 'installation') return false;
  return !/\.git\//.test(requested) && !requested.endsWith('/access_tokens');
}

async function openForge(folder: string): Promise<Forge> {
  const manifest = parse(await readFile(path.join(PROJECT, 'app.yml'), 'utf8')) as {
    default_permissions: Record<string, 'read' | 'write'>;
    default_events: string[];
  };
  const app = {
    slug: 'sluice',
    webhookSecret: randomBytes(24).toString('hex'),
    permissions: manifest.default_permissions,
    events: manifest.default_events,
  };
  return startForge({ dataDir: path.join(folder, 'forge'), app });
}

function environment(forge: Forge, folder: string, port: number): Record<string, string> {
  return {
    APP_ID: String(forge.appId),
    PRIVATE_KEY: forge.privateKeyPem ?? '',
    WEBHOOK_SECRET: forge.state.app.webhookSecret,
    SLUICE_SECRET: randomBytes(32).toString('hex'),
    SLUICE_STATE: path.join(folder, 'server'),
    SLUICE_DATA_ROOT: path.join(folder, 'data'),
    SLUICE_THROTTLE: 'off',
    GHE_HOST: forge.host,
    GHE_PROTOCOL: 'http',
    // The same over restarts: agents and the forge know the address.
    PORT: String(port),
    LOG_LEVEL: process.env.LOG_LEVEL ?? 'silent',
  };
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // it ended by itself
  }
}

const nothing = () => {};
const quiet = { debug: nothing, info: nothing, warn: nothing, error: nothing };

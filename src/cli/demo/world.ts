/**
 * The world of the demo: a local forge with people and a repository, and Sluice as its GitHub App. The server is made
 * from environment variables, as for a GitHub Enterprise server; it does not know that the forge is local.
 */
import { randomBytes } from 'node:crypto';
import { mkdir, readdir, readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { Octokit } from '@octokit/rest';
import { parse } from 'yaml';
import { compose, stopServing } from '../../compose.ts';
import { type Forge, startForge } from '../../forge/start-forge.ts';
import type { WorkQueue } from '../../ports/store.ts';
import { type Config, readConfig } from '../../server/config.ts';
import { type RunningServer, startServer } from '../../server.ts';
import { prepareWarehouse, type Warehouse } from './prepare-data.ts';

export const OWNER = 'airline';
export const NAME = 'flights';
export const PEOPLE = ['author', 'owner', 'stranger'] as const;
export type Person = (typeof PEOPLE)[number];

export type World = {
  forge: Forge;
  server: RunningServer;
  warehouse: Warehouse;
  people: Record<Person, Octokit>;
  /** What monitors take for the present. */
  calendar: { now: number };
  /** Has the monitor look now: its own schedule follows the wall clock, which a replayed calendar outruns. */
  nudgeMonitor(): Promise<void>;
  folder: string;
  close(): Promise<void>;
};

export const PROJECT = fileURLToPath(new URL('../../../', import.meta.url));

/** `folder` is emptied first. It lies below the project, so that training code finds the project's packages. */
export async function createWorld(folder: string, ports: { forge: number; server: number }): Promise<World> {
  // An inference server of a demo that was killed would go on for ever.
  await stopServing({ stateFolder: path.join(folder, 'server') });
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  const [warehouse, forge] = await Promise.all([
    prepareWarehouse(path.join(folder, 'data')),
    openForge(folder, ports.forge),
  ]);
  const tokens = PEOPLE.map((person) => [person, forge.createUser(person)] as const);
  forge.createOrg(OWNER, { owners: ['owner'] });
  await forge.createRepository({
    owner: OWNER,
    name: NAME,
    description: 'Will a flight be more than 15 minutes late?',
  });
  forge.addCollaborator(`${OWNER}/${NAME}`, 'author', 'write');
  forge.addCollaborator(`${OWNER}/${NAME}`, 'owner', 'admin');
  const calendar = { now: Date.UTC(2001, 1, 1) };
  const config = configFor(forge, folder, warehouse.root, ports.server);
  let queue: WorkQueue | undefined;
  const server = await startServer({
    config,
    compose: async (context) => {
      const composition = await compose(context, { monitorClock: { now: () => calendar.now } });
      queue = composition.store.queue;
      return composition;
    },
    resyncMs: 20_000,
  });
  forge.setWebhookUrl(`${server.url}/api/github/webhooks`);
  const people = Object.fromEntries(
    tokens.map(([person, auth]) => [person, new Octokit({ auth, baseUrl: `${forge.url}/api/v3`, log: quiet })]),
  ) as World['people'];
  const close = async () => {
    await server.stop();
    await stopServing(config);
    await forge.close();
  };
  const nudgeMonitor = async () => queue?.request(`monitor:${OWNER}/${NAME}/flight-delay-live`);
  return { forge, server, warehouse, people, calendar, nudgeMonitor, folder, close };
}

const nothing = () => {};
const quiet = { debug: nothing, info: nothing, warn: nothing, error: nothing };

async function openForge(folder: string, port: number): Promise<Forge> {
  const manifest = parse(await readFile(path.join(PROJECT, 'app.yml'), 'utf8')) as {
    default_permissions: Record<string, 'read' | 'write'>;
    default_events: string[];
  };
  return startForge({
    port,
    dataDir: path.join(folder, 'forge'),
    app: {
      slug: 'sluice',
      webhookSecret: randomBytes(24).toString('hex'),
      permissions: manifest.default_permissions,
      events: manifest.default_events,
    },
  });
}

function configFor(forge: Forge, folder: string, dataRoot: string, port: number): Config {
  const config = readConfig(
    {
      APP_ID: String(forge.appId),
      PRIVATE_KEY: forge.privateKeyPem,
      WEBHOOK_SECRET: forge.state.app.webhookSecret,
      SLUICE_SECRET: randomBytes(32).toString('hex'),
      SLUICE_STATE: path.join(folder, 'server'),
      SLUICE_DATA_ROOT: dataRoot,
      SLUICE_THROTTLE: 'off',
      GHE_HOST: forge.host,
      GHE_PROTOCOL: 'http',
      PORT: String(port),
      LOG_LEVEL: process.env.LOG_LEVEL ?? 'silent',
    },
    () => '',
  );
  if ('problems' in config) throw new Error(config.problems.map((one) => `${one.variable} ${one.problem}`).join('; '));
  return config;
}

/** The files of a fixture, by path. */
export async function readFixture(name: string): Promise<Record<string, string>> {
  const root = path.join(PROJECT, 'fixtures', name);
  const files: Record<string, string> = {};
  for (const entry of await readdir(root, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const file = path.join(entry.parentPath, entry.name);
    files[path.relative(root, file)] = await readFile(file, 'utf8');
  }
  return files;
}

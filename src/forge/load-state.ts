import { createPublicKey, generateKeyPairSync } from 'node:crypto';
import { readFile, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { endInterruptedRuns } from './ci/interrupted-runs.ts';
import { noActions } from './ci/records.ts';
import type { AccessLevel, Account, ForgeState } from './state.ts';
import { now } from './world.ts';

export type AppOptions = {
  slug: string;
  webhookSecret: string;
  appId?: number;
  name?: string;
  description?: string;
  webhookUrl?: string;
  permissions: Record<string, AccessLevel>;
  events: string[];
  /** Neither key: a pair is made, and its private half is kept in the data folder. */
  publicKeyPem?: string;
  privateKeyPem?: string;
};

const ownerLogin = 'app-developer';

const account = (id: number, login: string, type: Account['type']): Account => ({
  id,
  login,
  type,
  name: undefined,
  createdAt: now(),
  members: [],
  owners: [],
});

const newState = (app: AppOptions, publicKeyPem: string): ForgeState => {
  const id = app.appId ?? 1000;
  return {
    url: '',
    lastId: Math.max(id, 1000) + 10,
    app: {
      id,
      slug: app.slug,
      name: app.name ?? app.slug,
      clientId: `Iv1.${id.toString(16).padStart(16, '0')}`,
      ownerLogin,
      description: app.description ?? '',
      permissions: app.permissions,
      events: app.events,
      publicKeyPem,
      hookId: id + 1,
      webhookUrl: app.webhookUrl,
      webhookSecret: app.webhookSecret,
      createdAt: now(),
    },
    accounts: [account(id + 2, ownerLogin, 'User'), account(id + 3, `${app.slug}[bot]`, 'Bot')],
    teams: [],
    tokens: [],
    installations: [],
    repositories: [],
    deliveries: [],
  };
};

const readIfThere = async (file: string): Promise<string | undefined> => {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
};

const keysOf = async (
  dataDir: string,
  app: AppOptions,
): Promise<{ publicKeyPem: string; privateKeyPem: string | undefined }> => {
  if (app.publicKeyPem) return { publicKeyPem: app.publicKeyPem, privateKeyPem: app.privateKeyPem };
  const file = path.join(dataDir, 'app-private-key.pem');
  let privateKeyPem = app.privateKeyPem ?? (await readIfThere(file));
  if (!privateKeyPem) {
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    privateKeyPem = privateKey.export({ type: 'pkcs1', format: 'pem' }).toString();
    await writeFile(file, privateKeyPem, { mode: 0o600 });
  }
  const publicKeyPem = createPublicKey(privateKeyPem).export({ type: 'spki', format: 'pem' }).toString();
  return { publicKeyPem, privateKeyPem };
};

const fileOf = (dataDir: string): string => path.join(dataDir, 'state.json');

/** What the folder holds from an earlier run, with the app's registration as it is asked for now; else an empty world. */
export const loadState = async (
  dataDir: string,
  app: AppOptions,
): Promise<{ state: ForgeState; privateKeyPem: string | undefined }> => {
  const { publicKeyPem, privateKeyPem } = await keysOf(dataDir, app);
  const fresh = newState(app, publicKeyPem);
  const text = await readIfThere(fileOf(dataDir));
  if (text === undefined) return { state: fresh, privateKeyPem };
  const state = JSON.parse(text) as ForgeState;
  const { permissions, events, webhookUrl, webhookSecret } = fresh.app;
  Object.assign(state.app, {
    permissions,
    events,
    webhookSecret,
    publicKeyPem,
    webhookUrl: webhookUrl ?? state.app.webhookUrl,
  });
  for (const repository of state.repositories) {
    repository.gitDir = path.join(dataDir, 'repositories', repository.owner, `${repository.name}.git`);
    // a folder of before Actions has none
    repository.actions ??= noActions();
    endInterruptedRuns(repository);
  }
  state.tokens = state.tokens.filter((token) => token.kind !== 'job');
  return { state, privateKeyPem };
};

export const saveState = async (dataDir: string, state: ForgeState): Promise<void> => {
  const temporary = `${fileOf(dataDir)}.${process.pid}`;
  await writeFile(temporary, JSON.stringify(state), { mode: 0o600 });
  await rename(temporary, fileOf(dataDir));
};

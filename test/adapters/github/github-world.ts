import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pino } from 'pino';
import { Probot, ProbotOctokit } from 'probot';
import { parse } from 'yaml';
import { createGitHub } from '../../../src/adapters/github/create-github.ts';
import type { GitHubAccess } from '../../../src/adapters/github/octokit.ts';
import { type Forge, startForge } from '../../../src/forge/start-forge.ts';
import type { AccessLevel } from '../../../src/forge/state.ts';
import type { CheckContent, RepositoryRef } from '../../../src/ports/github.ts';
import { createGitHubContract } from '../../forge/openapi/github-contract.ts';

type Manifest = { default_permissions: Record<string, AccessLevel>; default_events: string[] };

/** Octokit as the server makes it: through Probot's `app.auth`. */
export function accessTo(baseUrl: string, appId: number, privateKey: string, given = { retry: false }): GitHubAccess {
  const log = pino({ level: 'silent' });
  const Octokit = ProbotOctokit.defaults((options: object) => ({
    ...options,
    throttle: { enabled: false },
    retry: { enabled: given.retry },
  }));
  const probot = new Probot({ appId, privateKey, secret: 'not used', baseUrl, log, Octokit });
  return { appId, octokitFor: (installationId) => probot.auth(installationId) };
}

/** A forge with one repository, and the app as app.yml describes it. `complaints`: what GitHub's OpenAPI says of us. */
export async function openGitHubWorld() {
  const manifest = parse(await readFile('app.yml', 'utf8')) as Manifest;
  const dataDir = await mkdtemp(path.join(tmpdir(), 'sluice-'));
  const forge: Forge = await startForge({
    dataDir,
    app: {
      slug: 'sluice',
      webhookSecret: 'a secret of thirty-two letters..',
      permissions: manifest.default_permissions,
      events: manifest.default_events,
    },
  });
  const contract = createGitHubContract();
  const complaints: string[] = [];
  forge.onResponse(({ method, path: at, query, requestBody }) => {
    const search = query ? `?${query.replace(/^\?/, '')}` : '';
    complaints.push(...contract.checkRequest({ method, path: at + search, body: requestBody }));
  });
  forge.createUser('owner');
  forge.createUser('author');
  forge.createUser('stranger');
  forge.createOrg('acme', { owners: ['owner'], members: ['author'] });
  await forge.createRepository({ owner: 'acme', name: 'flights' });
  forge.addCollaborator('acme/flights', 'author', 'write');
  forge.createTeam('acme', 'ml', { members: ['author'], repositories: { 'acme/flights': 'write' } });
  const base = await forge.importFiles(
    'acme/flights',
    'main',
    { 'a.txt': 'one\n', 'dir/b.txt': 'two\n' },
    'Begin',
    'owner',
  );
  const installationId = forge.installApp('acme', ['flights']);
  const access = accessTo(`${forge.url}/api/v3`, forge.appId, forge.privateKeyPem ?? '');
  const repository: RepositoryRef = { owner: 'acme', name: 'flights', installationId };
  return {
    forge,
    access,
    github: createGitHub(access),
    repository,
    base,
    complaints,
    /** The repository as the forge keeps it: what somebody else would see. */
    seen: () => forge.state.repositories.find(({ fullName }) => fullName === 'acme/flights')!,
    close: async () => {
      await forge.close();
      await rm(dataDir, { recursive: true });
    },
  };
}

export type GitHubWorld = Awaited<ReturnType<typeof openGitHubWorld>>;

export const checkContent: CheckContent = {
  name: 'sluice/plan',
  status: 'in_progress',
  title: 'Planning',
  summary: 'Looking.',
  annotations: [],
  images: [],
  actions: [],
};

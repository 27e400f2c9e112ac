import { randomBytes } from 'node:crypto';
import { covers, findRepository, installationOf } from '../find.ts';
import { integer } from '../http/input.ts';
import { listReply } from '../http/paginate.ts';
import { type Call, created, noContent, ok, type Route } from '../http/route.ts';
import { HttpError, notFound } from '../http-error.ts';
import { appObject, installationObject, withMetadata } from '../objects/app.ts';
import { permissionsObject, repositoryObject } from '../objects/repository.ts';
import type { AccessLevel, Installation } from '../state.ts';
import type { Actor } from '../world.ts';

const installationById = (call: Call): Installation => {
  const found = call.world.state.installations.find((each) => each.id === integer(call.params.id, 0));
  if (!found) throw notFound();
  return found;
};

const levels: AccessLevel[] = ['read', 'write', 'admin'];

/** A token may have less than the installation, never more. */
const narrowed = (call: Call, installation: Installation): Record<string, AccessLevel> => {
  const asked = call.body.permissions as Record<string, AccessLevel> | undefined;
  if (!asked) return installation.permissions;
  for (const [name, level] of Object.entries(asked)) {
    const granted = name === 'metadata' ? 'read' : installation.permissions[name];
    if (!granted || levels.indexOf(level) > levels.indexOf(granted)) {
      throw new HttpError(422, 'The permissions requested are not granted to this installation.');
    }
  }
  return asked;
};

const chosenRepositories = (call: Call, installation: Installation): number[] | undefined => {
  const { state } = call.world;
  const names = call.body.repositories as string[] | undefined;
  const ids = call.body.repository_ids as number[] | undefined;
  if (!names && !ids) return undefined;
  const wanted = [
    ...(names ?? []).map((name) => findRepository(state, installation.account, name)),
    ...(ids ?? []).map((id) => state.repositories.find((repository) => repository.id === id)),
  ];
  return wanted.map((repository) => {
    if (!repository || !covers(installation, repository)) {
      throw new HttpError(
        422,
        'There is at least one repository that does not exist or is not accessible to the parent installation.',
      );
    }
    return repository.id;
  });
};

const createToken = (call: Call) => {
  const { state } = call.world;
  const installation = installationById(call);
  if (installation.suspendedAt) throw new HttpError(403, 'This installation has been suspended');
  const permissions = narrowed(call, installation);
  const repositoryIds = chosenRepositories(call, installation);
  const value = `ghs_${randomBytes(18).toString('hex')}`;
  const expiresAt = new Date(Date.now() + 3_600_000).toISOString().replace(/\.\d+Z$/, 'Z');
  state.tokens.push({
    kind: 'installation',
    value,
    installationId: installation.id,
    permissions,
    repositoryIds,
    expiresAt,
  });
  const repositories = repositoryIds?.map((id) => state.repositories.find((each) => each.id === id)!);
  return created({
    token: value,
    expires_at: expiresAt,
    permissions: withMetadata(permissions),
    repository_selection: repositoryIds ? 'selected' : installation.repositorySelection,
    ...(repositories ? { repositories: repositories.map((each) => repositoryObject(state, each)) } : {}),
  });
};

const installationRepositories = (call: Call) => {
  const actor = call.actor as Extract<Actor, { kind: 'installation' }>;
  const { state } = call.world;
  const all = state.repositories.filter(
    (repository) => covers(actor.installation, repository) && (actor.repositoryIds?.includes(repository.id) ?? true),
  );
  const show = (repository: (typeof all)[number]) => ({
    ...repositoryObject(state, repository),
    permissions: permissionsObject('write'),
  });
  return listReply(call, all, show, (repositories) => ({
    total_count: all.length,
    repository_selection: actor.installation.repositorySelection,
    repositories,
  }));
};

const describeApp = (call: Call) =>
  ok({ ...appObject(call.world.state), installations_count: call.world.state.installations.length });

const app = { kind: 'app' } as const;

export const appRoutes: Route[] = [
  { method: 'GET', pattern: '/app', access: app, handle: describeApp },
  {
    method: 'GET',
    pattern: '/app/installations',
    access: app,
    handle: (call) =>
      listReply(call, call.world.state.installations, (each) => installationObject(call.world.state, each)),
  },
  {
    method: 'GET',
    pattern: '/app/installations/:id',
    access: app,
    handle: (call) => ok(installationObject(call.world.state, installationById(call))),
  },
  { method: 'POST', pattern: '/app/installations/:id/access_tokens', access: app, handle: createToken },
  {
    method: 'GET',
    pattern: '/repos/:owner/:repo/installation',
    access: app,
    handle: (call) => {
      const installation = call.repository && installationOf(call.world.state, call.repository);
      if (!installation) throw notFound();
      return ok(installationObject(call.world.state, installation));
    },
  },
  ...['users', 'orgs'].map(
    (kind): Route => ({
      method: 'GET',
      pattern: `/${kind}/:account/installation`,
      access: app,
      handle: (call) => {
        const found = call.world.state.installations.find((each) => each.account === call.params.account);
        if (!found) throw notFound();
        return ok(installationObject(call.world.state, found));
      },
    }),
  ),
  {
    method: 'GET',
    pattern: '/installation/repositories',
    access: { kind: 'installation' },
    handle: installationRepositories,
  },
  {
    method: 'DELETE',
    pattern: '/installation/token',
    access: { kind: 'installation' },
    handle: (call) => {
      const value = call.headers.authorization?.split(/ +/)[1];
      call.world.state.tokens = call.world.state.tokens.filter((token) => token.value !== value);
      return noContent();
    },
  },
  {
    method: 'GET',
    pattern: '/apps/:slug',
    access: { kind: 'anyone' },
    handle: (call) => {
      if (call.params.slug !== call.world.state.app.slug) throw notFound();
      return ok(appObject(call.world.state));
    },
  },
];

import { accountOf, atLeast, covers, effectiveRole } from '../find.ts';
import { forbiddenToApp, HttpError, notFound } from '../http-error.ts';
import type { AccessLevel, Repository, Role } from '../state.ts';
import type { Actor, World } from '../world.ts';
import type { Access } from './route.ts';

const levels: AccessLevel[] = ['read', 'write', 'admin'];

const allows = (given: AccessLevel | undefined, needed: AccessLevel): boolean =>
  given !== undefined && levels.indexOf(given) >= levels.indexOf(needed);

export const reaches = (actor: Extract<Actor, { kind: 'installation' }>, repository: Repository): boolean =>
  covers(actor.installation, repository) && (actor.repositoryIds?.includes(repository.id) ?? true);

/** Whether an actor may see that a repository exists. */
export const maySee = (world: World, actor: Actor, repository: Repository): boolean => {
  if (!repository.private) return true;
  if (actor.kind === 'installation') return reaches(actor, repository);
  return actor.kind === 'user' && effectiveRole(world.state, repository, actor.login) !== undefined;
};

export const roleOf = (world: World, actor: Actor, repository: Repository): Role | undefined =>
  actor.kind === 'user' ? effectiveRole(world.state, repository, actor.login) : undefined;

const authorizeRepository = (
  world: World,
  actor: Actor,
  repository: Repository,
  access: Extract<Access, { kind: 'repository' }>,
): void => {
  if (!maySee(world, actor, repository)) throw notFound();
  if (actor.kind === 'installation') {
    // everybody reads what is public, an app outside its installation too
    if (!reaches(actor, repository) && access.level === 'read') return;
    const granted = access.permissions.some((name) => allows(actor.permissions[name], access.level));
    if (!granted || !reaches(actor, repository)) throw forbiddenToApp();
    return;
  }
  if (actor.kind === 'app') throw new HttpError(401, 'Bad credentials');
  if (actor.kind === 'anonymous') {
    if (access.level === 'read' && access.role === 'read') return;
    throw new HttpError(401, 'Requires authentication');
  }
  if (access.role === undefined) throw new HttpError(403, 'You must authenticate via a GitHub App.');
  if (atLeast(roleOf(world, actor, repository), access.role)) return;
  throw new HttpError(
    403,
    access.role === 'admin' ? 'Must have admin rights to Repository.' : 'Must have push access to Repository.',
  );
};

/** Lets through who may use a route; throws GitHub's refusal otherwise. */
export const authorize = (world: World, actor: Actor, access: Access, repository: Repository | undefined): void => {
  switch (access.kind) {
    case 'anyone':
      return;
    case 'app':
      if (actor.kind !== 'app') throw new HttpError(401, 'A JSON web token could not be decoded');
      return;
    case 'installation':
      if (actor.kind !== 'installation')
        throw new HttpError(403, 'You must authenticate with an installation access token');
      return;
    case 'identified':
      if (actor.kind === 'anonymous') throw new HttpError(401, 'Requires authentication');
      return;
    case 'person':
      if (actor.kind === 'anonymous') throw new HttpError(401, 'Requires authentication');
      if (actor.kind !== 'user') throw forbiddenToApp();
      return;
    case 'repository':
      if (!repository) throw notFound();
      authorizeRepository(world, actor, repository, access);
  }
};

/** Login that stands as the doer: apps act as their bot. */
export const loginOf = (world: World, actor: Actor): string => {
  if (actor.kind === 'user') return accountOf(world.state, actor.login).login;
  if (actor.kind === 'anonymous') throw new HttpError(401, 'Requires authentication');
  return (actor.kind === 'installation' ? actor.bot : undefined) ?? `${world.state.app.slug}[bot]`;
};

import { covers } from '../find.ts';
import { installationObject } from '../objects/app.ts';
import { userObject } from '../objects/user.ts';
import type { Installation, Repository } from '../state.ts';
import { emit } from '../webhooks/emit.ts';
import { nextId, nodeId, now, type World } from '../world.ts';

const brief = (repository: Repository): Record<string, unknown> => ({
  id: repository.id,
  node_id: nodeId('Repository', repository.id),
  name: repository.name,
  full_name: repository.fullName,
  private: repository.private,
});

const emitInstallation = (world: World, installation: Installation, action: string, sender: string): void => {
  const repositories = world.state.repositories.filter((each) => covers(installation, each)).map(brief);
  const body = {
    installation: installationObject(world.state, installation),
    repositories,
    requester: action === 'created' ? null : undefined,
  };
  emit(world, { event: 'installation', action, installation, sender, body });
};

/** Installs the app on an account: on the repositories named, or on all, now and later, with `all`. */
export const install = (
  world: World,
  account: string,
  repositories: Repository[] | 'all',
  sender: string,
): Installation => {
  const at = now();
  const { permissions, events } = world.state.app;
  const installation: Installation = {
    id: nextId(world),
    account: userObject(world.state, account).login,
    repositorySelection: repositories === 'all' ? 'all' : 'selected',
    repositoryIds: repositories === 'all' ? [] : repositories.map((each) => each.id),
    permissions: { ...permissions },
    events: [...events],
    createdAt: at,
    updatedAt: at,
    suspendedAt: undefined,
  };
  world.state.installations.push(installation);
  emitInstallation(world, installation, 'created', sender);
  return installation;
};

/** Adds or removes repositories of an installation. */
export const changeRepositories = (
  world: World,
  installation: Installation,
  change: { added: Repository[]; removed: Repository[] },
  sender: string,
): void => {
  const removedIds = change.removed.map((each) => each.id);
  const kept = installation.repositoryIds.filter((id) => !removedIds.includes(id));
  installation.repositoryIds = [...new Set([...kept, ...change.added.map((each) => each.id)])];
  installation.updatedAt = now();
  for (const action of ['added', 'removed'] as const) {
    if (change[action].length === 0) continue;
    const body = {
      installation: installationObject(world.state, installation),
      repository_selection: installation.repositorySelection,
      repositories_added: action === 'added' ? change.added.map(brief) : [],
      repositories_removed: action === 'removed' ? change.removed.map(brief) : [],
      requester: null,
    };
    emit(world, { event: 'installation_repositories', action, installation, sender, body });
  }
};

/** Suspended or uninstalled, the app's tokens stop to work. */
export const setSuspended = (world: World, installation: Installation, suspended: boolean, sender: string): void => {
  installation.suspendedAt = suspended ? now() : undefined;
  emitInstallation(world, installation, suspended ? 'suspend' : 'unsuspend', sender);
};

export const uninstall = (world: World, installation: Installation, sender: string): void => {
  emitInstallation(world, installation, 'deleted', sender);
  world.state.installations = world.state.installations.filter((each) => each !== installation);
};

import { randomBytes } from 'node:crypto';
import { findCheckRun, requestAction, rerequestRun } from './actions/check-runs.ts';
import { commitOnBranch } from './actions/commit-on-branch.ts';
import { changeRepositories, install, setSuspended, uninstall } from './actions/installations.ts';
import { createRepository, forkRepository } from './actions/repositories.ts';
import { actionsAdmin } from './ci/actions-admin.ts';
import { accountOf, findAccount, findRepository } from './find.ts';
import { emailOf } from './objects/commit.ts';
import { redeliver } from './rest/hook-deliveries.ts';
import type { Account, Installation, Repository, Role } from './state.ts';
import { nextId, now, type World } from './world.ts';

const addAccount = (world: World, login: string, type: Account['type']): Account => {
  if (findAccount(world.state, login)) throw new Error(`there is a ${login} already`);
  if (!/^[A-Za-z\d](?:[A-Za-z\d-]{0,37}[A-Za-z\d])?$/.test(login)) throw new Error(`${login} cannot be a login`);
  const account: Account = {
    id: nextId(world),
    login,
    type,
    name: undefined,
    createdAt: now(),
    members: [],
    owners: [],
  };
  world.state.accounts.push(account);
  return account;
};

const repositoryNamed = (world: World, fullName: string): Repository => {
  const [owner = '', name = ''] = fullName.split('/');
  const repository = findRepository(world.state, owner, name);
  if (!repository) throw new Error(`there is no repository ${fullName}`);
  return repository;
};

const installationById = (world: World, id: number): Installation => {
  const installation = world.state.installations.find((each) => each.id === id);
  if (!installation) throw new Error(`there is no installation ${id}`);
  return installation;
};

const people = (world: World) => ({
  /** Makes a person and gives their access token, good for REST, GraphQL and git. */
  createUser: (login: string): string => {
    const account = addAccount(world, login, 'User');
    const value = `ghp_${randomBytes(18).toString('hex')}`;
    world.state.tokens.push({ kind: 'user', value, login: account.login });
    return value;
  },
  /** Owners administer all repositories of the organization, members read them. */
  createOrg: (login: string, people: { owners?: string[]; members?: string[] } = {}): void => {
    const owners = people.owners ?? [];
    Object.assign(addAccount(world, login, 'Organization'), {
      owners,
      members: [...owners, ...(people.members ?? [])],
    });
  },
  createTeam: (
    organization: string,
    slug: string,
    fields: { members: string[]; repositories?: Record<string, Role> },
  ): void => {
    const org = accountOf(world.state, organization);
    for (const login of fields.members) if (!org.members.includes(login)) org.members.push(login);
    world.state.teams.push({
      id: nextId(world),
      organization: org.login,
      slug,
      name: slug,
      members: fields.members.map((login) => ({ login, role: 'member' })),
      repositories: Object.entries(fields.repositories ?? {}).map(([name, role]) => ({
        repositoryId: repositoryNamed(world, name).id,
        role,
      })),
    });
  },
  addCollaborator: (repository: string, login: string, role: Role): void => {
    const { collaborators } = repositoryNamed(world, repository);
    const known = collaborators.find((each) => each.login === login);
    if (known) known.role = role;
    else collaborators.push({ login: accountOf(world.state, login).login, role });
  },
  removeCollaborator: (repository: string, login: string): void => {
    const found = repositoryNamed(world, repository);
    found.collaborators = found.collaborators.filter((each) => each.login !== login);
  },
});

const contents = (world: World) => ({
  createRepository: (fields: {
    owner: string;
    name: string;
    private?: boolean;
    description?: string;
    defaultBranch?: string;
  }): Promise<Repository> =>
    createRepository(world, {
      owner: fields.owner,
      name: fields.name,
      private: fields.private ?? false,
      description: fields.description,
      defaultBranch: fields.defaultBranch ?? 'main',
    }),
  forkRepository: (repository: string, owner: string): Promise<Repository> =>
    forkRepository(world, repositoryNamed(world, repository), owner),
  /**
   * Commits files onto a branch, as a push by `author` would; gives the SHA. A new branch starts at the default branch
   * if that exists. `null` as content deletes.
   */
  importFiles: async (
    repository: string,
    branch: string,
    files: Record<string, string | Buffer | null>,
    message: string,
    author: string,
    options: { date?: string } = {},
  ): Promise<string> => {
    const target = repositoryNamed(world, repository);
    const entries = Object.entries(files);
    const outcome = await commitOnBranch(world, target, {
      branch,
      expectedHead: undefined,
      startAt: target.defaultBranch,
      message,
      author: { name: author, email: emailOf(world.state, author), ...options },
      additions: entries.flatMap(([path, content]) =>
        content === null ? [] : [{ path, content: Buffer.from(content) }],
      ),
      deletions: entries.filter(([, content]) => content === null).map(([path]) => path),
      login: author,
    });
    if (!outcome.done) throw new Error(`${branch} moved meanwhile`);
    return outcome.sha;
  },
});

const app = (world: World) => ({
  /** Installs the app on an account's repositories (names without the owner) and gives the installation's id. */
  installApp: (owner: string, repositories: string[] | 'all'): number => {
    const named =
      repositories === 'all' ? repositories : repositories.map((name) => repositoryNamed(world, `${owner}/${name}`));
    return install(world, owner, named, owner).id;
  },
  changeInstallation: (id: number, change: { added?: string[]; removed?: string[] }): void => {
    const installation = installationById(world, id);
    const named = (names: string[] = []) =>
      names.map((name) => repositoryNamed(world, `${installation.account}/${name}`));
    const { added, removed } = change;
    changeRepositories(world, installation, { added: named(added), removed: named(removed) }, installation.account);
  },
  suspendInstallation: (id: number, suspended: boolean): void => {
    const installation = installationById(world, id);
    setSuspended(world, installation, suspended, installation.account);
  },
  uninstallApp: (id: number): void => {
    const installation = installationById(world, id);
    uninstall(world, installation, installation.account);
  },
  setWebhookUrl: (url: string | undefined): void => {
    world.state.app.webhookUrl = url;
  },
  /** Sends a logged delivery again, under the same GUID. */
  redeliver: (deliveryId: number): void => void redeliver(world, deliveryId),
  /** A person clicks a button of a check. */
  requestAction: (checkRunId: number, identifier: string, sender: string): void => {
    const { repository, run } = runById(world, checkRunId);
    requestAction(world, repository, run, identifier, sender);
  },
  /** A person clicks “Re-run” on a check. */
  rerequest: (checkRunId: number, sender: string): void => {
    const { repository, run } = runById(world, checkRunId);
    rerequestRun(world, repository, run, sender);
  },
});

const runById = (world: World, id: number) => {
  const repository = world.state.repositories.find((each) => each.checkRuns.some((run) => run.id === id));
  if (!repository) throw new Error(`there is no check run ${id}`);
  return { repository, run: findCheckRun(repository, id) };
};

/** What tests and the demo do to a forge that no API of GitHub's does. */
export const createAdmin = (world: World) => ({
  ...people(world),
  ...contents(world),
  ...app(world),
  ...actionsAdmin(world),
});

export type Admin = ReturnType<typeof createAdmin>;

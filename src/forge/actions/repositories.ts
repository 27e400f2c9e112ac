import path from 'node:path';
import { noActions } from '../ci/records.ts';
import { accountOf, findRepository } from '../find.ts';
import { createBare } from '../git/create-bare.ts';
import { git } from '../git/run-git.ts';
import { invalid } from '../http-error.ts';
import type { Label, Repository } from '../state.ts';
import { nextId, now, type World } from '../world.ts';

/** The labels with which GitHub starts a repository. */
const startLabels: [string, string, string][] = [
  ['bug', 'd73a4a', "Something isn't working"],
  ['documentation', '0075ca', 'Improvements or additions to documentation'],
  ['duplicate', 'cfd3d7', 'This issue or pull request already exists'],
  ['enhancement', 'a2eeef', 'New feature or request'],
  ['good first issue', '7057ff', 'Good for newcomers'],
  ['help wanted', '008672', 'Extra attention is needed'],
  ['invalid', 'e4e669', "This doesn't seem right"],
  ['question', 'd876e3', 'Further information is requested'],
  ['wontfix', 'ffffff', 'This will not be worked on'],
];

export type NewRepository = {
  owner: string;
  name: string;
  private: boolean;
  description: string | undefined;
  defaultBranch: string;
  parentId?: number;
};

export const createRepository = async (world: World, fields: NewRepository): Promise<Repository> => {
  const { state } = world;
  const owner = accountOf(state, fields.owner).login;
  if (!/^[\w.-]{1,100}$/.test(fields.name)) throw invalid('Repository', 'name', 'invalid');
  if (findRepository(state, owner, fields.name)) throw invalid('Repository', 'name', 'already_exists');
  const at = now();
  const labels = startLabels.map(
    ([name, color, description]): Label => ({ id: nextId(world), name, color, description, default: true }),
  );
  const repository: Repository = {
    id: nextId(world),
    owner,
    name: fields.name,
    fullName: `${owner}/${fields.name}`,
    private: fields.private,
    description: fields.description,
    defaultBranch: fields.defaultBranch,
    gitDir: path.join(world.dataDir, 'repositories', owner, `${fields.name}.git`),
    parentId: fields.parentId,
    createdAt: at,
    updatedAt: at,
    pushedAt: at,
    collaborators: [],
    labels,
    issues: [],
    comments: [],
    checkSuites: [],
    checkRuns: [],
    statuses: [],
    releases: [],
    deployments: [],
    actions: noActions(),
  };
  await createBare(repository.gitDir, fields.defaultBranch);
  state.repositories.push(repository);
  return repository;
};

/** A copy under another account; a second fork by the same account is the first one. */
export const forkRepository = async (world: World, parent: Repository, owner: string): Promise<Repository> => {
  const existing = world.state.repositories.find((each) => each.owner === owner && each.parentId === parent.id);
  if (existing) return existing;
  const { name, description, defaultBranch } = parent;
  const fork = await createRepository(world, {
    owner,
    name,
    description,
    defaultBranch,
    private: parent.private,
    parentId: parent.id,
  });
  await git(fork.gitDir, ['fetch', '--quiet', parent.gitDir, '+refs/heads/*:refs/heads/*', '+refs/tags/*:refs/tags/*']);
  return fork;
};

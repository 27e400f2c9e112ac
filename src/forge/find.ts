import { notFound } from './http-error.ts';
import type { Account, ForgeState, Installation, Issue, Pull, Repository, Role } from './state.ts';

const sameName = (left: string, right: string): boolean => left.toLowerCase() === right.toLowerCase();

export const findRepository = (state: ForgeState, owner: string, name: string): Repository | undefined =>
  state.repositories.find((repository) => sameName(repository.fullName, `${owner}/${name}`));

export const repositoryById = (state: ForgeState, id: number): Repository => {
  const repository = state.repositories.find((each) => each.id === id);
  if (!repository) throw notFound();
  return repository;
};

export const findAccount = (state: ForgeState, login: string): Account | undefined =>
  state.accounts.find((account) => sameName(account.login, login));

/** The account, or a ghost as GitHub shows for deleted ones. */
export const accountOf = (state: ForgeState, login: string): Account =>
  findAccount(state, login) ?? {
    id: 10137,
    login: 'ghost',
    type: 'User',
    name: 'Deleted user',
    createdAt: '2012-02-29T00:00:00Z',
    members: [],
    owners: [],
  };

export const findIssue = (repository: Repository, number: number): Issue => {
  const issue = repository.issues.find((each) => each.number === number);
  if (!issue) throw notFound();
  return issue;
};

export type PullIssue = Issue & { pull: Pull };

export const findPull = (repository: Repository, number: number): PullIssue => {
  const issue = findIssue(repository, number);
  if (!issue.pull) throw notFound();
  return issue as PullIssue;
};

export const isPull = (issue: Issue): issue is PullIssue => issue.pull !== undefined;

export const covers = (installation: Installation, repository: Repository): boolean =>
  sameName(installation.account, repository.owner) &&
  (installation.repositorySelection === 'all' || installation.repositoryIds.includes(repository.id));

export const installationOf = (state: ForgeState, repository: Repository): Installation | undefined =>
  state.installations.find((installation) => covers(installation, repository));

const rank: Role[] = ['read', 'triage', 'write', 'maintain', 'admin'];

export const atLeast = (role: Role | undefined, needed: Role): boolean =>
  role !== undefined && rank.indexOf(role) >= rank.indexOf(needed);

/**
 * The highest role that a person was given on a repository: as its owner, as a collaborator, through a team or as a
 * member of its organization. Undefined for who was given none, who may still read what is public.
 */
export const givenRole = (state: ForgeState, repository: Repository, login: string): Role | undefined => {
  const owner = accountOf(state, repository.owner);
  if (sameName(owner.login, login) || owner.owners.some((each) => sameName(each, login))) return 'admin';
  const roles: Role[] = repository.collaborators
    .filter((collaborator) => sameName(collaborator.login, login))
    .map((collaborator) => collaborator.role);
  for (const team of state.teams) {
    if (!sameName(team.organization, owner.login)) continue;
    if (!team.members.some((member) => sameName(member.login, login))) continue;
    roles.push(...team.repositories.filter((each) => each.repositoryId === repository.id).map((each) => each.role));
  }
  if (owner.members.some((member) => sameName(member, login))) roles.push('read');
  return roles.sort((left, right) => rank.indexOf(right) - rank.indexOf(left))[0];
};

/** As `givenRole`, with everyone reading what is public. */
export const effectiveRole = (state: ForgeState, repository: Repository, login: string): Role | undefined =>
  givenRole(state, repository, login) ?? (repository.private ? undefined : 'read');

export const branchOfRef = (ref: string): string | undefined =>
  ref.startsWith('refs/heads/') ? ref.slice('refs/heads/'.length) : undefined;

import { accountOf, givenRole } from '../find.ts';
import type { ForgeState, Repository } from '../state.ts';

export const authorAssociation = (state: ForgeState, repository: Repository, login: string): string => {
  const owner = accountOf(state, repository.owner);
  if (owner.login === login) return 'OWNER';
  if (owner.members.includes(login)) return 'MEMBER';
  if (givenRole(state, repository, login)) return 'COLLABORATOR';
  const contributed = repository.issues.some((issue) => issue.pull?.merged && issue.author === login);
  return contributed ? 'CONTRIBUTOR' : 'NONE';
};

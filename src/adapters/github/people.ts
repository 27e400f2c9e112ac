import type { People, Role } from '../../ports/github.ts';
import type { GitHubAccess } from './octokit.ts';
import { doing, unless } from './translate-error.ts';

const roles: readonly string[] = ['admin', 'maintain', 'write', 'triage', 'read', 'none'];

/** `permission` knows only admin, write, read and none; a custom role has no other common measure. */
const roleOf = (answer: { role_name?: string; permission: string }): Role => {
  const role = [answer.role_name, answer.permission].find((each) => each !== undefined && roles.includes(each));
  return (role ?? 'none') as Role;
};

export function createPeople(access: GitHubAccess): People {
  return {
    role: (repository, login) =>
      doing(`asking for the role of ${login}`, async () => {
        const { rest } = await access.octokitFor(repository.installationId);
        const at = { owner: repository.owner, repo: repository.name, username: login };
        return unless(404, 'none' as const, async () =>
          roleOf((await rest.repos.getCollaboratorPermissionLevel(at)).data),
        );
      }),

    isTeamMember: (repository, team, login) =>
      doing(`asking whether ${login} is in ${team}`, async () => {
        const { rest } = await access.octokitFor(repository.installationId);
        const [org = '', team_slug = ''] = team.replace(/^@/, '').split('/');
        return unless(404, false, async () => {
          const { data } = await rest.teams.getMembershipForUserInOrg({ org, team_slug, username: login });
          return data.state === 'active';
        });
      }),
  };
}

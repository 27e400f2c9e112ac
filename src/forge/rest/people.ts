import { accountOf, atLeast, effectiveRole, findAccount, givenRole } from '../find.ts';
import { listReply } from '../http/paginate.ts';
import { type Call, noContent, ok, type Reply, type RepositoryCall, type Route, reads } from '../http/route.ts';
import { notFound } from '../http-error.ts';
import { permissionsObject } from '../objects/repository.ts';
import { apiUrl } from '../objects/urls.ts';
import { publicUserObject, userObject } from '../objects/user.ts';
import type { Role, Team } from '../state.ts';
import type { Actor } from '../world.ts';

/** The older field knows four levels only. */
const permissionOf = (role: Role | undefined): string => {
  if (role === 'admin') return 'admin';
  if (atLeast(role, 'write')) return 'write';
  return role ? 'read' : 'none';
};

const permissionLevel = (call: RepositoryCall): Reply => {
  const account = findAccount(call.world.state, call.params.login ?? '');
  if (account?.type !== 'User') throw notFound();
  const role = effectiveRole(call.world.state, call.repository, account.login);
  const user = { ...userObject(call.world.state, account.login), permissions: permissionsObject(role) };
  return ok({
    permission: permissionOf(role),
    user: { ...user, role_name: role ?? 'none' },
    role_name: role ?? 'none',
  });
};

const collaborators = (call: RepositoryCall): Promise<Reply> => {
  const { state } = call.world;
  const people = state.accounts.filter(
    (account) => account.type === 'User' && givenRole(state, call.repository, account.login) !== undefined,
  );
  return listReply(call, people, (account) => {
    const role = givenRole(state, call.repository, account.login);
    return { ...userObject(state, account.login), permissions: permissionsObject(role), role_name: role };
  });
};

const isCollaborator = (call: RepositoryCall): Reply => {
  if (!givenRole(call.world.state, call.repository, call.params.login ?? '')) throw notFound();
  return noContent();
};

const user = (call: Call): Reply => {
  const account = findAccount(call.world.state, call.params.login ?? '');
  if (!account) throw notFound();
  return ok(publicUserObject(call.world.state, account.login));
};

const me = (call: Call): Reply => {
  const { login } = call.actor as Extract<Actor, { kind: 'user' }>;
  return ok({
    ...publicUserObject(call.world.state, login),
    private_gists: 0,
    total_private_repos: 0,
    owned_private_repos: 0,
    disk_usage: 0,
    collaborators: 0,
    two_factor_authentication: true,
  });
};

/** Teams are visible to members and to apps that may read members. */
const teamOf = (call: Call): Team => {
  const { org = '', team: slug } = call.params;
  const organization = accountOf(call.world.state, org);
  const { actor } = call;
  const mayRead =
    actor.kind === 'installation'
      ? actor.permissions.members !== undefined && actor.installation.account === organization.login
      : actor.kind === 'user' && organization.members.includes(actor.login);
  const team = call.world.state.teams.find((each) => each.organization === organization.login && each.slug === slug);
  if (!team || !mayRead) throw notFound();
  return team;
};

const membership = (call: Call): Reply => {
  const team = teamOf(call);
  const member = team.members.find((each) => each.login.toLowerCase() === call.params.login?.toLowerCase());
  if (!member) throw notFound();
  const url = `${apiUrl(call.world.state)}/organizations/${accountOf(call.world.state, team.organization).id}`;
  return ok({ url: `${url}/team/${team.id}/memberships/${member.login}`, role: member.role, state: 'active' });
};

const repo = '/repos/:owner/:repo';
const identified = { kind: 'identified' } as const;

export const peopleRoutes: Route[] = [
  { method: 'GET', pattern: '/user', access: { kind: 'person' }, handle: me },
  { method: 'GET', pattern: '/users/:login', access: { kind: 'anyone' }, handle: user },
  {
    method: 'GET',
    pattern: `${repo}/collaborators/:login/permission`,
    access: { kind: 'repository', permissions: ['metadata'], level: 'read', role: 'read' },
    handle: permissionLevel,
  },
  { method: 'GET', pattern: `${repo}/collaborators`, access: reads('metadata'), handle: collaborators },
  { method: 'GET', pattern: `${repo}/collaborators/:login`, access: reads('metadata'), handle: isCollaborator },
  { method: 'GET', pattern: '/orgs/:org/teams/:team/memberships/:login', access: identified, handle: membership },
  {
    method: 'GET',
    pattern: '/orgs/:org/teams/:team/members',
    access: identified,
    handle: (call) => listReply(call, teamOf(call).members, (member) => userObject(call.world.state, member.login)),
  },
];

import { createRepository, forkRepository } from '../actions/repositories.ts';
import { loginOf, maySee, roleOf } from '../http/authorize.ts';
import { optionalFlag, optionalText, requiredText } from '../http/input.ts';
import { listReply } from '../http/paginate.ts';
import { rateOf } from '../http/rate-limit.ts';
import { type Call, created, ok, type Reply, type RepositoryCall, type Route, reads, writes } from '../http/route.ts';
import { fullRepositoryObject, repositoryObject } from '../objects/repository.ts';
import { apiUrl } from '../objects/urls.ts';

const show = (call: RepositoryCall) =>
  fullRepositoryObject(
    call.world.state,
    call.repository,
    call.actor.kind === 'installation' ? 'write' : roleOf(call.world, call.actor, call.repository),
  );

const createOwn = async (call: Call): Promise<Reply> => {
  const owner = loginOf(call.world, call.actor);
  const repository = await createRepository(call.world, {
    owner,
    name: requiredText(call.body, 'name', 'Repository'),
    private: optionalFlag(call.body, 'private', 'Repository') ?? false,
    description: optionalText(call.body, 'description', 'Repository'),
    defaultBranch: 'main',
  });
  return created(fullRepositoryObject(call.world.state, repository, 'admin'));
};

const fork = async (call: RepositoryCall): Promise<Reply> => {
  const made = await forkRepository(call.world, call.repository, loginOf(call.world, call.actor));
  return { status: 202, body: fullRepositoryObject(call.world.state, made, 'admin') };
};

const rateLimit = (call: Call): Reply => {
  const core = { ...rateOf(call.world, call.actor), resource: 'core' };
  const search = { ...core, limit: 30, remaining: 30, used: 0, resource: 'search' };
  return ok({ resources: { core, search, graphql: { ...core, resource: 'graphql' } }, rate: core });
};

export const repositoryRoutes: Route[] = [
  { method: 'GET', pattern: '/rate_limit', access: { kind: 'anyone' }, handle: rateLimit },
  {
    method: 'GET',
    pattern: '/meta',
    access: { kind: 'anyone' },
    handle: (call) =>
      ok({ verifiable_password_authentication: true, installed_version: '3.19.0', api: [apiUrl(call.world.state)] }),
  },
  { method: 'GET', pattern: '/repos/:owner/:repo', access: reads('metadata'), handle: (call) => ok(show(call)) },
  { method: 'POST', pattern: '/user/repos', access: { kind: 'person' }, handle: createOwn },
  { method: 'POST', pattern: '/repos/:owner/:repo/forks', access: writes('read', 'administration'), handle: fork },
  {
    method: 'GET',
    pattern: '/users/:login/repos',
    access: { kind: 'anyone' },
    handle: (call) => {
      const { state } = call.world;
      const all = state.repositories.filter(
        (each) => each.owner === call.params.login && maySee(call.world, call.actor, each),
      );
      return listReply(call, all, (each) => repositoryObject(state, each));
    },
  },
];

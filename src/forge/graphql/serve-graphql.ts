import type { IncomingMessage } from 'node:http';
import { findRepository } from '../find.ts';
import { authenticate } from '../http/authenticate.ts';
import { loginOf, maySee } from '../http/authorize.ts';
import { rateOf, refuseWhenExhausted } from '../http/rate-limit.ts';
import type { Reply } from '../http/route.ts';
import { failure, finish, type Served } from '../http/serve-rest.ts';
import { HttpError } from '../http-error.ts';
import type { Actor, World } from '../world.ts';
import { executeQuery, FieldError, type Node } from './execute-query.ts';
import { mutationNode } from './mutations.ts';
import { createObjectLoader } from './object-loader.ts';
import { parseQuery, QueryError } from './parse-query.ts';
import { repositoryNode } from './repository-node.ts';

const queryNode = (world: World, actor: Actor, load: ReturnType<typeof createObjectLoader>): Node => ({
  __typename: 'Query',
  viewer: () => ({ __typename: 'User', login: loginOf(world, actor) }),
  rateLimit: () => {
    const { limit, remaining, used, reset } = rateOf(world, actor);
    const resetAt = new Date(reset * 1000).toISOString();
    return { __typename: 'RateLimit', limit, remaining, used, resetAt, cost: 1, nodeCount: 0 };
  },
  repository: ({ owner, name }: Record<string, unknown>) => {
    const repository = findRepository(world.state, String(owner), String(name));
    if (!repository || !maySee(world, actor, repository)) {
      throw new FieldError('NOT_FOUND', `Could not resolve to a Repository with the name '${owner}/${name}'.`);
    }
    return repositoryNode({ world, actor, repository, load });
  },
});

type Request = { query?: unknown; variables?: Record<string, unknown>; operationName?: string };

const answer = async (world: World, actor: Actor, request: Request): Promise<Reply> => {
  if (actor.kind === 'anonymous' || actor.kind === 'app') {
    throw new HttpError(401, 'This endpoint requires you to be authenticated.');
  }
  if (typeof request.query !== 'string') {
    return {
      status: 200,
      body: { errors: [{ message: 'A query attribute must be specified and must be a string.' }] },
    };
  }
  const load = createObjectLoader();
  const roots = { query: queryNode(world, actor, load), mutation: mutationNode({ world, actor, load }) };
  try {
    const { operationName, variables = {} } = request;
    return { status: 200, body: await executeQuery(parseQuery(request.query), roots, { operationName, variables }) };
  } catch (error) {
    if (!(error instanceof QueryError)) throw error;
    return { status: 200, body: { errors: [{ message: error.message, extensions: { code: 'undefinedField' } }] } };
  }
};

export const serveGraphql = async (world: World, request: IncomingMessage, bytes: Buffer): Promise<Served> => {
  let actor: Actor = { kind: 'anonymous' };
  let requestBody: unknown;
  let reply: Reply;
  try {
    actor = authenticate(world.state, request.headers.authorization);
    refuseWhenExhausted(world, actor);
    requestBody = JSON.parse(bytes.toString() || '{}');
    reply = await answer(world, actor, requestBody as Request);
  } catch (error) {
    reply = failure(error instanceof SyntaxError ? new HttpError(400, 'Problems parsing JSON') : error);
  }
  return { actor, route: '/graphql', requestBody, ...finish(world, actor, request, reply) };
};

import { resolveCommit } from '../git/refs.ts';
import { oneOf, optionalText, requiredText } from '../http/input.ts';
import { listReply } from '../http/paginate.ts';
import { created, type Reply, type RepositoryCall, type Route, reads, writes } from '../http/route.ts';
import { HttpError, notFound } from '../http-error.ts';
import { repositoryApiUrl } from '../objects/urls.ts';
import { userObject } from '../objects/user.ts';
import type { CommitStatus } from '../state.ts';
import { nextId, nodeId, now } from '../world.ts';
import { doerOf } from './doer.ts';

const show = (call: RepositoryCall, status: CommitStatus): Record<string, unknown> => ({
  url: `${repositoryApiUrl(call.world.state, call.repository)}/statuses/${status.sha}`,
  avatar_url: userObject(call.world.state, status.creator).avatar_url,
  id: status.id,
  node_id: nodeId('StatusContext', status.id),
  state: status.state,
  description: status.description ?? null,
  target_url: status.targetUrl ?? null,
  context: status.context,
  created_at: status.createdAt,
  updated_at: status.createdAt,
  creator: userObject(call.world.state, status.creator),
});

const create = async (call: RepositoryCall): Promise<Reply> => {
  const sha = await resolveCommit(call.repository.gitDir, call.params.sha ?? '');
  if (!sha) throw new HttpError(422, `No commit found for SHA: ${call.params.sha}`);
  requiredText(call.body, 'state', 'Status');
  const status: CommitStatus = {
    id: nextId(call.world),
    sha,
    state: oneOf(call.body, 'state', 'Status', ['error', 'failure', 'pending', 'success'])!,
    context: optionalText(call.body, 'context', 'Status') ?? 'default',
    description: optionalText(call.body, 'description', 'Status'),
    targetUrl: optionalText(call.body, 'target_url', 'Status'),
    creator: doerOf(call).login,
    createdAt: now(),
  };
  call.repository.statuses.push(status);
  return created(show(call, status));
};

const list = async (call: RepositoryCall): Promise<Reply> => {
  const sha = await resolveCommit(call.repository.gitDir, call.params.ref ?? '');
  if (!sha) throw notFound();
  const statuses = call.repository.statuses.filter((status) => status.sha === sha).reverse();
  return listReply(call, statuses, (status) => show(call, status));
};

export const statusRoutes: Route[] = [
  { method: 'POST', pattern: '/repos/:owner/:repo/statuses/:sha', access: writes('write', 'statuses'), handle: create },
  { method: 'GET', pattern: '/repos/:owner/:repo/commits/:ref*/statuses', access: reads('statuses'), handle: list },
];

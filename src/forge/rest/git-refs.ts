import { createRef, removeRef, updateRef } from '../actions/write-refs.ts';
import { listRefs, type Ref, readRef } from '../git/refs.ts';
import { optionalFlag, requiredText } from '../http/input.ts';
import { listReply } from '../http/paginate.ts';
import { created, noContent, ok, type Reply, type RepositoryCall, type Route, reads, writes } from '../http/route.ts';
import { HttpError, notFound } from '../http-error.ts';
import { encodePath, repositoryApiUrl } from '../objects/urls.ts';
import { doerOf } from './doer.ts';

const show = (call: RepositoryCall, ref: Ref): Record<string, unknown> => {
  const api = repositoryApiUrl(call.world.state, call.repository);
  return {
    ref: ref.name,
    node_id: Buffer.from(`Ref:${call.repository.id}:${ref.name}`).toString('base64url'),
    url: `${api}/git/${encodePath(ref.name)}`,
    object: { sha: ref.sha, type: ref.type, url: `${api}/git/${ref.type}s/${ref.sha}` },
  };
};

const nameOf = (call: RepositoryCall): string => `refs/${call.params.ref?.replace(/^refs\//, '')}`;

const shaOf = (call: RepositoryCall): string => {
  const sha = requiredText(call.body, 'sha', 'Reference');
  if (!/^[0-9a-f]{40}$/.test(sha))
    throw new HttpError(422, 'The sha parameter must be exactly 40 characters and contain only [0-9a-f].');
  return sha;
};

const matching = async (call: RepositoryCall): Promise<Reply> => {
  const prefix = nameOf(call);
  const refs = await listRefs(call.repository.gitDir, 'refs/heads', 'refs/tags', 'refs/pull');
  const found = refs.filter((ref) => ref.name.startsWith(prefix));
  return listReply(call, found, (ref) => show(call, ref));
};

const get = async (call: RepositoryCall): Promise<Reply> => {
  const ref = await readRef(call.repository.gitDir, nameOf(call));
  if (!ref) throw notFound();
  return ok(show(call, ref));
};

const create = async (call: RepositoryCall): Promise<Reply> => {
  const name = requiredText(call.body, 'ref', 'Reference');
  return created(show(call, await createRef(call.world, call.repository, name, shaOf(call), doerOf(call).login)));
};

const update = async (call: RepositoryCall): Promise<Reply> => {
  const force = optionalFlag(call.body, 'force', 'Reference') ?? false;
  const ref = await updateRef(call.world, call.repository, nameOf(call), shaOf(call), force, doerOf(call).login);
  return ok(show(call, ref));
};

const base = '/repos/:owner/:repo/git';

export const gitRefRoutes: Route[] = [
  { method: 'GET', pattern: `${base}/matching-refs/:ref*`, access: reads('contents'), handle: matching },
  { method: 'GET', pattern: `${base}/ref/:ref*`, access: reads('contents'), handle: get },
  { method: 'POST', pattern: `${base}/refs`, access: writes('write', 'contents'), handle: create },
  { method: 'PATCH', pattern: `${base}/refs/:ref*`, access: writes('write', 'contents'), handle: update },
  {
    method: 'DELETE',
    pattern: `${base}/refs/:ref*`,
    access: writes('write', 'contents'),
    handle: async (call) => {
      await removeRef(call.world, call.repository, nameOf(call), doerOf(call).login);
      return noContent();
    },
  },
];

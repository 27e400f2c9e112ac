import { commitOnBranch } from '../actions/commit-on-branch.ts';
import { readCommit } from '../git/commits.ts';
import { type GitObject, readObject } from '../git/read-objects.ts';
import { resolveCommit } from '../git/refs.ts';
import { listTree, type TreeEntry } from '../git/trees.ts';
import { optionalText, requiredText } from '../http/input.ts';
import { ok, type Reply, type RepositoryCall, type Route, reads, writes } from '../http/route.ts';
import { HttpError, invalid, notFound } from '../http-error.ts';
import { emailOf, gitCommitObject } from '../objects/commit.ts';
import { encodePath, repositoryApiUrl, repositoryHtmlUrl } from '../objects/urls.ts';
import { doerOf } from './doer.ts';

type Entry = { path: string; sha: string; size: number; type: 'file' | 'dir' | 'submodule' };

const entryObject = (call: RepositoryCall, ref: string, entry: Entry): Record<string, unknown> => {
  const { state } = call.world;
  const api = repositoryApiUrl(state, call.repository);
  const html = repositoryHtmlUrl(state, call.repository);
  const path = encodePath(entry.path);
  const kind = entry.type === 'file' ? 'blob' : 'tree';
  const links = {
    self: `${api}/contents/${path}?ref=${encodeURIComponent(ref)}`,
    git: `${api}/git/${kind}s/${entry.sha}`,
    html: `${html}/${kind}/${encodePath(ref)}/${path}`,
  };
  return {
    name: entry.path.split('/').at(-1),
    path: entry.path,
    sha: entry.sha,
    size: entry.size,
    url: links.self,
    html_url: links.html,
    git_url: links.git,
    download_url: entry.type === 'file' ? `${html}/raw/${encodePath(ref)}/${path}` : null,
    type: entry.type,
    _links: links,
  };
};

const megabyte = 1024 * 1024;

const fileObject = (call: RepositoryCall, ref: string, path: string, blob: GitObject): Record<string, unknown> => {
  const size = blob.content.length;
  const entry = entryObject(call, ref, { path, sha: blob.sha, size, type: 'file' });
  // GitHub leaves out what is above a megabyte; the raw media type gives it
  return size > megabyte
    ? { ...entry, content: '', encoding: 'none' }
    : { ...entry, content: blob.content.toString('base64').replace(/.{60}/g, '$&\n'), encoding: 'base64' };
};

const directoryEntry = (directory: string, entry: TreeEntry): Entry => ({
  path: directory ? `${directory}/${entry.path}` : entry.path,
  sha: entry.sha,
  size: entry.size ?? 0,
  type: entry.type === 'blob' ? 'file' : entry.type === 'tree' ? 'dir' : 'submodule',
});

const get = async (call: RepositoryCall): Promise<Reply> => {
  const { gitDir, defaultBranch } = call.repository;
  const path = (call.params.path ?? '').replace(/^\/+|\/+$/g, '');
  const ref = call.query.get('ref') ?? defaultBranch;
  const commit = await resolveCommit(gitDir, ref.replace(/^refs\/(heads|tags)\//, ''));
  if (!commit) throw new HttpError(404, `No commit found for the ref ${ref}`);
  const name = path ? `${commit}:${path}` : `${commit}^{tree}`;
  const object = await readObject(gitDir, name);
  if (object?.type === 'tree') {
    const entries = (await listTree(gitDir, name)) ?? [];
    return ok(entries.map((entry) => entryObject(call, ref, directoryEntry(path, entry))));
  }
  if (object?.type !== 'blob') throw notFound();
  if (/[.+]raw\b/.test(call.headers.accept ?? '')) {
    const headers = { 'content-type': 'application/vnd.github.raw; charset=utf-8' };
    return { status: 200, raw: object.content, headers };
  }
  return ok(fileObject(call, ref, path, object));
};

type Change = { branch: string; current: GitObject | undefined; path: string };

const prepare = async (call: RepositoryCall): Promise<Change> => {
  const { gitDir, defaultBranch } = call.repository;
  const branch = (optionalText(call.body, 'branch', 'Content') ?? defaultBranch).replace(/^refs\/heads\//, '');
  const path = (call.params.path ?? '').replace(/^\/+/, '');
  const tip = await resolveCommit(gitDir, `refs/heads/${branch}`);
  if (!tip && call.body.branch !== undefined) throw new HttpError(404, `Branch ${branch} not found`);
  const object = tip ? await readObject(gitDir, `${tip}:${path}`) : undefined;
  const current = object?.type === 'blob' ? object : undefined;
  const sha = optionalText(call.body, 'sha', 'Content');
  if (current && !sha) throw new HttpError(422, 'Invalid request.\n\n"sha" wasn\'t supplied.');
  if (sha && sha !== current?.sha) throw new HttpError(409, `${path} does not match ${sha}`);
  return { branch, current, path };
};

const commit = async (call: RepositoryCall, change: Change, content: Buffer | undefined): Promise<string> => {
  const { login } = doerOf(call);
  const author = (call.body.author ?? call.body.committer) as { name: string; email: string } | undefined;
  const outcome = await commitOnBranch(call.world, call.repository, {
    branch: change.branch,
    expectedHead: undefined,
    message: requiredText(call.body, 'message', 'Content'),
    author: author ?? { name: login, email: emailOf(call.world.state, login) },
    additions: content ? [{ path: change.path, content }] : [],
    deletions: content ? [] : [change.path],
    login,
  });
  if (!outcome.done) throw new HttpError(409, `${change.branch} was modified`);
  return outcome.sha;
};

const commitOf = async (call: RepositoryCall, sha: string) => {
  const read = await readCommit(call.repository.gitDir, sha);
  return gitCommitObject(call.world.state, call.repository, read!);
};

const put = async (call: RepositoryCall): Promise<Reply> => {
  const change = await prepare(call);
  const { content } = call.body;
  if (typeof content !== 'string') throw invalid('Content', 'content', 'missing_field');
  const sha = await commit(call, change, Buffer.from(content, 'base64'));
  const blob = await readObject(call.repository.gitDir, `${sha}:${change.path}`);
  const { content: _content, encoding: _encoding, ...file } = fileObject(call, change.branch, change.path, blob!);
  return { status: change.current ? 200 : 201, body: { content: file, commit: await commitOf(call, sha) } };
};

const remove = async (call: RepositoryCall): Promise<Reply> => {
  const change = await prepare(call);
  if (!change.current) throw notFound();
  const sha = await commit(call, change, undefined);
  return ok({ content: null, commit: await commitOf(call, sha) });
};

const one = '/repos/:owner/:repo/contents/:path*';

export const contentRoutes: Route[] = [
  { method: 'GET', pattern: '/repos/:owner/:repo/contents/?', access: reads('contents'), handle: get },
  { method: 'GET', pattern: one, access: reads('contents'), handle: get },
  { method: 'PUT', pattern: one, access: writes('write', 'contents'), handle: put },
  { method: 'DELETE', pattern: one, access: writes('write', 'contents'), handle: remove },
];

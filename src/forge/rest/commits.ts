import { listCommits, readCommit, readCommits } from '../git/commits.ts';
import { diffFiles, mergeBase } from '../git/diff.ts';
import { listRefs, resolveCommit } from '../git/refs.ts';
import { git } from '../git/run-git.ts';
import { listReply, paginate } from '../http/paginate.ts';
import { ok, type Reply, type RepositoryCall, type Route, reads } from '../http/route.ts';
import { HttpError, notFound } from '../http-error.ts';
import { commitObject, diffEntryObject } from '../objects/commit.ts';
import { encodePath, repositoryApiUrl, repositoryHtmlUrl } from '../objects/urls.ts';
import type { Repository } from '../state.ts';

/** `branch`, `tag`, SHA, or `owner:branch` of a fork, whose objects are fetched. */
const resolve = async (call: RepositoryCall, revision: string): Promise<string> => {
  const { repository, world } = call;
  const [owner, ref] = revision.includes(':') ? revision.split(':') : [repository.owner, revision];
  const from = world.state.repositories.find(
    (each): each is Repository =>
      each.owner === owner && (each.id === repository.id || each.parentId === repository.id),
  );
  const sha = from && (await resolveCommit(from.gitDir, ref ?? ''));
  if (!sha)
    throw revision === call.params.ref ? new HttpError(422, `No commit found for SHA: ${revision}`) : notFound();
  if (from.id !== repository.id) await git(repository.gitDir, ['fetch', '--quiet', '--no-tags', from.gitDir, sha]);
  return sha;
};

const list = async (call: RepositoryCall): Promise<Reply> => {
  const { gitDir, defaultBranch } = call.repository;
  const sha = await resolveCommit(gitDir, call.query.get('sha') ?? defaultBranch);
  if (!sha) throw call.query.has('sha') ? notFound() : new HttpError(409, 'Git Repository is empty.');
  const since = call.query.get('since');
  const until = call.query.get('until');
  const path = call.query.get('path');
  const args = [...(since ? [`--since=${since}`] : []), ...(until ? [`--until=${until}`] : []), sha];
  const shas = await listCommits(gitDir, [...args, ...(path ? ['--', path] : ['--'])]);
  const { items, headers } = paginate(call, shas);
  const commits = await readCommits(gitDir, items);
  return { status: 200, body: commits.map((each) => commitObject(call.world.state, call.repository, each)), headers };
};

const withFiles = async (call: RepositoryCall, sha: string) => {
  const { gitDir } = call.repository;
  const commit = await readCommit(gitDir, sha);
  if (!commit) throw notFound();
  const emptyTree = '4b825dc642cb6eb9a060e54bf8d69288fbee4904';
  const files = await diffFiles(gitDir, commit.parents[0] ?? emptyTree, sha);
  const additions = files.reduce((sum, file) => sum + file.additions, 0);
  const deletions = files.reduce((sum, file) => sum + file.deletions, 0);
  return {
    ...commitObject(call.world.state, call.repository, commit),
    stats: { additions, deletions, total: additions + deletions },
    files: files.slice(0, 300).map((file) => diffEntryObject(call.world.state, call.repository, sha, file)),
  };
};

const get = async (call: RepositoryCall): Promise<Reply> => {
  const sha = await resolve(call, call.params.ref ?? '');
  if (/[.+]sha\b/.test(call.headers.accept ?? '')) {
    return { status: 200, raw: Buffer.from(sha), headers: { 'content-type': 'application/vnd.github.sha' } };
  }
  return ok(await withFiles(call, sha));
};

/** Three dots: what the head has since it left the base. Two dots compare the trees. */
const compare = async (call: RepositoryCall): Promise<Reply> => {
  const { state } = call.world;
  const { gitDir } = call.repository;
  const match = /^(.+?)(\.{2,3})(.+)$/.exec(call.params.basehead ?? '');
  if (!match) throw notFound();
  const [, baseName = '', dots = '...', headName = ''] = match;
  const [base, head] = [await resolve(call, baseName), await resolve(call, headName)];
  const common = await mergeBase(gitDir, base, head);
  if (!common) throw new HttpError(404, `No common ancestor between ${baseName} and ${headName}.`);
  const ahead = await listCommits(gitDir, ['--reverse', head, `^${base}`]);
  const behind = await listCommits(gitDir, [base, `^${head}`]);
  const files = await diffFiles(gitDir, dots === '...' ? common : base, head);
  const { items, headers } = paginate(call, ahead, 100);
  const [commits, ends] = await Promise.all([readCommits(gitDir, items), readCommits(gitDir, [base, common])]);
  const status =
    ahead.length > 0 ? (behind.length > 0 ? 'diverged' : 'ahead') : behind.length > 0 ? 'behind' : 'identical';
  const html = `${repositoryHtmlUrl(state, call.repository)}/compare/${encodePath(baseName)}...${encodePath(headName)}`;
  const show = (commit: (typeof ends)[number] | undefined) => commitObject(state, call.repository, commit!);
  const body = {
    url: `${repositoryApiUrl(state, call.repository)}/compare/${encodePath(baseName)}...${encodePath(headName)}`,
    html_url: html,
    permalink_url: html,
    diff_url: `${html}.diff`,
    patch_url: `${html}.patch`,
    base_commit: show(ends[0]),
    merge_base_commit: show(ends[1] ?? ends[0]),
    status,
    ahead_by: ahead.length,
    behind_by: behind.length,
    total_commits: ahead.length,
    commits: commits.map(show),
    files: files.slice(0, 300).map((file) => diffEntryObject(state, call.repository, head, file)),
  };
  return { status: 200, body, headers };
};

const listBranches = async (call: RepositoryCall): Promise<Reply> => {
  const refs = await listRefs(call.repository.gitDir, 'refs/heads');
  const url = repositoryApiUrl(call.world.state, call.repository);
  return listReply(call, refs, ({ name, sha }) => ({
    name: name.slice('refs/heads/'.length),
    commit: { sha, url: `${url}/commits/${sha}` },
    protected: false,
  }));
};

const getBranch = async (call: RepositoryCall): Promise<Reply> => {
  const { gitDir } = call.repository;
  const name = call.params.branch ?? '';
  const sha = await resolveCommit(gitDir, `refs/heads/${name}`);
  const commit = sha && (await readCommit(gitDir, sha));
  if (!commit) throw new HttpError(404, 'Branch not found');
  const url = `${repositoryApiUrl(call.world.state, call.repository)}/branches/${encodePath(name)}`;
  return ok({
    name,
    commit: commitObject(call.world.state, call.repository, commit),
    _links: { self: url, html: `${repositoryHtmlUrl(call.world.state, call.repository)}/tree/${encodePath(name)}` },
    protected: false,
    protection: { enabled: false, required_status_checks: { enforcement_level: 'off', contexts: [], checks: [] } },
    protection_url: `${url}/protection`,
  });
};

const listTags = async (call: RepositoryCall): Promise<Reply> => {
  const refs = await listRefs(call.repository.gitDir, 'refs/tags');
  const url = repositoryApiUrl(call.world.state, call.repository);
  return listReply(call, refs.reverse(), async (ref) => {
    const sha = await resolveCommit(call.repository.gitDir, ref.name);
    const name = ref.name.slice('refs/tags/'.length);
    return {
      name,
      commit: { sha: sha ?? ref.sha, url: `${url}/commits/${sha}` },
      zipball_url: `${url}/zipball/${encodePath(ref.name)}`,
      tarball_url: `${url}/tarball/${encodePath(ref.name)}`,
      node_id: Buffer.from(`Tag:${ref.sha}`).toString('base64url'),
    };
  });
};

const base = '/repos/:owner/:repo';
const read = reads('contents');

export const commitRoutes: Route[] = [
  { method: 'GET', pattern: `${base}/commits`, access: read, handle: list },
  { method: 'GET', pattern: `${base}/compare/:basehead*`, access: read, handle: compare },
  { method: 'GET', pattern: `${base}/branches`, access: read, handle: listBranches },
  { method: 'GET', pattern: `${base}/branches/:branch*`, access: read, handle: getBranch },
  { method: 'GET', pattern: `${base}/tags`, access: read, handle: listTags },
];

/** Last, because a ref may contain slashes: `/commits/{ref}/check-runs` must be tried first. */
export const commitRoute: Route = { method: 'GET', pattern: `${base}/commits/:ref*`, access: read, handle: get };

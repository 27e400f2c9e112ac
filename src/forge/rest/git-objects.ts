import { rm } from 'node:fs/promises';
import { parsePerson, readCommit } from '../git/commits.ts';
import { type GitObject, readObject } from '../git/read-objects.ts';
import { resolveCommit } from '../git/refs.ts';
import { git } from '../git/run-git.ts';
import { listTree, type TreeEntry } from '../git/trees.ts';
import { type Signature, writeBlob, writeCommit } from '../git/write-commit.ts';
import { optionalText, optionalTexts, requiredText } from '../http/input.ts';
import { created, ok, type Reply, type RepositoryCall, type Route, reads, writes } from '../http/route.ts';
import { HttpError, invalid, notFound } from '../http-error.ts';
import { emailOf, gitCommitObject, noVerification } from '../objects/commit.ts';
import { repositoryApiUrl } from '../objects/urls.ts';
import { doerOf } from './doer.ts';

const api = (call: RepositoryCall): string => repositoryApiUrl(call.world.state, call.repository);

const objectOf = async (call: RepositoryCall, type: GitObject['type']): Promise<GitObject> => {
  const sha = call.params.sha ?? '';
  const object = /^[0-9a-f]{40}$/.test(sha) ? await readObject(call.repository.gitDir, sha) : undefined;
  if (object?.type !== type) throw notFound();
  return object;
};

const getBlob = async (call: RepositoryCall): Promise<Reply> => {
  const { sha, content } = await objectOf(call, 'blob');
  if (/raw/.test(call.headers.accept ?? '')) {
    return { status: 200, raw: content, headers: { 'content-type': 'application/vnd.github.raw' } };
  }
  return ok({
    sha,
    node_id: Buffer.from(`Blob:${sha}`).toString('base64url'),
    size: content.length,
    url: `${api(call)}/git/blobs/${sha}`,
    content: content.toString('base64').replace(/.{60}/g, '$&\n'),
    encoding: 'base64',
  });
};

const createBlob = async (call: RepositoryCall): Promise<Reply> => {
  const encoding = optionalText(call.body, 'encoding', 'Blob') ?? 'utf-8';
  const { content } = call.body;
  if (typeof content !== 'string') throw invalid('Blob', 'content', 'missing_field');
  const sha = await writeBlob(call.repository.gitDir, Buffer.from(content, encoding === 'base64' ? 'base64' : 'utf8'));
  return created({ sha, url: `${api(call)}/git/blobs/${sha}` });
};

const mostEntries = 100_000;

const treeObject = (call: RepositoryCall, sha: string, entries: TreeEntry[]) => ({
  sha,
  url: `${api(call)}/git/trees/${sha}`,
  tree: entries.slice(0, mostEntries).map((entry) => ({
    path: entry.path,
    mode: entry.mode,
    type: entry.type,
    sha: entry.sha,
    ...(entry.size === undefined ? {} : { size: entry.size }),
    ...(entry.type === 'commit' ? {} : { url: `${api(call)}/git/${entry.type}s/${entry.sha}` }),
  })),
  truncated: entries.length > mostEntries,
});

const getTree = async (call: RepositoryCall): Promise<Reply> => {
  const { gitDir } = call.repository;
  const wanted = call.params.sha ?? '';
  const commit = await resolveCommit(gitDir, wanted);
  const name = commit ? `${commit}^{tree}` : wanted;
  if (!commit && !/^[0-9a-f]{40}$/.test(wanted)) throw notFound();
  const recursive = call.query.has('recursive');
  const [object, entries] = await Promise.all([readObject(gitDir, name), listTree(gitDir, name, { recursive })]);
  if (object?.type !== 'tree' || !entries) throw notFound();
  return ok(treeObject(call, object.sha, entries));
};

type NewEntry = { path?: string; mode?: string; type?: string; sha?: string | null; content?: string };

const createTree = async (call: RepositoryCall): Promise<Reply> => {
  const { gitDir } = call.repository;
  const entries = call.body.tree;
  if (!Array.isArray(entries)) throw invalid('Tree', 'tree', 'missing_field');
  const base = optionalText(call.body, 'base_tree', 'Tree');
  const index = `${gitDir}/index-${process.hrtime.bigint()}`;
  const env = { GIT_INDEX_FILE: index };
  const rows = await Promise.all(
    (entries as NewEntry[]).map(async ({ path, mode = '100644', sha, content }) => {
      if (!path || path.startsWith('/')) throw new HttpError(422, 'tree.path contains a malformed path component');
      if (sha === null) return `0 ${'0'.repeat(40)}\t${path}`;
      const blob = sha ?? (await writeBlob(gitDir, Buffer.from(content ?? '')));
      return `${mode} ${blob}\t${path}`;
    }),
  );
  try {
    await git(gitDir, base ? ['read-tree', base] : ['read-tree', '--empty'], { env });
    await git(gitDir, ['update-index', '-z', '--index-info'], { env, input: `${rows.join('\0')}\0` });
    const sha = (await git(gitDir, ['write-tree'], { env })).trim();
    return created(treeObject(call, sha, (await listTree(gitDir, sha)) ?? []));
  } catch (error) {
    throw new HttpError(422, (error as Error).message);
  } finally {
    await rm(index, { force: true });
  }
};

const getCommit = async (call: RepositoryCall): Promise<Reply> => {
  const { sha } = await objectOf(call, 'commit');
  const commit = await readCommit(call.repository.gitDir, sha);
  return ok(gitCommitObject(call.world.state, call.repository, commit!));
};

const signature = (call: RepositoryCall, field: string): Signature | undefined => {
  const value = call.body[field] as Partial<Signature> | undefined;
  if (!value) return undefined;
  if (!value.name || !value.email) throw invalid('Commit', field, 'missing_field');
  return { name: value.name, email: value.email, ...(value.date ? { date: value.date } : {}) };
};

const createCommit = async (call: RepositoryCall): Promise<Reply> => {
  const { login } = doerOf(call);
  const author = signature(call, 'author') ?? { name: login, email: emailOf(call.world.state, login) };
  const tree = requiredText(call.body, 'tree', 'Commit');
  const parents = optionalTexts(call.body, 'parents', 'Commit') ?? [];
  for (const sha of [tree, ...parents]) {
    if (!/^[0-9a-f]{40}$/.test(sha) || !(await readObject(call.repository.gitDir, sha))) {
      throw new HttpError(
        422,
        sha === tree ? 'Tree SHA does not exist' : 'Parent SHA does not exist or is not a commit object',
      );
    }
  }
  const sha = await writeCommit(call.repository.gitDir, {
    tree,
    parents,
    message: requiredText(call.body, 'message', 'Commit'),
    author,
    committer: signature(call, 'committer') ?? author,
  });
  const commit = await readCommit(call.repository.gitDir, sha);
  return created(gitCommitObject(call.world.state, call.repository, commit!));
};

const tagObject = (call: RepositoryCall, { sha, content }: GitObject) => {
  const text = content.toString();
  const split = text.indexOf('\n\n');
  const header = (name: string): string => new RegExp(`^${name} (.*)$`, 'm').exec(text.slice(0, split))?.[1] ?? '';
  const type = header('type');
  return {
    node_id: Buffer.from(`Tag:${sha}`).toString('base64url'),
    sha,
    url: `${api(call)}/git/tags/${sha}`,
    tagger: parsePerson(header('tagger')),
    object: { sha: header('object'), type, url: `${api(call)}/git/${type}s/${header('object')}` },
    tag: header('tag'),
    message: text.slice(split + 2).replace(/\n$/, ''),
    verification: noVerification,
  };
};

/** Writes the tag object only; the ref that makes it a tag is created on its own. */
const createTag = async (call: RepositoryCall): Promise<Reply> => {
  const { gitDir } = call.repository;
  const { login } = doerOf(call);
  const tagger = signature(call, 'tagger') ?? { name: login, email: emailOf(call.world.state, login) };
  const seconds = Math.floor((tagger.date ? Date.parse(tagger.date) : Date.now()) / 1000);
  const target = requiredText(call.body, 'object', 'Tag');
  const object = /^[0-9a-f]{40}$/.test(target) ? await readObject(gitDir, target) : undefined;
  if (!object) throw new HttpError(422, 'Object does not exist');
  const input = [
    `object ${target}`,
    `type ${object.type}`,
    `tag ${requiredText(call.body, 'tag', 'Tag')}`,
    `tagger ${tagger.name} <${tagger.email}> ${seconds} +0000`,
    '',
    `${requiredText(call.body, 'message', 'Tag')}\n`,
  ].join('\n');
  const sha = (await git(gitDir, ['hash-object', '-t', 'tag', '-w', '--stdin'], { input })).trim();
  return created(tagObject(call, { sha, type: 'tag', content: Buffer.from(input) }));
};

const base = '/repos/:owner/:repo/git';
const read = reads('contents');
const write = writes('write', 'contents');

export const gitObjectRoutes: Route[] = [
  { method: 'GET', pattern: `${base}/blobs/:sha`, access: read, handle: getBlob },
  { method: 'POST', pattern: `${base}/blobs`, access: write, handle: createBlob },
  { method: 'GET', pattern: `${base}/trees/:sha*`, access: read, handle: getTree },
  { method: 'POST', pattern: `${base}/trees`, access: write, handle: createTree },
  { method: 'GET', pattern: `${base}/commits/:sha`, access: read, handle: getCommit },
  { method: 'POST', pattern: `${base}/commits`, access: write, handle: createCommit },
  {
    method: 'GET',
    pattern: `${base}/tags/:sha`,
    access: read,
    handle: async (call) => ok(tagObject(call, await objectOf(call, 'tag'))),
  },
  { method: 'POST', pattern: `${base}/tags`, access: write, handle: createTag },
];

import { type GitCommit, parseCommit, parsePerson } from '../git/commits.ts';
import { type GitObject, isBinary } from '../git/read-objects.ts';
import { listTree } from '../git/trees.ts';
import { loginOfPerson } from '../objects/commit.ts';
import { repositoryHtmlUrl } from '../objects/urls.ts';
import type { Repository } from '../state.ts';
import type { World } from '../world.ts';
import { connection } from './connection.ts';
import type { Node } from './execute-query.ts';
import type { ObjectLoader } from './object-loader.ts';

export type GitSource = { world: World; repository: Repository; load: ObjectLoader };

const longestText = 512_000;

const common = (source: GitSource, type: string, sha: string) => ({
  __typename: type,
  __interfaces: ['GitObject', 'Node'],
  id: Buffer.from(`${type}:${sha}`).toString('base64url'),
  oid: sha,
  abbreviatedOid: sha.slice(0, 7),
  commitUrl: `${repositoryHtmlUrl(source.world.state, source.repository)}/commit/${sha}`,
});

const blobNode = (source: GitSource, { sha, content }: GitObject): Node => {
  const binary = isBinary(content);
  return {
    ...common(source, 'Blob', sha),
    byteSize: content.length,
    isBinary: binary,
    isTruncated: content.length > longestText,
    text: binary ? null : content.subarray(0, longestText).toString(),
  };
};

const entryNodes = async (source: GitSource, name: string, prefix: string): Promise<Node[]> => {
  const entries = (await listTree(source.repository.gitDir, name)) ?? [];
  return entries.map((entry) => ({
    __typename: 'TreeEntry',
    name: entry.path,
    path: prefix ? `${prefix}/${entry.path}` : entry.path,
    type: entry.type,
    mode: Number.parseInt(entry.mode, 8),
    oid: entry.sha,
    size: entry.size ?? 0,
    object: () => gitNode(source, entry.sha),
  }));
};

const personNode = (source: GitSource, person: GitCommit['author']): Node => {
  const login = loginOfPerson(source.world.state, person);
  return {
    __typename: 'GitActor',
    name: person.name,
    email: person.email,
    date: person.date,
    user: login ? { __typename: 'User', login } : null,
  };
};

export const commitNode = (source: GitSource, commit: GitCommit): Node => {
  const [headline = '', ...rest] = commit.message.split('\n');
  const url = `${repositoryHtmlUrl(source.world.state, source.repository)}/commit/${commit.sha}`;
  return {
    ...common(source, 'Commit', commit.sha),
    url,
    message: commit.message,
    messageHeadline: headline,
    messageBody: rest.join('\n').trim(),
    committedDate: commit.committer.date,
    authoredDate: commit.author.date,
    author: personNode(source, commit.author),
    committer: personNode(source, commit.committer),
    tree: () => gitNode(source, commit.tree),
    parents: (args: Record<string, unknown>) =>
      connection(
        'Commit',
        commit.parents.map((sha) => ({ ...common(source, 'Commit', sha) })),
        args,
      ),
  };
};

const tagNode = (source: GitSource, { sha, content }: GitObject): Node => {
  const text = content.toString();
  const header = (name: string): string => new RegExp(`^${name} (.*)$`, 'm').exec(text)?.[1] ?? '';
  return {
    ...common(source, 'Tag', sha),
    name: header('tag'),
    message: text.slice(text.indexOf('\n\n') + 2),
    tagger: personNode(source, parsePerson(header('tagger'))),
    target: () => gitNode(source, header('object')),
  };
};

/** Whatever a git expression (`SHA:path`, `main:path`, a SHA, a branch) names; null for what is not there. */
export const gitNode = async (source: GitSource, expression: string): Promise<Node | null> => {
  const name = expression.endsWith(':') ? `${expression.slice(0, -1)}^{tree}` : expression;
  const object = await source.load(source.repository.gitDir, name);
  if (!object) return null;
  if (object.type === 'blob') return blobNode(source, object);
  if (object.type === 'commit') return commitNode(source, parseCommit(object));
  if (object.type === 'tag') return tagNode(source, object);
  const prefix = expression.includes(':') ? expression.slice(expression.indexOf(':') + 1) : '';
  return { ...common(source, 'Tree', object.sha), entries: () => entryNodes(source, object.sha, prefix) };
};

import { pullFacts } from '../actions/pull-facts.ts';
import { findIssue, isPull, type PullIssue, repositoryById } from '../find.ts';
import { readCommit, readCommits } from '../git/commits.ts';
import { type Ref, readRef } from '../git/refs.ts';
import { authorize } from '../http/authorize.ts';
import { reads } from '../http/route.ts';
import { HttpError } from '../http-error.ts';
import { labelsOfIssue } from '../objects/label.ts';
import { repositoryHtmlUrl } from '../objects/urls.ts';
import type { Issue } from '../state.ts';
import { type Actor, nodeId } from '../world.ts';
import { connection } from './connection.ts';
import { FieldError, type Node } from './execute-query.ts';
import { commitNode, type GitSource, gitNode } from './git-nodes.ts';

type Args = Record<string, unknown>;
type Source = GitSource & { actor: Actor };

const require = ({ world, actor, repository }: Source, permission: string): void => {
  try {
    authorize(world, actor, reads(permission), repository);
  } catch (error) {
    if (!(error instanceof HttpError)) throw error;
    throw new FieldError('FORBIDDEN', error.message);
  }
};

const actorNode = (source: Source, login: string): Node => ({
  __typename: login.endsWith('[bot]') ? 'Bot' : 'User',
  __interfaces: ['Actor'],
  // GraphQL gives bots without their suffix
  login: login.replace(/\[bot\]$/, ''),
  url: `${source.world.state.url}/${login}`,
});

const refNode = (source: Source, ref: Ref): Node => ({
  __typename: 'Ref',
  id: Buffer.from(`Ref:${source.repository.id}:${ref.name}`).toString('base64url'),
  name: ref.name.replace(/^refs\/(heads|tags)\//, ''),
  prefix: /^refs\/(?:heads|tags)\//.exec(ref.name)?.[0] ?? 'refs/',
  target: () => gitNode(source, ref.sha),
});

const changeTypes: Record<string, string> = {
  removed: 'DELETED',
  copied: 'COPIED',
  renamed: 'RENAMED',
  added: 'ADDED',
};

const pullParts = (source: Source, issue: PullIssue) => {
  const { world, repository } = source;
  const facts = () => pullFacts(world, repository, issue);
  return {
    changedFiles: async () => (await facts()).files.length,
    additions: async () => (await facts()).files.reduce((sum, file) => sum + file.additions, 0),
    deletions: async () => (await facts()).files.reduce((sum, file) => sum + file.deletions, 0),
    mergeable: async () => {
      const { mergeable } = await facts();
      return mergeable === undefined ? 'UNKNOWN' : mergeable ? 'MERGEABLE' : 'CONFLICTING';
    },
    files: async (args: Args) => {
      const files = (await facts()).files.map((file) => ({
        __typename: 'PullRequestChangedFile',
        path: file.path,
        additions: file.additions,
        deletions: file.deletions,
        changeType: changeTypes[file.status] ?? 'MODIFIED',
      }));
      return connection('PullRequestChangedFile', files, args);
    },
    commits: async (args: Args) => {
      const commits = await readCommits(repository.gitDir, (await facts()).commits);
      const nodes = commits.map((commit) => ({
        __typename: 'PullRequestCommit',
        id: Buffer.from(`PullRequestCommit:${commit.sha}`).toString('base64url'),
        commit: commitNode(source, commit),
      }));
      return connection('PullRequestCommit', nodes, args);
    },
  };
};

const issueParts = (source: Source, issue: Issue) => ({
  number: issue.number,
  databaseId: issue.id,
  title: issue.title,
  body: issue.body ?? '',
  createdAt: issue.createdAt,
  updatedAt: issue.updatedAt,
  closedAt: issue.closedAt ?? null,
  closed: issue.state === 'closed',
  author: actorNode(source, issue.author),
  url: `${repositoryHtmlUrl(source.world.state, source.repository)}/${issue.pull ? 'pull' : 'issues'}/${issue.number}`,
  labels: (args: Args) =>
    connection(
      'Label',
      labelsOfIssue(source.repository, issue).map(({ name, color }) => ({ __typename: 'Label', name, color })),
      args,
    ),
});

const issueNode = (source: Source, issue: Issue): Node => ({
  __typename: 'Issue',
  id: nodeId('Issue', issue.id),
  ...issueParts(source, issue),
  state: issue.state.toUpperCase(),
});

export const pullNode = (source: Source, issue: PullIssue): Node => {
  const { pull } = issue;
  const head = repositoryById(source.world.state, pull.headRepositoryId);
  return {
    __typename: 'PullRequest',
    id: nodeId('PullRequest', issue.id),
    ...issueParts(source, issue),
    state: pull.merged ? 'MERGED' : issue.state.toUpperCase(),
    isDraft: pull.draft,
    merged: pull.merged,
    mergedAt: pull.mergedAt ?? null,
    isCrossRepository: head.id !== source.repository.id,
    headRefName: pull.headRef,
    headRefOid: pull.headSha,
    baseRefName: pull.baseRef,
    baseRefOid: pull.baseSha,
    headRepository: repositoryNode({ ...source, repository: head }),
    baseRepository: () => repositoryNode(source),
    mergeCommit: async () => {
      const commit = pull.mergeCommitSha && (await readCommit(source.repository.gitDir, pull.mergeCommitSha));
      return pull.merged && commit ? commitNode(source, commit) : null;
    },
    ...pullParts(source, issue),
  };
};

const numbered = (source: Source, kind: 'PullRequest' | 'Issue', number: unknown): Issue => {
  const issue = source.repository.issues.find((each) => each.number === number);
  if (!issue || isPull(issue) !== (kind === 'PullRequest')) {
    throw new FieldError(
      'NOT_FOUND',
      `Could not resolve to ${kind === 'Issue' ? 'an' : 'a'} ${kind} with the number of ${number}.`,
    );
  }
  return issue;
};

export const repositoryNode = (source: Source): Node => {
  const { world, repository } = source;
  const ref = async (name: string): Promise<Node | null> => {
    require(source, 'contents');
    const full = name.startsWith('refs/') ? [name] : [`refs/heads/${name}`, `refs/tags/${name}`];
    const found = (await Promise.all(full.map((each) => readRef(repository.gitDir, each)))).find((each) => each);
    return found ? refNode(source, found) : null;
  };
  return {
    __typename: 'Repository',
    __interfaces: ['Node'],
    id: nodeId('Repository', repository.id),
    databaseId: repository.id,
    name: repository.name,
    nameWithOwner: repository.fullName,
    owner: { __typename: 'User', __interfaces: ['RepositoryOwner'], login: repository.owner },
    description: repository.description ?? null,
    isPrivate: repository.private,
    isFork: repository.parentId !== undefined,
    url: repositoryHtmlUrl(world.state, repository),
    defaultBranchRef: () => ref(`refs/heads/${repository.defaultBranch}`),
    ref: ({ qualifiedName }: Args) => ref(String(qualifiedName)),
    object: ({ expression, oid }: Args) => {
      require(source, 'contents');
      return gitNode(source, String(expression ?? oid));
    },
    pullRequest: ({ number }: Args) => {
      require(source, 'pull_requests');
      return pullNode(source, numbered(source, 'PullRequest', number) as PullIssue);
    },
    pullRequests: (args: Args) => {
      require(source, 'pull_requests');
      const states = args.states === undefined ? undefined : ([args.states].flat() as unknown[]);
      const nodes = repository.issues.filter(isPull).map((issue) => pullNode(source, issue));
      const fits = nodes.filter(
        (node) =>
          (!states || states.includes(node.state)) &&
          (!args.headRefName || node.headRefName === args.headRefName) &&
          (!args.baseRefName || node.baseRefName === args.baseRefName),
      );
      return connection('PullRequest', fits, args);
    },
    issue: ({ number }: Args) => {
      require(source, 'issues');
      return issueNode(source, findIssue(repository, numbered(source, 'Issue', number).number));
    },
  };
};

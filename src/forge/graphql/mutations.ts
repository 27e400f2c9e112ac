import { commitOnBranch } from '../actions/commit-on-branch.ts';
import { setDraft } from '../actions/pulls.ts';
import { findRepository, isPull } from '../find.ts';
import { readCommit } from '../git/commits.ts';
import { authorize, loginOf, maySee } from '../http/authorize.ts';
import { writes } from '../http/route.ts';
import { HttpError } from '../http-error.ts';
import { emailOf } from '../objects/commit.ts';
import { type Actor, nodeId, type World } from '../world.ts';
import { FieldError, type Node } from './execute-query.ts';
import { commitNode } from './git-nodes.ts';
import type { ObjectLoader } from './object-loader.ts';
import { pullNode } from './repository-node.ts';

type Context = { world: World; actor: Actor; load: ObjectLoader };

type CommitInput = {
  branch: { repositoryNameWithOwner?: string; branchName?: string };
  expectedHeadOid: string;
  message: { headline: string; body?: string };
  fileChanges?: { additions?: { path: string; contents: string }[]; deletions?: { path: string }[] };
  clientMutationId?: string;
};

const asFieldError = (check: () => void): void => {
  try {
    check();
  } catch (error) {
    if (!(error instanceof HttpError)) throw error;
    throw new FieldError('FORBIDDEN', error.message);
  }
};

const createCommitOnBranch = async (context: Context, input: CommitInput): Promise<Node> => {
  const { world, actor } = context;
  const { repositoryNameWithOwner = '', branchName = '' } = input.branch ?? {};
  const [owner = '', name = ''] = repositoryNameWithOwner.split('/');
  const repository = findRepository(world.state, owner, name);
  if (!repository || !maySee(world, actor, repository)) {
    throw new FieldError('NOT_FOUND', `Could not resolve to a Repository with the name '${repositoryNameWithOwner}'.`);
  }
  asFieldError(() => authorize(world, actor, writes('write', 'contents'), repository));
  if (!input.expectedHeadOid || !input.message?.headline) {
    throw new FieldError('UNPROCESSABLE', 'expectedHeadOid and message.headline are needed');
  }
  const login = loginOf(world, actor);
  const text = `${input.message.headline}\n\n${input.message.body ?? ''}`.trimEnd();
  const branch = branchName.replace(/^refs\/heads\//, '');
  const outcome = await commitOnBranch(world, repository, {
    branch,
    expectedHead: input.expectedHeadOid,
    message: text,
    author: { name: login, email: emailOf(world.state, login) },
    committer: { name: 'GitHub', email: 'noreply@github.com' },
    additions: (input.fileChanges?.additions ?? []).map(({ path, contents }) => ({
      path,
      content: Buffer.from(contents, 'base64'),
    })),
    deletions: (input.fileChanges?.deletions ?? []).map(({ path }) => path),
    login,
  });
  if (!outcome.done && outcome.reason === 'missing') {
    throw new FieldError('NOT_FOUND', `A branch with the name '${branch}' does not exist.`);
  }
  if (!outcome.done) {
    const message = `Expected branch to point to "${input.expectedHeadOid}" but it did not. Pull and try again.`;
    throw new FieldError('STALE_DATA', message);
  }
  const commit = await readCommit(repository.gitDir, outcome.sha);
  return {
    __typename: 'CreateCommitOnBranchPayload',
    clientMutationId: input.clientMutationId ?? null,
    commit: commitNode({ ...context, repository }, commit!),
    ref: { __typename: 'Ref', name: branch, prefix: 'refs/heads/' },
  };
};

const changeDraft = async (context: Context, input: { pullRequestId: string }, draft: boolean): Promise<Node> => {
  const { world, actor } = context;
  for (const repository of world.state.repositories) {
    const issue = repository.issues.find((each) => nodeId('PullRequest', each.id) === input.pullRequestId);
    if (!issue || !isPull(issue)) continue;
    const own = actor.kind === 'user' && actor.login === issue.author;
    asFieldError(() => authorize(world, actor, writes(own ? 'read' : 'write', 'pull_requests'), repository));
    await setDraft(world, repository, issue, draft, { login: loginOf(world, actor), byApp: actor.kind !== 'user' });
    return {
      __typename: 'PullRequestPayload',
      clientMutationId: null,
      pullRequest: pullNode({ ...context, repository }, issue),
    };
  }
  throw new FieldError('NOT_FOUND', `Could not resolve to a node with the global id of '${input.pullRequestId}'.`);
};

export const mutationNode = (context: Context): Node => ({
  __typename: 'Mutation',
  createCommitOnBranch: ({ input }: { input: CommitInput }) => createCommitOnBranch(context, input),
  convertPullRequestToDraft: ({ input }: { input: { pullRequestId: string } }) => changeDraft(context, input, true),
  markPullRequestReadyForReview: ({ input }: { input: { pullRequestId: string } }) =>
    changeDraft(context, input, false),
});

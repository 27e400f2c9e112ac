import { updateIssue } from '../actions/issues.ts';
import { type MergeMethod, mergePull } from '../actions/merge-pull.ts';
import { pullFacts } from '../actions/pull-facts.ts';
import { openPull, setBase } from '../actions/pulls.ts';
import { atLeast, findPull, isPull, type PullIssue } from '../find.ts';
import { readCommits } from '../git/commits.ts';
import { git } from '../git/run-git.ts';
import { roleOf } from '../http/authorize.ts';
import { atMost, integer, oneOf, optionalFlag, optionalText, requiredText } from '../http/input.ts';
import { listReply } from '../http/paginate.ts';
import { created, noContent, ok, type Reply, type RepositoryCall, type Route, reads, writes } from '../http/route.ts';
import { HttpError, notFound } from '../http-error.ts';
import { commitObject, diffEntryObject } from '../objects/commit.ts';
import { pullRequestObject, pullRequestSimpleObject } from '../objects/pull-request.ts';
import { doerOf } from './doer.ts';

const pullOf = (call: RepositoryCall): PullIssue => findPull(call.repository, integer(call.params.number, 0));

const show = (call: RepositoryCall, pull: PullIssue) => pullRequestObject(call.world, call.repository, pull);

const list = (call: RepositoryCall): Promise<Reply> => {
  const state = call.query.get('state') ?? 'open';
  const [headOwner, headRef] = (call.query.get('head') ?? '').split(':');
  const base = call.query.get('base');
  const sign = (call.query.get('direction') ?? 'desc') === 'asc' ? 1 : -1;
  const byUpdate = call.query.get('sort') === 'updated';
  const matching = call.repository.issues
    .filter(isPull)
    .filter((issue) => state === 'all' || issue.state === state)
    .filter((issue) => !base || issue.pull.baseRef === base)
    .filter((issue) => {
      if (!headRef) return true;
      const from = call.world.state.repositories.find((each) => each.id === issue.pull.headRepositoryId);
      return issue.pull.headRef === headRef && from?.owner === headOwner;
    })
    .sort((left, right) => {
      const order = byUpdate ? left.updatedAt.localeCompare(right.updatedAt) : 0;
      return sign * (order || left.number - right.number);
    });
  return listReply(call, matching, (issue) => pullRequestSimpleObject(call.world, call.repository, issue));
};

const create = async (call: RepositoryCall): Promise<Reply> => {
  const { body } = call;
  const text = optionalText(body, 'body', 'PullRequest');
  atMost(text, 65_536, 'body', 'PullRequest');
  const head = requiredText(body, 'head', 'PullRequest');
  if (!head.includes(':') && call.actor.kind === 'user') {
    const role = roleOf(call.world, call.actor, call.repository);
    if (!atLeast(role, 'write')) throw new HttpError(403, 'Must have push access to Repository.');
  }
  const issue = await openPull(call.world, call.repository, {
    title: requiredText(body, 'title', 'PullRequest'),
    body: text,
    head,
    base: requiredText(body, 'base', 'PullRequest'),
    draft: optionalFlag(body, 'draft', 'PullRequest') ?? false,
    maintainerCanModify: optionalFlag(body, 'maintainer_can_modify', 'PullRequest') ?? false,
    doer: doerOf(call),
  });
  return created(await show(call, issue));
};

const update = async (call: RepositoryCall): Promise<Reply> => {
  const issue = pullOf(call);
  const doer = doerOf(call);
  const own = call.actor.kind === 'installation' || call.actor.kind !== 'user' || issue.author === call.actor.login;
  if (!own && !atLeast(roleOf(call.world, call.actor, call.repository), 'write')) {
    throw new HttpError(403, 'Must have push access to Repository.');
  }
  const changes = {
    title: optionalText(call.body, 'title', 'PullRequest'),
    body: optionalText(call.body, 'body', 'PullRequest'),
    state: oneOf(call.body, 'state', 'PullRequest', ['open', 'closed']),
  };
  atMost(changes.body, 65_536, 'body', 'PullRequest');
  await updateIssue(call.world, call.repository, issue, changes, doer);
  const base = optionalText(call.body, 'base', 'PullRequest');
  if (base) await setBase(call.world, call.repository, issue, base, doer);
  return ok(await show(call, issue));
};

const merge = async (call: RepositoryCall): Promise<Reply> => {
  const issue = pullOf(call);
  const methods: MergeMethod[] = ['merge', 'squash', 'rebase'];
  const sha = await mergePull(call.world, call.repository, issue, {
    method: oneOf(call.body, 'merge_method', 'PullRequest', methods) ?? 'merge',
    title: optionalText(call.body, 'commit_title', 'PullRequest'),
    message: optionalText(call.body, 'commit_message', 'PullRequest'),
    sha: optionalText(call.body, 'sha', 'PullRequest'),
    login: doerOf(call).login,
  });
  return ok({ sha, merged: true, message: 'Pull Request successfully merged' });
};

/** The pull request, or with the media type `diff` what it changes, as `git diff` writes it. */
const get = async (call: RepositoryCall): Promise<Reply> => {
  const issue = pullOf(call);
  if (!/[.+]diff\b/.test(call.headers.accept ?? '')) return ok(await show(call, issue));
  const facts = await pullFacts(call.world, call.repository, issue);
  const text = await git(call.repository.gitDir, ['diff', facts.mergeBase, issue.pull.headSha]);
  return {
    status: 200,
    raw: Buffer.from(text),
    headers: { 'content-type': 'application/vnd.github.diff; charset=utf-8' },
  };
};

const files = async (call: RepositoryCall): Promise<Reply> => {
  const issue = pullOf(call);
  const facts = await pullFacts(call.world, call.repository, issue);
  const most = facts.files.slice(0, 3000);
  return listReply(call, most, (file) => diffEntryObject(call.world.state, call.repository, issue.pull.headSha, file));
};

const commits = async (call: RepositoryCall): Promise<Reply> => {
  const facts = await pullFacts(call.world, call.repository, pullOf(call));
  const read = await readCommits(call.repository.gitDir, facts.commits.slice(0, 250));
  return listReply(call, read, (commit) => commitObject(call.world.state, call.repository, commit));
};

const many = '/repos/:owner/:repo/pulls';
const one = `${many}/:number`;

export const pullRoutes: Route[] = [
  { method: 'GET', pattern: many, access: reads('pull_requests'), handle: list },
  { method: 'POST', pattern: many, access: writes('read', 'pull_requests'), handle: create },
  { method: 'GET', pattern: one, access: reads('pull_requests'), handle: get },
  { method: 'PATCH', pattern: one, access: writes('read', 'pull_requests'), handle: update },
  { method: 'GET', pattern: `${one}/files`, access: reads('pull_requests'), handle: files },
  { method: 'GET', pattern: `${one}/commits`, access: reads('pull_requests'), handle: commits },
  {
    method: 'GET',
    pattern: `${one}/merge`,
    access: reads('pull_requests', 'contents'),
    handle: (call) => {
      if (!pullOf(call).pull.merged) throw notFound();
      return noContent();
    },
  },
  { method: 'PUT', pattern: `${one}/merge`, access: writes('write', 'contents'), handle: merge },
];

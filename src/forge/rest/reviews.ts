import { findPull } from '../find.ts';
import { integer, oneOf, optionalText } from '../http/input.ts';
import { listReply } from '../http/paginate.ts';
import { ok, type Reply, type RepositoryCall, type Route, reads, writes } from '../http/route.ts';
import { HttpError, invalid } from '../http-error.ts';
import { authorAssociation } from '../objects/author-association.ts';
import { repositoryApiUrl, repositoryHtmlUrl } from '../objects/urls.ts';
import { userObject } from '../objects/user.ts';
import type { Review } from '../state.ts';
import { nextId, nodeId, now } from '../world.ts';
import { doerOf } from './doer.ts';

const states = { APPROVE: 'APPROVED', REQUEST_CHANGES: 'CHANGES_REQUESTED', COMMENT: 'COMMENTED' } as const;

const pullOf = (call: RepositoryCall) => findPull(call.repository, integer(call.params.number, 0));

const show = (call: RepositoryCall, review: Review): Record<string, unknown> => {
  const { world, repository, params } = call;
  const html = `${repositoryHtmlUrl(world.state, repository)}/pull/${params.number}#pullrequestreview-${review.id}`;
  const pull = `${repositoryApiUrl(world.state, repository)}/pulls/${params.number}`;
  return {
    id: review.id,
    node_id: nodeId('PullRequestReview', review.id),
    user: userObject(world.state, review.author),
    body: review.body,
    state: review.state,
    html_url: html,
    pull_request_url: pull,
    author_association: authorAssociation(world.state, repository, review.author),
    _links: { html: { href: html }, pull_request: { href: pull } },
    submitted_at: review.submittedAt,
    commit_id: review.commitSha,
  };
};

const create = async (call: RepositoryCall): Promise<Reply> => {
  const issue = pullOf(call);
  const { login } = doerOf(call);
  const event = oneOf(call.body, 'event', 'PullRequestReview', ['APPROVE', 'REQUEST_CHANGES', 'COMMENT']) ?? 'COMMENT';
  const body = optionalText(call.body, 'body', 'PullRequestReview') ?? '';
  if (event !== 'APPROVE' && body === '') throw invalid('PullRequestReview', 'body', 'missing_field');
  if (event !== 'COMMENT' && issue.author === login) {
    throw new HttpError(422, `Can not ${event === 'APPROVE' ? 'approve' : 'request changes on'} your own pull request`);
  }
  const review: Review = {
    id: nextId(call.world),
    author: login,
    body,
    state: states[event],
    commitSha: optionalText(call.body, 'commit_id', 'PullRequestReview') ?? issue.pull.headSha,
    submittedAt: now(),
  };
  issue.pull.reviews.push(review);
  return ok(show(call, review));
};

const many = '/repos/:owner/:repo/pulls/:number/reviews';

export const reviewRoutes: Route[] = [
  {
    method: 'GET',
    pattern: many,
    access: reads('pull_requests'),
    handle: (call) => listReply(call, pullOf(call).pull.reviews, (review) => show(call, review)),
  },
  { method: 'POST', pattern: many, access: writes('read', 'pull_requests'), handle: create },
];

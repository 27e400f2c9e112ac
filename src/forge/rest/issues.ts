import { openIssue, setLabels, updateIssue } from '../actions/issues.ts';
import { atLeast, findIssue } from '../find.ts';
import { roleOf } from '../http/authorize.ts';
import { atMost, integer, oneOf, optionalText, optionalTexts, requiredText } from '../http/input.ts';
import { listReply } from '../http/paginate.ts';
import { created, ok, type Reply, type RepositoryCall, type Route, reads, writes } from '../http/route.ts';
import { HttpError, invalid } from '../http-error.ts';
import { issueObject } from '../objects/issue.ts';
import type { Issue } from '../state.ts';
import { now } from '../world.ts';
import { doerOf } from './doer.ts';

export const issueOf = (call: RepositoryCall): Issue => findIssue(call.repository, integer(call.params.number, 0));

const reply = (call: RepositoryCall, issue: Issue) => issueObject(call.world.state, call.repository, issue);

/** Labels come as names or as objects with a name. */
export const labelNames = (call: RepositoryCall): string[] | undefined => {
  const { labels } = call.body;
  if (labels === undefined || labels === null) return undefined;
  if (!Array.isArray(labels)) throw invalid('Issue', 'labels', 'invalid');
  return labels.map((label: unknown) => {
    const name = typeof label === 'string' ? label : (label as { name?: unknown } | null)?.name;
    if (typeof name !== 'string' || name === '') throw invalid('Label', 'name', 'missing_field');
    return name;
  });
};

const since = (call: RepositoryCall): number => Date.parse(call.query.get('since') ?? '') || 0;

const sorted = (call: RepositoryCall, issues: Issue[]): Issue[] => {
  const key = { updated: 'updatedAt', created: 'createdAt' }[call.query.get('sort') ?? 'created'] ?? 'createdAt';
  const sign = call.query.get('direction') === 'asc' ? 1 : -1;
  const value = (issue: Issue): string => String(issue[key as 'updatedAt' | 'createdAt']);
  return [...issues].sort(
    (left, right) => sign * (value(left).localeCompare(value(right)) || left.number - right.number),
  );
};

const list = (call: RepositoryCall): Promise<Reply> => {
  const state = call.query.get('state') ?? 'open';
  const labels = (call.query.get('labels') ?? '').split(',').filter((name) => name !== '');
  const creator = call.query.get('creator');
  const matching = call.repository.issues.filter(
    (issue) =>
      (state === 'all' || issue.state === state) &&
      labels.every((name) => issue.labels.includes(name)) &&
      (!creator || issue.author === creator) &&
      Date.parse(issue.updatedAt) >= since(call),
  );
  return listReply(call, sorted(call, matching), (issue) => reply(call, issue));
};

const create = async (call: RepositoryCall): Promise<Reply> => {
  const title = requiredText(call.body, 'title', 'Issue');
  const body = optionalText(call.body, 'body', 'Issue');
  atMost(title, 256, 'title', 'Issue');
  atMost(body, 65_536, 'body', 'Issue');
  const doer = doerOf(call);
  // who may not triage has their labels and assignees silently dropped
  const triage =
    call.actor.kind === 'installation' || atLeast(roleOf(call.world, call.actor, call.repository), 'triage');
  const issue = await openIssue(call.world, call.repository, {
    title,
    body,
    labels: triage ? (labelNames(call) ?? []) : [],
    assignees: triage ? (optionalTexts(call.body, 'assignees', 'Issue') ?? []) : [],
    doer,
  });
  return created(reply(call, issue));
};

const mayEdit = (call: RepositoryCall, issue: Issue): void => {
  if (call.actor.kind !== 'user' || call.actor.login === issue.author) return;
  if (!atLeast(roleOf(call.world, call.actor, call.repository), 'triage')) {
    throw new HttpError(403, 'Must have triage rights to Repository.');
  }
};

const update = async (call: RepositoryCall): Promise<Reply> => {
  const issue = issueOf(call);
  mayEdit(call, issue);
  const doer = doerOf(call);
  const changes = {
    title: optionalText(call.body, 'title', 'Issue'),
    body: optionalText(call.body, 'body', 'Issue'),
    state: oneOf(call.body, 'state', 'Issue', ['open', 'closed']),
    stateReason: oneOf(call.body, 'state_reason', 'Issue', ['completed', 'not_planned', 'reopened']),
  };
  atMost(changes.body, 65_536, 'body', 'Issue');
  await updateIssue(call.world, call.repository, issue, changes, doer);
  const labels = labelNames(call);
  if (labels) await setLabels(call.world, call.repository, issue, labels, doer);
  const assignees = optionalTexts(call.body, 'assignees', 'Issue');
  if (assignees) Object.assign(issue, { assignees, updatedAt: now() });
  return ok(reply(call, issue));
};

const perms = ['issues', 'pull_requests'];

export const issueRoutes: Route[] = [
  { method: 'GET', pattern: '/repos/:owner/:repo/issues', access: reads(...perms), handle: list },
  { method: 'POST', pattern: '/repos/:owner/:repo/issues', access: writes('read', 'issues'), handle: create },
  {
    method: 'GET',
    pattern: '/repos/:owner/:repo/issues/:number',
    access: reads(...perms),
    handle: (call) => ok(reply(call, issueOf(call))),
  },
  { method: 'PATCH', pattern: '/repos/:owner/:repo/issues/:number', access: writes('read', ...perms), handle: update },
];

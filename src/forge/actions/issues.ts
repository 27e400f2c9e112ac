import { isPull } from '../find.ts';
import { issueObject } from '../objects/issue.ts';
import { labelObject } from '../objects/label.ts';
import { pullRequestObject } from '../objects/pull-request.ts';
import type { Issue, IssueEvent, Label, Repository } from '../state.ts';
import { emit } from '../webhooks/emit.ts';
import { nextId, now, type World } from '../world.ts';

export type Doer = { login: string; byApp: boolean };

/** Says `issues.<action>` or `pull_request.<action>`, whichever the number is. */
export const emitIssue = async (
  world: World,
  repository: Repository,
  issue: Issue,
  action: string,
  sender: string,
  extra: Record<string, unknown> = {},
): Promise<void> => {
  if (isPull(issue)) {
    const body = { number: issue.number, pull_request: await pullRequestObject(world, repository, issue), ...extra };
    emit(world, { event: 'pull_request', action, repository, sender, body });
    return;
  }
  const body = { issue: issueObject(world.state, repository, issue), ...extra };
  emit(world, { event: 'issues', action, repository, sender, body });
};

export const recordEvent = (
  world: World,
  issue: Issue,
  event: IssueEvent['event'],
  actor: string,
  detail: Record<string, string> = {},
): void => {
  issue.events.push({ id: nextId(world), event, actor, createdAt: now(), detail });
};

/** The label of that name; GitHub makes the ones that do not exist when an issue is labelled with them. */
const ensureLabel = (world: World, repository: Repository, name: string): Label => {
  const existing = repository.labels.find((label) => label.name.toLowerCase() === name.toLowerCase());
  if (existing) return existing;
  const label: Label = { id: nextId(world), name, color: 'ededed', description: undefined, default: false };
  repository.labels.push(label);
  return label;
};

export const newIssue = (
  world: World,
  repository: Repository,
  fields: { title: string; body: string | undefined; doer: Doer },
): Issue => {
  const at = now();
  const issue: Issue = {
    id: nextId(world),
    number: repository.issues.length + 1,
    title: fields.title,
    body: fields.body,
    author: fields.doer.login,
    byApp: fields.doer.byApp,
    state: 'open',
    stateReason: undefined,
    locked: false,
    labels: [],
    assignees: [],
    createdAt: at,
    updatedAt: at,
    closedAt: undefined,
    closedBy: undefined,
    reactions: [],
    events: [],
    pull: undefined,
  };
  repository.issues.push(issue);
  return issue;
};

export const setLabels = async (
  world: World,
  repository: Repository,
  issue: Issue,
  names: string[],
  doer: Doer,
): Promise<void> => {
  const wanted = [...new Set(names.map((name) => ensureLabel(world, repository, name).name))];
  const added = wanted.filter((name) => !issue.labels.includes(name));
  const removed = issue.labels.filter((name) => !wanted.includes(name));
  issue.labels = wanted;
  if (added.length + removed.length === 0) return;
  issue.updatedAt = now();
  for (const [list, action] of [[added, 'labeled'] as const, [removed, 'unlabeled'] as const]) {
    for (const name of list) {
      recordEvent(world, issue, action, doer.login, { label: name });
      const label = labelObject(world.state, repository, ensureLabel(world, repository, name));
      await emitIssue(world, repository, issue, action, doer.login, { label });
    }
  }
};

export const openIssue = async (
  world: World,
  repository: Repository,
  fields: { title: string; body: string | undefined; labels: string[]; assignees: string[]; doer: Doer },
): Promise<Issue> => {
  const issue = newIssue(world, repository, fields);
  issue.assignees = fields.assignees;
  issue.labels = fields.labels.map((name) => ensureLabel(world, repository, name).name);
  await emitIssue(world, repository, issue, 'opened', fields.doer.login);
  for (const name of issue.labels) {
    const label = labelObject(world.state, repository, ensureLabel(world, repository, name));
    await emitIssue(world, repository, issue, 'labeled', fields.doer.login, { label });
  }
  return issue;
};

export type IssueChanges = {
  title?: string | undefined;
  body?: string | undefined;
  state?: 'open' | 'closed' | undefined;
  stateReason?: Issue['stateReason'];
};

export const setIssueState = async (
  world: World,
  repository: Repository,
  issue: Issue,
  state: 'open' | 'closed',
  doer: Doer,
  reason?: Issue['stateReason'],
): Promise<void> => {
  if (issue.state === state || issue.pull?.merged) return;
  const closed = state === 'closed';
  issue.state = state;
  issue.stateReason = issue.pull ? undefined : (reason ?? (closed ? 'completed' : 'reopened'));
  issue.closedAt = closed ? now() : undefined;
  issue.closedBy = closed ? doer.login : undefined;
  issue.updatedAt = now();
  recordEvent(world, issue, closed ? 'closed' : 'reopened', doer.login);
  await emitIssue(world, repository, issue, closed ? 'closed' : 'reopened', doer.login);
};

/** Changes title, body and state, each with the webhook that goes with it. */
export const updateIssue = async (
  world: World,
  repository: Repository,
  issue: Issue,
  changes: IssueChanges,
  doer: Doer,
): Promise<void> => {
  const before: Record<string, { from: string }> = {};
  if (changes.title !== undefined && changes.title !== issue.title) {
    before.title = { from: issue.title };
    recordEvent(world, issue, 'renamed', doer.login, { from: issue.title, to: changes.title });
    issue.title = changes.title;
  }
  if (changes.body !== undefined && changes.body !== issue.body) {
    before.body = { from: issue.body ?? '' };
    issue.body = changes.body;
  }
  if (Object.keys(before).length > 0) {
    issue.updatedAt = now();
    await emitIssue(world, repository, issue, 'edited', doer.login, { changes: before });
  }
  if (changes.state) await setIssueState(world, repository, issue, changes.state, doer, changes.stateReason);
};

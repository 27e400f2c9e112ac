import { setLabels } from '../actions/issues.ts';
import { optionalText, requiredText } from '../http/input.ts';
import { listReply } from '../http/paginate.ts';
import { created, noContent, ok, type Reply, type RepositoryCall, type Route, reads, writes } from '../http/route.ts';
import { invalid, notFound } from '../http-error.ts';
import { labelObject, labelsOfIssue } from '../objects/label.ts';
import type { Issue, Label } from '../state.ts';
import { nextId } from '../world.ts';
import { doerOf } from './doer.ts';
import { issueOf, labelNames } from './issues.ts';

const show = (call: RepositoryCall, label: Label) => labelObject(call.world.state, call.repository, label);

const labelNamed = (call: RepositoryCall, name: string): Label | undefined =>
  call.repository.labels.find((label) => label.name.toLowerCase() === name.toLowerCase());

const labelOf = (call: RepositoryCall): Label => {
  const label = labelNamed(call, call.params.name ?? '');
  if (!label) throw notFound();
  return label;
};

const colorOf = (call: RepositoryCall): string | undefined => {
  const color = optionalText(call.body, 'color', 'Label');
  if (color !== undefined && !/^[0-9a-f]{6}$/i.test(color)) throw invalid('Label', 'color', 'invalid');
  return color;
};

const create = (call: RepositoryCall): Reply => {
  const name = requiredText(call.body, 'name', 'Label');
  if (labelNamed(call, name)) throw invalid('Label', 'name', 'already_exists');
  const label: Label = {
    id: nextId(call.world),
    name,
    color: colorOf(call) ?? 'ededed',
    description: optionalText(call.body, 'description', 'Label'),
    default: false,
  };
  call.repository.labels.push(label);
  return created(show(call, label));
};

const update = (call: RepositoryCall): Reply => {
  const label = labelOf(call);
  const name = optionalText(call.body, 'new_name', 'Label') ?? label.name;
  for (const issue of call.repository.issues) {
    issue.labels = issue.labels.map((each) => (each === label.name ? name : each));
  }
  Object.assign(label, {
    name,
    color: colorOf(call) ?? label.color,
    description: optionalText(call.body, 'description', 'Label') ?? label.description,
  });
  return ok(show(call, label));
};

const remove = (call: RepositoryCall): Reply => {
  const label = labelOf(call);
  call.repository.labels = call.repository.labels.filter((each) => each !== label);
  for (const issue of call.repository.issues) issue.labels = issue.labels.filter((name) => name !== label.name);
  return noContent();
};

const labelsReply = (call: RepositoryCall, issue: Issue): Promise<Reply> =>
  listReply(call, labelsOfIssue(call.repository, issue), (label) => show(call, label));

const change = async (call: RepositoryCall, next: (issue: Issue) => string[]): Promise<Reply> => {
  const issue = issueOf(call);
  await setLabels(call.world, call.repository, issue, next(issue), doerOf(call));
  return labelsReply(call, issue);
};

const removeFromIssue = (call: RepositoryCall): Promise<Reply> => {
  const name = call.params.name?.toLowerCase();
  if (!issueOf(call).labels.some((each) => each.toLowerCase() === name)) throw notFound();
  return change(call, (issue) => issue.labels.filter((each) => each.toLowerCase() !== name));
};

const perms = ['issues', 'pull_requests'];
const ofIssue = '/repos/:owner/:repo/issues/:number/labels';
const one = '/repos/:owner/:repo/labels/:name';

export const labelRoutes: Route[] = [
  {
    method: 'GET',
    pattern: '/repos/:owner/:repo/labels',
    access: reads(...perms),
    handle: (call) => listReply(call, call.repository.labels, (label) => show(call, label)),
  },
  { method: 'POST', pattern: '/repos/:owner/:repo/labels', access: writes('write', ...perms), handle: create },
  { method: 'GET', pattern: one, access: reads(...perms), handle: (call) => ok(show(call, labelOf(call))) },
  { method: 'PATCH', pattern: one, access: writes('write', ...perms), handle: update },
  { method: 'DELETE', pattern: one, access: writes('write', ...perms), handle: remove },
  { method: 'GET', pattern: ofIssue, access: reads(...perms), handle: (call) => labelsReply(call, issueOf(call)) },
  {
    method: 'POST',
    pattern: ofIssue,
    access: writes('triage', ...perms),
    handle: (call) => change(call, (issue) => [...issue.labels, ...(labelNames(call) ?? [])]),
  },
  {
    method: 'PUT',
    pattern: ofIssue,
    access: writes('triage', ...perms),
    handle: (call) => change(call, () => labelNames(call) ?? []),
  },
  {
    method: 'DELETE',
    pattern: ofIssue,
    access: writes('triage', ...perms),
    handle: async (call) => {
      await change(call, () => []);
      return noContent();
    },
  },
  { method: 'DELETE', pattern: `${ofIssue}/:name`, access: writes('triage', ...perms), handle: removeFromIssue },
];

import { branchOfRef } from '../find.ts';
import { diffFiles, mergeBase } from '../git/diff.ts';
import { noSha, resolveCommit } from '../git/refs.ts';
import type { Repository } from '../state.ts';
import type { Emission } from '../webhooks/emit.ts';
import type { World } from '../world.ts';
import { createRun } from './create-run.ts';
import { passesEvent, passesPaths, type TriggerEvent } from './event-filters.ts';
import { listWorkflows, workflowAt } from './workflows.ts';

type Pull = {
  number: number;
  title: string;
  merge_commit_sha: string | null;
  head: { sha: string; repo: { id: number } | null };
  base: { ref: string; sha: string };
};
type Payload = Record<string, unknown> & {
  ref?: string;
  before?: string;
  after?: string;
  pull_request?: Pull;
  head_commit?: { message: string } | null;
  workflow_run?: { name: string };
};

/** Where the workflow file is read and run, and what had changed (base and head). */
type Place = {
  ref: string;
  sha: string;
  file: string;
  title: string | undefined;
  range: [string, string] | undefined;
  isFork: boolean;
};

const pushPlace = (repository: Repository, payload: Payload): Place | undefined => {
  const { ref = '', before = noSha, after = noSha } = payload;
  if (after === noSha) return undefined;
  const title = payload.head_commit?.message.split('\n')[0];
  const first = `refs/heads/${repository.defaultBranch}`;
  // a new branch is compared with where it left the default branch; tags are not looked into
  const base = before !== noSha ? before : ref === first ? undefined : first;
  const range: Place['range'] = base && branchOfRef(ref) ? [base, after] : undefined;
  return { ref, sha: after, file: after, title, range, isFork: false };
};

const pullPlace = (repository: Repository, pull: Pull): Place | undefined => {
  // what cannot be merged has no commit that could be run
  const sha = pull.merge_commit_sha;
  if (!sha) return undefined;
  const ref = `refs/pull/${pull.number}/merge`;
  const isFork = pull.head.repo?.id !== repository.id;
  return { ref, sha, file: sha, title: pull.title, range: [pull.base.sha, pull.head.sha], isFork };
};

const defaultPlace = async (repository: Repository): Promise<Place | undefined> => {
  const ref = `refs/heads/${repository.defaultBranch}`;
  const sha = await resolveCommit(repository.gitDir, ref);
  return sha ? { ref, sha, file: sha, title: undefined, range: undefined, isFork: false } : undefined;
};

const placeOf = async (repository: Repository, event: string, payload: Payload): Promise<Place | undefined> => {
  if (event === 'push') return pushPlace(repository, payload);
  if (event === 'pull_request' && payload.pull_request) return pullPlace(repository, payload.pull_request);
  return defaultPlace(repository);
};

const changedIn = async (repository: Repository, range: Place['range']): Promise<string[] | undefined> => {
  if (!range) return undefined;
  const base = (await mergeBase(repository.gitDir, range[0], range[1])) ?? range[0];
  return (await diffFiles(repository.gitDir, base, range[1])).map((file) => file.path);
};

const describe = (event: string, action: string | undefined, payload: Payload): TriggerEvent => {
  const { ref = '' } = payload;
  return {
    event,
    action,
    branch: event === 'push' ? branchOfRef(ref) : payload.pull_request?.base.ref,
    tag: event === 'push' && ref.startsWith('refs/tags/') ? ref.slice('refs/tags/'.length) : undefined,
    workflow: payload.workflow_run?.name,
  };
};

/** Starts the workflows that are `on` an event. What a job did with its own token starts none, as on GitHub. */
export const triggerWorkflows = async (
  world: World,
  emission: Pick<Emission, 'event' | 'action' | 'sender'> & { repository: Repository },
  payload: Payload,
): Promise<void> => {
  const { repository, event, action, sender } = emission;
  if (event === 'workflow_job' || sender === 'github-actions[bot]') return;
  const workflows = await listWorkflows(world, repository);
  if (workflows.length === 0) return;
  const place = await placeOf(repository, event, payload);
  if (!place) return;
  for (const workflow of workflows) {
    const read = await workflowAt(world, repository, place.file, workflow.path);
    if (workflow.state !== 'active' || !read || 'errors' in read) continue;
    const filters = read.definition.on[event];
    if (!filters || !passesEvent(filters, describe(event, action, payload))) continue;
    const changed = await changedIn(repository, place.range);
    if (changed && !passesPaths(filters, changed)) continue;
    const { ref, sha, isFork } = place;
    const title = place.title ?? read.definition.name ?? workflow.path;
    const fields = { event, ref, sha, actor: sender, inputs: {}, payload, title, isFork };
    await createRun(world, repository, workflow, read.definition, fields);
  }
};

/** Runs a workflow as its `on: schedule` would, now. */
export const runScheduled = async (world: World, repository: Repository, file: string): Promise<number> => {
  const workflow = (await listWorkflows(world, repository)).find((each) => each.path.endsWith(`/${file}`));
  const place = await defaultPlace(repository);
  const read = workflow && place ? await workflowAt(world, repository, place.sha, workflow.path) : undefined;
  if (!workflow || !place || !read || 'errors' in read || !read.definition.on.schedule) {
    throw new Error(`${file} is no workflow of ${repository.fullName} with a schedule`);
  }
  const { ref, sha } = place;
  const fields = {
    event: 'schedule',
    ref,
    sha,
    actor: repository.owner,
    inputs: {},
    payload: {},
    title: read.definition.name ?? workflow.path,
    isFork: false,
  };
  return (await createRun(world, repository, workflow, read.definition, fields)).id;
};

import { AppError } from '../../domain/errors.ts';
import type { PullRequest } from '../../ports/github.ts';
import { formatKey } from '../keys.ts';
import { EMPTY_PULL } from '../pull-request/empty-pull.ts';
import type { MonitorScene } from './scene.ts';

/** One edit of one spec, as a pull request of ours. */
export type Edit = {
  asked: 'retrain' | 'accept';
  branch: string;
  path: string;
  edit: (text: string) => string;
  message: string;
  title: string;
  body: string;
};

/** Idempotent: branch and pull request are named after the edit; asked twice, the same pull request is answered. */
export async function openEditPull(scene: MonitorScene, change: Edit): Promise<PullRequest> {
  const { deps, records, ref, repository, id, monitor } = scene;
  const base = (await records.repositories.get(repository))?.defaultBranch ?? 'main';
  const head = await prepareBranch(scene, base, change);
  const { title, body } = change;
  const pull = await deps.github.pulls.open(ref, { head, base, title, body });
  const issue = (await records.monitors.get(id))?.issue?.number;
  await records.pulls.update(`${repository}#${pull.number}`, (current) => ({
    ...(current ?? EMPTY_PULL),
    ...(issue ? { origin: { issue, monitor: monitor.name, asked: change.asked } } : {}),
  }));
  await records.monitors.update(id, (stored) =>
    stored?.pulls.includes(pull.number) ? undefined : stored && { ...stored, pulls: [...stored.pulls, pull.number] },
  );
  await deps.store.queue.request(formatKey({ kind: 'pull', repository, number: pull.number }));
  return pull;
}

/**
 * Name of a branch with the one edit. One with commits of its own is of an earlier try, and is taken as it is; one that lies
 * in the base's past was merged, and nothing can be asked of it again, so that the next name is tried.
 */
async function prepareBranch({ deps, ref }: MonitorScene, base: string, change: Edit): Promise<string> {
  const { files, pulls } = deps.github;
  const from = await files.branchHead(ref, base);
  if (!from) throw new AppError('conflict/not-found', `branch ${base} does not exist`);
  const texts = await files.read(ref, [{ sha: from, path: change.path }]);
  const text = editedText(base, change, texts.get(`${from}:${change.path}`));
  for (let times = 1; ; times++) {
    const branch = times === 1 ? change.branch : `${change.branch}-${times}`;
    const made = await files.createBranch(ref, branch, from);
    const head: string | undefined = made === 'created' ? from : await files.branchHead(ref, branch);
    if (head === undefined) throw new AppError('conflict/stale', `${branch} was deleted meanwhile`);
    if (head !== from) {
      if ((await pulls.mergeBase(ref, from, head)) === head) continue;
      return branch;
    }
    const { message, path } = change;
    const done = await files.commit(ref, { branch, expectedHead: head, message, files: [{ path, text }] });
    if (done === 'moved') throw new AppError('conflict/stale', `${branch} was pushed to meanwhile`);
    return branch;
  }
}

/** Throws what is answered to whoever asked: trying again would not help. */
function editedText(base: string, { path, edit }: Edit, before: string | undefined): string {
  if (before === undefined) throw new AppError('conflict/not-found', `${path} is not on ${base} any more`);
  const text = edit(before);
  if (text === before) throw new AppError('config/invalid-input', `${path} says so on ${base} already`);
  return text;
}

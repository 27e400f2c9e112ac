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
  await prepareBranch(scene, base, change);
  const { branch: head, title, body } = change;
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

/** The branch from the base's head with the one edit; what an interrupted try left is taken up. */
async function prepareBranch({ deps, ref }: MonitorScene, base: string, change: Edit): Promise<void> {
  const { files } = deps.github;
  const from = await files.branchHead(ref, base);
  if (!from) throw new AppError('conflict/not-found', `branch ${base} does not exist`);
  await files.createBranch(ref, change.branch, from);
  const head = (await files.branchHead(ref, change.branch)) ?? from;
  const before = (await files.read(ref, [{ sha: head, path: change.path }])).get(`${head}:${change.path}`);
  if (before === undefined) throw new AppError('conflict/stale', `${change.path} is not on ${base} any more`);
  const text = change.edit(before);
  if (text === before) return;
  const { branch, message, path } = change;
  const done = await files.commit(ref, { branch, expectedHead: head, message, files: [{ path, text }] });
  if (done === 'moved') throw new AppError('conflict/stale', `${branch} was pushed to meanwhile`);
}

import { AppError } from '../../domain/errors.ts';
import { moveWindow } from '../../domain/spec/set-in-spec.ts';
import type { DataWindow, Monitor } from '../../domain/spec/valid.ts';
import type { PullRequest, RepositoryRef } from '../../ports/github.ts';
import { renderRetrainPull } from '../../render/retrain-pull.ts';
import type { FlowDeps } from '../deps.ts';
import { formatKey } from '../keys.ts';
import { EMPTY_PULL } from '../pull-request/empty-pull.ts';
import type { MonitorRecord, Records } from '../records.ts';

const DAY_MS = 86_400_000;

/**
 * A pull request that moves the dataset's window to what production looks like now. Idempotent: branch and pull request
 * are named after the window; asked twice, the same pull request is answered.
 */
export async function openRetrainPull(
  deps: FlowDeps,
  records: Records,
  ref: RepositoryRef,
  repository: string,
  monitor: Monitor,
  wanted: { id: string; from?: string; to?: string },
): Promise<PullRequest> {
  const id = `${repository}/${monitor.name}`;
  const declared = (await records.bases.get(repository))?.repository;
  const record = await records.monitors.get(id);
  const deployment = declared?.deployments.find((one) => one.name === monitor.deployment);
  const model = declared?.models.find((one) => one.name === deployment?.model);
  const dataset = declared?.datasets.find((one) => one.name === model?.dataset);
  if (!dataset || !model || !record)
    throw new AppError(
      'conflict/not-found',
      `monitor ${monitor.name}: its model or dataset is no longer declared on the default branch`,
    );
  if (!dataset.window) {
    throw new AppError(
      'config/invalid-spec',
      `${dataset.path} declares no window, so there is none to move; give it one (window: {column, from, to}) or open the pull request by hand`,
    );
  }
  const window = await settle(records, id, wanted.id, nextWindow(dataset.window, record, wanted));
  const base = (await records.repositories.get(repository))?.defaultBranch ?? 'main';
  const branch = `sluice/retrain-${monitor.name}-${window.from}-${window.to}`;
  await prepareBranch(deps, ref, {
    base,
    branch,
    path: dataset.path,
    edit: (text) => moveWindow(text, window),
    message: `Retrain ${model.name} on ${window.from} to ${window.to}\n\nAsked for by the monitor ${monitor.name}${record.issue ? ` (#${record.issue.number})` : ''}.`,
  });
  const pull = await deps.github.pulls.open(ref, {
    head: branch,
    base,
    title: `Retrain ${model.name} on data of ${window.from} to ${window.to}`,
    body: renderRetrainPull({
      model: model.name,
      dataset: dataset.name,
      before: dataset.window,
      after: window,
      monitor: monitor.name,
      issue: record.issue?.number,
      last: record.windows.at(-1)?.verdict,
    }),
  });
  const issue = record.issue?.number;
  await records.pulls.update(`${repository}#${pull.number}`, (current) => ({
    ...(current ?? EMPTY_PULL),
    ...(issue === undefined ? {} : { origin: { issue, monitor: monitor.name } }),
  }));
  await records.monitors.update(id, (stored) =>
    stored?.pulls.includes(pull.number) ? undefined : stored && { ...stored, pulls: [...stored.pulls, pull.number] },
  );
  await deps.store.queue.request(formatKey({ kind: 'pull', repository, number: pull.number }));
  return pull;
}

/** The branch from the base's head with the one edit; what an interrupted try left is taken up. */
async function prepareBranch(
  deps: FlowDeps,
  ref: RepositoryRef,
  change: { base: string; branch: string; path: string; edit: (text: string) => string; message: string },
): Promise<void> {
  const { files } = deps.github;
  const from = await files.branchHead(ref, change.base);
  if (!from) throw new AppError('conflict/not-found', `branch ${change.base} does not exist`);
  await files.createBranch(ref, change.branch, from);
  const head = (await files.branchHead(ref, change.branch)) ?? from;
  const before = (await files.read(ref, [{ sha: head, path: change.path }])).get(`${head}:${change.path}`);
  if (before === undefined) throw new AppError('conflict/stale', `${change.path} is not on ${change.base} any more`);
  const text = change.edit(before);
  if (text === before) return;
  const { branch, message, path } = change;
  const done = await files.commit(ref, { branch, expectedHead: head, message, files: [{ path, text }] });
  if (done === 'moved') throw new AppError('conflict/stale', `${branch} was pushed to meanwhile`);
}

/**
 * Ends with the newest complete window. Starts where the alert says that things changed, so that training does not mix
 * two worlds; without an alert the window keeps its length.
 */
function nextWindow(
  present: DataWindow,
  record: MonitorRecord,
  wanted: { from?: string; to?: string },
): { from: string; to: string } {
  const odd = [wanted.from, wanted.to].find((day) => day !== undefined && !isDay(day));
  // It becomes part of a branch's name.
  if (odd !== undefined) throw new AppError('config/invalid-input', `"${odd}" is no day such as 2024-01-31`);
  const to = wanted.to ?? isoDay(record.windows.at(-1)?.to ?? Date.parse(present.to));
  const length = Date.parse(present.to) - Date.parse(present.from);
  const since = record.alert.status === 'open' ? record.alert.since : undefined;
  const changed = isoDay(since ?? Date.parse(to) - length);
  const from = wanted.from ?? (changed < to ? changed : isoDay(Date.parse(to) - length));
  if (!(Date.parse(from) < Date.parse(to))) {
    throw new AppError(
      'config/invalid-input',
      `the window ${from} to ${to} is empty; say from=YYYY-MM-DD and to=YYYY-MM-DD, from before to`,
    );
  }
  if (from === present.from && to === present.to) {
    throw new AppError('config/invalid-input', `the window is ${from} to ${to} already; there is no newer data yet`);
  }
  return { from, to };
}

/** The window of the first try of this request. */
async function settle(
  records: Records,
  id: string,
  asked: string,
  window: { from: string; to: string },
): Promise<{ from: string; to: string }> {
  const saved = await records.monitors.update(id, (stored) =>
    !stored || stored.retrains?.some((one) => one.id === asked)
      ? undefined
      : { ...stored, retrains: [...(stored.retrains ?? []), { id: asked, ...window }].slice(-20) },
  );
  const settled = saved?.retrains?.find((one) => one.id === asked) ?? window;
  return { from: settled.from, to: settled.to };
}

function isDay(text: string): boolean {
  return /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(Date.parse(text));
}

function isoDay(epochMs: number): string {
  return new Date(Math.round(epochMs / DAY_MS) * DAY_MS).toISOString().slice(0, 10);
}

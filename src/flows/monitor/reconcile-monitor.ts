import { type AlertTransition, advance, NO_ALERT } from '../../domain/drift/alert.ts';
import type { ReferenceProfile } from '../../domain/drift/profile.ts';
import { AppError } from '../../domain/errors.ts';
import { digestOf } from '../../domain/fingerprint/digest.ts';
import type { Monitor } from '../../domain/spec/valid.ts';
import type { WindowObservation } from '../../ports/drift-source.ts';
import type { RepositoryRef } from '../../ports/github.ts';
import { renderDriftIssue, renderDriftTransition } from '../../render/drift.ts';
import { driftPlots } from '../../render/drift-plots.ts';
import { createPictures } from '../../render/pictures.ts';
import { readJson } from '../blobs.ts';
import { versionsOf } from '../champion.ts';
import type { Again, FlowDeps } from '../deps.ts';
import { formatKey } from '../keys.ts';
import { storePictures } from '../publish.ts';
import type { MonitorRecord, Records, VersionRecord } from '../records.ts';
import { repositoryRef } from '../repository-ref.ts';
import { openRetrainPull } from './open-retrain-pull.ts';
import { type MonitorScene, observeAgain, readWindows } from './read-windows.ts';

export const EMPTY_MONITOR: MonitorRecord = { windows: [], folded: NO_ALERT, alert: NO_ALERT, told: [], pulls: [] };
const KEPT_WINDOWS = 60;

/** Reads what production did since the last look, judges it, and keeps the monitor's one issue true. */
export async function reconcileMonitor(
  deps: FlowDeps,
  records: Records,
  repository: string,
  name: string,
): Promise<Again> {
  const ref = await repositoryRef(records, repository);
  const declared = (await records.bases.get(repository))?.repository;
  const monitor = declared?.monitors.find((one) => one.name === name);
  const deployment = declared?.deployments.find((one) => one.name === monitor?.deployment);
  if (!ref || !monitor || !deployment) return undefined;
  const next = { at: nextLook(deps.clock.now(), monitor.scheduleSeconds * 1000) };
  const live = (await records.rollouts.get(`${repository}/${deployment.name}`))?.current;
  const versions = await versionsOf(records, repository, deployment.model);
  const current = versions.find((one) => one.version === live);
  if (!current) return next;
  const scene: MonitorScene = { deps, repository, monitor, versions, current };
  const id = `${repository}/${name}`;
  const record = (await records.monitors.get(id)) ?? EMPTY_MONITOR;
  const read = await readWindows(scene, record);
  const settings = { openAfter: monitor.open.after, closeAfter: monitor.close.after };
  const surplus = read.windows.slice(0, Math.max(0, read.windows.length - KEPT_WINDOWS));
  const folded = advance(record.folded, surplus, settings).state;
  const windows = read.windows.slice(surplus.length);
  // Folded anew each time: late labels may change what recent windows said.
  const { state: alert, transitions } = advance(folded, windows, settings);
  const saved = await records.monitors.update(id, (stored) => ({
    ...(stored ?? EMPTY_MONITOR),
    windows,
    folded,
    alert,
    nextFrom: read.nextFrom,
  }));
  await keepIssue(scene, records, ref, id, saved ?? record, transitions, read.newest);
  await hearCommands(deps, records, repository, id);
  if (monitor.retrain === 'pull-request' && alert.status === 'open')
    await retrainOnce(deps, records, ref, repository, monitor, id);
  return read.more ? { at: deps.clock.now() } : next;
}

/** On the schedule's own grid: daily at midnight UTC, hourly on the hour. */
function nextLook(now: number, every: number): number {
  return (Math.floor(now / every) + 1) * every;
}

async function retrainOnce(
  deps: FlowDeps,
  records: Records,
  ref: RepositoryRef,
  repository: string,
  monitor: Monitor,
  id: string,
): Promise<void> {
  const record = await records.monitors.get(id);
  if (!record?.issue?.open || record.pulls.length > 0) return;
  try {
    await openRetrainPull(deps, records, ref, repository, monitor, { id: `alert/${record.issue.since}` });
  } catch (error) {
    // What the author of the specs has to mend must not keep the monitor from watching.
    if (!(error instanceof AppError && error.family === 'config')) throw error;
    deps.log.warn({ repository, monitor: monitor.name }, `no pull request was opened: ${error.message}`);
  }
}

async function keepIssue(
  scene: MonitorScene,
  records: Records,
  ref: RepositoryRef,
  id: string,
  record: MonitorRecord,
  transitions: AlertTransition[],
  newest: WindowObservation | undefined,
): Promise<void> {
  const { deps, monitor, repository } = scene;
  const open = record.alert.status === 'open';
  const known = record.issue?.open ? record.issue : undefined;
  if (!open && !known) return;
  const since = known?.since ?? record.alert.since ?? record.windows.at(-1)?.from ?? 0;
  const privateColumns = privateInputs(scene.current);
  const pictures = createPictures(deps.publicUrl);
  const reference = await readJson<ReferenceProfile>(deps.artifacts, scene.current.referenceDigest);
  const last = record.windows.at(-1);
  // Killed after the window was kept, the plots are still those of the one before.
  const seen = newest ?? (last && known?.shown !== last.to ? await observeAgain(scene, last) : undefined);
  const plots =
    seen || !known
      ? driftPlots({ reference, observed: seen, windows: record.windows, monitor, privateColumns }).map((plot) =>
          pictures.show(plot.alt, plot.svg),
        )
      : (known.plots ?? []);
  await storePictures(deps, pictures);
  const { title, body } = renderDriftIssue({
    monitor,
    model: scene.current.model.name,
    version: scene.current.version,
    alert: record.alert,
    windows: record.windows,
    since,
    pulls: record.pulls,
    plots,
    privateColumns,
  });
  const state = open ? ('open' as const) : ('closed' as const);
  const digest = digestOf({ title, body, state });
  let issue = known;
  if (!known || known.digest !== digest) {
    const { number, url } = await deps.github.issues.upsert(ref, {
      marker: `monitor/${monitor.name}/${since}`,
      title,
      body,
      labels: monitor.issue.labels,
      assignees: await assignees(records, repository, monitor),
      state: 'open',
      knownNumber: known?.number,
    });
    issue = { number, url, digest, open: true, since, plots, shown: last?.to };
    await note(records, id, issue);
  }
  await tellTransitions(scene, records, ref, id, issue!.number, transitions, since);
  if (!open) {
    await deps.github.issues.upsert(ref, {
      marker: `monitor/${monitor.name}/${since}`,
      title,
      body,
      labels: monitor.issue.labels,
      assignees: [],
      state: 'closed',
      knownNumber: issue!.number,
    });
    await note(records, id, { ...issue!, open: false }, []);
  }
}

/** What was asked on the issue while we did not know it for ours: between its creation and our note of it. */
async function hearCommands(deps: FlowDeps, records: Records, repository: string, id: string): Promise<void> {
  const number = (await records.monitors.get(id))?.issue?.number;
  if (number === undefined) return;
  const asked = await records.commands.list(`${repository}#${number}/`);
  if (asked.some(({ value }) => !value.handled))
    await deps.store.queue.request(formatKey({ kind: 'issue', repository, number }));
}

async function note(
  records: Records,
  id: string,
  issue: NonNullable<MonitorRecord['issue']>,
  pulls?: number[],
): Promise<void> {
  await records.monitors.update(id, (stored) => ({ ...(stored ?? EMPTY_MONITOR), issue, ...(pulls ? { pulls } : {}) }));
}

/** Inputs that come from columns marked as personal data, by either name. */
function privateInputs({ model, dataset }: VersionRecord): Set<string> {
  const marked = new Set(dataset.columns.filter((column) => column.pii).map((column) => column.name));
  const inputs = model.signature.inputs.filter((input) => marked.has(input.column));
  return new Set(inputs.flatMap((input) => [input.name, input.column]));
}

/** A comment a transition, once: the marker finds it again after a crash. */
async function tellTransitions(
  scene: MonitorScene,
  records: Records,
  ref: RepositoryRef,
  id: string,
  issue: number,
  transitions: AlertTransition[],
  since: number,
): Promise<void> {
  const record = await records.monitors.get(id);
  for (const transition of transitions.filter((one) => one.window.to > since)) {
    const told = `${issue}/${transition.kind}/${transition.window.to}`;
    if (record?.told.includes(told)) continue;
    await scene.deps.github.comments.upsert(ref, issue, {
      marker: `transition/${told}`,
      body: renderDriftTransition(transition, scene.monitor, scene.current.version),
    });
    await records.monitors.update(id, (stored) => stored && { ...stored, told: [...stored.told, told].slice(-40) });
  }
}

async function assignees(records: Records, repository: string, monitor: Monitor): Promise<string[]> {
  if (monitor.issue.assign !== 'owners') return [];
  const policy = (await records.bases.get(repository))?.repository?.policy;
  const rule = policy?.owners.findLast((one) => one.pattern === '**');
  return (rule?.owners ?? []).map((owner) => owner.replace(/^@/, '')).filter((owner) => !owner.includes('/'));
}

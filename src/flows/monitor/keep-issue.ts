/** The one issue of a monitor: opened, kept true, closed and opened again; at most one edit a look. */
import { newFindings } from '../../domain/drift/alert-findings.ts';
import { digestOf } from '../../domain/fingerprint/digest.ts';
import { renderDriftIssue } from '../../render/drift.ts';
import { createPictures } from '../../render/pictures.ts';
import { storePictures } from '../publish.ts';
import { type AlertGroup, alertGroup, lookAtOthers } from './alert-group.ts';
import { assignees } from './assignees.ts';
import { EMPTY_MONITOR } from './empty-monitor.ts';
import { findingsOf, union } from './issue-findings.ts';
import { issueView } from './issue-view.ts';
import type { MonitorIssue, MonitorRecord } from './monitor-record.ts';
import type { MonitorScene } from './scene.ts';
import { hasMoreToTell, tellTransitions } from './tell-transitions.ts';

export async function keepIssue(scene: MonitorScene): Promise<void> {
  const { deps, records, id, monitor } = scene;
  const record = (await records.monitors.get(id)) ?? EMPTY_MONITOR;
  const firing = firingSince(record);
  const wanted = record.alert.status === 'open' || firing !== undefined;
  const known = record.issue?.open ? record.issue : undefined;
  if (!wanted && !known) return leaveGroup(scene, record);
  const snoozed = (record.snoozed?.until ?? 0) > deps.monitorClock.now();
  if (wanted && known?.closing) {
    // Killed while it was closed, and bad again since: the end that was begun comes first.
    await closeIssue(scene, known, await alertGroup(scene), snoozed);
    return keepIssue(scene);
  }
  if (!known && snoozed) return;
  const group = await alertGroup(scene);
  if (!known && firing === undefined && group.speaker !== monitor.name) return joinGroup(scene, record, group.speaker);
  const issue = known ?? (await beginIssue(scene, record, firing));
  if (!wanted) return closeIssue(scene, issue, group, snoozed);
  const published = await publishOpen(scene, issue, group, snoozed);
  if (issue.number === 0)
    await lookAtOthers(
      scene,
      group.related.map((one) => one.monitor),
    );
  await tellTransitions(scene, published, { snoozed, closing: false });
  const after = (await records.monitors.get(id)) ?? EMPTY_MONITOR;
  if (published.more && !hasMoreToTell(after, published)) await note(scene, { ...published, more: undefined });
}

/** Whoever closes it by hand has seen it: it is opened again by what it did not tell of then, once. */
async function publishOpen(
  scene: MonitorScene,
  issue: MonitorIssue,
  group: AlertGroup,
  snoozed: boolean,
): Promise<MonitorIssue> {
  const { issue: sent, state } = await send(scene, issue, group, 'open');
  if (state === undefined) return issue;
  const { shown, lasting } = await findingsOf(scene, group);
  const known = sent.known ?? shown;
  if (state === 'open') return note(scene, { ...sent, known: union(known, shown) });
  const more = newFindings(lasting, known);
  if (more.length === 0 || snoozed) return note(scene, { ...sent, known: union(known, more) });
  // Noted before it is opened: killed in between, the next look would find nothing new.
  const noted = await note(scene, { ...sent, known: union(known, more), more });
  return note(scene, (await send(scene, noted, group, 'open')).issue);
}

/** Noted before it is made: killed in between, it is found by its marker, whatever became of the alert meanwhile. */
async function beginIssue(
  { deps, records, id, monitor }: MonitorScene,
  { issue: before, alert }: MonitorRecord,
  firing: number | undefined,
): Promise<MonitorIssue> {
  const since = Math.min(
    alert.status === 'open' ? alert.since! : Number.POSITIVE_INFINITY,
    firing ?? Number.POSITIVE_INFINITY,
  );
  const grace = monitor.open.graceSeconds * 1000;
  const closed = before?.closed;
  // An alert of windows says by itself whether it is the one before.
  const isSame = (end: NonNullable<MonitorIssue['closed']>) =>
    alert.status === 'open' ? alert.since! < end.until : deps.monitorClock.now() - end.at <= grace;
  const back = closed !== undefined && isSame(closed);
  const issue: MonitorIssue =
    before && back
      ? { ...again(before), digest: '', open: true, opened: before.opened + 1 }
      : { number: 0, url: '', digest: '', open: true, since, opened: 1 };
  const saved = await records.monitors.update(id, (stored = EMPTY_MONITOR) =>
    stored.issue?.open ? undefined : { ...stored, issue, pulls: back ? stored.pulls : [] },
  );
  return saved?.issue ?? issue;
}

/** Opened by an alert that came back it tells of everything anew. */
function again({ known, more, closing, ...issue }: MonitorIssue): MonitorIssue {
  return issue;
}

async function closeIssue(
  scene: MonitorScene,
  issue: MonitorIssue,
  group: AlertGroup,
  snoozed: boolean,
): Promise<void> {
  const { deps, records, repository, id } = scene;
  const until = (await records.monitors.get(id))?.alert.until ?? 0;
  const closing = issue.closing ?? { at: deps.monitorClock.now(), until };
  const { issue: sent } = issue.number > 0 ? { issue } : await send(scene, issue, group, 'open');
  const made = await note(scene, { ...sent, closing });
  await tellTransitions(scene, made, { snoozed, closing: true });
  const { issue: closed } = await send(scene, made, group, 'closed');
  const all = await records.monitors.list(`${repository}/`);
  const waiting = all.filter(({ value }) => value.speaker === scene.monitor.name);
  // Asked for before it counts as closed: killed in between, it is asked for again.
  await lookAtOthers(
    scene,
    waiting.map((one) => one.id.slice(repository.length + 1)),
  );
  await note(scene, { ...closed, open: false, closed: closing, closing: undefined });
  await records.monitors.update(id, (stored) => stored && { ...stored, speaker: undefined });
}

/** The issue as it has to be noted. `state`: what it is on GitHub, if there was something to send. */
async function send(
  scene: MonitorScene,
  issue: MonitorIssue,
  group: AlertGroup,
  wanted: 'open' | 'closed',
): Promise<{ issue: MonitorIssue; state?: 'open' | 'closed' }> {
  const { deps, records, ref, id, monitor } = scene;
  const record = (await records.monitors.get(id)) ?? EMPTY_MONITOR;
  const pictures = createPictures(deps.publicUrl);
  const since = record.alert.since ?? issue.since;
  const { title, body } = renderDriftIssue(
    await issueView(scene, record, since, group.related, pictures, wanted === 'closed'),
  );
  const digest = digestOf({ title, body, state: wanted });
  const isDue = hasMoreToTell(record, issue);
  if (issue.digest === digest && !isDue) return { issue };
  await storePictures(deps, pictures);
  const { number, url, state } = await deps.github.issues.upsert(ref, {
    marker: `monitor/${monitor.name}/${issue.since}`,
    title,
    body,
    labels: monitor.issue.labels,
    assignees: wanted === 'open' ? assignees(scene) : [],
    state: wanted === 'open' && issue.digest !== '' && !isDue ? 'kept' : wanted,
    ...(issue.number > 0 ? { knownNumber: issue.number } : {}),
  });
  return { issue: { ...issue, number, url, digest }, state };
}

async function note({ records, id }: MonitorScene, issue: MonitorIssue): Promise<MonitorIssue> {
  await records.monitors.update(id, (stored = EMPTY_MONITOR) => ({ ...stored, issue }));
  return issue;
}

/** Another issue says what there is to say: it has to name this monitor. */
async function joinGroup(scene: MonitorScene, { speaker: before }: MonitorRecord, speaker: string): Promise<void> {
  if (before === speaker) return;
  await lookAtOthers(scene, [speaker]);
  await scene.records.monitors.update(scene.id, (stored = EMPTY_MONITOR) => ({ ...stored, speaker }));
}

async function leaveGroup(scene: MonitorScene, { speaker }: MonitorRecord): Promise<void> {
  if (speaker === undefined) return;
  await lookAtOthers(scene, [speaker]);
  await scene.records.monitors.update(scene.id, (stored) => stored && { ...stored, speaker: undefined });
}

/** Since when an alert of the user's own Prometheus fires. */
function firingSince({ alerts = [] }: MonitorRecord): number | undefined {
  const firing = alerts.filter(({ status }) => status === 'firing').map(({ startsAt }) => startsAt);
  return firing.length === 0 ? undefined : Math.min(...firing);
}

/** Comments on the issue: one a turn, and only on turns. */
import type { AlertTransition } from '../../domain/drift/alert.ts';
import { AppError } from '../../domain/errors.ts';
import { digestOf } from '../../domain/fingerprint/digest.ts';
import { renderDriftTransition } from '../../render/drift.ts';
import { EMPTY_MONITOR } from './empty-monitor.ts';
import { foldWindows } from './fold-windows.ts';
import type { MonitorIssue, MonitorRecord } from './monitor-record.ts';
import type { MonitorScene } from './scene.ts';

/** In one look; the rest comes with the next. */
const MAX_COMMENTS = 5;
const MAX_TOLD = 200;

/** `key`: number of the issue, how often it was opened, and what happened, so that each is told once. */
type Telling = { key: string; transition: AlertTransition };

/** `snoozed`: what happens counts as told. */
export async function tellTransitions(
  scene: MonitorScene,
  issue: MonitorIssue,
  { snoozed, closing }: { snoozed: boolean; closing: boolean },
): Promise<void> {
  const { deps, records, ref, id, monitor, current } = scene;
  const record = (await records.monitors.get(id)) ?? EMPTY_MONITOR;
  const prefix = `${issue.number}/${issue.opened}`;
  const turns = [
    ...(closing ? revisedTellings(record, prefix) : []),
    ...turnTellings(scene, record, issue, prefix, closing),
    // What is over opens nothing again.
    ...(closing ? [] : moreTellings(issue)),
    ...alertTellings(record, prefix),
  ];
  if (snoozed) await markTold(scene, turns);
  else await tell(turns).catch(unlessDeleted);

  async function tell(all: Telling[]): Promise<void> {
    for (const { key, transition } of all.filter((one) => !record.told.includes(one.key)).slice(0, MAX_COMMENTS)) {
      await deps.github.comments.upsert(ref, issue.number, {
        marker: `transition/${key}`,
        body: renderDriftTransition(transition, monitor, current.version),
      });
      await markTold(scene, [{ key, transition }]);
    }
  }
}

/** An issue that people deleted is made anew with the next edit of it, and told of there. */
function unlessDeleted(error: unknown): void {
  if (!(error instanceof AppError) || error.code !== 'conflict/not-found') throw error;
}

async function markTold({ records, id }: MonitorScene, told: Telling[]): Promise<void> {
  if (told.length === 0) return;
  await records.monitors.update(id, (stored = EMPTY_MONITOR) => {
    const keys = told.map(({ key }) => key).filter((key) => !stored.told.includes(key));
    return keys.length === 0 ? undefined : { ...stored, told: [...stored.told, ...keys].slice(-MAX_TOLD) };
  });
}

/** What the windows say: one beginning and one end each time that the issue is opened. */
function turnTellings(
  { monitor }: MonitorScene,
  record: MonitorRecord,
  issue: MonitorIssue,
  prefix: string,
  closing: boolean,
): Telling[] {
  const { windows, alert } = record;
  const { transitions } = foldWindows(monitor, record.folded, windows);
  const last = transitions.filter(({ window }) => window.to > issue.since).at(-1);
  const newest = last?.window ?? windows.at(-1);
  if (!newest) return [];
  const opened = `${prefix}/opened`;
  if (alert.status === 'open') {
    return [{ key: opened, transition: { kind: issue.opened > 1 ? 'reopened' : 'opened', window: newest } }];
  }
  if (!closing || !record.told.includes(opened)) return [];
  const judgedAgain = last?.kind !== 'closed';
  const window = judgedAgain ? windows.at(-1)! : newest;
  return [{ key: `${prefix}/closed`, transition: { kind: 'closed', window, ...(judgedAgain ? { judgedAgain } : {}) } }];
}

function moreTellings(issue: MonitorIssue): Telling[] {
  const { more: findings = [] } = issue;
  return findings.length === 0 ? [] : [{ key: moreKey(issue, findings), transition: { kind: 'more', findings } }];
}

function moreKey({ number, opened }: MonitorIssue, findings: string[]): string {
  return `${number}/${opened}/more/${digestOf(findings).slice(-16)}`;
}

/** Whether the issue has to be open for what broke since people closed it. */
export function hasMoreToTell({ told }: MonitorRecord, issue: MonitorIssue): boolean {
  return moreTellings(issue).some(({ key }) => !told.includes(key));
}

/** Of all that late rows and labels change, what ended the alert: the issue as it is opened says it all already. */
function revisedTellings({ windows, turnedBy, told }: MonitorRecord, prefix: string): Telling[] {
  const window = windows.find(({ from }) => from === turnedBy);
  if (window?.before === undefined || !told.includes(`${prefix}/opened`)) return [];
  return [{ key: `${prefix}/revised`, transition: { kind: 'revised', window, before: window.before } }];
}

/** An alert that fires again and again is told once each time that the issue is opened. */
function alertTellings({ alerts = [], told }: MonitorRecord, prefix: string): Telling[] {
  return alerts.flatMap((alert): Telling[] => {
    // What others name becomes part of a marker.
    const name = digestOf(alert.fingerprint).slice(-16);
    const firing = `${prefix}/alert-firing/${name}`;
    if (alert.status === 'firing')
      return [{ key: firing, transition: { kind: 'alert-firing', at: alert.startsAt, alert } }];
    if (!told.includes(firing)) return [];
    const at = alert.endsAt ?? alert.startsAt;
    return [{ key: `${prefix}/alert-resolved/${name}`, transition: { kind: 'alert-resolved', at, alert } }];
  });
}

/** The issues about the monitor itself: it fails, or nothing arrives. Opened and closed by themselves. */
import { digestOf } from '../../domain/fingerprint/digest.ts';
import { renderTroubleIssue } from '../../render/drift.ts';
import { assignees } from './assignees.ts';
import { EMPTY_MONITOR } from './empty-monitor.ts';
import type { TroubleRecord } from './monitor-record.ts';
import type { MonitorScene } from './scene.ts';

/** `atOnce`: trying again will not help. `since`: if it began before it was found, by the monitor's clock. */
export type Trouble = { kind: TroubleRecord['kind']; text: string; atOnce: boolean; since?: number };

/** Looks in a row that fail before it is told. */
const PATIENCE = 3;
const FIRST_WAIT_MS = 5 * 60_000;
const LONGEST_WAIT_MS = 6 * 3_600_000;
/** A look that was killed and began anew is not one more. */
const SAME_LOOK_MS = 60_000;

/** What a look found; `unknown`: it is not over, and so what was wrong may still be. */
export async function keepTrouble(scene: MonitorScene, found: Trouble | 'unknown' | undefined): Promise<void> {
  if (found === 'unknown') return;
  const known = (await scene.records.monitors.get(scene.id))?.troubles ?? {};
  // Whether there are rows again, nobody knows who cannot look.
  const over = found?.kind === 'failing' ? [] : [known.failing, found ? undefined : known['no-data']];
  for (const trouble of over) {
    if (!trouble) continue;
    const endedAt = trouble.endedAt ?? scene.deps.monitorClock.now();
    await publish(scene, await note(scene, { ...trouble, endedAt }), false);
  }
  if (!found) return;
  const trouble = await note(scene, follow(scene, known[found.kind], found));
  await publish(scene, trouble, found.atOnce || trouble.times >= PATIENCE);
}

/** What names the issue. */
export function troubleMarker(monitor: string, { kind, since }: Pick<TroubleRecord, 'kind' | 'since'>): string {
  return `monitor/${monitor}/${kind}/${since}`;
}

/** How long to leave a monitor alone that failed. */
export function waitAfter({ times }: Pick<TroubleRecord, 'times'>): number {
  return Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 3 ** Math.max(0, times - 1));
}

function follow({ deps, monitor }: MonitorScene, known: TroubleRecord | undefined, found: Trouble): TroubleRecord {
  const now = deps.monitorClock.now();
  const { kind, text } = found;
  const back = known && now - (known.endedAt ?? now) <= monitor.open.graceSeconds * 1000;
  if (!back) return { kind, text, since: found.since ?? now, times: 1, at: now };
  const { endedAt, ...same } = known;
  if (endedAt !== undefined) return { ...same, text, times: 1, at: now };
  return now - known.at < SAME_LOOK_MS ? { ...same, text } : { ...same, text, times: known.times + 1, at: now };
}

async function publish(scene: MonitorScene, trouble: TroubleRecord, due: boolean): Promise<void> {
  const { deps, records, ref, id, monitor } = scene;
  const over = trouble.endedAt !== undefined;
  const snoozed = ((await records.monitors.get(id))?.snoozed?.until ?? 0) > deps.monitorClock.now();
  if (!trouble.issue?.open && (over || !due || snoozed)) return;
  const { kind, since, text } = trouble;
  const { title, body } = renderTroubleIssue({ monitor, kind, since, text, over });
  const digest = digestOf({ title, body, over });
  if (trouble.issue?.digest === digest) return;
  // Noted before it is made: killed in between, it is found by its marker and closed when the trouble is over.
  const known = trouble.issue?.open ? trouble.issue : { number: 0, url: '', ...trouble.issue, digest: '', open: true };
  await note(scene, { ...trouble, issue: known });
  const { number, url } = await deps.github.issues.upsert(ref, {
    marker: troubleMarker(monitor.name, trouble),
    title,
    body,
    labels: monitor.issue.labels,
    assignees: over ? [] : assignees(scene),
    state: over ? 'closed' : known.digest === '' ? 'open' : 'kept',
    ...(known.number ? { knownNumber: known.number } : {}),
  });
  await note(scene, { ...trouble, issue: { number, url, digest, open: !over } });
}

async function note({ records, id }: MonitorScene, trouble: TroubleRecord): Promise<TroubleRecord> {
  await records.monitors.update(id, (stored = EMPTY_MONITOR) => ({
    ...stored,
    troubles: { ...stored.troubles, [trouble.kind]: trouble },
  }));
  return trouble;
}

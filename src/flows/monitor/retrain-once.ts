import { AppError } from '../../domain/errors.ts';
import { code, escapeText } from '../../render/markdown.ts';
import { openRetrainPull } from './open-retrain-pull.ts';
import type { MonitorScene } from './scene.ts';

/** Where the monitor says so, an alert asks for a pull request by itself, once. */
export async function retrainOnce(scene: MonitorScene): Promise<void> {
  const { deps, records, id, monitor } = scene;
  const record = await records.monitors.get(id);
  const { issue, alert, snoozed } = record ?? {};
  if (monitor.retrain !== 'pull-request' || alert?.status !== 'open' || !issue?.open || issue.number === 0) return;
  if ((snoozed?.until ?? 0) > deps.monitorClock.now()) return;
  // Also of somebody who asked before; without one, asking again is the same request.
  if (record!.pulls.length > 0) return;
  try {
    await openRetrainPull(scene, { id: `alert/${issue.since}` });
  } catch (error) {
    // What the author of the specs has to mend must not keep the monitor from watching.
    if (!(error instanceof AppError && error.family === 'config')) throw error;
    await tellOnce(scene, `${issue.number}/no-pull`, error.message);
  }
}

async function tellOnce({ deps, records, ref, id }: MonitorScene, key: string, why: string): Promise<void> {
  const record = await records.monitors.get(id);
  if (!record?.issue || record.told.includes(key)) return;
  await deps.github.comments.upsert(ref, record.issue.number, {
    marker: `retrain/${key}`,
    body: `No pull request was opened by itself, though ${code('retrain: pull-request')} asks for one: ${escapeText(why, 600)}.`,
  });
  await records.monitors.update(id, (stored) => stored && { ...stored, told: [...stored.told, key] });
}

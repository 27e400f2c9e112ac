import { AppError } from '../../domain/errors.ts';
import { setReference } from '../../domain/spec/set-in-spec.ts';
import type { PullRequest } from '../../ports/github.ts';
import { renderAcceptPull } from '../../render/accept-pull.ts';
import { askedOnce } from './asked-once.ts';
import { type Days, dayOf } from './days.ts';
import { EMPTY_MONITOR } from './empty-monitor.ts';
import type { MonitorRecord } from './monitor-record.ts';
import { openEditPull } from './open-edit-pull.ts';
import type { MonitorScene } from './scene.ts';

/** A pull request that takes production since the alert began as what is compared with from now on. */
export async function openAcceptPull(scene: MonitorScene, asked: string): Promise<PullRequest> {
  const { records, id, monitor } = scene;
  const record = (await records.monitors.get(id)) ?? EMPTY_MONITOR;
  const { span } = await askedOnce(scene, asked, async () => ({ span: spanToAccept(record) }));
  const issue = record.issue?.number;
  return openEditPull(scene, {
    asked: 'accept',
    branch: `sluice/accept-${monitor.name}-${span.from}-${span.to}`,
    path: monitor.path,
    edit: (text) => setReference(text, span),
    message: `Compare ${monitor.name} with ${span.from} to ${span.to}\n\nProduction since its alert began is accepted${issue ? ` (#${issue})` : ''}.`,
    title: `Compare ${monitor.name} with production of ${span.from} to ${span.to}`,
    body: renderAcceptPull({
      monitor: monitor.name,
      before: monitor.reference,
      after: span,
      issue,
      windows: record.windows.filter(({ from, to }) => from >= Date.parse(span.from) && to <= Date.parse(span.to)),
    }),
  });
}

/** Whole days, from the first after the alert began to the last before the newest complete window's end. */
function spanToAccept({ alert, windows }: MonitorRecord): Days {
  if (alert.status !== 'open' || alert.since === undefined) {
    throw new AppError('config/invalid-input', 'there is nothing to accept: production looks like the reference');
  }
  const since = alert.again ?? alert.since;
  const span = { from: dayOf(since, Math.ceil), to: dayOf(windows.at(-1)?.to ?? since, Math.floor) };
  if (span.from < span.to) return span;
  throw new AppError(
    'config/invalid-input',
    `a reference is made of whole days, and there is none yet since the alert began; ask again when ${span.from} is over`,
  );
}

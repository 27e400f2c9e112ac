import { AppError } from '../../domain/errors.ts';
import { moveWindow } from '../../domain/spec/set-in-spec.ts';
import type { Dataset, DataWindow } from '../../domain/spec/valid.ts';
import type { PullRequest } from '../../ports/github.ts';
import { renderRetrainPull } from '../../render/retrain-pull.ts';
import type { MonitorRecord } from '../records.ts';
import { askedSpan, type Days, dayOf } from './asked-span.ts';
import { EMPTY_MONITOR } from './empty-monitor.ts';
import { openEditPull } from './open-edit-pull.ts';
import { privateInputs } from './private-inputs.ts';
import type { MonitorScene } from './scene.ts';

type Wanted = { id: string; from?: string; to?: string };

/**
 * A pull request that moves the dataset's window to what production looks like now. Idempotent: branch and pull request
 * are named after the window; asked twice, the same pull request is answered.
 */
export async function openRetrainPull(scene: MonitorScene, wanted: Wanted): Promise<PullRequest> {
  const { records, id, declared, deployment, monitor } = scene;
  const record = (await records.monitors.get(id)) ?? EMPTY_MONITOR;
  const model = declared.models.find((one) => one.name === deployment.model);
  const dataset = declared.datasets.find((one) => one.name === model?.dataset);
  if (!dataset || !model) {
    throw new AppError(
      'conflict/not-found',
      `monitor ${monitor.name}: its model or dataset is no longer declared on the default branch`,
    );
  }
  const before = windowOf(dataset);
  const window = await askedSpan(scene, wanted.id, nextWindow(before, record, wanted));
  const issue = record.issue?.number;
  const named = `${window.from} to ${window.to}`;
  return openEditPull(scene, {
    asked: 'retrain',
    branch: `sluice/retrain-${monitor.name}-${window.from}-${window.to}`,
    path: dataset.path,
    edit: (text) => moveWindow(text, window),
    message: `Retrain ${model.name} on ${named}\n\nAsked for by the monitor ${monitor.name}${issue ? ` (#${issue})` : ''}.`,
    title: `Retrain ${model.name} on data of ${window.from} to ${window.to}`,
    body: renderRetrainPull({
      model: model.name,
      dataset: dataset.name,
      before,
      after: window,
      monitor: monitor.name,
      issue,
      ...(record.alert.status === 'open' ? { since: record.alert.since } : {}),
      windows: record.windows,
      privateColumns: privateInputs(scene, record),
    }),
  });
}

/** What is pinned by its digest is other data only in another file, and which that is no monitor can know. */
function windowOf(dataset: Dataset): DataWindow {
  if (dataset.window) return dataset.window;
  const { source, path } = dataset;
  throw new AppError(
    'config/invalid-spec',
    source.sha256 === undefined
      ? `${path} declares no window, so there is none to move; give it one (window: {column, from, to}) or open the pull request by hand`
      : `${path} pins one file by its sha256, and which other one is newer no monitor can know. Name that in source.uri with its sha256 in a pull request; or give the dataset a window (window: {column, from, to}) that can be moved from here`,
  );
}

/**
 * Ends with the newest complete window. Starts where the alert says that things changed, so that training does not mix
 * two worlds; without an alert the window keeps its length.
 */
function nextWindow(present: DataWindow, record: MonitorRecord, wanted: Wanted): Days {
  const odd = [wanted.from, wanted.to].find((day) => day !== undefined && !isDay(day));
  // It becomes part of a branch's name.
  if (odd !== undefined) throw new AppError('config/invalid-input', `"${odd}" is no day such as 2024-01-31`);
  const to = wanted.to ?? dayOf(record.windows.at(-1)?.to ?? Date.parse(present.to));
  const length = Date.parse(present.to) - Date.parse(present.from);
  const { status, since, again = since } = record.alert;
  const changed = dayOf(status === 'open' && again !== undefined ? again : Date.parse(to) - length);
  const from = wanted.from ?? (changed < to ? changed : dayOf(Date.parse(to) - length));
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

function isDay(text: string): boolean {
  return /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(Date.parse(text));
}

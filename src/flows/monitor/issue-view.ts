import { sinceReference } from '../../domain/drift/since-reference.ts';
import { AppError } from '../../domain/errors.ts';
import { newerData } from '../../domain/spec/newer-data.ts';
import { driftPlots } from '../../render/drift-plots.ts';
import type { DriftIssueView } from '../../render/drift-view.ts';
import type { Pictures } from '../../render/pictures.ts';
import { judgedAgainst } from './judged-against.ts';
import { readKept } from './kept-window.ts';
import type { MonitorRecord } from './monitor-record.ts';
import { privateInputs } from './private-inputs.ts';
import { pullOutcomes } from './pull-outcomes.ts';
import type { MonitorScene } from './scene.ts';

/** Everything that the issue shows; the plots are put among the pictures. `last`: it is closed with that. */
export async function issueView(
  scene: MonitorScene,
  record: MonitorRecord,
  since: number,
  related: DriftIssueView['related'],
  pictures: Pictures,
  last: boolean,
): Promise<DriftIssueView> {
  const { deps, records, repository, monitor, current, deployment } = scene;
  const { alert, windows, alerts = [], snoozed, fallback } = record;
  const privateColumns = privateInputs(scene, record);
  const plots = await plotsOf(scene, record, alert.status === 'open' ? since : undefined, privateColumns);
  const serving = (await records.rollouts.get(`${repository}/${deployment.name}`))?.url;
  return {
    monitor,
    model: current.model.name,
    version: current.version,
    alert,
    windows,
    since,
    newer: newerOf(scene),
    pulls: await pullOutcomes(scene, record, last),
    plots: plots.map(({ alt, svg, text }) => ({ ...pictures.show(alt, svg), ...(text ? { text } : {}) })),
    privateColumns,
    ...(snoozed && snoozed.until > deps.monitorClock.now() ? { snoozed } : {}),
    ...(fallback && fallback.runner === monitor.runner ? { fallback } : {}),
    alerts,
    related,
    links: [
      { text: `Release of v${current.version}`, url: current.releaseUrl },
      ...(serving?.startsWith('http') ? [{ text: 'Serving', url: serving }] : []),
    ],
  };
}

function newerOf({ declared, deployment }: MonitorScene): DriftIssueView['newer'] {
  const model = declared.models.find(({ name }) => name === deployment.model);
  const dataset = declared.datasets.find(({ name }) => name === model?.dataset);
  return dataset && newerData(dataset);
}

async function plotsOf(
  scene: MonitorScene,
  { windows }: MonitorRecord,
  since: number | undefined,
  privateColumns: ReadonlySet<string>,
) {
  const { deps, monitor, versions, current } = scene;
  const shown = sinceReference(windows, monitor).findLast(({ verdict }) => verdict.verdict === 'bad');
  const version = versions.find((one) => one.version === shown?.version) ?? current;
  const reference = await judgedAgainst(scene, version).catch(unreadable);
  if (reference === 'waiting') return [];
  const observed = shown && (await readKept(deps.artifacts, shown));
  return driftPlots({ reference, observed, windows, monitor, since, privateColumns });
}

/** That is told as trouble of the monitor; the issue goes without pictures. */
function unreadable(error: unknown): 'waiting' {
  if (error instanceof AppError) return 'waiting';
  throw error;
}

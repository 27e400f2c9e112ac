import { AppError } from '../../domain/errors.ts';
import { digestOf } from '../../domain/fingerprint/digest.ts';
import { moveWindow, pinFile } from '../../domain/spec/set-in-spec.ts';
import type { Dataset } from '../../domain/spec/valid.ts';
import type { PullRequest } from '../../ports/github.ts';
import { renderRetrainPull } from '../../render/retrain-pull.ts';
import { askedOnce } from './asked-once.ts';
import { chooseData } from './choose-data.ts';
import { EMPTY_MONITOR } from './empty-monitor.ts';
import type { AskedChoice } from './monitor-record.ts';
import { openEditPull } from './open-edit-pull.ts';
import { privateInputs } from './private-inputs.ts';
import type { MonitorScene } from './scene.ts';

type Wanted = { id: string; from?: string; to?: string };

/**
 * A pull request that makes the dataset newer: its window, its pinned file, or both. Idempotent: branch and pull request
 * are named after what is chosen; asked twice, the same pull request is answered.
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
  const choose = () => chooseData(scene, dataset, record, wanted);
  const choice = await askedOnce(scene, wanted.id, choose, (chosen) => isFor(dataset, chosen));
  const issue = record.issue?.number;
  const { branch, title } = named(choice);
  return openEditPull(scene, {
    asked: 'retrain',
    branch: `sluice/retrain-${monitor.name}-${branch}`,
    path: dataset.path,
    edit: (text) => edited(text, choice),
    message: `Retrain ${model.name} on ${title}\n\nAsked for by the monitor ${monitor.name}${issue ? ` (#${issue})` : ''}.`,
    title: `Retrain ${model.name} on ${title}`,
    body: renderRetrainPull({
      model: model.name,
      dataset: dataset.name,
      ...(choice.span && dataset.window && { window: { before: dataset.window, after: choice.span } }),
      ...(!choice.span && dataset.window && { windowStays: dataset.window }),
      ...(choice.file && { file: choice.file }),
      ...(choice.stays !== undefined && { stays: choice.stays }),
      monitor: monitor.name,
      issue,
      ...(record.alert.status === 'open' ? { since: record.alert.since } : {}),
      windows: record.windows,
      privateColumns: privateInputs(scene, record),
    }),
  });
}

const DIGEST_SHOWN = 12;
const NAME_SHOWN = 120;

function named({ span, file }: AskedChoice): { branch: string; title: string } {
  // Of both: a copy under another name is another edit.
  const digest = file && digestOf({ uri: file.after.uri, sha256: file.after.sha256 }).slice('sha256:'.length);
  const branch = [span?.from, span?.to, digest?.slice(0, DIGEST_SHOWN)].filter((part) => part !== undefined).join('-');
  if (span) return { branch, title: `data of ${span.from} to ${span.to}` };
  const { before, after } = file!;
  const name = after.uri.length > NAME_SHOWN ? `…${after.uri.slice(-NAME_SHOWN)}` : after.uri;
  return { branch, title: after.uri === before.uri ? `the new content of ${name}` : name };
}

/** The dataset is as it was when that was chosen, where a file was, and has not got it yet. */
function isFor({ source, window }: Dataset, { span, file }: AskedChoice): boolean {
  if (file) return file.before.uri === source.uri && file.before.sha256 === source.sha256;
  return span?.from !== window?.from || span?.to !== window?.to;
}

function edited(text: string, { span, file }: AskedChoice): string {
  const moved = span ? moveWindow(text, span) : text;
  return file ? pinFile(moved, file) : moved;
}

import { AppError } from '../../domain/errors.ts';
import type { Dataset } from '../../domain/spec/valid.ts';
import type { AskedChoice, MonitorRecord } from './monitor-record.ts';
import { newestFile } from './newest-file.ts';
import { nextWindow } from './next-window.ts';
import type { MonitorScene } from './scene.ts';

/**
 * What to train on next. A window moves; a pinned file is exchanged for its newest version, together with the window
 * where there are both, since a pinned file has hardly any rows of a later one. Without a newer file the window moves
 * alone, since the pinned one may hold more than the window took of it; where the window is as new as can be, the file is
 * exchanged alone.
 */
export async function chooseData(
  scene: MonitorScene,
  dataset: Dataset,
  record: MonitorRecord,
  wanted: { from?: string; to?: string },
): Promise<AskedChoice> {
  const { window, path } = dataset;
  const { sha256 } = dataset.source;
  if (window) {
    const span = nextWindow(window, record, wanted);
    const newest = sha256 === undefined ? undefined : await newestFile(scene, dataset, sha256);
    if (span !== 'same') return { span, ...newest };
    if (newest && 'file' in newest) return newest;
    throw new AppError(
      'config/invalid-input',
      `the window is ${window.from} to ${window.to} already; there is no newer data yet${newest ? `, and the pinned file stays: ${newest.stays}` : ''}`,
    );
  }
  if (wanted.from !== undefined || wanted.to !== undefined) {
    throw new AppError(
      'config/invalid-input',
      `from= and to= are for datasets with a window, and ${path} has none${sha256 === undefined ? '' : ', but pins one file; say nothing behind the command to pin its newest version'}`,
    );
  }
  if (sha256 === undefined) {
    throw new AppError(
      'config/invalid-spec',
      `${path} declares no window, so there is none to move, and no sha256, so no file is pinned; give it one of them (window: {column, from, to}) or open the pull request by hand`,
    );
  }
  const choice = await newestFile(scene, dataset, sha256);
  if ('file' in choice) return choice;
  throw new AppError(
    'config/invalid-spec',
    `${path} pins one file, and nothing newer was found to pin: ${choice.stays}. Name a newer one in source.uri, with its sha256, in a pull request, or ask again when there is one`,
  );
}

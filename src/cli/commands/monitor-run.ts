/** `sluice monitor run`: what a monitor of the working tree would say now, without a server. */

import { newerData } from '../../domain/spec/newer-data.ts';
import { lastBad } from '../../render/drift/shown-window.ts';
import { summaryBlocks } from '../../render/drift/summary-section.ts';
import { windowTable } from '../../render/drift/windows-section.ts';
import { time } from '../../render/drift/words.ts';
import { renderDriftIssue } from '../../render/drift.ts';
import type { DriftIssueView } from '../../render/drift-view.ts';
import { plural } from '../../render/format.ts';
import { blocksToText, tableToText } from '../../render/report/to-text.ts';
import { readHistory } from '../monitor/history.ts';
import { createReplay, type Replay } from '../monitor/replay.ts';
import {
  type MonitorCase,
  type MonitorOptions,
  type MonitorParts,
  openCase,
  privateColumns,
  spanOf,
  withReference,
} from '../monitor/scene.ts';
import { printable } from '../problem-lines.ts';
import type { CommandResult } from './command-result.ts';

export type MonitorRunOptions = MonitorOptions & {
  /** A day or time; absent: the last 30 windows. */
  since?: string;
};

const WINDOWS = 30;

/** Exit code 1 when its issue would be open. */
export async function monitorRunCommand(parts: MonitorParts, options: MonitorRunOptions): Promise<CommandResult> {
  const found = await openCase(options);
  const { monitor, model, reference, watched } = found;
  const length = monitor.windowSeconds * 1000;
  const all = await spanOf(parts, found, { from: options.since });
  const settled = Math.min(all.to, parts.now() - monitor.settleSeconds * 1000);
  const from = options.since === undefined ? Math.max(all.from, settled - WINDOWS * length) : all.from;
  const span = withReference({ from, to: settled }, monitor);
  const history = await readHistory(parts.source, watched, { model, reference, ...span }, (done, of) =>
    parts.progress(`window ${done} of ${of}`),
  );
  const replay = createReplay(history)(monitor);
  const windows = replay.windows.filter((window) => window.to > from);
  const view = viewOf(found, { ...replay, windows });
  const isOpen = replay.alert.status === 'open';
  return {
    exitCode: isOpen ? 1 : 0,
    text: lines(found, view, isOpen).map(printable).join('\n'),
    json: {
      monitor: monitor.name,
      open: isOpen,
      ...(isOpen ? { since: new Date(view.since).toISOString(), issue: renderDriftIssue(view) } : {}),
      windows,
    },
  };
}

function viewOf({ monitor, model, dataset }: MonitorCase, { windows, alert }: Replay): DriftIssueView {
  return {
    monitor,
    model: model.name,
    version: windows.at(-1)?.version ?? '',
    alert,
    windows,
    since: alert.since ?? windows[0]?.from ?? 0,
    newer: dataset && newerData(dataset),
    pulls: [],
    plots: [],
    privateColumns: privateColumns({ model, dataset }),
    alerts: [],
    related: [],
    links: [],
  };
}

function lines({ monitor }: MonitorCase, view: DriftIssueView, isOpen: boolean): string[] {
  const { windows } = view;
  if (windows.length === 0) return [`${monitor.name}: no whole window has settled yet`];
  const bad = windows.filter(({ verdict }) => verdict.verdict === 'bad').length;
  const head = `${monitor.name}: ${bad} of ${plural(windows.length, 'window')} bad; ${isOpen ? `the issue would be open since ${time(view.since)}` : 'no issue would be open'}`;
  const table = tableToText(windowTable(windows));
  if (!isOpen) return [head, '', ...table];
  const shown = lastBad(windows);
  return [head, '', ...table, '', renderDriftIssue(view).title, '', ...blocksToText(summaryBlocks(view, shown))];
}

/** `sluice monitor backfill`: when issues would have opened and closed in the past, under given settings. */

import { windowTable } from '../../render/drift/windows-section.ts';
import { time } from '../../render/drift/words.ts';
import { plural } from '../../render/format.ts';
import type { Table } from '../../render/report/document.ts';
import { tableToText } from '../../render/report/to-text.ts';
import { readHistory } from '../monitor/history.ts';
import { createReplay, type ReplayedIssue } from '../monitor/replay.ts';
import { type MonitorOptions, type MonitorParts, openCase, spanOf, withReference } from '../monitor/scene.ts';
import { withSettings } from '../monitor/settings.ts';
import { type ReplaySummary, summarize } from '../monitor/summarize.ts';
import { printable } from '../problem-lines.ts';
import type { CommandResult } from './command-result.ts';

export type MonitorBackfillOptions = MonitorOptions & {
  from?: string;
  to?: string;
  /** `effect=0.15`, `window=1d`, … instead of what the spec says. */
  set?: string[];
};

/** Exit code 0: that issues would have opened is an answer, not a no. */
export async function monitorBackfillCommand(
  parts: MonitorParts,
  options: MonitorBackfillOptions,
): Promise<CommandResult> {
  const declared = await openCase(options);
  const monitor = withSettings(declared.monitor, options.set ?? []);
  const found = { ...declared, monitor, watched: { ...declared.watched, monitor } };
  const span = await spanOf(parts, found, options);
  const { model, reference, watched } = found;
  const history = await readHistory(
    parts.source,
    watched,
    { model, reference, ...withReference(span, monitor) },
    (done, all) => parts.progress(`window ${done} of ${all}`),
  );
  const replay = createReplay(history)(monitor);
  const windows = replay.windows.filter(({ to }) => to > span.from);
  const issues = replay.issues.filter(({ opened }) => opened > span.from);
  const summary = summarize({ ...replay, windows, issues });
  return {
    exitCode: 0,
    text: [...summaryLines(summary), '', ...issueLines(issues), '', ...tableToText(windowTable(windows))]
      .map(printable)
      .join('\n'),
    json: {
      monitor: monitor.name,
      settings: options.set ?? [],
      summary,
      issues: issues.map((issue) => ({
        ...issue,
        opened: iso(issue.opened),
        since: iso(issue.since),
        ...(issue.closed === undefined ? {} : { closed: iso(issue.closed) }),
      })),
      windows,
    },
  };
}

function summaryLines({ issues, days, daysOpen, windows }: ReplaySummary): string[] {
  return [
    `${plural(issues, 'issue')} in ${days} days, open on ${daysOpen} of them`,
    `${plural(windows.all, 'window')}: ${windows.good} good, ${windows.bad} bad, ${windows['cannot-tell']} cannot tell, ${windows['no-data']} without data`,
  ];
}

function issueLines(issues: readonly ReplayedIssue[]): string[] {
  if (issues.length === 0) return ['No issue would have opened'];
  const table: Table = {
    kind: 'table',
    caption: 'Issues',
    what: 'issue',
    columns: [
      { name: 'Opened', align: 'left' },
      { name: 'Since', align: 'left' },
      { name: 'Closed', align: 'left' },
      { name: 'Bad windows', align: 'right' },
      { name: 'Why', align: 'left' },
    ],
    rows: issues.map(({ opened, since, closed, badWindows, reopened, reasons }) => [
      time(opened),
      time(since),
      closed === undefined ? 'open' : time(closed),
      String(badWindows),
      `${reopened > 0 ? `(opened ${reopened + 1} times) ` : ''}${reasons[0] ?? ''}`,
    ]),
  };
  return tableToText(table);
}

function iso(at: number): string {
  return new Date(at).toISOString();
}

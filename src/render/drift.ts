/** The one issue of a monitor: what changed, how bad it is, what to do. */
import { alertBlocks } from './drift/alerts-section.ts';
import { columnBlocks } from './drift/columns-section.ts';
import { howBlocks } from './drift/how-section.ts';
import { performanceBlocks } from './drift/performance-section.ts';
import { qualityNotes } from './drift/quality-section.ts';
import { segmentBlocks } from './drift/segments-section.ts';
import { countMoves, judgedSince, lastBad } from './drift/shown-window.ts';
import { summaryBlocks } from './drift/summary-section.ts';
import { timelineBlocks } from './drift/timeline-text.ts';
import { driftTitle } from './drift/title.ts';
import { todoBlocks } from './drift/todo-section.ts';
import { windowBlocks } from './drift/windows-section.ts';
import { between, type Judged, movedIn } from './drift/words.ts';
import type { DriftIssueView, DriftWindow } from './drift-view.ts';
import { plural } from './format.ts';
import { composeMarkdown } from './report/compose-markdown.ts';
import { type Block, fold, type Section } from './report/document.ts';

export { renderDriftTransition } from './drift/transition.ts';
export { renderTroubleIssue } from './drift/trouble.ts';

/** GitHub takes 65,536 characters; the marker comes on top. */
const LIMIT = 64_000;

export function renderDriftIssue(view: DriftIssueView): { title: string; body: string } {
  const shown = lastBad(view.windows.filter((window) => window.to > view.since));
  const pictures = new Map(view.plots.map(({ url }, at) => [`plot-${at}`, url]));
  return { title: driftTitle(view), body: composeMarkdown(sectionsOf(view, shown), LIMIT, { pictures }) };
}

function sectionsOf(view: DriftIssueView, shown: DriftWindow | undefined): Section[] {
  const { monitor, windows, privateColumns } = view;
  const verdict = shown?.verdict;
  const judged = judgedSince(windows, view.since);
  const moves = countMoves(judged);
  const often = judged.length > 1 ? (one: Judged) => `${moves(one)} of ${judged.length}` : undefined;
  const span = shown === undefined ? '' : `${between(shown)}, ${plural(shown.rows, 'row')}${beside(shown)}`;
  return [
    section('summary', '', 100, summaryBlocks(view, shown)),
    section('todo', view.alert.status === 'open' ? 'What to do' : '', 98, todoBlocks(view)),
    section(
      'columns',
      `The newest bad window: ${span}`,
      80,
      verdict ? [...columnBlocks(verdict, privateColumns, often), ...qualityNotes(verdict)] : [],
    ),
    section('performance', 'What it costs', 90, verdict ? performanceBlocks(verdict) : []),
    section('pictures', 'Pictures', 75, pictureBlocks(view, shown)),
    section('segments', 'Where it moved most', 60, verdict ? segmentBlocks(verdict, privateColumns) : []),
    section('alerts', 'Alerts of Prometheus', 85, alertBlocks(view.alerts)),
    section('windows', 'Windows', 70, windowBlocks(windows)),
    section('how', '', 50, howBlocks(monitor)),
  ];
}

function beside({ merged = 0 }: DriftWindow): string {
  return merged === 0 ? '' : `, judged with ${plural(merged, 'window')} before it`;
}

function pictureBlocks({ plots, windows }: DriftIssueView, shown: DriftWindow | undefined): Block[] {
  const asText = [
    ...timelineBlocks(windows, shown ? movedIn(shown.verdict) : []),
    ...plots.flatMap(({ text }): Block[] => (text === undefined ? [] : [{ kind: 'lines', what: 'line', lines: text }])),
  ];
  return [
    ...plots.map(({ alt }, at): Block => ({ kind: 'picture', name: `plot-${at}`, alt })),
    ...(asText.length > 0 ? [fold('The same as text', ...asText)] : []),
  ];
}

function section(id: string, title: string, priority: number, blocks: Block[]): Section {
  return { id, title, priority, blocks };
}

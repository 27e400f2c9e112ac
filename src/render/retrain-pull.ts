/** Text of the pull request that a monitor opens: what moves, and on what evidence. */
import type { DataWindow } from '../domain/spec/valid.ts';
import { columnTable } from './drift/columns-section.ts';
import { performanceBlocks } from './drift/performance-section.ts';
import { qualityItems } from './drift/quality-section.ts';
import { lastBad } from './drift/shown-window.ts';
import { windowBlocks } from './drift/windows-section.ts';
import { between, movedIn, time } from './drift/words.ts';
import type { DriftWindow } from './drift-view.ts';
import { plural } from './format.ts';
import { composeMarkdown } from './report/compose-markdown.ts';
import { type Block, fold, type Section, type Span, type Table, type Text, text } from './report/document.ts';

export type RetrainPullView = {
  model: string;
  dataset: string;
  before: DataWindow;
  after: { from: string; to: string };
  monitor: string;
  issue?: number;
  /** Start of the first bad window, where an alert is open; epoch ms. */
  since?: number;
  /** Oldest first. */
  windows: DriftWindow[];
  /** Personal data: the column is judged, its values are not shown. */
  privateColumns: ReadonlySet<string>;
};

const LIMIT = 60_000;

export function renderRetrainPull(view: RetrainPullView): string {
  const shown = lastBad(view.windows);
  const sections = [
    section('move', '', 100, moveBlocks(view)),
    section('evidence', 'Why', 90, shown ? evidenceBlocks(view, shown) : []),
    section('performance', '', 95, shown ? performanceBlocks(shown.verdict) : []),
    section('windows', '', 60, windowFold(view)),
    section('next', '', 99, nextBlocks(view)),
  ];
  return composeMarkdown(sections, LIMIT, { pictures: new Map() });
}

function moveBlocks({ dataset, model, before, after }: RetrainPullView): Block[] {
  const table: Table = {
    kind: 'table',
    caption: 'Window of the dataset',
    what: 'window',
    columns: [
      { name: '', align: 'left' },
      { name: 'From', align: 'left' },
      { name: 'To', align: 'left' },
    ],
    rows: [
      ['before', before.from, before.to],
      ['now', after.from, after.to],
    ],
  };
  return [
    text(
      'Moves the window of the dataset ',
      { code: dataset },
      ', so that ',
      { code: model },
      ' is trained on what production looks like now.',
    ),
    table,
  ];
}

function evidenceBlocks({ monitor, since, privateColumns }: RetrainPullView, shown: DriftWindow): Block[] {
  const { verdict } = shown;
  const moved = movedIn(verdict);
  const said: Text[] = [...qualityItems(verdict), ...verdict.reasons.map((reason) => ({ text: reason, limit: 400 }))];
  const began: Span[] = since === undefined ? [] : [` It began ${time(since)}.`];
  return [
    text(
      'The newest bad window of ',
      { code: monitor },
      ` is ${between(shown)}, ${plural(shown.rows, 'row')}.`,
      ...began,
    ),
    ...(said.length > 0 ? [{ kind: 'list', what: 'reason', items: said } satisfies Block] : []),
    ...(moved.length > 0 ? [columnTable(moved, privateColumns, 'Columns that moved')] : []),
  ];
}

function windowFold({ windows }: RetrainPullView): Block[] {
  const blocks = windowBlocks(windows);
  return blocks.length > 0 ? [fold(plural(windows.length, 'window'), ...blocks)] : [];
}

function nextBlocks({ issue }: RetrainPullView): Block[] {
  return [
    text('Training, evaluation against the version in production and the gates follow here.'),
    ...(issue === undefined
      ? []
      : [
          text(
            'Asked for in ',
            { figure: `#${issue}` },
            ', which says what comes of this and closes by itself when the monitor is quiet again.',
          ),
        ]),
  ];
}

function section(id: string, title: string, priority: number, blocks: Block[]): Section {
  return { id, title, priority, blocks };
}

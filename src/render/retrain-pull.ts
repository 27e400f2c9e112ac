/** Text of the pull request that a monitor opens: what moves, and on what evidence. */
import { columnTable } from './drift/columns-section.ts';
import { performanceBlocks } from './drift/performance-section.ts';
import { qualityItems } from './drift/quality-section.ts';
import { lastBad } from './drift/shown-window.ts';
import { windowBlocks } from './drift/windows-section.ts';
import { between, movedIn, time } from './drift/words.ts';
import type { DriftWindow } from './drift-view.ts';
import { bytes, plural } from './format.ts';
import { composeMarkdown } from './report/compose-markdown.ts';
import { type Block, fold, type Section, type Span, type Table, type Text, text } from './report/document.ts';

type Days = { from: string; to: string };
type PinnedFile = { uri: string; sha256: string; bytes?: number };

export type RetrainPullView = {
  model: string;
  dataset: string;
  window?: { before: Days; after: Days };
  /** The window that stays, though another file is pinned. */
  windowStays?: Days;
  /** What is pinned; `bytes`: where known. */
  file?: { before: PinnedFile; after: PinnedFile };
  /** Why the pinned file stays, though the window moves. */
  stays?: string;
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

function moveBlocks(view: RetrainPullView): Block[] {
  const { window, file } = view;
  return [
    text(...purpose(view)),
    ...(window ? [windowTable(window)] : []),
    ...(file ? [fileTable(file), text(...choiceOf(view, file))] : []),
    ...(view.stays === undefined
      ? []
      : [text('The pinned file stays: ', { text: view.stays, limit: 600 }, '.', HAS_TO_HOLD)]),
  ];
}

const HAS_TO_HOLD = ' The rows of the new window have to be in it.';

function purpose({ dataset, model, window, file }: RetrainPullView): Span[] {
  const moves = window ? 'Moves the window of the dataset ' : 'Pins the newest version of the dataset ';
  const both = window && file ? ' and pins its newest version' : '';
  const on = window ? 'what production looks like now' : 'newer data';
  return [moves, { code: dataset }, `${both}, so that `, { code: model }, ` is trained on ${on}.`];
}

/** Nobody has read a row of it: what it is chosen by has to be said. */
function choiceOf({ dataset, window, windowStays }: RetrainPullView, { before, after }: Moved<PinnedFile>): Span[] {
  const why =
    after.uri === before.uri
      ? 'The file is still called the same and holds other data than those pinned.'
      : 'It is chosen by its name: the one with the greatest digits of all that are called alike.';
  return [
    `${why} Nobody has looked into it: `,
    { code: `sluice/data: ${dataset}` },
    ' does, before anything is trained.',
    ...(window ? [HAS_TO_HOLD] : []),
    ...(windowStays ? [` The window stays ${windowStays.from} to ${windowStays.to}: its rows have to be in it.`] : []),
  ];
}

type Moved<T> = { before: T; after: T };

function windowTable({ before, after }: Moved<Days>): Table {
  return {
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
}

function fileTable({ before, after }: Moved<PinnedFile>): Table {
  const row = (when: string, file: PinnedFile): Text[] => [
    when,
    { code: file.uri },
    file.bytes === undefined ? 'not known any more' : bytes(file.bytes),
    { code: file.sha256 },
  ];
  return {
    kind: 'table',
    caption: 'Pinned file of the dataset',
    what: 'file',
    columns: [
      { name: '', align: 'left' },
      { name: 'File', align: 'left' },
      { name: 'Size', align: 'right' },
      { name: 'SHA-256', align: 'left' },
    ],
    rows: [row('before', before), row('now', after)],
  };
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

/** Two files against each other: as a page of its own, and as lines of a terminal. */
import type { ColumnProfile } from '../domain/drift/profile.ts';
import type { WindowVerdict } from '../domain/drift/verdict.ts';
import { causeSpans } from './drift/cause.ts';
import { columnBlocks } from './drift/columns-section.ts';
import { distributionPlot } from './drift/distribution-plot.ts';
import type { DriftPlot } from './drift/drift-plot.ts';
import { type Rule, ruleTexts } from './drift/how-section.ts';
import { qualityItems, qualityNotes } from './drift/quality-section.ts';
import { segmentBlocks } from './drift/segments-section.ts';
import { driftHeadline } from './drift/title.ts';
import { decisiveTest, effectRatio, judgedOf, plainName, shortName } from './drift/words.ts';
import { count, plural } from './format.ts';
import { type Block, fold, type Section, type Text, text } from './report/document.ts';
import { renderPage } from './report/render-page.ts';
import { blocksToText } from './report/to-text.ts';

type Profiled = { rows: number; columns: ColumnProfile[] };

/** Of the values of a column, how many both files have enough rows of. */
export type ComparedParts = { by: string; compared: number; values: number };

export type DriftPageView = {
  verdict: WindowVerdict;
  /** With the names of the files. */
  reference: Profiled & { name: string };
  current: Profiled & { name: string };
  /** Columns of the reference that are not compared. */
  leftOut: string[];
  /** What was looked at apart. */
  parts: ComparedParts[];
  rule: Rule;
};

const ANSWERS: Record<WindowVerdict['verdict'], string> = {
  good: 'No drift',
  bad: 'Drift',
  'cannot-tell': 'Cannot tell',
  'no-data': 'No data',
};
const STANDINGS = { good: 'pass', bad: 'fail', 'cannot-tell': 'needs-approval', 'no-data': 'needs-approval' } as const;
const NONE: ReadonlySet<string> = new Set();
const NAMES = { reference: 'reference', current: 'now' };
/** A page with more pictures is slow to open; they are of the columns that are furthest from the reference. */
const MAX_PICTURES = 60;
const MAX_TEXTS = 4;

export function renderDriftPage(view: DriftPageView): string {
  const plots = plotsOf(view, MAX_PICTURES);
  const heading = headingOf(view.verdict);
  const pictures: Block[] = plots.map(({ name, alt }) => ({ kind: 'picture', name, alt }));
  const sections: Section[] = [
    section('verdict', '', verdictBlocks(view)),
    section('columns', 'Columns', columnBlocks(view.verdict, NONE)),
    section('segments', 'Where it moved most', partBlocks(view)),
    section('pictures', 'Pictures', pictures),
    section(
      'how',
      'How it is judged',
      ruleTexts(view.rule).map((one) => text(one)),
    ),
  ];
  return renderPage({
    title: `${shortName(view.current.name)}: ${heading}`,
    heading,
    standing: STANDINGS[view.verdict.verdict],
    sections,
    pictures: new Map(plots.map(({ name, svg }) => [name, svg])),
    footer: 'Made by Sluice.',
  });
}

export function driftLines(view: DriftPageView): string[] {
  const plots = plotsOf(view, MAX_TEXTS).filter((_, at) => at < moved(view.verdict));
  const blocks: Block[] = [
    ...verdictBlocks(view),
    ...columnBlocks(view.verdict, NONE),
    ...partBlocks(view),
    ...plots.flatMap(({ text: lines }): Block[] => (lines ? [{ kind: 'lines', what: 'line', lines }] : [])),
  ];
  return [headingOf(view.verdict), '', ...blocksToText(blocks)];
}

function headingOf(verdict: WindowVerdict): string {
  const what = driftHeadline(verdict);
  return `${ANSWERS[verdict.verdict]}${what === '' ? '' : `: ${what}`}`;
}

function verdictBlocks({ verdict, reference, current, leftOut }: DriftPageView): Block[] {
  const items: Text[] = [
    ...qualityItems(verdict),
    ...verdict.reasons.map((reason): Text => ({ text: reason, limit: 400 })),
    ...(verdict.cause ? [['Probable cause: ', ...causeSpans(verdict, NONE)]] : []),
  ];
  return [
    text(
      `${count(current.rows)} rows of `,
      { code: current.name },
      ` against ${count(reference.rows)} of `,
      { code: reference.name },
      '.',
    ),
    ...(items.length > 0 ? [{ kind: 'list', what: 'reason', items } satisfies Block] : []),
    ...qualityNotes(verdict),
    ...(leftOut.length > 0 ? [leftOutBlock(leftOut)] : []),
  ];
}

function partBlocks({ verdict, parts, rule }: DriftPageView): Block[] {
  const looked = parts.map(({ by, compared, values }) => {
    const isFound = verdict.segments.some((segment) => segment.by === by);
    const nothing = compared > 0 && !isFound ? '; in none of them a column moved by more than in all rows' : '';
    const enough = `(those with ${count(rule.minRows)} rows in both files)`;
    return text(
      'Apart by ',
      { code: shortName(by) },
      `: ${compared} of ${plural(values, 'value')} ${enough}${nothing}.`,
    );
  });
  return [...looked, ...segmentBlocks(verdict, NONE)];
}

function leftOutBlock(leftOut: string[]): Block {
  const names = leftOut.map((name) => shortName(name)).join(', ');
  if (leftOut.length <= 8) return text(`Not compared: ${names}`);
  return fold(`${count(leftOut.length)} columns are not compared`, text(names));
}

function plotsOf({ verdict, reference, current }: DriftPageView, most: number): DriftPlot[] {
  const of = (columns: ColumnProfile[]) => new Map(columns.map((column) => [column.column, column]));
  const [before, now] = [of(reference.columns), of(current.columns)];
  return judgedOf(verdict)
    .sort((a, b) => effectRatio(b.finding) - effectRatio(a.finding))
    .slice(0, most)
    .flatMap((judged) => {
      const { finding } = judged;
      const [a, b] = [before.get(finding.column), now.get(finding.column)];
      const plot = a && b && distributionPlot(a, b, decisiveTest(finding).of, NAMES, plainName(judged));
      return plot ? [plot] : [];
    });
}

function moved(verdict: WindowVerdict): number {
  return judgedOf(verdict).filter(({ finding }) => finding.drifted).length;
}

function section(id: string, title: string, blocks: Block[]): Section {
  return { id, title, priority: 1, blocks };
}

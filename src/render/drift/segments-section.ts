import type { SegmentFinding, WindowVerdict } from '../../domain/drift/verdict.ts';
import { count } from '../format.ts';
import type { Block, Span, Table } from '../report/document.ts';
import { shortName } from './words.ts';

/** In which part of the rows a column moved by more than in the rest. */
export function segmentBlocks({ segments }: WindowVerdict, privateColumns: ReadonlySet<string>): Block[] {
  if (segments.length === 0) return [];
  const table: Table = {
    kind: 'table',
    caption: 'Parts of the rows in which a column moved by more than in the rest, the largest effect first',
    what: 'part',
    columns: [
      { name: 'Part of the rows', align: 'left' },
      { name: 'Column', align: 'left' },
      { name: 'Effect there', align: 'right' },
      { name: 'Rows', align: 'right' },
    ],
    rows: segments.map((one) => [
      partSpans(one, privateColumns),
      { code: shortName(one.column) },
      { figure: one.effect.toFixed(3) },
      { figure: count(one.rows) },
    ]),
  };
  return [table];
}

export function segmentSpans(segment: SegmentFinding, privateColumns: ReadonlySet<string>): Span[] {
  return [
    ...partSpans(segment, privateColumns),
    ` (${count(segment.rows)} rows): `,
    { code: shortName(segment.column) },
    ` by ${segment.effect.toFixed(3)} there`,
  ];
}

function partSpans({ by, key }: SegmentFinding, privateColumns: ReadonlySet<string>): Span[] {
  if (by === 'hour-of-week') return [hourOfWeek(Number(key))];
  return [{ code: shortName(by) }, ' = ', privateColumns.has(by) ? 'one value (private)' : { code: shortName(key) }];
}

const DAYS = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'];

function hourOfWeek(hour: number): string {
  return `${DAYS[Math.floor(hour / 24)] ?? 'the hour'} ${String(hour % 24).padStart(2, '0')} h UTC`;
}

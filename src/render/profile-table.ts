import type { ColumnProfile } from '../domain/drift/profile.ts';
import { missingRows } from '../domain/drift/profile-cells.ts';
import { gridQuantile } from './drift/grid-values.ts';
import { percent, shortName } from './drift/words.ts';
import { count, figure } from './format.ts';
import type { Table } from './report/document.ts';

const CATEGORIES = 3;

/** What a profile says of each column: quantiles from the grid, or the most frequent categories. */
export function profileTable(columns: readonly ColumnProfile[]): Table {
  return {
    kind: 'table',
    caption: 'Columns of the profile',
    what: 'column',
    columns: [
      { name: 'Column', align: 'left' },
      { name: 'Kind', align: 'left' },
      { name: 'Rows', align: 'right' },
      { name: 'Missing', align: 'right' },
      { name: 'Values (at 1 · 25 · 50 · 75 · 99 %, or the most frequent)', align: 'left' },
    ],
    rows: columns.map((column) => [
      { code: shortName(column.column) },
      column.kind === 'numeric' && column.scale ? 'numeric, asinh' : column.kind,
      { figure: count(column.rows) },
      { figure: column.rows === 0 ? '' : percent(missingRows(column) / column.rows) },
      { text: valueWords(column), limit: 300 },
    ]),
  };
}

function valueWords(column: ColumnProfile): string {
  const values = column.rows - missingRows(column);
  if (values === 0) return 'none';
  if (column.kind === 'numeric') {
    const beyond = column.under + column.over;
    const outside = beyond === 0 ? '' : `; ${percent(beyond / values)} beyond the grid`;
    const quantiles = [0.01, 0.25, 0.5, 0.75, 0.99].map((share) => quantileWords(gridQuantile(column, share)));
    return `${quantiles.join(' · ')}${outside}`;
  }
  const top = [...column.counts].sort((a, b) => b[1] - a[1]).slice(0, CATEGORIES);
  const seen = column.counts.filter(([, rows]) => rows > 0).length;
  const rest = [
    ...(seen > top.length ? [`${count(seen - top.length)} more`] : []),
    ...(column.other > 0 ? [`${percent(column.other / values)} in rarer ones`] : []),
    ...(column.unseen > 0 ? [`${percent(column.unseen / values)} never seen before`] : []),
  ];
  return [...top.map(([name, rows]) => `${shortName(name, 30)} ${percent(rows / values)}`), ...rest].join(', ');
}

function quantileWords(value: number | undefined): string {
  if (value === undefined) return '–';
  return Number.isFinite(value) ? figure(value) : value < 0 ? 'below' : 'above';
}

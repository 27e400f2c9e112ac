/** What `sluice drift --json` answers, as far as it is read here. */
export type DriftAnswer = {
  verdict: 'good' | 'bad' | 'cannot-tell' | 'no-data';
  rows: { reference: number; current: number };
  reasons: string[];
  /** What probably lies behind it, with the evidence. */
  cause?: { text: string };
  columns: {
    column: string;
    drifted: boolean;
    broken?: string;
    values?: { measure: 'cdf-distance' | 'psi'; effect: number; threshold: number; adjusted: number };
    missing: { effect: number; threshold: number; adjusted: number; reference: number; window: number };
    /** Share of the values that the reference never had. */
    unseen?: number;
  }[];
  /** Where, of the values of a category, a column moved by more than in all rows; furthest first. */
  segments: { by: string; key: string; column: string; effect: number; rows: number }[];
  leftOut: string[];
};

/** A summary of a run takes a megabyte: of wide tables, what is furthest away. */
const MOST = 200;

const TITLES = {
  good: '✅ No drift',
  bad: '❌ Drift',
  'cannot-tell': '❔ Cannot tell',
  'no-data': '❔ No data',
} as const;

/** Markdown of a comparison; names of files and columns are foreign text in it. */
export function driftReport(answer: DriftAnswer, files: { reference: string; current: string }): string {
  const { verdict, rows, reasons, cause, columns, segments, leftOut } = answer;
  const shown = [...columns].sort((a, b) => far(b) - far(a));
  const counts = `${number(rows.current)} rows of ${cell(files.current)} against ${number(rows.reference)} of ${cell(files.reference)}.`;
  const table = [
    '| | Column | Measure | Effect | At most | p | Missing | Never seen before |',
    '| --- | --- | --- | ---: | ---: | ---: | --- | ---: |',
    ...shown.slice(0, MOST).map(line),
  ];
  return [
    `## ${TITLES[verdict]}`,
    counts,
    reasons.map((reason) => `- ${cell(reason)}`).join('\n'),
    cause ? `Probable cause: ${cell(cause.text)}` : '',
    columns.length > 0 ? table.join('\n') : '',
    columns.length > MOST
      ? `${number(columns.length - MOST)} columns that are nearer to the reference are in the page.`
      : '',
    segments.length > 0 ? `Where it moved most:\n\n${segments.slice(0, MOST).map(segmentLine).join('\n')}` : '',
    leftOut.length > 0 ? `Not compared: ${leftOut.map(cell).join(', ')}.` : '',
  ]
    .filter((part) => part !== '')
    .join('\n\n')
    .concat('\n');
}

/** In units of what counts. */
function far({ broken, values, missing }: DriftAnswer['columns'][number]): number {
  if (broken !== undefined) return Number.POSITIVE_INFINITY;
  return Math.max(values ? values.effect / values.threshold : 0, missing.effect / missing.threshold);
}

function line({ column, drifted, broken, values, missing, unseen }: DriftAnswer['columns'][number]): string {
  const figures = values
    ? [
        values.measure === 'psi' ? 'PSI' : 'CDF distance',
        values.effect.toFixed(3),
        String(values.threshold),
        values.adjusted.toPrecision(2),
      ]
    : ['', '', '', ''];
  const shares = `${percent(missing.reference)} → ${percent(missing.window)}`;
  const cells = [
    drifted || broken !== undefined ? '❌' : '✅',
    cell(column),
    ...figures,
    broken ? cell(broken) : shares,
    unseen ? percent(unseen) : '',
  ];
  return `| ${cells.join(' | ')} |`;
}

function segmentLine({ by, key, column, effect, rows }: DriftAnswer['segments'][number]): string {
  return `- ${cell(column)} by ${effect.toFixed(3)} where ${cell(by)} is ${cell(key)} (${number(rows)} rows)`;
}

const number = (value: number): string => value.toLocaleString('en-US');

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;

/** As code where it is foreign: neither table, mention nor markup. */
function cell(text: string): string {
  return `\`${text.replace(/[`|\p{Cc}\p{Cf}]/gu, '?')}\``;
}

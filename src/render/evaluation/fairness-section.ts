import type { FairnessReport, GateResult } from '../../domain/evaluate/evaluation.ts';
import { count, plural } from '../format.ts';
import { gatesOn } from '../gate-mark.ts';
import { type Block, fold, headed, type Span, type Table, text } from '../report/document.ts';
import { estimate } from './figures.ts';

const SHOWN = 8;
const GROUP_LIMIT = 80;

const RATES: Record<FairnessReport['rate'], string> = {
  selection_rate: 'decided positive, of all',
  true_positive_rate: 'decided positive, of those that are',
  false_positive_rate: 'decided positive, of those that are not',
};

/** The widest gap of each column and rate in sight, the groups folded. */
export function fairnessBlocks(reports: FairnessReport[], gates: readonly GateResult[]): Block[] {
  if (reports.length === 0) return [];
  const judged = reports.some(({ rate, by }) => gatesOn(`${rate} by ${by}`, gates) !== '');
  const widest: Table = {
    kind: 'table',
    caption: 'Widest gap between two groups',
    what: 'rate',
    columns: [
      { name: 'By', align: 'left' },
      { name: 'Rate', align: 'left' },
      { name: 'Lowest', align: 'left' },
      { name: 'Highest', align: 'left' },
      { name: 'Difference', align: 'right' },
      { name: 'Ratio', align: 'right' },
      ...(judged ? [{ name: 'Gates', align: 'left' as const }] : []),
    ],
    rows: reports.map(({ by, rate, widest: gap }) => [
      { code: by },
      { code: rate },
      ...(gap === undefined
        ? ['—', '—', 'cannot tell: fewer than two groups of enough rows', '—']
        : [
            { text: gap.low, limit: GROUP_LIMIT },
            { text: gap.high, limit: GROUP_LIMIT },
            estimate(gap.difference, true),
            estimate(gap.ratio),
          ]),
      ...(judged ? [{ figure: gatesOn(`${rate} by ${by}`, gates) }] : []),
    ]),
  };
  const left = reports.reduce((sum, report) => sum + report.leftOut, 0);
  return [
    widest,
    text(
      `The intervals are of the largest difference and the smallest ratio of any two groups at once${left === 0 ? '' : `; ${plural(left, 'group')} of fewer rows ${left === 1 ? 'is' : 'are'} not compared`}.`,
    ),
    ...reports.map((report) =>
      fold(`${report.rate} (${RATES[report.rate]}) by ${report.by}`, ...headed(groupTable(report), SHOWN)),
    ),
  ];
}

function groupTable({ by, rate, groups }: FairnessReport): Table {
  const compared = groups.some((group) => group.champion !== undefined);
  const sorted = [...groups].sort((a, b) => a.candidate.value - b.candidate.value);
  return {
    kind: 'table',
    caption: `${rate} by ${by}, the lowest first`,
    what: 'group',
    columns: [
      { name: { code: by }, align: 'left' },
      { name: 'Rows', align: 'right' },
      ...(compared ? [{ name: 'Champion', align: 'right' as const }] : []),
      { name: 'Candidate', align: 'right' },
    ],
    rows: sorted.map((group): Span[] => [
      { text: group.group, limit: GROUP_LIMIT },
      { figure: count(group.rows) },
      ...(compared ? [estimate(group.champion)] : []),
      estimate(group.candidate),
    ]),
  };
}

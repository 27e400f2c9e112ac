import type { Evaluation } from '../../domain/evaluate/evaluation.ts';
import { foundSlices } from '../../domain/evaluate/slices/found-slices.ts';
import { count, plural } from '../format.ts';
import { type Block, headed, text } from '../report/document.ts';
import { estimate, probability } from './figures.ts';

const SHOWN = 8;

/** What the search found, and how much it looked at: a find among many is worth less. */
export function discoveryBlocks({ discovery, confidence }: Evaluation): Block[] {
  if (discovery === undefined) return [];
  const { metric, looked, leftOut, unmeasured, untold } = discovery;
  const tried = discovery.tried.length;
  const found = foundSlices(discovery, confidence);
  const left = leftOut === 0 ? '' : ` (${count(leftOut)} more were left out by the bound on the search)`;
  const confirmed =
    found.length === 0 ? 'none is confirmed' : `${count(found.length)} ${found.length === 1 ? 'is' : 'are'} confirmed`;
  return [
    text(
      `Searched in `,
      { code: metric },
      `: ${plural(looked, 'slice')} of one and two columns looked at on one half of the rows${left}; ${count(tried)} stood out and ${tried === 1 ? 'was' : 'were'} tried on the other half; ${confirmed} after Holm’s correction${untoldText(unmeasured, untold)}.`,
    ),
    ...headed(
      {
        kind: 'table',
        caption: 'Slices that the search found, the worst first',
        what: 'slice',
        columns: [
          { name: 'Slice', align: 'left' },
          { name: 'Rows', align: 'right' },
          { name: 'Worse than', align: 'left' },
          { name: ['There ', { code: metric }], align: 'right' },
          { name: 'Candidate', align: 'right' },
          { name: 'Difference', align: 'right' },
          { name: 'p (Holm)', align: 'right' },
        ],
        rows: found.map((one) => [
          { text: one.name, limit: 120 },
          { figure: count(one.rows) },
          one.against === 'champion' ? 'the champion' : 'the other rows',
          estimate(one.other),
          estimate(one.candidate),
          estimate(one.difference, true),
          probability(one.p),
        ]),
      },
      SHOWN,
    ),
  ];
}

function untoldText(unmeasured: number, untold: number): string {
  const parts = [
    ...(unmeasured === 0 ? [] : [`in ${plural(unmeasured, 'slice')} of the first half`]),
    ...(untold === 0 ? [] : [`in ${count(untold)} that stood out on the other`]),
  ];
  return parts.length === 0 ? '' : `; the metric could not be told ${parts.join(', and ')}`;
}

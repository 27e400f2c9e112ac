import type { GateResult, GateVerdict } from '../../domain/evaluate/evaluation.ts';
import { gateMark } from '../gate-mark.ts';
import { type Block, type Text, text } from '../report/document.ts';

const FIRST: readonly GateVerdict[] = ['fail', 'cannot-tell', 'needs-approval', 'waived', 'pass'];

/** What stands in the way first; the number is that of the spec, and what `/waive` takes where a `model` is given. */
export function gateBlocks(gates: GateResult[], model?: string): Block[] {
  if (gates.length === 0) return [];
  const numbered = gates.map((gate, at) => ({ gate, number: at + 1 }));
  numbered.sort((a, b) => FIRST.indexOf(a.gate.verdict) - FIRST.indexOf(b.gate.verdict) || a.number - b.number);
  const asking = numbered.find(({ gate }) => gate.verdict === 'needs-approval');
  return [
    {
      kind: 'table',
      caption: 'Each gate, what stands in the way first',
      what: 'gate',
      columns: [
        { name: { figure: '#' }, align: 'right' },
        { name: 'Verdict', align: 'left' },
        { name: 'Gate', align: 'left' },
        { name: 'Evidence', align: 'left' },
      ],
      rows: numbered.map(({ gate, number }) => [
        { figure: String(number) },
        { figure: gateMark(gate.verdict) },
        { text: gate.gate, limit: 300 },
        evidenceOf(gate),
      ]),
    },
    ...(asking === undefined || model === undefined
      ? []
      : [
          text(
            'An owner lets one that needs approval stand, for this candidate, champion and holdout only: ',
            { code: `/waive ${model} ${asking.number} reason` },
            '.',
          ),
        ]),
  ];
}

function evidenceOf({ evidence, waiver }: GateResult): Text {
  const said = { text: evidence, limit: 600 };
  if (waiver === undefined) return said;
  return [said, '; waived by ', { code: waiver.by }, ': ', { text: waiver.reason, limit: 300 }];
}

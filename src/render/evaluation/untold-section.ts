import type { Evaluation, GateResult } from '../../domain/evaluate/evaluation.ts';
import { count, plural } from '../format.ts';
import type { Block, Span, Text } from '../report/document.ts';

/** What this evaluation could not tell, and what it would take. */
export function untoldBlocks(evaluation: Evaluation, gates: GateResult[]): Block[] {
  const items = [...untoldGates(gates), ...untoldFigures(evaluation)];
  return items.length === 0 ? [] : [{ kind: 'list', what: 'item', items }];
}

const UNTOLD = 'cannot tell: ';

function untoldGates(gates: GateResult[]): Text[] {
  return gates.flatMap((gate, at) => {
    const untold = gate.verdict === 'cannot-tell' || gate.evidence.startsWith(UNTOLD);
    if (!untold || gate.verdict === 'waived') return [];
    const evidence = gate.evidence.startsWith(UNTOLD) ? gate.evidence.slice(UNTOLD.length) : gate.evidence;
    return [[`gate ${at + 1}, `, { text: gate.gate, limit: 300 }, ': ', { text: evidence, limit: 600 }]];
  });
}

function untoldFigures(evaluation: Evaluation): Text[] {
  const { metrics, robustness, slices, slicesLeftOut, unlabelled } = evaluation;
  const bare = metrics.filter((one) => one.candidate.lower === null);
  const small = slices.filter((slice) => slice.metrics.every((one) => one.difference?.lower === null)).length;
  return [
    ...(bare.length === 0
      ? []
      : [['no interval, so no gate can pass on it: ', ...listed(bare.map((one) => one.metric))]]),
    ...(small === 0 ? [] : [`${plural(small, 'slice')} of too few rows to compare`]),
    ...(slicesLeftOut === 0 ? [] : [`${plural(slicesLeftOut, 'slice')} of fewer rows, not looked at`]),
    ...(unlabelled === 0 ? [] : [`${plural(unlabelled, 'row')} without a label, not scored`]),
    ...robustness.invariances.flatMap(({ name, failed }): Text[] =>
      failed === undefined ? [] : [['invariance ', { code: name }, ': ', { text: failed, limit: 400 }]],
    ),
    ...(robustness.agreement?.failed === undefined
      ? []
      : [['agreement with the training framework: ', { text: robustness.agreement.failed, limit: 400 }] as Span[]]),
  ];
}

const NAMED = 6;

function listed(names: string[]): Span[] {
  const shown = names.slice(0, NAMED).flatMap((name, at): Span[] => [at === 0 ? '' : ', ', { code: name }]);
  return names.length > NAMED ? [...shown, ` and ${count(names.length - NAMED)} more`] : shown;
}

import type { Evaluation } from '../../src/domain/evaluate/evaluation.ts';
import { judgeGates } from '../../src/domain/gates/judge-gates.ts';
import type { Gate } from '../../src/domain/spec/valid.ts';
import { type Alarm, ONE_SIDED } from './alarm.ts';

/** A gate for which one verdict, or both, would be wrong. */
export type Trap = { what: string; gate: Gate; wrong: ('pass' | 'fail')[] };

export const BLOCKING = { onFail: 'block', onCannotTell: 'block' } as const;

/** Judges each trap on each evaluation; a row for each wrong verdict. */
export function tallyGates(traps: readonly Trap[], evaluations: Iterable<Evaluation>): Alarm[] {
  const rows = traps.flatMap(({ what, wrong }, index) =>
    wrong.map((verdict) => ({
      index,
      verdict,
      alarm: { what: `${what}: ${verdict}`, runs: 0, alarms: 0, level: ONE_SIDED },
    })),
  );
  const gates = traps.map(({ gate }) => gate);
  for (const evaluation of evaluations) {
    const { results } = judgeGates(gates, evaluation);
    for (const { index, verdict, alarm } of rows) {
      alarm.runs += 1;
      if (results[index]?.verdict === verdict) alarm.alarms += 1;
    }
  }
  return rows.map(({ alarm }) => alarm);
}

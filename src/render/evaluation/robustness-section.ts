import type { Robustness } from '../../domain/evaluate/evaluation.ts';
import type { BehaviourCheck } from '../../domain/spec/valid.ts';
import { count, figure, plural } from '../format.ts';
import { type Block, headed, type Table, type Text, text } from '../report/document.ts';
import { estimate, percent } from './figures.ts';

const SHOWN = 10;

const CHECKS: Record<BehaviourCheck, string> = {
  missing: 'missing value',
  'out-of-range': 'value out of range',
  determinism: 'same input, same answer',
};

/** What the model does with inputs that it should bear, and how its answers moved. */
export function robustnessBlocks(robustness: Robustness): Block[] {
  return [
    ...driftBlocks(robustness),
    ...agreementBlocks(robustness),
    ...invarianceBlocks(robustness),
    ...behaviourBlocks(robustness),
  ];
}

function behaviourBlocks({ behaviour }: Robustness): Block[] {
  const rows = [...behaviour]
    .sort((a, b) => Number(b.verdict === 'fail') - Number(a.verdict === 'fail'))
    .map((one): Text[] => [
      CHECKS[one.check],
      one.input === undefined ? '—' : { code: one.input },
      { figure: one.verdict === 'pass' ? '✅ passes' : '⚠️ fails' },
      { text: one.evidence, limit: 300 },
    ]);
  const table: Table = {
    kind: 'table',
    caption: 'Behaviour with broken inputs',
    what: 'check',
    columns: [
      { name: 'Behaviour', align: 'left' },
      { name: 'Input', align: 'left' },
      { name: 'Verdict', align: 'left' },
      { name: 'Evidence', align: 'left' },
    ],
    rows,
  };
  return headed(table, SHOWN);
}

function invarianceBlocks({ invariances }: Robustness): Block[] {
  const table: Table = {
    kind: 'table',
    caption: 'Changes of the inputs that must not change the answer',
    what: 'invariance',
    columns: [
      { name: 'Invariance', align: 'left' },
      { name: 'Rows', align: 'right' },
      { name: 'Share of answers changed', align: 'right' },
      { name: 'Largest change', align: 'right' },
      { name: 'Tolerance', align: 'right' },
    ],
    rows: [...invariances]
      .sort((a, b) => b.changed.value - a.changed.value)
      .map((one): Text[] =>
        one.failed === undefined
          ? [
              { code: one.name },
              { figure: count(one.rows) },
              estimate(one.changed),
              { figure: figure(one.largest) },
              { figure: figure(one.tolerance) },
            ]
          : [
              { code: one.name },
              { figure: count(one.rows) },
              { text: `not tried: ${one.failed}`, limit: 300 },
              '—',
              { figure: figure(one.tolerance) },
            ],
      ),
  };
  return headed(table, SHOWN);
}

function agreementBlocks({ agreement }: Robustness): Block[] {
  if (agreement === undefined) return [];
  const { rows, largest, mean, failed } = agreement;
  if (failed !== undefined)
    return [text({ strong: 'Training framework:' }, ' not compared: ', { text: failed, limit: 400 })];
  return [
    text(
      { strong: 'Training framework:' },
      ` its own predictions for ${plural(rows, 'row')} differ from these by ${figure(largest)} at most, ${figure(mean)} on average.`,
    ),
  ];
}

function driftBlocks({ predictionDrift }: Robustness): Block[] {
  if (predictionDrift === undefined) return [];
  const { distance, meanChange, decidedOtherwise } = predictionDrift;
  const decided =
    decidedOtherwise === undefined ? '' : `; ${percent(decidedOtherwise)} of the rows are decided otherwise`;
  return [
    text(
      { strong: 'Predictions against the champion’s:' },
      ` largest distance of the distributions ${figure(distance)}; a row’s prediction moves by ${figure(meanChange)} on average${decided}.`,
    ),
  ];
}

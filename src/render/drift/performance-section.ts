import type { PerformanceFinding, WindowVerdict } from '../../domain/drift/verdict.ts';
import { count } from '../format.ts';
import { type Block, note, type Table, type Text, text } from '../report/document.ts';
import { estimatedChange, measuredChange } from './metric-change.ts';
import { intervalWords, metricValue, signed } from './words.ts';

const PROMISES: Record<PerformanceFinding['verdict'], string> = {
  kept: '✅ kept',
  broken: '❌ broken',
  'cannot-tell': '❔ cannot tell',
  reported: '',
};

/** Measured on rows whose truth is known; what is only estimated is called so. */
export function performanceBlocks(verdict: WindowVerdict): Block[] {
  const { performance, estimates } = verdict;
  if (performance.length + estimates.length === 0) return [];
  // What only labels can say has no columns where there are none.
  const shown = performance.length > 0 ? 8 : 5;
  const table: Table = {
    kind: 'table',
    caption: 'Metrics against what the evaluation promised',
    what: 'metric',
    columns: [
      { name: 'Metric', align: 'left' },
      { name: 'How', align: 'left' },
      { name: 'Value', align: 'right' },
      { name: 'Promised', align: 'right' },
      { name: 'Change', align: 'right' },
      { name: 'May lose', align: 'right' },
      { name: 'Labelled rows', align: 'right' },
      { name: 'Promise', align: 'left' },
    ].slice(0, shown) as Table['columns'],
    rows: [...performance.map(measuredRow), ...estimates.map(estimatedRow)].map((row) => row.slice(0, shown)),
  };
  const said = relation(verdict);
  return [
    table,
    ...(said === '' ? [] : [text(said)]),
    ...(estimates.length > 0
      ? [
          note(
            'Estimates take the calibrated probabilities at their word: they see what other inputs do to the metric, and are blind to a changed meaning of the same inputs. Only labels show that.',
          ),
        ]
      : []),
  ];
}

function measuredRow(finding: PerformanceFinding): Text[] {
  const [change] = measuredChange(finding);
  return [
    finding.metric === 'calibration_gap' ? 'calibration gap (predicted − observed)' : { code: finding.metric },
    finding.measured === undefined ? 'not known yet' : 'measured',
    { figure: finding.measured ? intervalWords(finding.measured) : '' },
    { figure: finding.promised ? intervalWords(finding.promised) : '' },
    { figure: change ? signed(change.change) : '' },
    { figure: finding.noWorseThan === undefined ? '' : metricValue(finding.noWorseThan) },
    { figure: finding.outOf === undefined ? count(finding.rows) : `${count(finding.rows)} of ${count(finding.outOf)}` },
    PROMISES[finding.verdict],
  ];
}

function estimatedRow(estimate: WindowVerdict['estimates'][number]): Text[] {
  const [change] = estimatedChange(estimate);
  const past = estimate.pastError;
  const error = past === undefined ? '' : `, ± ${metricValue(past.mean)} so far`;
  return [
    { code: estimate.metric },
    `estimated${error}`,
    { figure: metricValue(estimate.value) },
    { figure: estimate.promised === undefined ? '' : metricValue(estimate.promised) },
    { figure: change ? signed(change.change) : '' },
    '',
    '',
    '',
  ];
}

/** What inputs and metrics say together. */
function relation({ columns, performance }: WindowVerdict): string {
  const broken = performance.some((finding) => finding.verdict === 'broken');
  const moved = columns.some((finding) => finding.drifted);
  if (broken && !moved) return 'The inputs look as in training and the model is worse: what they mean has changed.';
  if (broken) return 'The inputs moved and the model is worse than it was promised to be.';
  return performance.some((finding) => finding.verdict === 'kept')
    ? 'What was promised still holds on these rows.'
    : '';
}

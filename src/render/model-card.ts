import type { Evaluation, GateResult } from '../domain/evaluate/evaluation.ts';
import type { ArtifactRef } from '../domain/jobs/job.ts';
import type { Dataset, Model } from '../domain/spec/valid.ts';
import type { SweepOutcome } from '../domain/sweep/sweep-outcome.ts';
import { bytes, count, figure, plural } from './format.ts';
import { capped, code, escapeText, table } from './markdown.ts';

export type ModelCardView = {
  model: Model;
  dataset: Dataset;
  version: string;
  commit: string;
  fingerprint: string;
  artifact: ArtifactRef;
  evaluation: Evaluation;
  gates: GateResult[];
  pull: { number: number; url: string };
  approvedBy: string[];
  sweep?: SweepOutcome;
};

/** What a person needs to know of a version before using it: made of what was measured, nothing else. */
export function renderModelCard(view: ModelCardView): string {
  const { model, dataset, evaluation } = view;
  const parts = [
    `# ${escapeText(model.name)} v${view.version}`,
    `${escapeText(model.task)} on the dataset ${code(dataset.name)}, evaluated and approved in [#${view.pull.number}](${view.pull.url})${view.approvedBy.length > 0 ? ` by ${view.approvedBy.map((by) => code(by)).join(', ')}` : ''}.`,
    '## Measured on the holdout',
    `${count(evaluation.rows)} rows, intervals at ${evaluation.confidence * 100} %.`,
    table(
      ['Metric', 'Value', 'Interval', 'Against'],
      evaluation.metrics.map((one) => [
        one.metric,
        figure(one.candidate.value),
        interval(one.candidate),
        one.champion ? `${figure(one.champion.value)} (v${evaluation.champion?.version})` : '',
      ]),
      'lrrr',
    ),
    evaluation.slices.length > 0 ? sliceTable(evaluation) : '',
    '## Data',
    table(
      ['Source', 'Window', 'Digest'],
      [
        [
          code(dataset.source.uri),
          dataset.window ? `${dataset.window.from} to ${dataset.window.to}` : 'all',
          code(dataset.source.sha256 ?? 'not given'),
        ],
      ],
    ),
    '## Inputs and output',
    table(
      ['Input', 'Type'],
      model.signature.inputs.map((input) => [code(input.name), input.type]),
    ),
    `Output ${code(model.signature.output.name)}.`,
    '## Made from',
    table(
      ['What', 'Which'],
      [
        ['Commit', code(view.commit)],
        ['Fingerprint of the run', code(view.fingerprint)],
        ['Artifact', code(view.artifact.digest)],
        ...view.artifact.files.map((file) => [`File ${code(file.path)}, ${bytes(file.size)}`, code(file.digest)]),
        ['Parameters', code(JSON.stringify(model.train.params), 1000)],
        ['Seed', String(model.train.seed)],
        ...(view.sweep ? [['Sweep', sweepText(view.sweep)]] : []),
      ],
    ),
    '## Gates',
    table(
      ['Gate', 'Verdict', 'Evidence'],
      view.gates.map((gate) => [escapeText(gate.gate), gate.verdict, escapeText(gate.evidence, 500)]),
    ),
  ];
  return capped(parts.filter((part) => part !== '').join('\n\n'), 120_000);
}

function interval(estimate: { lower: number | null; upper: number | null }): string {
  return estimate.lower === null || estimate.upper === null
    ? 'cannot tell'
    : `${figure(estimate.lower)} … ${figure(estimate.upper)}`;
}

/** How the parameters were found: whoever reads the value should know of how many it is the best. */
function sweepText({ trials, runs, failed, metric, value }: SweepOutcome): string {
  const trainings = runs > trials ? ` (${plural(runs, 'training')})` : '';
  const lost = failed > 0 ? `, ${failed} failed` : '';
  return `best of ${plural(trials, 'trial')}${trainings} by ${code(metric)}: ${figure(value)}${lost}`;
}

function sliceTable(evaluation: Evaluation): string {
  const metric = evaluation.slices[0]?.metrics[0]?.metric;
  const rows = evaluation.slices.slice(0, 20).map((slice) => {
    const first = slice.metrics[0];
    return [
      code(slice.name),
      count(slice.rows),
      first ? figure(first.candidate.value) : '',
      first ? interval(first.candidate) : '',
    ];
  });
  return `### Slices\n\n${table(['Slice', 'Rows', metric ?? 'Metric', 'Interval'], rows, 'lrrr')}`;
}

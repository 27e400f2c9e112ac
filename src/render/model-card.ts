import type { Evaluation, GateResult } from '../domain/evaluate/evaluation.ts';
import type { ArtifactRef } from '../domain/jobs/job.ts';
import type { Dataset, Model } from '../domain/spec/valid.ts';
import type { SweepOutcome } from '../domain/sweep/sweep-outcome.ts';
import { discoveryBlocks } from './evaluation/discovery-section.ts';
import { fairnessBlocks } from './evaluation/fairness-section.ts';
import { gateBlocks } from './evaluation/gates-section.ts';
import { howBlocks } from './evaluation/how-section.ts';
import { metricBlocks } from './evaluation/metrics-section.ts';
import { robustnessBlocks } from './evaluation/robustness-section.ts';
import { seedBlocks } from './evaluation/seeds-section.ts';
import { servingBlocks } from './evaluation/serving-section.ts';
import { sliceBlocks } from './evaluation/slices-section.ts';
import { untoldBlocks } from './evaluation/untold-section.ts';
import { bytes, count, figure, plural } from './format.ts';
import { capped, code, escapeText, table } from './markdown.ts';
import { composeMarkdown } from './report/compose-markdown.ts';
import type { Block, Section } from './report/document.ts';

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

const LIMIT = 120_000;
const EVALUATION_LIMIT = 80_000;

/** What a person needs to know of a version before using it: made of what was measured, nothing else. */
export function renderModelCard(view: ModelCardView): string {
  const { model, dataset, evaluation } = view;
  const parts = [
    `# ${escapeText(model.name)} v${view.version}`,
    `${escapeText(model.task)} on the dataset ${code(dataset.name)}, evaluated and approved in [#${view.pull.number}](${view.pull.url})${view.approvedBy.length > 0 ? ` by ${view.approvedBy.map((by) => code(by)).join(', ')}` : ''}.`,
    '## Measured on the holdout',
    `${count(evaluation.rows)} rows, intervals at ${figure(evaluation.confidence * 100)} %.`,
    composeMarkdown(measured(view), EVALUATION_LIMIT, { pictures: new Map() }),
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
  ];
  return capped(parts.filter((part) => part !== '').join('\n\n'), LIMIT);
}

/** The sections of the evaluation that hold for a version wherever it runs, and after its champion is gone. */
function measured({ evaluation, gates }: ModelCardView): Section[] {
  const section = (id: string, title: string, priority: number, blocks: Block[]): Section => ({
    id,
    title,
    priority,
    blocks,
  });
  return [
    section('metrics', '', 9, metricBlocks(evaluation, [])),
    section('slices', 'Slices', 4, sliceBlocks(evaluation)),
    section('discovery', 'Discovered slices', 5, discoveryBlocks(evaluation)),
    section('fairness', 'Fairness', 6, fairnessBlocks(evaluation.fairness, [])),
    section('robustness', 'Robustness', 3, robustnessBlocks(evaluation.robustness)),
    section('seeds', 'Luck of the seed', 7, seedBlocks(evaluation)),
    section('serving', 'Cost of serving', 2, servingBlocks(evaluation.serving)),
    section('limits', 'Limits: what could not be told', 8, untoldBlocks(evaluation, gates)),
    section('gates', 'Gates', 8, gateBlocks(gates)),
    section('how', 'How it was measured', 8, howBlocks({ evaluation })),
  ];
}

/** How the parameters were found: whoever reads the value should know of how many it is the best. */
function sweepText({ trials, runs, failed, metric, value }: SweepOutcome): string {
  const trainings = runs > trials ? ` (${plural(runs, 'training')})` : '';
  const lost = failed > 0 ? `, ${failed} failed` : '';
  return `best of ${plural(trials, 'trial')}${trainings} by ${code(metric)}: ${figure(value)}${lost}`;
}

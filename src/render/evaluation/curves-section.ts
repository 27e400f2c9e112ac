import type { Evaluation } from '../../domain/evaluate/evaluation.ts';
import { count, figure } from '../format.ts';
import { type Block, fold, headed, type Table } from '../report/document.ts';
import type { Plot } from './plots.ts';

const SHOWN = 10;

/** The pictures, and as figures what a picture shows badly. */
export function curveBlocks(evaluation: Evaluation, plots: Pick<Plot, 'name' | 'alt'>[]): Block[] {
  const { calibration, confusion } = evaluation.curves;
  return [
    ...plots.map(({ name, alt }): Block => ({ kind: 'picture', name, alt })),
    ...(calibration === undefined ? [] : [fold('Reliability by bin', reliabilityTable(calibration))]),
    ...(confusion === undefined ? [] : confusionBlocks(confusion)),
  ];
}

function reliabilityTable({ candidate, champion }: NonNullable<Evaluation['curves']['calibration']>): Table {
  const of = (model: string, bins: [number, number, number][]) =>
    bins.map(([predicted, observed, rows]) => [
      model,
      { figure: figure(predicted) },
      { figure: figure(observed) },
      { figure: figure(observed - predicted).replace('-', '−') },
      { figure: count(rows) },
    ]);
  return {
    kind: 'table',
    caption: 'Reliability: mean predicted probability and observed share by bin',
    what: 'bin',
    columns: [
      { name: 'Model', align: 'left' },
      { name: 'Mean predicted', align: 'right' },
      { name: 'Observed share', align: 'right' },
      { name: 'Observed − predicted', align: 'right' },
      { name: 'Rows', align: 'right' },
    ],
    rows: [...of('candidate', candidate), ...(champion === undefined ? [] : of('champion', champion))],
  };
}

type Confusion = { truth: string; decided: string; rows: number; share: number };

function confusionBlocks({ classes, candidate }: NonNullable<Evaluation['curves']['confusion']>): Block[] {
  const confusions: Confusion[] = [];
  candidate.forEach((row, truth) => {
    const total = row.reduce((sum, rows) => sum + rows, 0);
    row.forEach((rows, decided) => {
      if (rows === 0 || truth === decided) return;
      confusions.push({ truth: classes[truth] ?? '', decided: classes[decided] ?? '', rows, share: rows / total });
    });
  });
  if (confusions.length === 0) return [];
  confusions.sort((a, b) => b.rows - a.rows || b.share - a.share);
  const table: Table = {
    kind: 'table',
    caption: 'Confusions, the most frequent first',
    what: 'confusion',
    columns: [
      { name: 'Truth', align: 'left' },
      { name: 'Decided', align: 'left' },
      { name: 'Rows', align: 'right' },
      { name: 'Of the class', align: 'right' },
    ],
    rows: confusions
      .slice(0, MOST)
      .map((one) => [
        { text: one.truth, limit: 80 },
        { text: one.decided, limit: 80 },
        { figure: count(one.rows) },
        { figure: `${figure(one.share * 100)} %` },
      ]),
  };
  return [fold('The most frequent confusions', ...headed(table, SHOWN))];
}

/** A page of a million pairs is read by nobody: of many classes, the confusions that matter. */
const MOST = 500;

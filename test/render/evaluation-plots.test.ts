import { describe, expect, it } from 'vitest';
import type { Evaluation } from '../../src/domain/evaluate/evaluation.ts';
import { evaluationPlots } from '../../src/render/evaluation/plots.ts';
import { evaluation, regression } from './sample-evaluation.ts';

const confused = (classes: string[], candidate: number[][]): Evaluation => ({
  ...evaluation,
  task: 'multiclass-classification',
  curves: { confusion: { classes, candidate } },
});

describe('evaluationPlots', () => {
  it('are those of the task', () => {
    expect(evaluationPlots(evaluation).map((plot) => plot.name)).toEqual([
      'roc',
      'pr',
      'calibration',
      'scores',
      'seeds',
    ]);
    expect(evaluationPlots(regression()).map((plot) => plot.name)).toEqual(['scores', 'observed', 'residuals']);
  });

  it('draw a dot a row', () => {
    const [, observed, residuals] = evaluationPlots(regression());
    expect(observed?.svg.match(/<circle/g)).toHaveLength(400);
    expect(residuals?.svg.match(/<circle/g)).toHaveLength(400);
  });

  it('draw what is empty or not a number without fuss', () => {
    const empty: Evaluation = {
      ...evaluation,
      curves: {
        roc: { candidate: [] },
        pr: { candidate: [[0.5, Number.NaN]] },
        calibration: { candidate: [] },
        scores: { candidate: { all: { edges: [], counts: [] }, positive: { edges: [0, 0], counts: [3] } } },
        residuals: { candidate: [] },
        confusion: { classes: [], candidate: [] },
      },
    };
    for (const { svg } of evaluationPlots(empty)) expect(svg).not.toMatch(/NaN|Infinity|undefined/);
  });

  it('show every pair of few classes, and of many the most confused ones with the rest as one', () => {
    const few = confused(
      ['a', '<b>'],
      [
        [5, 1],
        [0, 9],
      ],
    );
    expect(evaluationPlots(few)[0]?.svg).toContain('&lt;b&gt; → a: 0');
    const classes = Array.from({ length: 40 }, (_, at) => `c${at}`);
    const many = confused(
      classes,
      classes.map((_, truth) =>
        classes.map((__, decided) => (truth === decided ? 100 : truth === 39 && decided < 20 ? 2 : 0)),
      ),
    );
    const { svg } = evaluationPlots(many)[0]!;
    expect(svg.match(/<title>[^<]*→/g)).toHaveLength(16 * 16);
    expect(svg).toContain('c39 → c0: 2');
    expect(svg).toContain('25 others → 25 others: 2500');
    expect(svg).toContain('c39 → 25 others: 12');
  });
});

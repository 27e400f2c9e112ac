import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compareMetrics } from '../../../src/domain/evaluate/compare-metrics.ts';
import type { Estimate, MetricComparison } from '../../../src/domain/evaluate/evaluation.ts';
import {
  type BootstrapKind,
  bootstrapInterval,
  bootstrapP,
} from '../../../src/domain/evaluate/intervals/bootstrap-interval.ts';
import { choleskyFactor } from '../../../src/domain/evaluate/intervals/cholesky-factor.ts';
import { normalCdf } from '../../../src/domain/evaluate/intervals/normal-quantile.ts';
import { drawNormals, streamOf } from '../../../src/domain/evaluate/intervals/random-stream.ts';
import { studentQuantile, studentTwoSided } from '../../../src/domain/evaluate/intervals/student.ts';
import type { ScoredRows } from '../../../src/domain/evaluate/scored-rows.ts';
import reference from './reference/intervals.json' with { type: 'json' };

const options = { seed: 3, resamples: 1_000, confidence: 0.95 };

/** A third positive; the candidate is the better one. */
function scoredRows(rows: number, seed = 1): ScoredRows {
  const normals = new Float64Array(rows * 4);
  drawNormals(normals, streamOf(seed, 0));
  const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));
  const at = (row: number, column: number) => normals[row * 4 + column] as number;
  const truth = (row: number) => 1.4 * at(row, 0) - 0.9;
  const values = (column: number, noise: number) =>
    Float64Array.from({ length: rows }, (_, row) => sigmoid(truth(row) + noise * at(row, column)));
  return {
    task: 'binary-classification',
    rows,
    width: 1,
    labels: Float64Array.from({ length: rows }, (_, row) => (truth(row) + 1.7 * at(row, 3) > 0 ? 1 : 0)),
    candidate: { values: values(1, 0.5), threshold: 0.45 },
    champion: { values: values(2, 0.8), threshold: 0.45 },
  };
}

const half = ({ lower, upper }: Estimate) => ((upper as number) - (lower as number)) / 2;

describe('with many rows', () => {
  const scored = scoredRows(25_000);
  const metrics = ['pr_auc', 'log_loss', 'f1', 'mcc'];
  const formula = compareMetrics(scored, metrics, options);
  const resampled = compareMetrics(scored, metrics, { ...options, bootstrapRows: 30_000 });

  it.each(metrics.map((metric, index) => [metric, formula[index], resampled[index]] as const))(
    '%s has the interval that resampling gives',
    (_, found, exact) => {
      expect(found?.method).toBe('delta');
      expect(exact?.method).toMatch(/bootstrap/);
      for (const which of ['candidate', 'champion', 'difference'] as const) {
        const [one, other] = [found?.[which] as Estimate, exact?.[which] as Estimate];
        const error = half(other) / 1.96;
        // A 2.5 % quantile of 1,000 draws has a standard error of .085 deviations: three of them.
        expect(Math.abs((one.lower as number) - (other.lower as number))).toBeLessThan(0.25 * error);
        expect(Math.abs((one.upper as number) - (other.upper as number))).toBeLessThan(0.25 * error);
      }
    },
  );

  it('is the same for the same seed', () => {
    expect(JSON.stringify(compareMetrics(scored, metrics, options))).toBe(JSON.stringify(formula));
  });
});

describe('the calibration error', () => {
  it('has the interval of a mean where every bin is far from 0', () => {
    const scored = scoredRows(4_000);
    // Predicted far too high everywhere: the error is the mean of predicted − came.
    const high = (model: ScoredRows['candidate']) => ({ ...model, values: model.values.map((p) => 0.7 + 0.3 * p) });
    const candidate = high(scored.candidate);
    const champion = high(scored.champion as ScoredRows['candidate']);
    const [found] = compareMetrics({ ...scored, candidate, champion }, ['ece'], options);
    expect(found?.method).toBe('sums');
    const excess = candidate.values.map((p, row) => p - (scored.labels[row] as number));
    const deviation = (values: Float64Array) => {
      const mean = values.reduce((sum, one) => sum + one, 0) / values.length;
      return Math.sqrt(values.reduce((sum, one) => sum + (one - mean) ** 2, 0) / (values.length - 1));
    };
    const error = deviation(excess) / Math.sqrt(4_000);
    const between = deviation(
      excess.map((one, row) => one - (champion.values[row] as number) + (scored.labels[row] as number)),
    );
    // The spread comes from 2,000 draws: four times its standard error of 1.6 %.
    expect(half(found?.candidate as Estimate) / (1.96 * error)).toBeCloseTo(1, 1);
    expect(half(found?.difference as Estimate) / ((1.96 * between) / Math.sqrt(4_000))).toBeCloseTo(1, 1);
    expect((found?.candidate.upper as number) + (found?.candidate.lower as number)).toBeCloseTo(
      2 * (found?.candidate.value as number),
      3,
    );
  });

  it('reaches down to 0 for a model that is calibrated, however many bins add up their noise', () => {
    const normals = new Float64Array(2_000);
    drawNormals(normals, streamOf(9, 0));
    const values = normals.map((x) => 1 / (1 + Math.exp(-x)));
    const uniform = new Float64Array(2_000);
    drawNormals(uniform, streamOf(9, 1));
    const labels = values.map((p, row) => (normalCdf(uniform[row] as number) < p ? 1 : 0));
    const scored: ScoredRows = {
      task: 'binary-classification',
      rows: 2_000,
      width: 1,
      labels,
      candidate: { values, threshold: 0.5 },
    };
    for (const metric of ['ece', 'ece@50']) {
      const [found] = compareMetrics(scored, [metric], options);
      expect(found?.candidate.value).toBeGreaterThan(0.01);
      expect(found?.candidate.lower).toBe(0);
    }
  });

  it('counts rows that come together as one', () => {
    const scored = scoredRows(500);
    const groups = Int32Array.from({ length: 1_500 }, (_, row) => row % 500);
    const thrice = (values: Float64Array) => Float64Array.from(groups, (row) => values[row] as number);
    const repeated: ScoredRows = {
      ...scored,
      rows: 1_500,
      labels: thrice(scored.labels),
      candidate: { threshold: 0.45, values: thrice(scored.candidate.values) },
      champion: { threshold: 0.45, values: thrice((scored.champion as ScoredRows['candidate']).values) },
    };
    const [alone] = compareMetrics(scored, ['ece'], options);
    const [grouped] = compareMetrics({ ...repeated, groups }, ['ece'], options);
    const [weighted] = compareMetrics({ ...scored, weights: new Float64Array(500).fill(3) }, ['ece'], options);
    for (const other of [grouped, weighted]) {
      for (const which of ['candidate', 'champion', 'difference'] as const) {
        for (const bound of ['value', 'lower', 'upper'] as const)
          expect(other?.[which]?.[bound]).toBeCloseTo(alone?.[which]?.[bound] as number, 9);
      }
    }
  });
});

describe('effect', () => {
  it('is the mean difference of the rows in their standard deviations', () => {
    const scored = scoredRows(500);
    const losses = (values: Float64Array) => values.map((p, row) => (p - (scored.labels[row] as number)) ** 2);
    const champion = losses((scored.champion as ScoredRows['candidate']).values);
    const differences = losses(scored.candidate.values).map((loss, row) => loss - (champion[row] as number));
    const mean = differences.reduce((sum, one) => sum + one, 0) / 500;
    const deviation = Math.sqrt(differences.reduce((sum, one) => sum + (one - mean) ** 2, 0) / 499);
    expect(compareMetrics(scored, ['brier'], options)[0]?.effect).toBeCloseTo(mean / deviation, 12);
  });
});

describe('weights', () => {
  it('take roc_auc and accuracy from their formulas to the delta method, and are rows that come together', () => {
    const scored = scoredRows(400);
    const weights = Float64Array.from({ length: 400 }, (_, row) => 1 + (row % 3));
    const found = compareMetrics({ ...scored, weights }, ['roc_auc', 'accuracy'], options);
    expect(found.map((one) => one.method)).toEqual(['delta', 'delta']);
    const repeated = Int32Array.from([...weights].flatMap((weight, row) => new Array<number>(weight).fill(row)));
    const pick = (values: Float64Array) => Float64Array.from(repeated, (row) => values[row] as number);
    const rows = {
      ...scored,
      rows: repeated.length,
      labels: pick(scored.labels),
      candidate: { ...scored.candidate, values: pick(scored.candidate.values) },
      champion: { threshold: 0.45, values: pick((scored.champion as ScoredRows['candidate']).values) },
      groups: repeated,
    };
    // A row of weight 3 is three rows that come together.
    const grouped = compareMetrics(rows, ['roc_auc', 'accuracy'], options);
    for (const [index, one] of found.entries()) {
      expect(one.difference?.value).toBeCloseTo(grouped[index]?.difference?.value as number, 12);
      expect(grouped[index]?.method).toBe('delta');
      // Student's degrees of freedom are not quite the same.
      const ratio = half(one.difference as Estimate) / half(grouped[index]?.difference as Estimate);
      expect(Math.abs(ratio - 1)).toBeLessThan(0.01);
    }
  });
});

describe('groups', () => {
  it('are told from ten of them on', () => {
    const scored = scoredRows(900);
    const inGroups = (count: number) => ({
      ...scored,
      groups: Int32Array.from({ length: 900 }, (_, row) => row % count),
    });
    expect(compareMetrics(inGroups(9), ['log_loss'], options)[0]).toMatchObject({
      method: 'none',
      difference: { lower: null, upper: null },
    });
    expect(compareMetrics(inGroups(10), ['log_loss'], options)[0]?.method).toBe('delta');
  });
});

describe('a custom metric', () => {
  const scored = scoredRows(300);
  const custom = [
    { name: 'profit', better: 'higher' as const },
    { name: 'regret', better: 'lower' as const },
  ];
  const profit = (model: Float64Array) => model.map((p, row) => (p > 0.4 ? (scored.labels[row] === 1 ? 5 : -2) : 0));
  const mean = (rows: Float64Array) => rows.reduce((sum, one) => sum + one, 0) / rows.length;
  const withCustom = (model: ScoredRows['candidate'], regret: number) => {
    const rows = profit(model.values);
    return { ...model, custom: { profit: { value: mean(rows), rows }, regret: { value: regret } } };
  };
  const found = compareMetrics(
    {
      ...scored,
      candidate: withCustom(scored.candidate, 3),
      champion: withCustom(scored.champion as ScoredRows['candidate'], 4),
    },
    ['profit', 'regret', 'unheard_of'],
    { ...options, custom },
  );

  it('is resampled by its scores by row', () => {
    expect(found[0]).toMatchObject({ metric: 'profit', better: 'higher', method: 'bca-bootstrap' });
    expect(found[0]?.candidate.value).toBeCloseTo(mean(profit(scored.candidate.values)), 12);
    expect(found[0]?.difference?.lower).toBeTypeOf('number');
  });

  it('has no interval without them, and is left out when it was not given', () => {
    expect(found.slice(1)).toEqual([
      {
        metric: 'regret',
        better: 'lower',
        rows: 300,
        method: 'none',
        candidate: { value: 3, lower: null, upper: null },
        champion: { value: 4, lower: null, upper: null },
        difference: { value: -1, lower: null, upper: null },
      } satisfies MetricComparison,
    ]);
  });
});

describe('what is the same on all rows', () => {
  it('is not certain to be so when the models differ', () => {
    const labels = Float64Array.from({ length: 60 }, (_, row) => (row < 40 ? 0 : 1));
    const champion = labels.map((label, row) => label * 0.8 + 0.1 + (row % 5) / 100);
    const scored: ScoredRows = {
      task: 'binary-classification',
      rows: 60,
      width: 1,
      labels,
      candidate: { values: labels, threshold: 0.5 },
      champion: { values: champion, threshold: 0.5 },
    };
    const [recall] = compareMetrics(scored, ['recall'], options);
    // Both found all 20: either may miss up to 1 − .025^(1/20).
    const reach = expect.closeTo(0.1684335, 6);
    expect(recall?.difference).toMatchObject({ value: 0, lower: expect.closeTo(-0.1684335, 6), upper: reach });
  });
});

describe('bootstrapP', () => {
  const kinds: BootstrapKind[] = [
    { kind: 'percentile' },
    { kind: 'bca', acceleration: 0 },
    { kind: 'bca', acceleration: 0.03 },
  ];

  it('is 1 − the confidence at which the interval begins to hold 0', () => {
    const about = { seed: fc.integer({ min: 0, max: 1_000 }), shift: fc.double({ min: -1.8, max: 1.8, noNaN: true }) };
    fc.assert(
      fc.property(fc.record(about), fc.constantFrom(...kinds), ({ seed, shift }, how) => {
        const draws = new Float64Array(4_000);
        drawNormals(draws, streamOf(seed, 1));
        const shifted = draws.map((draw) => draw + shift + 0.1 * draw * draw);
        const degrees = 40;
        const p = bootstrapP(shift, shifted, how, degrees) as number;
        if (p > 0.98) return;
        const at = (confidence: number) => bootstrapInterval(shift, shifted, how, { confidence, degrees });
        const holds = ({ lower, upper }: Estimate) => (lower as number) <= 0 && 0 <= (upper as number);
        expect(holds(at(1 - p * 0.97))).toBe(true);
        expect(holds(at(1 - Math.min(0.999, p * 1.03)))).toBe(false);
      }),
      { numRuns: 60, seed: 7 },
    );
  });

  it('goes on as the normal tail where replicates end', () => {
    const draws = new Float64Array(1_000);
    drawNormals(draws, streamOf(1, 1));
    const p = bootstrapP(
      6,
      draws.map((draw) => draw + 6),
      { kind: 'percentile' },
      Number.POSITIVE_INFINITY,
    );
    expect(p).toBeLessThan(1e-7);
    expect(p).toBeGreaterThan(1e-11);
  });
});

describe('Student’s t', () => {
  it.each(reference.student)('$p of $degrees degrees', ({ p, degrees, t }) => {
    expect(Math.abs(studentQuantile(p, degrees) / t - 1)).toBeLessThan(0.002);
    expect(studentTwoSided(studentQuantile(p, degrees), degrees)).toBeCloseTo(2 * (1 - p), 10);
  });
});

describe('choleskyFactor', () => {
  it('gives the matrix back, also one without full rank', () => {
    const rows = [
      [4, 2, 2, 0],
      [2, 5, 1, 0],
      [2, 1, 1, 0],
      [0, 0, 0, 0],
    ];
    const factor = choleskyFactor(Float64Array.from(rows.flat()), 4);
    for (const i of [0, 1, 2, 3]) {
      for (const j of [0, 1, 2, 3]) {
        let sum = 0;
        for (const k of [0, 1, 2, 3]) sum += (factor[i * 4 + k] as number) * (factor[j * 4 + k] as number);
        expect(sum).toBeCloseTo(rows[i]?.[j] as number, 12);
      }
    }
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { curvesOf } from '../../../src/domain/evaluate/curves.ts';
import type { ScoredRows } from '../../../src/domain/evaluate/scored-rows.ts';

function binary(labels: number[], scores: number[], weights?: number[]): ScoredRows {
  return {
    task: 'binary-classification',
    rows: labels.length,
    width: 1,
    labels: Float64Array.from(labels),
    candidate: { values: Float64Array.from(scores), threshold: 0.5 },
    champion: { values: Float64Array.from(scores, (score) => 1 - score), threshold: 0.5 },
    ...(weights === undefined ? {} : { weights: Float64Array.from(weights) }),
  };
}

const sum = (values: number[]) => values.reduce((total, value) => total + value, 0);
const close = (digits: number) => (value: number) => Math.round(value * 10 ** digits) / 10 ** digits;

const row = fc.record({
  label: fc.integer({ min: 0, max: 1 }),
  score: fc.integer({ min: 0, max: 30 }).map((tenth) => tenth / 30),
  weight: fc.integer({ min: 0, max: 3 }),
});
const someRows = fc.array(row, { minLength: 2, maxLength: 400 }).filter((rows) => {
  const weightOf = (label: number) => sum(rows.filter((one) => one.label === label).map(({ weight }) => weight));
  return weightOf(0) > 0 && weightOf(1) > 0;
});

describe('ROC and precision by recall', () => {
  it('go through the rates at some threshold, as the definition has them, and end at the last', () => {
    fc.assert(
      fc.property(someRows, (rows) => {
        const labels = rows.map(({ label }) => label);
        const scores = rows.map(({ score }) => score);
        const weights = rows.map(({ weight }) => weight);
        const told = curvesOf(binary(labels, scores, weights), []);
        const weightWhere = (holds: (index: number) => boolean) => sum(weights.filter((_, index) => holds(index)));
        const at = (threshold: number) => {
          const said = (label: number) =>
            weightWhere((index) => labels[index] === label && (scores[index] as number) >= threshold);
          const [alarms, hits] = [said(0), said(1)];
          const round = close(6);
          const recall = round(hits / weightWhere((index) => labels[index] === 1));
          const fallOut = round(alarms / weightWhere((index) => labels[index] === 0));
          return { roc: `${fallOut} ${recall}`, pr: `${recall} ${round(hits / (hits + alarms))}` };
        };
        const points = [...new Set(scores)].map(at);
        const roc = told.roc?.candidate as [number, number][];
        expect(roc[0]).toEqual([0, 0]);
        expect(roc.at(-1)).toEqual([1, 1]);
        for (const point of roc.slice(1)) expect(points.map((one) => one.roc)).toContain(point.join(' '));
        const pr = told.pr?.candidate as [number, number][];
        expect(pr[0]?.[1]).toBe(pr[1]?.[1]);
        expect(pr.at(-1)?.[0]).toBe(1);
        for (const point of pr.slice(1)) expect(points.map((one) => one.pr)).toContain(point.join(' '));
      }),
      { numRuns: 40 },
    );
  });

  it('have at most 200 points, near which the curve is, also where one class is rare', () => {
    const rows = 50_000;
    const labels = Array.from({ length: rows }, (_, index) => (index % 200 === 0 ? 1 : 0));
    const scores = labels.map((label, index) => ((index * 7919) % rows) / rows / (label === 1 ? 1 : 3));
    const { roc, pr } = curvesOf(binary(labels, scores), []);
    for (const points of [roc?.candidate, roc?.champion, pr?.candidate, pr?.champion]) {
      expect(points?.length).toBeLessThanOrEqual(200);
      expect(points?.length).toBeGreaterThan(50);
    }
    const steps = (roc?.candidate ?? []).slice(1).map(([x, y], index) => {
      const [before, below] = (roc?.candidate ?? [])[index] as [number, number];
      return x - before + y - below;
    });
    expect(Math.max(...steps)).toBeLessThan(0.05);
  });

  it('show no point for a handful of rows', () => {
    const { roc } = curvesOf(
      binary(
        [1, 1, 0, 1, 0, 0, 1, 0, 1],
        [9, 8, 7, 6, 5, 4, 3, 2, 1].map((one) => one / 10),
      ),
      [],
    );
    expect(roc?.candidate).toEqual([
      [0, 0],
      [1, 1],
    ]);
  });

  it('are not told of one class', () => {
    const told = curvesOf(binary([1, 1, 1], [0.1, 0.2, 0.3]), []);
    expect(told.roc).toBeUndefined();
    expect(told.pr).toBeUndefined();
  });
});

describe('the distribution of the scores', () => {
  it('is by class, without bins of a handful of rows', () => {
    const labels = [
      ...new Array(20).fill(1),
      ...new Array(30).fill(0),
      ...new Array(9).fill(1),
      ...new Array(12).fill(0),
    ];
    const scores = labels.map((_, index) => (index < 50 ? 0.51 : 1));
    const { scores: told } = curvesOf(binary(labels, scores), []);
    const counts = (which: 'all' | 'positive' | 'negative') =>
      Object.fromEntries(
        (told?.candidate[which]?.counts ?? []).flatMap((count, bin) => (count > 0 ? [[bin, count]] : [])),
      );
    expect(told?.candidate.all.edges).toHaveLength(41);
    expect(told?.candidate.all.edges.slice(0, 3).map(close(9))).toEqual([0, 0.025, 0.05]);
    expect(counts('positive')).toEqual({ 20: 20 });
    expect(counts('negative')).toEqual({ 20: 30, 39: 12 });
    expect(counts('all')).toEqual({ 20: 50, 39: 12 });
    expect(told?.champion?.positive?.counts[19]).toBe(20);
  });

  it('of a regression is on the range of both models, and on that of nothing but the predictions', () => {
    const rows = 100;
    const values = (from: number) =>
      Float64Array.from({ length: rows * 3 }, (_, place) => (place % 3 === 0 ? from + place / 3 : -1e9));
    const { scores, residuals } = curvesOf(
      {
        task: 'regression',
        rows,
        width: 3,
        labels: new Float64Array(rows),
        candidate: { values: values(1.3), threshold: 0 },
        champion: { values: values(101.3), threshold: 0 },
      },
      [],
    );
    expect(scores?.candidate.all.edges[0]).toBe(0);
    expect(scores?.candidate.all.edges.at(-1)).toBe(210);
    expect(sum(scores?.candidate.all.counts ?? [])).toBe(0);
    expect(residuals?.candidate.slice(0, 2)).toEqual([
      [1.3, 0],
      [2.3, 0],
    ]);
  });

  it('of equal predictions is one bin', () => {
    const model = { values: new Float64Array(50).fill(4), threshold: 0 };
    const { scores } = curvesOf(
      { task: 'regression', rows: 50, width: 1, labels: new Float64Array(50), candidate: model },
      [],
    );
    expect(scores?.candidate.all.counts.filter((count) => count > 0)).toEqual([50]);
  });
});

describe('calibration', () => {
  it('is told by bin in means over the weights', () => {
    const labels = [...new Array(10).fill(1), ...new Array(10).fill(0)];
    const told = curvesOf(
      binary(
        labels,
        labels.map((label) => (label === 1 ? 0.28 : 0.22)),
        labels.map((label) => 1 + label),
      ),
      [],
    );
    expect(told.calibration?.candidate).toEqual([[0.26, 0.666667, 20]]);
  });
});

import { describe, expect, it } from 'vitest';
import { fairnessOf } from '../../../src/domain/evaluate/fairness.ts';
import { newcombeInterval } from '../../../src/domain/evaluate/intervals/independent-shares.ts';
import { wilsonInterval } from '../../../src/domain/evaluate/intervals/proportion-intervals.ts';
import type { ScoredRows } from '../../../src/domain/evaluate/scored-rows.ts';
import type { CategoryColumn } from '../../../src/domain/evaluate/slices/columns.ts';

type Cell = { group: number; label: 0 | 1; decided: number; of: number; weight?: number };

/** `of` rows of each cell, of which the first `decided` are decided positive. */
function world(cells: Cell[]): { scored: ScoredRows; column: CategoryColumn } {
  const rows = cells.flatMap((cell) =>
    Array.from({ length: cell.of }, (_, index) => ({ ...cell, yes: index < cell.decided })),
  );
  const scored: ScoredRows = {
    task: 'binary-classification',
    rows: rows.length,
    width: 1,
    labels: Float64Array.from(rows, (row) => row.label),
    candidate: { values: Float64Array.from(rows, (row) => (row.yes ? 0.9 : 0.1)), threshold: 0.5 },
    champion: { values: new Float64Array(rows.length), threshold: 0.5 },
    ...(cells.some((cell) => cell.weight !== undefined)
      ? { weights: Float64Array.from(rows, (row) => row.weight ?? 1) }
      : {}),
  };
  return {
    scored,
    column: { column: 'sex', values: ['f', 'm', 'x'], codes: Int32Array.from(rows, (row) => row.group) },
  };
}

const options = { minRows: 20, confidence: 0.95 };

describe('fairness', () => {
  const { scored, column } = world([
    { group: 0, label: 1, decided: 56, of: 70 },
    { group: 1, label: 1, decided: 48, of: 80 },
    { group: 2, label: 1, decided: 5, of: 19 },
    { group: 0, label: 0, decided: 10, of: 100 },
    { group: 1, label: 0, decided: 30, of: 100 },
    { group: -1, label: 0, decided: 1, of: 50 },
  ]);

  it('is about the rows that the rate is about', () => {
    const told = fairnessOf(scored, column, 'true_positive_rate', options);
    expect(told.groups).toEqual([
      { group: 'm', rows: 80, candidate: wilsonInterval(48, 80, 0.95), champion: wilsonInterval(0, 80, 0.95) },
      { group: 'f', rows: 70, candidate: wilsonInterval(56, 70, 0.95), champion: wilsonInterval(0, 70, 0.95) },
    ]);
    expect(told.leftOut).toBe(1);
    expect(told.widest).toMatchObject({ low: 'm', high: 'f' });
  });

  it('takes rows without a value as a group', () => {
    const told = fairnessOf(scored, column, 'false_positive_rate', options);
    expect(told.groups.map(({ group, rows, candidate }) => [group, rows, candidate.value])).toEqual([
      ['(missing)', 50, 0.02],
      ['f', 100, 0.1],
      ['m', 100, 0.3],
    ]);
    expect(told.leftOut).toBe(0);
    expect(fairnessOf(scored, column, 'selection_rate', options).groups.map(({ rows }) => rows)).toEqual([
      50, 170, 180,
    ]);
  });

  it('corrects the side that accuses some pair, and not the side that clears them all', () => {
    const pair = newcombeInterval({ successes: 56, rows: 70 }, { successes: 48, rows: 80 }, 0.95);
    const corrected = newcombeInterval({ successes: 56, rows: 70 }, { successes: 48, rows: 80 }, 0.975);
    const told = fairnessOf(scored, column, 'true_positive_rate', options).widest;
    expect(told?.difference.value).toBeCloseTo(0.2, 12);
    expect(told?.difference.upper).toBe(pair.upper);
    expect(told?.difference.lower).toBe(corrected.lower);
    expect(told?.ratio.value).toBeCloseTo(0.75, 12);
    expect(told?.ratio.lower).toBeLessThan(0.75);
    expect(told?.ratio.upper).toBeLessThan(1);
  });

  it('does not clear a small group because the two extreme ones are large', () => {
    const large = [
      { group: 0, label: 1 as const, decided: 5000, of: 10_000 },
      { group: 1, label: 1 as const, decided: 5100, of: 10_000 },
    ];
    const upper = (cells: Cell[]) => {
      const { scored, column } = world(cells);
      return fairnessOf(scored, column, 'true_positive_rate', options).widest?.difference.upper as number;
    };
    expect(upper(large)).toBeLessThan(0.03);
    expect(upper([...large, { group: 2, label: 1, decided: 10, of: 20 }])).toBeGreaterThan(0.15);
  });

  it('says that nothing differs where nobody is selected', () => {
    const { scored, column } = world([
      { group: 0, label: 0, decided: 0, of: 500 },
      { group: 1, label: 0, decided: 0, of: 500 },
    ]);
    const { widest } = fairnessOf(scored, column, 'selection_rate', options);
    expect(widest).toMatchObject({ difference: { value: 0, lower: 0 }, ratio: { value: 1, lower: 0, upper: 1 } });
  });

  it('has no widest pair of a single group', () => {
    const { scored, column } = world([{ group: 0, label: 0, decided: 3, of: 50 }]);
    expect(fairnessOf(scored, column, 'selection_rate', options)).not.toHaveProperty('widest');
  });
});

describe('effective rows', () => {
  it('are all of them where every weight is the same, whatever it is', () => {
    const cells: Cell[] = [
      { group: 0, label: 1, decided: 30, of: 80 },
      { group: 1, label: 1, decided: 20, of: 90 },
    ];
    const plain = world(cells);
    const weighted = world(cells.map((cell) => ({ ...cell, weight: 7 })));
    const [a, b] = [plain, weighted].map(({ scored, column }) => fairnessOf(scored, column, 'selection_rate', options));
    for (const side of ['lower', 'upper'] as const)
      expect(b?.widest?.difference[side]).toBeCloseTo(a?.widest?.difference[side] as number, 12);
  });

  it('are the number of groups where the rows of one are alike', () => {
    const once: Cell[] = [
      { group: 0, label: 1, decided: 30, of: 80 },
      { group: 1, label: 1, decided: 20, of: 90 },
    ];
    const { scored, column } = world(once.map((cell) => ({ ...cell, decided: 5 * cell.decided, of: 5 * cell.of })));
    const groups = Int32Array.from({ length: scored.rows }, (_, row) => Math.floor(row / 5));
    const alone = world(once);
    const told = fairnessOf({ ...scored, groups }, column, 'selection_rate', options);
    const expected = fairnessOf(alone.scored, alone.column, 'selection_rate', options);
    for (const [index, { candidate }] of expected.groups.entries()) {
      expect(told.groups[index]?.candidate.lower).toBeCloseTo(candidate.lower as number, 12);
      expect(told.groups[index]?.candidate.upper).toBeCloseTo(candidate.upper as number, 12);
    }
  });

  it('weigh the share', () => {
    const { scored, column } = world([
      { group: 0, label: 1, decided: 50, of: 50, weight: 3 },
      { group: 0, label: 1, decided: 0, of: 50, weight: 1 },
      { group: 1, label: 1, decided: 10, of: 40, weight: 0 },
    ]);
    const { groups } = fairnessOf(scored, column, 'true_positive_rate', options);
    expect(groups).toHaveLength(1);
    expect(groups[0]).toMatchObject({ rows: 100, candidate: { value: 0.75 } });
    // Variance by linearisation: (50·9·0.25² + 50·0.75²) / 200² = 0.75·0.25 / 133.3, bounded by the 100 rows.
    expect(groups[0]?.candidate.lower).toBe(wilsonInterval(75, 100, 0.95).lower);
  });
});

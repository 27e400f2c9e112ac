import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Discovery } from '../../../../src/domain/evaluate/evaluation.ts';
import { holmAdjusted } from '../../../../src/domain/evaluate/holm-adjusted.ts';
import { countPairs } from '../../../../src/domain/evaluate/slices/count-pairs.ts';
import { discoverSlices } from '../../../../src/domain/evaluate/slices/discover-slices.ts';
import { foundSlices } from '../../../../src/domain/evaluate/slices/found-slices.ts';
import { createLargest } from '../../../../src/domain/evaluate/slices/largest.ts';
import { searchSlices } from '../../../../src/domain/evaluate/slices/search-slices.ts';
import { splitHalves } from '../../../../src/domain/evaluate/slices/split-halves.ts';
import { seededRandom } from '../../../../src/domain/statistics/seeded-random.ts';
import { type Planted, plantedHoldout } from './planted-holdout.ts';

const options = { minRows: 200, seed: 5, confidence: 0.95 };
const discover = ({ scored, columns }: Planted, metric = 'roc_auc', more: Partial<typeof options> = {}) =>
  withFound(discoverSlices(scored, columns, metric, { ...options, ...more }));
const withFound = (discovery: Discovery) => ({ ...discovery, found: foundSlices(discovery, options.confidence) });

const alone = ({ scored: { champion: _, ...scored }, ...rest }: Planted): Planted => ({ ...rest, scored });

describe('a category in which the candidate is bad', () => {
  const planted = plantedHoldout(8_000, 2, ({ origin }) => (origin === 3 ? 3 : 0));

  it.each(['roc_auc', 'log_loss', 'accuracy', 'ece', 'pr_auc'])('is found by %s', (metric) => {
    const { found, tried, looked, measured, ...told } = discover(planted, metric);
    expect(told).toEqual({ metric, leftOut: 0, unmeasured: 0, untold: 0 });
    expect(found[0]).toMatchObject({ name: 'origin=D', against: 'champion' });
    expect(found[0]?.difference.value).toBeCloseTo(
      (found[0]?.candidate.value as number) - (found[0]?.other.value as number),
      12,
    );
    expect(found[0]?.p).toBeLessThan(0.05);
    expect(tried.length).toBeLessThanOrEqual(20);
    expect(measured).toBeGreaterThanOrEqual(tried.length);
    expect(looked).toBeGreaterThan(50);
  });

  it('is found against the rest of the rows where there is no champion', () => {
    const { found } = discover(alone(planted));
    expect(found.map(({ name, against }) => [name, against])).toEqual([['origin=D', 'rest']]);
    const [{ candidate, other, difference }] = found as [(typeof found)[number]];
    expect(difference.upper).toBeLessThan(0);
    expect(difference.value).toBe(candidate.value - other.value);
  });

  it('is the same slice each time, and by the seed another half', () => {
    expect(discover(planted)).toEqual(discover(planted));
    const [one, other] = [discover(planted), discover(planted, 'roc_auc', { seed: 6 })];
    expect(one.found[0]?.name).toBe(other.found[0]?.name);
    expect(one.found[0]?.rows).not.toBe(other.found[0]?.rows);
  });

  it('is found where rows come in groups, which are not torn apart', () => {
    const groups = Int32Array.from({ length: 8_000 }, (_, row) => Math.floor(row / 4));
    const { found } = discover({ ...planted, scored: { ...planted.scored, groups } });
    expect(found[0]?.name).toBe('origin=D');
  });
});

it('two columns that are bad together are found together, not each by itself', () => {
  const planted = plantedHoldout(16_000, 3, ({ origin, carrier }) => (origin === 3 && carrier === 1 ? 3 : 0));
  expect(discover(planted, 'log_loss').found.map(({ name }) => name)).toEqual(['origin=D and carrier=UA']);
});

it('rows without a value are a slice, too', () => {
  const planted = plantedHoldout(8_000, 4, ({ carrier }) => (carrier < 0 ? 2 : 0));
  expect(discover(planted).found[0]?.name).toBe('carrier is missing');
});

it('an end of a number is found', () => {
  const planted = plantedHoldout(8_000, 4, ({ distance }) => (distance > 2500 ? 2 : 0));
  expect(discover(planted).found[0]?.name).toMatch(/^distance ≥ 2[34]/);
});

it('whole numbers that are there as categories, too, are searched in bins', () => {
  const { scored, columns, row } = plantedHoldout(8_000, 4, ({ distance }) => (distance > 2500 ? 2 : 0));
  const values = Float64Array.from({ length: scored.rows }, (_, index) => Math.round(row(index).distance));
  const whole = {
    column: 'distance',
    values: Array.from({ length: 3_001 }, (_, value) => String(value)),
    codes: Int32Array.from(values, (value) => (Number.isNaN(value) ? -1 : value)),
  };
  const searched = [...columns.slice(0, 2), whole, { column: 'distance', values }];
  const { found } = withFound(discoverSlices(scored, searched, 'roc_auc', options));
  expect(found[0]?.name).toMatch(/^distance ≥ 2[34]/);
});

it('a regression is searched by its error', () => {
  const { scored, columns, row } = plantedHoldout(6_000, 5);
  const random = seededRandom(3);
  const labels = Float64Array.from({ length: scored.rows }, () => 10 * random());
  const around = (spread: (index: number) => number) => ({
    values: labels.map((label, index) => label + spread(index) * (random() - 0.5)),
    threshold: 0,
  });
  const regression = {
    task: 'regression' as const,
    rows: scored.rows,
    width: 1,
    labels,
    candidate: around((index) => (row(index).carrier === 2 ? 6 : 3)),
    champion: around(() => 3),
  };
  for (const metric of ['rmse', 'mae', 'median_ae']) {
    expect(withFound(discoverSlices(regression, columns, metric, options)).found[0]?.name).toBe('carrier=WN');
  }
});

it('nothing is found where nothing is worse', () => {
  for (const seed of [11, 12, 13, 14, 15]) {
    const planted = plantedHoldout(3_000, seed);
    for (const metric of ['roc_auc', 'log_loss']) {
      expect(discover(planted, metric, { minRows: 100 }).found).toEqual([]);
      expect(discover(alone(planted), metric, { minRows: 100 }).found).toEqual([]);
    }
  }
});

it('a better candidate is no finding', () => {
  const { scored, ...rest } = plantedHoldout(8_000, 2, ({ origin }) => (origin === 3 ? 1.8 : 0));
  const swapped = { ...scored, candidate: scored.champion as typeof scored.candidate, champion: scored.candidate };
  expect(discover({ ...rest, scored: swapped }).found).toEqual([]);
});

it('a metric that has no better direction is not searched', () => {
  expect(discover(plantedHoldout(3_000, 1), 'calibration_slope')).toMatchObject({ looked: 0, tried: [] });
});

it('says how many slices the bound left out', () => {
  const { scored } = plantedHoldout(12_000, 1);
  const random = seededRandom(8);
  const columns = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j'].map((column) => ({
    column,
    values: Array.from({ length: 25 }, (_, index) => `v${index}`),
    codes: Int32Array.from({ length: scored.rows }, () => Math.floor(25 * random() ** 3)),
  }));
  const { looked, leftOut } = discoverSlices(scored, columns, 'log_loss', { ...options, minRows: 20 });
  // Ten columns of twenty cells, and the 2,000 largest pairs; five cells a column are beyond the bound, and more pairs.
  expect(looked).toBe(2_200);
  expect(leftOut).toBeGreaterThan(50);
});

it('counts what the metric cannot be told of', () => {
  const planted = plantedHoldout(4_000, 2, ({ origin }) => (origin === 3 ? 3 : 0));
  const { scored } = planted;
  const profit = { custom: { profit: { value: 1 } } };
  const custom = [{ name: 'profit', better: 'higher' as const }];
  // Without a score for each row there is no interval anywhere.
  const without = {
    ...scored,
    candidate: { ...scored.candidate, ...profit },
    champion: { ...scored.champion!, ...profit },
  };
  const blind = discoverSlices(without, planted.columns, 'profit', { ...options, custom });
  expect(blind).toMatchObject({ measured: 0, unmeasured: blind.looked, tried: [], untold: 0 });
  expect(blind.looked).toBeGreaterThan(0);
  // Nor where no slice looks worse row by row.
  const plain = plantedHoldout(3_000, 11);
  const even = {
    ...plain.scored,
    candidate: { ...plain.scored.champion!, ...profit },
    champion: { ...plain.scored.champion!, ...profit },
  };
  const unseen = discoverSlices(even, plain.columns, 'profit', { ...options, custom });
  expect(unseen).toMatchObject({ measured: 0, unmeasured: unseen.looked, tried: [] });
  // Where nobody is positive there is no ROC AUC, and yet the candidate puts all of them first.
  const inD = (row: number) => planted.row(row).origin === 3;
  const labels = scored.labels.map((label, row) => (inD(row) ? 0 : label));
  const values = scored.candidate.values.map((value, row) => (inD(row) ? 0.99 : value));
  const oneSided = { ...scored, labels, candidate: { ...scored.candidate, values } };
  expect(discover({ ...planted, scored: oneSided }).unmeasured).toBeGreaterThan(0);
});

it('keeps all that were tried, and finds by the confidence that is asked', () => {
  const planted = plantedHoldout(8_000, 2, ({ origin }) => (origin === 3 ? 3 : origin === 5 ? 0.7 : 0));
  const discovery = discover(planted, 'log_loss', { minRows: 100 });
  const ps = discovery.tried.map(({ p }) => p);
  expect(ps).toEqual([...ps].sort((a, b) => a - b));
  const names = (confidence: number) => foundSlices(discovery, confidence).map(({ name }) => name);
  expect(names(0.999_999)).toContain('origin=D');
  expect(names(0.5).length).toBeGreaterThan(names(0.999_999).length);
  expect(foundSlices({ tried: [] }, 0.95)).toEqual([]);
});

it('what a clearer slice explains is tried and not found', () => {
  const planted = plantedHoldout(16_000, 3, ({ origin, carrier }) => (origin === 3 && carrier === 1 ? 3 : 0));
  const { tried, found } = discover(planted, 'log_loss');
  const explained = tried.filter((one) => one.explained).map(({ name }) => name);
  expect(found.map(({ name }) => name).filter((name) => explained.includes(name))).toEqual([]);
});

describe('the bound on the search', () => {
  const random = seededRandom(9);
  const rows = 3_000;
  const draw = (cells: number) => Int32Array.from({ length: rows }, () => Math.floor((cells + 1) * random() ** 2));
  /** Every pair of cells (0: none), by a map. */
  const byHand = (one: Int32Array, other: Int32Array, minRows: number) => {
    const counts = new Map<string, number>();
    for (let row = 0; row < rows; row += 1) {
      if (one[row] === 0 || other[row] === 0) continue;
      const key = `${one[row]} ${other[row]}`;
      counts.set(key, (counts.get(key) ?? 0) + 1);
    }
    return [...counts.values()].filter((count) => count >= minRows).length;
  };

  it.each([
    [5, 7],
    [40, 60],
    // More pairs than rows: by sorting.
    [300, 500],
  ])('counts the pairs of %d and %d cells', (a, b) => {
    const [one, other] = [draw(a), draw(b)];
    for (const minRows of [1, 3, 20]) {
      const counted = countPairs({ codes: one, cells: a + 1 }, { codes: other, cells: b + 1 }, minRows);
      expect(counted).toBe(byHand(one, other, minRows));
      if (minRows === 1) expect(counted).toBeGreaterThan(10);
    }
  });

  it('counts pairs with cells that it leaves out', () => {
    const scored = plantedHoldout(rows, 1).scored;
    const column = (name: string, codes: Int32Array) => ({
      column: name,
      names: Array.from({ length: 31 }, (_, at) => `${name}${at}`),
      codes,
      sizes: new Int32Array(0),
    });
    // Cell 0 is never drawn: each of thirty cells is large enough.
    const cells = () => Int32Array.from({ length: rows }, () => 1 + Math.floor(30 * random()));
    const columns = [column('a', cells()), column('b', cells())];
    const half = {
      scored,
      rows: Int32Array.from({ length: rows }, (_, row) => row),
      columns,
      evidence: new Float64Array(rows),
    };
    const all = byHand(columns[0]!.codes, columns[1]!.codes, 2);
    const { looked, leftOut } = searchSlices(half, { minRows: 2, mostCells: 20, mostPairs: 50 });
    expect(looked).toHaveLength(20 + 20 + 50);
    expect(looked.length + leftOut).toBe(60 + all);
    const wide = searchSlices(half, { minRows: 2, mostCells: 30, mostPairs: 2_000 });
    expect([wide.looked.length, wide.leftOut]).toEqual([60 + all, 0]);
  });

  it('keeps the largest pairs, whatever their order', () => {
    fc.assert(
      fc.property(fc.array(fc.integer()), fc.integer({ min: 1, max: 8 }), (values, most) => {
        const largest = createLargest<number>(most, (a, b) => b - a);
        for (const value of values) largest.add(value);
        expect(largest.all()).toEqual([...values].sort((a, b) => b - a).slice(0, most));
        expect(largest.leftOut()).toBe(Math.max(0, values.length - most));
      }),
    );
  });
});

describe('halves', () => {
  it('hold every row once, and no group in both', () => {
    fc.assert(
      fc.property(fc.array(fc.nat({ max: 30 }), { minLength: 1, maxLength: 300 }), fc.integer(), (ids, seed) => {
        const { scored } = plantedHoldout(ids.length, 1);
        const groups = Int32Array.from(ids);
        for (const rows of [scored, { ...scored, groups }]) {
          const { first, second } = splitHalves(rows, seed);
          expect([...first, ...second].sort((a, b) => a - b)).toEqual(ids.map((_, row) => row));
        }
        const { first, second } = splitHalves({ ...scored, groups }, seed);
        const of = (part: Int32Array) => new Set(Array.from(part, (row) => ids[row]));
        expect([...of(first)].filter((id) => of(second).has(id))).toEqual([]);
      }),
      { numRuns: 30 },
    );
  });

  it('are of about the same size', () => {
    const { scored } = plantedHoldout(10_000, 1);
    for (const seed of [0, 1, 2, 2 ** 40 + 1]) {
      // Four standard deviations of a fair coin.
      expect(Math.abs(splitHalves(scored, seed).first.length - 5_000)).toBeLessThan(200);
    }
  });
});

it("Holm's adjustment is that of statsmodels 0.15 (multipletests)", () => {
  const adjusted = holmAdjusted([0.012, 0.001, 0.3, 0.04, 0.0125, 0.9, 0.021]);
  const expected = [0.07200000000000001, 0.007, 0.6, 0.12, 0.07200000000000001, 0.9, 0.084];
  for (const [index, p] of expected.entries()) expect(adjusted[index]).toBeCloseTo(p, 12);
});

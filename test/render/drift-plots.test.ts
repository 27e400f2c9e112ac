import { describe, expect, it } from 'vitest';
import { makeProfile, numericGrid } from '../../src/domain/drift/make-profile.ts';
import { distributionPlot } from '../../src/render/drift/distribution-plot.ts';
import { gridQuantile } from '../../src/render/drift/grid-values.ts';
import { sparkline } from '../../src/render/drift/sparkline.ts';
import { driftPlots } from '../../src/render/drift-plots.ts';
import { BAD, day, finding, GOOD, monitor, observe, reference, view, windows } from './sample-drift.ts';

const none: ReadonlySet<string> = new Set();
const input = { reference, observed: observe(900, true), windows, monitor, privateColumns: none, since: view.since };
const NAMES = { reference: 'before', current: 'now' };

describe('the plots of an issue', () => {
  it('show what moved, the effects and the metric by window', async () => {
    const plots = driftPlots(input);
    expect(plots.map(({ name }) => name)).toEqual([
      'distribution-distance',
      'distribution-carrier',
      'distribution-prediction',
      'effect-timeline',
      'metric-roc_auc',
    ]);
    for (const { name, svg, alt } of plots) {
      expect(svg).toMatch(/^<svg /);
      expect(svg).not.toContain('NaN');
      expect(alt.length).toBeGreaterThan(20);
      await expect(svg).toMatchFileSnapshot(`golden/drift-${name}.svg`);
    }
  });

  it('say in words and lines what they show', () => {
    const [distance, carrier] = driftPlots(input);
    expect(distance!.alt).toMatch(/^distance: reference 5 %: 10\d.*; newest bad window .* 95 %: above 2500$/);
    expect(distance!.text).toHaveLength(3);
    expect(carrier!.alt).toContain('never seen before 0.0 % → 11.1 %');
    expect(carrier!.text!.at(-1)).toMatch(/never seen before +0\.0 % → +11\.1 % +███/);
  });

  it('show nothing of personal data, by whatever measure', () => {
    const measure = finding('carrier.words', 0.3, { of: 'words', kind: 'categorical' });
    const verdict = { ...BAD, columns: [...BAD.columns, measure] };
    const privateColumns = new Set(['distance', 'carrier']);
    const plots = driftPlots({ ...input, windows: [day(0, verdict)], privateColumns });
    expect(plots.map(({ name }) => name)).toEqual(['distribution-prediction', 'effect-timeline', 'metric-roc_auc']);
  });

  it('are none when nothing moved and nothing was measured', () => {
    const good = { ...GOOD, performance: [] };
    expect(driftPlots({ ...input, observed: undefined, windows: [day(0, good)] })).toEqual([]);
  });

  it('draw a column that is gone as a cross, since no number is as far', () => {
    const gone = { ...BAD, columns: [finding('distance', 0, { broken: 'the column is missing', drifted: true })] };
    const timeline = driftPlots({ ...input, windows: [...windows, day(23, gone)] }).find(
      ({ name }) => name === 'effect-timeline',
    );
    expect(timeline!.svg).toContain('stroke-width="2.5"');
  });
});

describe('a distribution', () => {
  it('does not name categories of few rows', () => {
    const grid = { kind: 'categorical', categories: ['ATL', 'ORD', 'RARE', 'SFO'], open: false } as const;
    const before = makeProfile(
      'origin',
      Array.from({ length: 900 }, (_, i) => ['ATL', 'ORD', 'SFO'][i % 3]),
      {
        ...grid,
        categories: [...grid.categories],
      },
    );
    const names = Array.from({ length: 900 }, (_, i) => (i < 5 ? 'RARE' : i < 600 ? 'ATL' : 'ORD'));
    const now = makeProfile('origin', names, { ...grid, categories: [...grid.categories] });
    const plot = distributionPlot(before, now, 'values', NAMES);
    expect(plot!.svg).toContain('SFO');
    expect(`${plot!.svg}${plot!.alt}${plot!.text}`).not.toContain('RARE');
  });

  it('of a column whose values are missing shows how many are', () => {
    const grid = numericGrid(0, 1);
    const before = makeProfile('x', [0.1, 0.2, 0.3, 0.4], grid);
    const now = makeProfile('x', [0.1, null, null, Number.NaN], grid);
    const plot = distributionPlot(before, now, 'missing', NAMES);
    expect(plot!.alt).toBe('x, before → now: with a value 100.0 % → 25.0 %, missing 0.0 % → 75.0 %');
  });

  it('of skewed values has round numbers on its axis', () => {
    const grid = numericGrid(0, 100_000, { quantiles: [1, 2, 5, 10, 50, 500, 5000] });
    const values = Array.from({ length: 1000 }, (_, i) => Math.exp((i * 7) % 11));
    const profile = makeProfile('amount', values, grid);
    expect(profile).toMatchObject({ scale: { asinh: 1 } });
    const { svg } = distributionPlot(profile, profile, 'values', NAMES)!;
    expect(svg).toContain('>1,000<');
  });
});

it('quantiles come from the grid, and beyond it there is only beyond', () => {
  const profile = makeProfile(
    'x',
    Array.from({ length: 10_000 }, (_, i) => i / 10_000),
    numericGrid(0, 0.9),
  );
  const numeric = profile as Extract<typeof profile, { kind: 'numeric' }>;
  expect(gridQuantile(numeric, 0.25)).toBeCloseTo(0.25, 3);
  expect(gridQuantile(numeric, 0.5)).toBeCloseTo(0.5, 3);
  expect(gridQuantile(numeric, 0.95)).toBe(Number.POSITIVE_INFINITY);
  expect(gridQuantile({ ...numeric, bins: [], over: 0, under: 0 }, 0.5)).toBeUndefined();
});

it.each([
  [[0, 1, 2], {}, '▁▅█'],
  [[0, Number.NaN, 4], { low: 0, high: 2 }, '▁·█'],
  [[Number.POSITIVE_INFINITY, 1], { low: 0, high: 2 }, '█▅'],
  [[3, 3], {}, '▅▅'],
  [[], {}, ''],
])('a sparkline of %j within %j', (values, range, bars) => {
  expect(sparkline(values, range)).toBe(bars);
});

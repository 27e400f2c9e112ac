import { describe, expect, it } from 'vitest';
import { heatMap } from '../../src/render/chart/heat-map.ts';
import { type HistogramChart, histogram } from '../../src/render/chart/histogram.ts';

const chart = (series: HistogramChart['series'], more: Partial<HistogramChart> = {}) =>
  histogram({ title: 'Predictions of <model>', x: 'prediction', series, ...more });

/** Heights of the steps of each series in pixels above the axis. */
const heights = (svg: string) =>
  [...svg.matchAll(/<path d="M[\d.]+ 310((?:V[\d.]+H[\d.]+)+)V310"/g)].map(([, steps]) =>
    [...steps!.matchAll(/V([\d.]+)H/g)].map(([, y]) => 310 - Number(y)),
  );

describe('histogram', () => {
  it('shows shares, so that few rows and many are alike', () => {
    const svg = chart([
      { name: 'few', edges: [0, 1, 2], counts: [1, 3], colour: 0 },
      { name: 'many', edges: [0, 1, 2], counts: [1000, 3000], colour: 1, outline: true },
    ]);
    const [few, many] = heights(svg);
    expect(few).toEqual(many);
    expect(few![1]! / few![0]!).toBeCloseTo(3, 1);
  });

  it('shows a wide bin lower than a narrow one with as many rows', () => {
    const [steps] = heights(chart([{ name: 'one', edges: [0, 1, 5], counts: [10, 10], colour: 0 }]));
    expect(steps![0]! / steps![1]!).toBeCloseTo(4, 1);
  });

  it('tells filled from dashed in its legend, marks levels, and escapes', () => {
    const svg = chart(
      [
        { name: 'a & b', edges: [0, 1], counts: [1], colour: 0 },
        { name: 'c', edges: [0, 1], counts: [1], colour: 0, outline: true },
      ],
      { levels: [{ at: 0.9, name: '<threshold>' }], xRange: [0, 1] },
    );
    expect(svg).toContain('Predictions of &lt;model&gt;');
    expect(svg).toContain('a &amp; b');
    expect(svg.match(/<path [^>]*h14"[^>]*stroke-dasharray/g)).toHaveLength(1);
    expect(svg).toMatch(/text-anchor="end"[^>]*>&lt;threshold&gt;/);
  });

  it('leaves out what is no histogram', () => {
    expect(heights(chart([{ name: 'broken', edges: [0], counts: [1, 2], colour: 0 }]))).toEqual([]);
    expect(chart([{ name: 'empty', edges: [0, 1], counts: [0], colour: 0 }])).not.toMatch(/NaN|Infinity/);
  });
});

describe('heatMap', () => {
  const labels = (many: number) => Array.from({ length: many }, (_, at) => `class number ${at}`);
  const map = (many: number) =>
    heatMap({
      title: 't',
      rows: 'truth',
      columns: 'prediction',
      labels: labels(many),
      counts: labels(many).map((_, y) => labels(many).map((__, x) => (x === y ? 12_345 : 1))),
    });

  it('slants names that do not fit above their column, and shortens counts', () => {
    expect(map(3)).not.toContain('rotate(-45)');
    expect(map(16).match(/rotate\(-45\)/g)).toHaveLength(16);
    expect(map(16).match(/>12k</g)).toHaveLength(16);
  });

  it('stays inside the picture', () => {
    for (const many of [1, 2, 5, 16, 60]) {
      for (const [, x, y, width, height] of map(many).matchAll(
        /<rect x="([\d.]+)" y="([\d.]+)" width="([\d.]+)" height="([\d.]+)" fill="#0072b2"/g,
      )) {
        expect(Number(x) + Number(width)).toBeLessThanOrEqual(640);
        expect(Number(y) + Number(height)).toBeLessThanOrEqual(360);
      }
    }
  });
});

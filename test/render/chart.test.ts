import { describe, expect, it } from 'vitest';
import { barChart, lineChart } from '../../src/render/chart.ts';

const wellFormed = (svg: string) => {
  const open: string[] = [];
  for (const tag of svg.matchAll(/<(\/?)([a-z]+)([^<>]*?)(\/?)>/g)) {
    if (tag[1] === '/') expect(open.pop()).toBe(tag[2]);
    else if (tag[4] !== '/') open.push(tag[2] as string);
  }
  expect(open).toEqual([]);
};

describe('lineChart', () => {
  it('draws every series, in order, and escapes what it is given', () => {
    const svg = lineChart({
      title: 'Loss of <model> & co',
      x: 'step',
      y: 'loss',
      series: [
        {
          name: 'train',
          points: [
            [0, 1],
            [1, 0.5],
            [2, 0.25],
          ],
        },
        {
          name: '"; <script>',
          points: [
            [0, 1.2],
            [1, Number.NaN],
            [2, 0.4],
          ],
        },
      ],
    });
    wellFormed(svg);
    expect(svg).toContain('Loss of &lt;model&gt; &amp; co');
    expect(svg).not.toContain('<script>');
    expect(svg).not.toContain('NaN');
    expect(svg.match(/stroke-width="2"/g)).toHaveLength(2);
  });

  it('puts points where the axis says', () => {
    const svg = lineChart({
      title: 't',
      x: 'x',
      y: 'y',
      series: [
        {
          name: 's',
          points: [
            [0, 0],
            [10, 5],
          ],
        },
      ],
      xRange: [0, 10],
      yRange: [0, 5],
    });
    expect(svg).toContain('M64 310L620 58');
  });

  it.each([
    [[]],
    [[[1, 1]]],
    [
      [
        [0, 3],
        [1, 3],
      ],
    ],
  ] as [number, number][][][])('draws %j without fuss', (points) => {
    const svg = lineChart({ title: 't', x: 'x', y: 'y', series: [{ name: 's', points }] });
    wellFormed(svg);
    expect(svg).not.toMatch(/NaN|Infinity/);
  });
});

describe('barChart', () => {
  it('draws a bar a value and leaves gaps for what is missing', () => {
    const svg = barChart({
      title: 'Shares',
      x: 'category',
      y: 'share',
      categories: ['a', 'b', 'c'],
      series: [
        { name: 'before', values: [1, 2, Number.NaN] },
        { name: 'after', values: [2, -1, 3] },
      ],
      level: 2.5,
    });
    wellFormed(svg);
    expect(svg.match(/<rect [^>]*><title>/g)).toHaveLength(5);
    expect(svg).not.toMatch(/NaN/);
  });
});

import { HEIGHT, short, WIDTH, xml } from './frame.ts';

export type HeatMap = {
  title: string;
  /** What the rows and the columns are. */
  rows: string;
  columns: string;
  labels: string[];
  /** Counts, square. */
  counts: number[][];
};

/** Counts as shades of their row's share, so that a rare class is seen as well as a frequent one. */
export function heatMap(chart: HeatMap): string {
  const size = Math.max(1, chart.labels.length);
  const [left, top] = [150, 70];
  const cell = Math.min(56, (HEIGHT - top - 24) / size, (WIDTH - left - 24) / size);
  const cells = chart.counts.flatMap((row, y) => {
    const total = row.reduce((sum, count) => sum + count, 0);
    return row.map((count, x) => {
      const share = total === 0 ? 0 : count / total;
      const [px, py] = [left + x * cell, top + y * cell].map((value) => Math.round(value * 10) / 10) as [
        number,
        number,
      ];
      const text =
        cell < 22
          ? ''
          : `<text x="${Math.round((px + cell / 2) * 10) / 10}" y="${Math.round((py + cell / 2 + 4) * 10) / 10}" text-anchor="middle" font-size="11" fill="${share > 0.5 ? '#ffffff' : '#24292f'}">${compact(count)}</text>`;
      const tip = `${xml(chart.labels[y] ?? '')} → ${xml(chart.labels[x] ?? '')}: ${count}`;
      return `<rect x="${px}" y="${py}" width="${Math.round(cell * 10) / 10}" height="${Math.round(cell * 10) / 10}" fill="#0072b2" fill-opacity="${Math.round(share * 100) / 100}" stroke="#d0d7de"><title>${tip}</title></rect>${text}`;
    });
  });
  const shown = cell >= 14;
  const names = chart.labels.flatMap((label, index) => {
    if (!shown) return [];
    const middle = Math.round((index + 0.5) * cell * 10) / 10;
    return [
      `<text x="${left - 8}" y="${top + middle + 4}" text-anchor="end">${xml(short(label, 18))}</text>`,
      `<text x="${left + middle}" y="${top - 6}" text-anchor="middle">${xml(short(label, Math.max(2, Math.floor(cell / 7))))}</text>`,
    ];
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" width="${WIDTH}" height="${HEIGHT}" role="img" aria-label="${xml(chart.title)}" font-family="system-ui, -apple-system, 'Segoe UI', Helvetica, Arial, sans-serif" font-size="12" fill="#24292f">`,
    `<title>${xml(chart.title)}</title>`,
    `<rect width="${WIDTH}" height="${HEIGHT}" rx="6" fill="#ffffff" stroke="#d0d7de"/>`,
    `<text x="24" y="24" font-size="14" font-weight="600">${xml(short(chart.title, 80))}</text>`,
    `<text x="24" y="42" fill="#57606a">rows: ${xml(chart.rows)}, columns: ${xml(chart.columns)}</text>`,
    ...cells,
    ...names,
    '</svg>',
    '',
  ].join('\n');
}

function compact(count: number): string {
  if (count < 10_000) return String(count);
  return count < 1e6 ? `${Math.round(count / 1000)}k` : `${(count / 1e6).toFixed(1)}M`;
}

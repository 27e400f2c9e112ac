import { HEIGHT, px, short, WIDTH, xml } from './frame.ts';

export type HeatMap = {
  title: string;
  /** What the rows and the columns are. */
  rows: string;
  columns: string;
  labels: string[];
  /** Counts, square. */
  counts: number[][];
};

const LEFT = 150;
/** Room for upright names above a column; slanted ones need more. */
const TOP = 70;
const TOP_SLANTED = 124;

/** Counts as shades of their row's share, so that a rare class is seen as well as a frequent one. */
export function heatMap(chart: HeatMap): string {
  const size = Math.max(1, chart.labels.length);
  const room = (WIDTH - LEFT - 24) / size;
  const slanted = room < Math.max(0, ...chart.labels.map((label) => [...label].length)) * 7 && room < 60;
  // A slanted name reaches beyond its column.
  const wide = slanted ? (WIDTH - LEFT - 74) / size : Math.min(90, room);
  const top = slanted ? TOP_SLANTED : TOP;
  const high = Math.min(56, (HEIGHT - top - 20) / size);
  const cells = chart.counts.flatMap((row, y) => {
    const total = row.reduce((sum, count) => sum + count, 0);
    return row.map((count, x) => {
      const share = total === 0 ? 0 : count / total;
      const [left, upper] = [LEFT + x * wide, top + y * high];
      const text =
        wide < 24 || high < 12
          ? ''
          : `<text x="${px(left + wide / 2)}" y="${px(upper + high / 2 + 4)}" text-anchor="middle" font-size="${high < 16 ? 10 : 11}" fill="${share > 0.5 ? '#ffffff' : '#24292f'}">${compact(count)}</text>`;
      const tip = `${xml(chart.labels[y] ?? '')} → ${xml(chart.labels[x] ?? '')}: ${count}`;
      return `<rect x="${px(left)}" y="${px(upper)}" width="${px(wide)}" height="${px(high)}" fill="#0072b2" fill-opacity="${Math.round(share * 100) / 100}" stroke="#d0d7de"><title>${tip}</title></rect>${text}`;
    });
  });
  const names = chart.labels.flatMap((label, index) => {
    if (high < 12) return [];
    const [across, down] = [LEFT + (index + 0.5) * wide, top + (index + 0.5) * high];
    const column = slanted
      ? `<text transform="translate(${px(across)} ${top - 6}) rotate(-45)">${xml(short(label, SLANTED_CHARACTERS))}</text>`
      : `<text x="${px(across)}" y="${top - 6}" text-anchor="middle">${xml(short(label, Math.max(2, Math.floor(wide / 7))))}</text>`;
    return [`<text x="${LEFT - 8}" y="${px(down + 4)}" text-anchor="end">${xml(short(label, 18))}</text>`, column];
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

/** As many as do not reach the title above. */
const SLANTED_CHARACTERS = 13;

function compact(count: number): string {
  if (count < 10_000) return String(count);
  return count < 1e6 ? `${Math.round(count / 1000)}k` : `${(count / 1e6).toFixed(1)}M`;
}

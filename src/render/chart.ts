/** Charts as SVG text: pure, deterministic, no fonts or scripts from elsewhere. */
import { COLOURS, frame, type LegendEntry, numericTicks, PLOT, px, short, xml } from './chart/frame.ts';
import { linearScale } from './chart/scale.ts';

export type Point = [x: number, y: number];
export type Series = {
  name: string;
  points: Point[];
  /** Drawn dashed: it stays visible under and over another line. */
  dashed?: boolean;
  /** How much each point stands for: the area of its dot. */
  sizes?: number[];
};

export type LineChart = {
  title: string;
  /** Axis labels, with the unit. */
  x: string;
  y: string;
  series: Series[];
  /** Fixed ranges; otherwise from the data. */
  xRange?: [number, number];
  yRange?: [number, number];
  /** A thin dashed line from one point to another, e.g. what chance alone gives. */
  guide?: [Point, Point];
  /** `line` by default. */
  marks?: 'line' | 'line+points' | 'points';
};

export type BarChart = {
  title: string;
  x: string;
  y: string;
  categories: string[];
  /** One value a category; NaN draws no bar. */
  series: { name: string; values: number[] }[];
  /** A dashed level across, e.g. a threshold. */
  level?: number;
};

export function lineChart(chart: LineChart): string {
  const points = chart.series.flatMap((series) => series.points);
  const guide = chart.guide ?? [];
  const x = linearScale(
    [...points, ...guide].map((point) => point[0]),
    PLOT.left,
    PLOT.right,
    chart.xRange,
  );
  const y = linearScale(
    [...points, ...guide].map((point) => point[1]),
    PLOT.bottom,
    PLOT.top,
    chart.yRange,
  );
  const style = chart.marks ?? 'line';
  const place = (point: Point) => `${px(x.at(point[0]))} ${px(y.at(point[1]))}`;
  const dashed =
    chart.guide === undefined
      ? ''
      : `<path d="M${place(chart.guide[0])}L${place(chart.guide[1])}" fill="none" stroke="#8c959f" stroke-dasharray="4 4"/>`;
  const crowded = style === 'points' && chart.series.reduce((sum, { points }) => sum + points.length, 0) > 100;
  const largest = Math.max(0, ...chart.series.flatMap((series) => series.sizes ?? []));
  const drawn = chart.series.map((series, index) => {
    const colour = colourOf(index);
    const finite = series.points
      .map((point, at) => ({ point, size: series.sizes?.[at] }))
      .filter(({ point }) => Number.isFinite(point[0]) && Number.isFinite(point[1]));
    const dashes = series.dashed ? ' stroke-dasharray="7 4"' : '';
    const line =
      style === 'points' || finite.length < 2
        ? ''
        : `<path d="M${finite.map(({ point }) => place(point)).join('L')}" fill="none" stroke="${colour}" stroke-width="2" stroke-linejoin="round"${dashes}/>`;
    const dots =
      style === 'line' && finite.length > 1
        ? ''
        : finite
            .map(({ point, size }) => {
              const radius =
                size === undefined || largest === 0 ? (crowded ? 2 : 3.5) : 2 + 7 * Math.sqrt(size / largest);
              const through = crowded || size !== undefined ? ' fill-opacity="0.5"' : '';
              return `<circle cx="${px(x.at(point[0]))}" cy="${px(y.at(point[1]))}" r="${px(radius)}" fill="${colour}"${through}/>`;
            })
            .join('');
    return line + dots;
  });
  const options = { title: chart.title, xLabel: chart.x, yLabel: chart.y, legend: legend(chart.series) };
  return frame(options, numericTicks(x), y, [dashed, ...drawn].filter(Boolean).join('\n'));
}

export function barChart(chart: BarChart): string {
  const values = chart.series.flatMap((series) => series.values);
  const y = linearScale([0, ...values, ...(chart.level === undefined ? [] : [chart.level])], PLOT.bottom, PLOT.top);
  const slot = (PLOT.right - PLOT.left) / Math.max(1, chart.categories.length);
  const bar = (slot * 0.76) / Math.max(1, chart.series.length);
  const bars = chart.series.flatMap((series, index) =>
    chart.categories.map((category, position) => {
      const value = series.values[position] ?? Number.NaN;
      if (!Number.isFinite(value)) return '';
      const left = PLOT.left + slot * (position + 0.12) + bar * index;
      const top = Math.min(y.at(value), y.at(0));
      const height = Math.abs(y.at(value) - y.at(0));
      return `<rect x="${px(left)}" y="${px(top)}" width="${px(bar)}" height="${px(height)}" fill="${colourOf(index)}"><title>${xml(`${series.name}, ${category}: ${value}`)}</title></rect>`;
    }),
  );
  const level =
    chart.level === undefined
      ? ''
      : `<path d="M${PLOT.left} ${px(y.at(chart.level))}H${PLOT.right}" fill="none" stroke="#cf222e" stroke-dasharray="4 4"/>`;
  const options = { title: chart.title, xLabel: chart.x, yLabel: chart.y, legend: legend(chart.series) };
  return frame(options, categoryTicks(chart.categories, slot), y, [...bars, level].filter(Boolean).join('\n'));
}

function legend(series: { name: string; dashed?: boolean }[]): LegendEntry[] {
  return series.map((one, index) => ({
    name: one.name,
    colour: colourOf(index),
    ...(one.dashed ? { dashed: true } : {}),
  }));
}

function colourOf(index: number): string {
  return COLOURS[index % COLOURS.length] as string;
}

/** As many labels as fit without touching, evenly spaced. */
function categoryTicks(categories: string[], slot: number): string {
  const characters = Math.min(16, Math.max(3, ...categories.map((category) => [...category].length)));
  const every = Math.max(1, Math.ceil((characters * 6.8) / slot));
  return categories
    .map((category, position) =>
      position % every === 0
        ? `<text x="${px(PLOT.left + slot * (position + 0.5))}" y="${PLOT.bottom + 17}" text-anchor="middle" fill="#57606a">${xml(short(category, characters))}</text>`
        : '',
    )
    .filter(Boolean)
    .join('\n');
}

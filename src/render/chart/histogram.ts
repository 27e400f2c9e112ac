import { COLOURS, frame, namedTicks, numericTicks, PLOT, px, xml } from './frame.ts';
import { linearScale } from './scale.ts';

export type HistogramChart = {
  title: string;
  x: string;
  series: {
    name: string;
    /** One more than the counts, ascending. */
    edges: number[];
    counts: number[];
    /** Place in the palette. */
    colour: number;
    /** Only an outline, dashed. */
    outline?: boolean;
  }[];
  /** Dashed upright lines, e.g. a threshold. */
  levels?: { at: number; name: string }[];
  xRange?: [number, number];
  /** Of an axis that is not linear: places in units of the edges, with what to call them. */
  ticks?: { at: number; text: string }[];
};

/** Distributions over each other: percent of each series' own rows, in bins as wide as the first series'. */
export function histogram(chart: HistogramChart): string {
  const shown = chart.series.filter((one) => one.counts.length > 0 && one.edges.length === one.counts.length + 1);
  const [first] = shown;
  const unit = first === undefined ? 1 : widthOf(first.edges) / first.counts.length;
  const shapes = shown.map((one) => ({ ...one, heights: heightsOf(one.edges, one.counts, unit) }));
  const edges = shown.flatMap((one) => one.edges);
  const x = linearScale([...edges, ...(chart.levels ?? []).map(({ at }) => at)], PLOT.left, PLOT.right, chart.xRange);
  const y = linearScale([0, ...shapes.flatMap((one) => one.heights)], PLOT.bottom, PLOT.top);
  const drawn = shapes.map(({ edges, heights, colour, outline }) => {
    const steps = heights.map((height, bin) => {
      const top = px(y.at(height));
      return `V${top}H${px(x.at(edges[bin + 1] as number))}`;
    });
    const path = `M${px(x.at(edges[0] as number))} ${PLOT.bottom}${steps.join('')}V${PLOT.bottom}`;
    const stroke = COLOURS[colour % COLOURS.length];
    const style = outline
      ? `fill="none" stroke="${stroke}" stroke-width="1.5" stroke-dasharray="5 3"`
      : `fill="${stroke}" fill-opacity="0.25" stroke="${stroke}" stroke-width="1.5"`;
    return `<path d="${path}" ${style}/>`;
  });
  const levels = (chart.levels ?? []).map(({ at, name }) => {
    const place = x.at(at);
    // Where there is no room to the right, the name stands to the left.
    const [offset, anchor] = place > PLOT.right - 120 ? [-5, 'end'] : [5, 'start'];
    return `<path d="M${px(place)} ${PLOT.top}V${PLOT.bottom}" fill="none" stroke="#57606a" stroke-dasharray="3 3"/><text x="${px(place + offset)}" y="${PLOT.top + 12}" text-anchor="${anchor}" fill="#57606a">${xml(name)}</text>`;
  });
  const legend = shapes.map(({ name, colour, outline }) => ({
    name,
    colour: COLOURS[colour % COLOURS.length] as string,
    ...(outline ? { dashed: true } : {}),
  }));
  const options = { title: chart.title, xLabel: chart.x, yLabel: '% of the rows', legend };
  const ticks = chart.ticks === undefined ? numericTicks(x) : namedTicks(x, chart.ticks);
  return frame(options, ticks, y, [...drawn, ...levels].join('\n'));
}

function heightsOf(edges: number[], counts: number[], unit: number): number[] {
  const total = counts.reduce((sum, count) => sum + count, 0);
  return counts.map((count, bin) => {
    const width = (edges[bin + 1] as number) - (edges[bin] as number);
    return total === 0 || !(width > 0) ? 0 : ((100 * count) / total) * (unit / width);
  });
}

function widthOf(edges: number[]): number {
  return (edges.at(-1) as number) - (edges[0] as number) || 1;
}

import { COLOURS, frame, PLOT, px, short, xml } from './frame.ts';
import { linearScale, type Scale } from './scale.ts';

/** Epoch ms and value; NaN breaks the line, ∞ is a cross at the top. */
export type TimePoint = [at: number, value: number];

export type Timeline = {
  title: string;
  y: string;
  series: { name: string; points: TimePoint[]; dashed?: boolean }[];
  /** Of all times that are shown. */
  range: [from: number, to: number];
  /** Values between which all is well. */
  band?: { low: number; high: number };
  /** Dashed, across. */
  levels: { at: number; name: string }[];
  /** Shaded, e.g. while an alert was open. */
  spans: { from: number; to: number }[];
};

const HOUR_MS = 3_600_000;
const DAY_MS = 86_400_000;
const STEPS = [1, 2, 3, 6, 12, 24, 48, 96, 168, 336, 720, 1440, 2880, 8760, 17520].map((hours) => hours * HOUR_MS);
const MOST_TICKS = 7;

export function timeline(chart: Timeline): string {
  const x = linearScale([], PLOT.left, PLOT.right, widened(chart.range));
  const values = chart.series.flatMap(({ points }) => points.map(([, value]) => value));
  const limits = [...chart.levels.map(({ at }) => at), ...(chart.band ? [chart.band.low, chart.band.high] : [])];
  const y = linearScale([...values, ...limits].filter(Number.isFinite), PLOT.bottom, PLOT.top);
  const marks = [
    ...chart.spans.map((span) => area(x, span.from, span.to, PLOT.top, PLOT.bottom, '#cf222e', 0.07)),
    ...(chart.band
      ? [area(x, chart.range[0], chart.range[1], y.at(chart.band.high), y.at(chart.band.low), '#009e73', 0.15)]
      : []),
    ...chart.levels.map(({ at, name }) => levelMark(y.at(at), name)),
    ...chart.series.map(({ points, dashed }, index) =>
      seriesMark(points, COLOURS[index % COLOURS.length]!, dashed, x, y),
    ),
  ];
  const legend = chart.series.map(({ name, dashed }, index) => ({
    name,
    colour: COLOURS[index % COLOURS.length] as string,
    ...(dashed ? { dashed: true } : {}),
  }));
  const options = { title: chart.title, xLabel: 'UTC', yLabel: chart.y, legend };
  return frame(options, timeTicks(x), y, marks.join('\n'));
}

function widened([from, to]: [number, number]): [number, number] {
  return to > from ? [from, to] : [from - HOUR_MS, from + HOUR_MS];
}

function area(x: Scale, from: number, to: number, top: number, bottom: number, fill: string, opacity: number): string {
  const [left, right] = [Math.max(PLOT.left, x.at(from)), Math.min(PLOT.right, x.at(to))];
  if (right <= left) return '';
  return `<rect x="${px(left)}" y="${px(top)}" width="${px(right - left)}" height="${px(Math.max(1, bottom - top))}" fill="${fill}" fill-opacity="${opacity}"/>`;
}

function levelMark(at: number, name: string): string {
  return `<path d="M${PLOT.left} ${px(at)}H${PLOT.right}" fill="none" stroke="#cf222e" stroke-dasharray="4 4"/><text x="${PLOT.left + 6}" y="${px(at - 5)}" fill="#57606a">${xml(short(name, 40))}</text>`;
}

function seriesMark(points: TimePoint[], colour: string, dashed: boolean | undefined, x: Scale, y: Scale): string {
  const lines: string[][] = [[]];
  const dots: string[] = [];
  for (const [at, value] of points) {
    if (Number.isNaN(value)) lines.push([]);
    else if (!Number.isFinite(value)) {
      lines.push([]);
      dots.push(cross(x.at(at), colour));
    } else {
      lines.at(-1)!.push(`${px(x.at(at))} ${px(y.at(value))}`);
      dots.push(
        `<circle cx="${px(x.at(at))}" cy="${px(y.at(value))}" r="${points.length > 60 ? 2 : 3}" fill="${colour}"/>`,
      );
    }
  }
  const path = lines
    .filter((line) => line.length > 1)
    .map((line) => `M${line.join('L')}`)
    .join('');
  const dashes = dashed ? ' stroke-dasharray="6 4"' : '';
  const drawn =
    path === ''
      ? ''
      : `<path d="${path}" fill="none" stroke="${colour}" stroke-width="2" stroke-linejoin="round"${dashes}/>`;
  return drawn + dots.join('');
}

function cross(at: number, colour: string): string {
  const [left, right, top, bottom] = [at - 5, at + 5, PLOT.top + 2, PLOT.top + 12];
  return `<path d="M${px(left)} ${top}L${px(right)} ${bottom}M${px(left)} ${bottom}L${px(right)} ${top}" stroke="${colour}" stroke-width="2.5"/>`;
}

/** On whole hours or days, the date where a day begins. */
function timeTicks(x: Scale): string {
  const step = STEPS.find((one) => (x.high - x.low) / one <= MOST_TICKS) ?? (STEPS.at(-1) as number);
  const ticks: string[] = [];
  for (let at = Math.ceil(x.low / step) * step; at <= x.high; at += step) {
    const text = new Date(at).toISOString();
    const label = at % DAY_MS === 0 ? text.slice(0, 10) : text.slice(11, 16);
    const place = Math.min(PLOT.right - 30, Math.max(PLOT.left + 12, x.at(at)));
    ticks.push(
      `<line x1="${px(x.at(at))}" x2="${px(x.at(at))}" y1="${PLOT.bottom}" y2="${PLOT.bottom + 4}" stroke="#8c959f"/>` +
        `<text x="${px(place)}" y="${PLOT.bottom + 17}" text-anchor="middle" fill="#57606a">${label}</text>`,
    );
  }
  return ticks.join('\n');
}

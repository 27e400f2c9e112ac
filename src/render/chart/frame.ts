/**
 * What every chart shares. It paints its own background, so it reads the same on a white and on a dark page; colours
 * are Okabe and Ito's, which people with a colour deficiency tell apart.
 */
import { type Scale, tickLabel } from './scale.ts';

export const WIDTH = 640;
export const HEIGHT = 360;
export const PLOT = { left: 64, right: WIDTH - 20, top: 58, bottom: HEIGHT - 50 };
export const COLOURS = ['#0072b2', '#d55e00', '#009e73', '#cc79a7', '#e69f00', '#56b4e9', '#595959'];

export type FrameOptions = {
  title: string;
  xLabel: string;
  yLabel: string;
  legend: LegendEntry[];
};

export type LegendEntry = { name: string; colour: string; dashed?: boolean };

/** The whole picture: background, title, legend, axes, and `marks` drawn inside. */
export function frame(options: FrameOptions, xTicks: string, y: Scale, marks: string): string {
  const middle = (PLOT.top + PLOT.bottom) / 2;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" width="${WIDTH}" height="${HEIGHT}" role="img" aria-label="${xml(options.title)}" font-family="system-ui, -apple-system, 'Segoe UI', Helvetica, Arial, sans-serif" font-size="12" fill="#24292f">`,
    `<title>${xml(options.title)}</title>`,
    `<rect width="${WIDTH}" height="${HEIGHT}" rx="6" fill="#ffffff" stroke="#d0d7de"/>`,
    `<text x="${PLOT.left}" y="24" font-size="14" font-weight="600">${xml(short(options.title, 80))}</text>`,
    legendMarks(options.legend),
    ...y.ticks.map(
      (tick) =>
        `<line x1="${PLOT.left}" x2="${PLOT.right}" y1="${px(y.at(tick))}" y2="${px(y.at(tick))}" stroke="#eaeef2"/>` +
        `<text x="${PLOT.left - 8}" y="${px(y.at(tick) + 4)}" text-anchor="end" fill="#57606a">${tickLabel(tick)}</text>`,
    ),
    xTicks,
    `<path d="M${PLOT.left} ${PLOT.top}V${PLOT.bottom}H${PLOT.right}" fill="none" stroke="#8c959f"/>`,
    `<text x="${(PLOT.left + PLOT.right) / 2}" y="${HEIGHT - 12}" text-anchor="middle">${xml(short(options.xLabel, 80))}</text>`,
    `<text x="13" y="${middle}" text-anchor="middle" transform="rotate(-90 13 ${middle})">${xml(short(options.yLabel, 45))}</text>`,
    marks,
    '</svg>',
    '',
  ]
    .filter((line, index, all) => line !== '' || index === all.length - 1)
    .join('\n');
}

/** Ticks of a numeric horizontal axis. */
export function numericTicks(x: Scale): string {
  return namedTicks(
    x,
    x.ticks.map((at) => ({ at, text: tickLabel(at) })),
  );
}

/** Ticks at places of one's own; `at` in the scale's units. */
export function namedTicks(x: Scale, ticks: readonly { at: number; text: string }[]): string {
  return ticks
    .map(
      ({ at, text }) =>
        `<line x1="${px(x.at(at))}" x2="${px(x.at(at))}" y1="${PLOT.bottom}" y2="${PLOT.bottom + 4}" stroke="#8c959f"/>` +
        `<text x="${px(x.at(at))}" y="${PLOT.bottom + 17}" text-anchor="middle" fill="#57606a">${xml(text)}</text>`,
    )
    .join('\n');
}

/** Rounded to a tenth of a pixel, so that the same data gives the same bytes on every machine. */
export function px(value: number): string {
  return (Math.round(value * 10) / 10).toString();
}

export function xml(text: string): string {
  return text
    .replace(/(?![\n\t])[\p{Cc}\p{Cf}]/gu, '')
    .replace(/&/g, '&amp;')
    .replace(/</g, '&lt;')
    .replace(/>/g, '&gt;')
    .replace(/"/g, '&quot;')
    .replace(/'/g, '&#39;');
}

export function short(text: string, limit: number): string {
  const characters = [...text];
  return characters.length <= limit ? text : `${characters.slice(0, limit - 1).join('')}…`;
}

function legendMarks(legend: LegendEntry[]): string {
  let left = PLOT.left;
  const marks: string[] = [];
  for (const entry of legend) {
    const name = short(entry.name, 28);
    const width = 30 + name.length * 6.6;
    if (left + width > PLOT.right) break;
    const sample = entry.dashed
      ? `<path d="M${px(left)} 39h14" stroke="${entry.colour}" stroke-width="2" stroke-dasharray="5 3"/>`
      : `<rect x="${px(left)}" y="37" width="12" height="4" rx="2" fill="${entry.colour}"/>`;
    marks.push(`${sample}<text x="${px(left + 17)}" y="43">${xml(name)}</text>`);
    left += width;
  }
  return marks.join('\n');
}

import type { DriftWindow } from '../drift-view.ts';
import type { Block } from '../report/document.ts';
import { sparkline } from './sparkline.ts';
import { metricsOf } from './windows-section.ts';
import { effectRatio, type Judged, judgedOf, metricValue, plainName, time, times } from './words.ts';

const MOST = 30;
const COLUMNS = 8;

/** The timelines as lines of text, for mail and wherever pictures are not shown. */
export function timelineBlocks(windows: readonly DriftWindow[], moved: readonly Judged[]): Block[] {
  const shown = windows.slice(-MOST);
  const [first, last] = [shown[0], shown.at(-1)];
  if (first === undefined || last === undefined) return [];
  const effects = moved.slice(0, COLUMNS).map((one) => effectLine(shown, one));
  const metrics = metricsOf(shown).map((metric) => metricLine(shown, metric));
  const lines = [...effects, ...metrics];
  if (lines.length === 0) return [];
  const width = Math.min(32, Math.max(...lines.map(({ name }) => [...name].length)));
  return [
    {
      kind: 'lines',
      what: 'line',
      lines: [
        `${time(first.from)} to ${time(last.to)}; half height is what counts, · a window without an answer`,
        ...lines.map(({ name, bars, words }) => `${padded(name, width)}  ${bars}  ${words}`),
      ],
    },
  ];
}

/** Half height is the threshold. */
function effectLine(windows: DriftWindow[], one: Judged): { name: string; bars: string; words: string } {
  const values = windows.map(({ verdict }) => {
    const found = judgedOf(verdict).find(
      ({ role, finding }) => role === one.role && finding.column === one.finding.column,
    );
    return found ? effectRatio(found.finding) : Number.NaN;
  });
  const now = values.findLast((value) => !Number.isNaN(value)) ?? Number.NaN;
  return {
    name: plainName(one),
    bars: sparkline(values, { low: 0, high: 2 }),
    words: Number.isFinite(now) ? `now ${times(now)} what counts` : 'broken',
  };
}

function metricLine(windows: DriftWindow[], metric: string): { name: string; bars: string; words: string } {
  const found = windows.map(({ verdict }) => {
    const finding = verdict.performance.find((one) => one.metric === metric);
    const estimated = verdict.estimates.find((one) => one.metric === metric);
    const promised = finding?.promised?.value ?? estimated?.promised;
    if (finding?.measured) return { value: finding.measured.value, how: 'measured', promised };
    return estimated ? { value: estimated.value, how: 'estimated', promised } : undefined;
  });
  const last = found.findLast((one) => one !== undefined);
  const values = found.map((one) => one?.value ?? Number.NaN);
  const finite = values.filter(Number.isFinite);
  const middle = (Math.min(...finite) + Math.max(...finite)) / 2;
  // Noise in the last digit is not drawn as mountains.
  const reach = Math.max((Math.max(...finite) - Math.min(...finite)) / 2, Math.abs(middle) * 0.05);
  const promise = last?.promised === undefined ? '' : `, promised ${metricValue(last.promised)}`;
  return {
    name: metric,
    bars: sparkline(values, { low: middle - reach, high: middle + reach }),
    words: last === undefined ? '' : `now ${metricValue(last.value)} ${last.how}${promise}`,
  };
}

function padded(name: string, width: number): string {
  const characters = [...name];
  return characters.length > width ? `${characters.slice(0, width - 1).join('')}…` : name.padEnd(width);
}

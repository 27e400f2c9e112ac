import type { WindowVerdict } from '../../domain/drift/verdict.ts';
import type { MetricName } from '../../domain/spec/valid.ts';
import type { DriftWindow } from '../drift-view.ts';
import { count, plural } from '../format.ts';
import { type Block, headed, type Table, type Text } from '../report/document.ts';
import { effectRatio, judgedOf, metricValue, nameSpan, time, times, VERDICTS } from './words.ts';

const SHOWN = 14;

/** Newest first. */
export function windowBlocks(windows: readonly DriftWindow[]): Block[] {
  return windows.length === 0 ? [] : headed(windowTable(windows), SHOWN);
}

export function windowTable(windows: readonly DriftWindow[]): Table {
  const metrics = metricsOf(windows);
  const mixed = new Set(windows.map(({ version }) => version)).size > 1;
  return {
    kind: 'table',
    caption: 'Windows, newest first',
    what: 'window',
    columns: [
      { name: 'From', align: 'left' },
      ...(mixed ? [{ name: 'Version', align: 'left' as const }] : []),
      { name: 'Rows', align: 'right' },
      { name: 'Labelled', align: 'right' },
      { name: 'Verdict', align: 'left' },
      { name: 'Largest effect', align: 'left' },
      ...metrics.map((metric) => ({ name: { code: metric } as const, align: 'right' as const })),
    ],
    rows: [...windows]
      .reverse()
      .map((window) => [
        time(window.from),
        ...(mixed ? [{ code: `v${window.version}` }] : []),
        { figure: count(window.rows) },
        { figure: count(window.labelled) },
        verdictWords(window),
        largest(window.verdict),
        ...metrics.map((metric) => ({ figure: metricWords(window.verdict, metric) })),
      ]),
  };
}

export function metricsOf(windows: readonly DriftWindow[]): MetricName[] {
  const named = windows.flatMap(({ verdict }) => [
    ...verdict.performance.filter(({ measured }) => measured !== undefined).map(({ metric }) => metric),
    ...verdict.estimates.map(({ metric }) => metric),
  ]);
  return [...new Set(named)].filter((metric) => metric !== 'calibration_gap');
}

function verdictWords({ verdict, merged, waits, revised, before, malformed }: DriftWindow): string {
  const asides = [
    waits ? 'too few rows: waits for the next ones' : '',
    merged === undefined || merged === 0
      ? ''
      : `with ${plural(merged, 'window')} before it, since each has too few rows`,
    revised === undefined || revised === 0
      ? ''
      : `judged again ${revised === 1 ? 'once' : `${revised} times`}, for late rows or labels${before === undefined ? '' : `; it was ${VERDICTS[before]}`}`,
    malformed === undefined || malformed === 0 ? '' : `${plural(malformed, 'file')} could not be read`,
  ].filter((aside) => aside !== '');
  return `${VERDICTS[verdict.verdict]}${asides.length > 0 ? ` (${asides.join('; ')})` : ''}`;
}

function metricWords({ performance, estimates }: WindowVerdict, metric: MetricName): string {
  const measured = performance.find((finding) => finding.metric === metric)?.measured;
  if (measured) return metricValue(measured.value);
  const estimated = estimates.find((one) => one.metric === metric);
  return estimated ? `≈ ${metricValue(estimated.value)}` : '';
}

function largest(verdict: WindowVerdict): Text {
  if (verdict.verdict === 'no-data') return '';
  const [most] = judgedOf(verdict).sort((a, b) => effectRatio(b.finding) - effectRatio(a.finding));
  if (most === undefined) return '';
  if (most.finding.broken !== undefined) return [nameSpan(most), ' is broken'];
  return [nameSpan(most), ` ${times(effectRatio(most.finding))} what counts`];
}

/** The one issue of a monitor, and the comments on its transitions. */
import type { AlertState, AlertTransition, WindowVerdict } from '../domain/drift/alert.ts';
import type { ColumnFinding } from '../domain/drift/compare-column.ts';
import { relativeEffect } from '../domain/drift/judge-window.ts';
import type { PerformanceFinding } from '../domain/drift/performance.ts';
import type { Monitor } from '../domain/spec/valid.ts';
import { type DriftWindow, lastBad } from './drift-plots.ts';
import { count, figure, plural } from './format.ts';
import { capped, code, escapeText, fold, table } from './markdown.ts';

export type DriftIssueView = {
  monitor: Monitor;
  model: string;
  version: string;
  alert: AlertState;
  /** Oldest first. */
  windows: DriftWindow[];
  /** Start of the first bad window, epoch ms. */
  since: number;
  /** Pull requests opened from the issue. */
  pulls: number[];
  plots: { alt: string; url: string }[];
  /** Personal data: the column is judged, its values are not shown. */
  privateColumns: ReadonlySet<string>;
};

const RECENT = 14;
const DAY_MS = 86_400_000;
const VERDICTS: Record<WindowVerdict['verdict'], string> = {
  good: '✅ good',
  bad: '❌ bad',
  'cannot-tell': '❔ cannot tell',
  'no-data': '⬜ no data',
};

export function renderDriftIssue(view: DriftIssueView): { title: string; body: string } {
  const { windows, monitor, since } = view;
  const shown = lastBad(windows.filter((window) => window.to > since));
  const parts = [
    summary(view, shown),
    shown ? evidence(shown, view.privateColumns) : '',
    view.plots.map(({ alt, url }) => `![${escapeText(alt)}](${url})`).join('\n\n'),
    `### Windows\n\n${windowTable(windows.slice(-RECENT))}`,
    advice(view),
    fold('How this is judged', rules(monitor)),
  ];
  const what = shown ? headline(shown.verdict) : 'production differs from training';
  return { title: `${monitor.name}: ${what} since ${time(since)}`, body: capped(parts.filter(Boolean).join('\n\n')) };
}

/** What is told once, when the alert opens or closes. */
export function renderDriftTransition({ kind, window }: AlertTransition, monitor: Monitor, version: string): string {
  const about = `${code(monitor.deployment)} (${code(`v${version}`)})`;
  if (kind === 'closed') {
    return `✅ **Closed.** ${plural(monitor.close.after, 'good window')} in a row, the last one from ${time(window.from)} to ${time(window.to)}: ${about} looks as its training did again.`;
  }
  const reasons = window.verdict.reasons.map((reason) => `- ${escapeText(reason, 600)}`).join('\n');
  const why = window.verdict.severe
    ? 'One window was bad enough by itself.'
    : `${plural(monitor.open.after, 'window')} of the last ${monitor.open.after + 1} were bad.`;
  return `❌ **Opened** for ${about} by the window from ${time(window.from)} to ${time(window.to)}. ${why}\n\n${reasons}`;
}

/** Plain text: titles are not rendered. */
function headline(verdict: WindowVerdict): string {
  const broken = verdict.performance.filter((finding) => finding.verdict === 'broken').map(({ metric }) => metric);
  const moved = verdict.columns.filter((finding) => finding.drifted).map(({ column }) => column);
  if (verdict.prediction?.drifted) moved.push('the prediction');
  const changed = moved.length > 0 ? `${list(moved)} changed` : '';
  const worse = broken.length > 0 ? `${list(broken)} worse than promised` : '';
  return (
    [changed, worse]
      .filter(Boolean)
      .join(', ')
      .replace(/[@#`<>]/g, '') || 'production differs from training'
  );
}

function list(names: string[]): string {
  return names.length <= 2 ? names.join(' and ') : `${names[0]} and ${names.length - 1} more`;
}

function summary(view: DriftIssueView, shown: DriftWindow | undefined): string {
  const { monitor, alert, model, version, since } = view;
  const where = `${code(monitor.deployment)} (model ${code(model)}, ${code(`v${version}`)})`;
  if (alert.status === 'closed') {
    return `✅ **Over.** ${where} has looked as its training did for ${plural(monitor.close.after, 'window')} in a row; this began ${time(since)}.`;
  }
  const windows = view.windows.filter((window) => window.to > since && window.verdict.verdict !== 'no-data');
  const progress =
    alert.clearInRow > 0
      ? ` ${alert.clearInRow} of ${plural(monitor.close.after, 'good window')} that close this.`
      : '';
  const said = shown?.verdict.reasons.map((reason) => `- ${escapeText(reason, 600)}`).join('\n') ?? '';
  return `❌ **${where} differs from what it was trained and evaluated on** since ${time(since)}: ${alert.badWindows} of ${plural(windows.length, 'window')} bad.${progress}\n\n${said}`;
}

function evidence(window: DriftWindow, privateColumns: ReadonlySet<string>): string {
  const { columns, prediction, performance } = window.verdict;
  const span = `${time(window.from)} to ${time(window.to)}, ${plural(window.rows, 'row')}`;
  const malformed = window.malformed
    ? `\n\n⚠️ ${plural(window.malformed, 'file')} of the log could not be read and ${window.malformed === 1 ? 'is' : 'are'} left out.`
    : '';
  const rows = [...columns, ...(prediction ? [prediction] : [])].map((finding) =>
    findingRow(finding, finding === prediction, privateColumns.has(finding.column)),
  );
  const findings = table(
    ['Column', 'Moved', 'Effect', 'Threshold', 'p, adjusted', 'Missing: training → now', 'Mean: training → now'],
    rows,
    'lcrrrrr',
  );
  const metrics = performance.length > 0 ? `\n\n${metricTable(performance)}\n\n${relation(window.verdict)}` : '';
  return `### The newest bad window: ${span}\n\n${findings}${metrics}${malformed}`;
}

function findingRow(finding: ColumnFinding, isPrediction: boolean, isPrivate: boolean): string[] {
  const name = isPrediction ? '_prediction_' : code(finding.column);
  if (finding.broken !== undefined) return [name, `❌ ${escapeText(finding.broken)}`, '', '', '', '', ''];
  const { values, missing, explain } = finding;
  const decisive = values && values.effect / values.threshold >= missing.effect / missing.threshold ? values : missing;
  const measure = decisive === missing ? 'missing, PSI' : decisive.measure === 'psi' ? 'PSI' : 'D';
  const means =
    isPrivate && !isPrediction
      ? 'private'
      : explain?.meanReference !== undefined && explain.meanWindow !== undefined
        ? `${figure(explain.meanReference)} → ${figure(explain.meanWindow)}`
        : '';
  return [
    name,
    finding.drifted ? '❌' : '',
    `${measure} ${decisive.effect.toFixed(3)}`,
    String(decisive.threshold),
    decisive.adjusted < 1e-4 ? '< 0.0001' : decisive.adjusted.toFixed(4),
    missing.reference === 0 && missing.window === 0 ? '' : `${percent(missing.reference)} → ${percent(missing.window)}`,
    means,
  ];
}

const METRIC_VERDICTS: Record<PerformanceFinding['verdict'], string> = {
  kept: '✅ kept',
  broken: '❌ broken',
  'cannot-tell': '❔ cannot tell',
  reported: '',
};

function metricTable(performance: PerformanceFinding[]): string {
  const rows = performance.map((finding) => [
    finding.metric === 'calibration_gap' ? 'calibration gap (predicted − observed)' : code(finding.metric),
    finding.measured ? estimate(finding.measured) : '',
    finding.promised ? estimate(finding.promised) : '',
    finding.noWorseThan === undefined ? '' : figure(finding.noWorseThan),
    count(finding.rows),
    METRIC_VERDICTS[finding.verdict],
  ]);
  return table(['Metric', 'Measured', 'Promised', 'May lose', 'Labelled rows', 'Promise'], rows, 'lrrrrl');
}

/** What inputs and metrics say together. */
function relation({ columns, performance }: WindowVerdict): string {
  const broken = performance.some((finding) => finding.verdict === 'broken');
  const moved = columns.some((finding) => finding.drifted);
  if (broken && !moved) return 'The inputs look as in training and the model is worse: what they mean has changed.';
  if (broken) return 'The inputs moved and the model is worse than it was promised to be.';
  return performance.some((finding) => finding.verdict === 'kept')
    ? 'What was promised still holds on these rows.'
    : '';
}

function windowTable(windows: DriftWindow[]): string {
  const metrics = [
    ...new Set(windows.flatMap((window) => window.verdict.performance.map(({ metric }) => metric))),
  ].filter((metric) => metric !== 'calibration_gap');
  const rows = [...windows].reverse().map((window) => [
    time(window.from),
    count(window.rows),
    count(window.labelled),
    VERDICTS[window.verdict.verdict],
    largest(window.verdict),
    ...metrics.map((metric) => {
      const measured = window.verdict.performance.find((finding) => finding.metric === metric)?.measured;
      return measured ? measured.value.toFixed(3) : '';
    }),
  ]);
  const headers = ['From', 'Rows', 'Labelled', 'Verdict', 'Largest effect', ...metrics.map((metric) => code(metric))];
  return table(headers, rows, `lrrll${'r'.repeat(metrics.length)}`);
}

function largest({ columns, prediction }: WindowVerdict): string {
  const all = prediction ? [...columns, prediction] : columns;
  const [most] = [...all].sort((a, b) => relativeEffect(b) - relativeEffect(a));
  if (!most) return '';
  if (most.broken !== undefined) return `${code(most.column)} is broken`;
  return `${most === prediction ? '_prediction_' : code(most.column)} ${relativeEffect(most).toFixed(2)} × threshold`;
}

function advice({ monitor, alert, pulls }: DriftIssueView): string {
  if (alert.status === 'closed') return '';
  const asked = pulls.length > 0 ? `\n\nAsked for: ${pulls.map((pull) => `#${pull}`).join(', ')}` : '';
  return `### What to do\n\n- If upstream is at fault, mend it there; this closes by itself after ${plural(monitor.close.after, 'good window')}.\n- ${code('/retrain')} opens a pull request that trains on what production looks like now (${code('/retrain from=YYYY-MM-DD to=YYYY-MM-DD')} for another window).\n- ${code(`/rollback ${monitor.deployment}`)} goes back to the version before.${asked}`;
}

function rules(monitor: Monitor): string {
  const effect = figure(monitor.effect);
  return [
    `A number has moved when the largest distance between its distribution functions (D) is above ${effect}; a category, a number of few values, or the share of missing values when the population stability index (PSI) is. A test of "the effect is at most ${effect}" must say so, with the false-discovery rate over all columns of a window held at 5 %: many rows alone raise no alarm.`,
    `A metric is broken when its whole 95 % interval is worse than promised by more than it may lose.`,
    `Opens after ${monitor.open.after} bad of ${monitor.open.after + 1} windows, at once when a column is gone or D is surely above 0.3. Closes after ${monitor.close.after} good windows in a row with effects below 0.8 of the threshold. Windows with too few rows or none count for neither.`,
  ].join('\n\n');
}

function estimate({ value, lower, upper }: { value: number; lower: number | null; upper: number | null }): string {
  const interval = lower === null || upper === null ? '' : ` [${lower.toFixed(3)}, ${upper.toFixed(3)}]`;
  return `${value.toFixed(3)}${interval}`;
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}

/** UTC; without the hour when it is midnight. */
function time(epochMs: number): string {
  const text = new Date(epochMs).toISOString();
  return epochMs % DAY_MS === 0 ? text.slice(0, 10) : `${text.slice(0, 16).replace('T', ' ')} UTC`;
}

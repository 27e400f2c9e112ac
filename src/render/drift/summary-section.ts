import type { PerformanceEstimate, PerformanceFinding } from '../../domain/drift/verdict.ts';
import type { DriftIssueView, DriftWindow } from '../drift-view.ts';
import { count, plural } from '../format.ts';
import { type Block, note, type Span, type Text, text } from '../report/document.ts';
import { causeSpans } from './cause.ts';
import { estimatedChange, measuredChange } from './metric-change.ts';
import { qualityItems } from './quality-section.ts';
import { segmentSpans } from './segments-section.ts';
import { countMoves, judgedSince } from './shown-window.ts';
import {
  effectRatio,
  effectWords,
  intervalWords,
  type Judged,
  metricValue,
  movedIn,
  nameSpan,
  shortName,
  signed,
  time,
  times,
} from './words.ts';

const NAMED = 5;

/** The first screen: what changed, since when, how bad, why. */
export function summaryBlocks(view: DriftIssueView, shown: DriftWindow | undefined): Block[] {
  const facts = shown === undefined ? [] : factItems(view, shown);
  const links = view.links.flatMap(({ text: link, url }): Span[] => [' · ', { link, to: url }]).slice(1);
  return [
    ...bannerBlocks(view),
    ...fallbackBlocks(view),
    text(...statusSpans(view)),
    ...(facts.length > 0 ? [{ kind: 'list', what: 'fact', items: facts } satisfies Block] : []),
    ...(links.length > 0 ? [text(...links)] : []),
  ];
}

function bannerBlocks({ snoozed, alert }: DriftIssueView): Block[] {
  if (snoozed === undefined || alert.status === 'closed') return [];
  return [
    note(
      '💤 ',
      { strong: `Snoozed until ${time(snoozed.until)}` },
      ' by ',
      shortName(snoozed.by),
      ': nothing is told until then, while this text goes on being true. ',
      { code: '/unsnooze' },
      ' ends it.',
    ),
  ];
}

function fallbackBlocks({ fallback }: DriftIssueView): Block[] {
  if (fallback === undefined) return [];
  return [
    note(
      '⚠️ ',
      { strong: 'Jobs on' },
      ' ',
      { code: fallback.runner },
      ' ',
      { strong: `come to nothing since ${time(fallback.since)}` },
      ': the server profiles their files itself, which takes longer. The last one: ',
      { text: fallback.why, limit: 300 },
    ),
  ];
}

/** By good windows in a row, by alerts that are resolved, or since the windows are judged otherwise now. */
function overWords({ monitor, alert, alerts, since }: Pick<DriftIssueView, 'monitor' | 'alert' | 'alerts' | 'since'>) {
  if (alert.ended && alert.ended.until > since)
    return `has looked as its reference did for ${plural(monitor.close.after, 'window')} in a row`;
  return alerts.length > 0 ? 'has no alert that fires any more' : 'looks as its reference does, judged again';
}

function statusSpans({ monitor, model, version, alert, alerts, windows, since }: DriftIssueView): Span[] {
  const answering: Span[] = version === '' ? [] : [', ', { code: `v${version}` }];
  const where: Span[] = [{ code: monitor.deployment }, ' (model ', { code: model }, ...answering, ')'];
  if (alert.status === 'closed' && alerts.every(({ status }) => status === 'resolved')) {
    return [
      '✅ ',
      { strong: 'Over.' },
      ' ',
      ...where,
      ` ${overWords({ monitor, alert, alerts, since })}; this began ${time(since)}.`,
    ];
  }
  if (alert.status === 'closed')
    return ['❌ ', ...where, ' ', { strong: 'has alerts that fire' }, `, since ${time(since)}.`];
  const judged = judgedSince(windows, since);
  const again = alert.again === undefined ? '' : ` It was over in between and came back ${time(alert.again)}.`;
  const progress =
    alert.clearInRow > 0
      ? ` ${alert.clearInRow} of the ${plural(monitor.close.after, 'good window')} that close this.`
      : '';
  return [
    '❌ ',
    ...where,
    ' ',
    { strong: 'differs from what it was trained and evaluated on' },
    ` since ${time(since)}: ${alert.badWindows} of ${plural(Math.max(judged.length, alert.badWindows), 'window')} bad.${again}${progress}`,
  ];
}

function factItems(view: DriftIssueView, shown: DriftWindow): Text[] {
  const { verdict } = shown;
  const moved = movedIn(verdict);
  const items: Text[] = qualityItems(verdict);
  if (moved.length > 0) items.push([{ strong: 'What changed:' }, ' ', ...movedSpans(moved, view)]);
  const pattern = patternWords(moved);
  if (pattern.length > 0) items.push([{ strong: 'How:' }, ' ', ...pattern]);
  items.push(...verdict.performance.filter(({ verdict: said }) => said === 'broken').map(brokenSpans));
  const measured = new Set(verdict.performance.filter((one) => one.measured !== undefined).map(({ metric }) => metric));
  items.push(...verdict.estimates.filter(({ metric }) => !measured.has(metric)).map(estimateSpans));
  if (verdict.cause) items.push([{ strong: 'Probable cause:' }, ' ', ...causeSpans(verdict, view.privateColumns)]);
  const [segment] = verdict.segments;
  if (segment) items.push([{ strong: 'Most in:' }, ' ', ...segmentSpans(segment, view.privateColumns)]);
  if (view.related.length > 0) items.push([{ strong: 'Together with:' }, ' ', ...relatedSpans(view)]);
  return items;
}

function movedSpans(moved: Judged[], { windows, since }: DriftIssueView): Span[] {
  const judged = judgedSince(windows, since);
  const often = moved.map(countMoves(judged));
  const alike = often.every((times) => times === often[0]);
  const spans = moved.slice(0, NAMED).flatMap((one, at): Span[] => {
    const ratio = times(effectRatio(one.finding));
    const counted = alike ? '' : `, ${often[at]} of ${plural(judged.length, 'window')}`;
    const aside = ratio === '' ? '' : ` (${effectWords(one.finding)}${counted})`;
    return [
      ', ',
      nameSpan(one),
      ratio === '' ? ` (${effectWords(one.finding)}${counted})` : ` by ${ratio} what counts${aside}`,
    ];
  });
  const more = moved.length > NAMED ? [` and ${count(moved.length - NAMED)} more`] : [];
  const all = alike && judged.length > 1 ? [`; in ${often[0]} of ${plural(judged.length, 'window')}`] : [];
  return [...spans.slice(1), ...more, ...all];
}

function patternWords(moved: Judged[]): Span[] {
  const named = (pattern: 'step' | 'slow') =>
    moved.filter(({ finding }) => finding.pattern === pattern).slice(0, NAMED);
  const [step, slow] = [named('step'), named('slow')];
  const names = (found: Judged[]) => found.flatMap((one): Span[] => [', ', nameSpan(one)]).slice(1);
  const parts: Span[][] = [];
  if (step.length > 0) parts.push(['a step, far from the windows just before as well (', ...names(step), ')']);
  if (slow.length > 0) parts.push(['slowly, near to the windows just before (', ...names(slow), ')']);
  return parts.flatMap((spans, at) => (at === 0 ? spans : ['; ', ...spans]));
}

function brokenSpans(finding: PerformanceFinding): Text {
  const [change] = measuredChange(finding);
  const may = finding.noWorseThan === undefined ? '' : ` (may lose ${metricValue(finding.noWorseThan)})`;
  return [
    { strong: 'Measured:' },
    ' ',
    { code: finding.metric },
    ` ${finding.measured ? intervalWords(finding.measured) : ''} on ${plural(finding.rows, 'row')} whose truth is known, promised ${finding.promised ? metricValue(finding.promised.value) : ''}`,
    ...(change ? [': ', { strong: signed(change.change) }] : []),
    may,
  ];
}

function estimateSpans(estimate: PerformanceEstimate): Text {
  const [change] = estimatedChange(estimate);
  const past = estimate.pastError;
  const against = estimate.promised === undefined ? '' : `, promised ${metricValue(estimate.promised)}`;
  const error =
    past === undefined
      ? '; how good such estimates are here is not known yet'
      : `; such estimates were off by ${metricValue(past.mean)} on average and by ${metricValue(past.largest)} at most in ${plural(past.windows, 'earlier window')}`;
  return [
    { strong: 'Estimated:' },
    ' ',
    { code: estimate.metric },
    ` about ${metricValue(estimate.value)}${against}`,
    ...(change ? [': ', { strong: signed(change.change) }] : []),
    error,
  ];
}

function relatedSpans({ related }: DriftIssueView): Span[] {
  const spans = related
    .slice(0, NAMED * 2)
    .flatMap(({ monitor, issue }): Span[] => [
      ', ',
      { code: monitor },
      ...(issue === undefined ? [] : [' ', { figure: `#${issue}` }]),
    ]);
  const others = related.length > NAMED * 2 ? ` and ${related.length - NAMED * 2} more` : '';
  return [...spans.slice(1), `${others}: probably one cause upstream`];
}

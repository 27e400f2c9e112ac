import type { AlertTransition } from '../../domain/drift/alert.ts';
import type { JudgedWindow } from '../../domain/drift/verdict.ts';
import type { Monitor } from '../../domain/spec/valid-monitor.ts';
import { plural } from '../format.ts';
import { composeMarkdown } from '../report/compose-markdown.ts';
import { type Block, type Span, text } from '../report/document.ts';
import { alertName, alertWords } from './alerts-section.ts';
import { between, time, VERDICTS } from './words.ts';

/** A comment mails everyone: it stays short. */
const LIMIT = 8000;

/** What is told once, when the alert changes its state. */
export function renderDriftTransition(transition: AlertTransition, monitor: Monitor, version: string): string {
  const about: Span[] = [{ code: monitor.deployment }, ' (', { code: `v${version}` }, ')'];
  const blocks = blocksOf(transition, monitor, about);
  return composeMarkdown([{ id: transition.kind, title: '', priority: 1, blocks }], LIMIT, { pictures: new Map() });
}

function blocksOf(transition: AlertTransition, monitor: Monitor, about: Span[]): Block[] {
  switch (transition.kind) {
    case 'opened':
    case 'reopened':
      return openedBlocks(transition.kind, transition.window, monitor, about);
    case 'closed':
      return [text('✅ ', { strong: 'Closed.' }, ' ', ...closedSpans(transition, monitor, about))];
    case 'more':
      return [
        text('❌ ', { strong: 'Opened again' }, ' for ', ...about, ': since it was closed by hand, more broke.'),
        { kind: 'list', what: 'finding', items: transition.findings.map((one) => ({ text: one, limit: 400 })) },
        text('Closed again, it stays closed until something else breaks, or the alert is over and comes back.'),
      ];
    case 'revised':
      return [
        text(
          '🔁 ',
          { strong: 'Judged again.' },
          ` With the rows and labels that came late, the window ${between(transition.window)} is ${VERDICTS[transition.window.verdict.verdict]}; it was ${VERDICTS[transition.before]}.`,
        ),
        ...reasonBlocks(transition.window),
      ];
    case 'alert-firing':
      return [
        text(
          '🔥 ',
          alertName(transition.alert),
          ' ',
          { strong: 'fires' },
          ' for ',
          ...about,
          ` since ${time(transition.alert.startsAt)}.`,
        ),
        ...alertText(alertWords(transition.alert)),
      ];
    case 'alert-resolved':
      return [
        text(
          '✅ ',
          alertName(transition.alert),
          ' is ',
          { strong: 'resolved' },
          `, ${time(transition.at)}; it fired since ${time(transition.alert.startsAt)}.`,
        ),
      ];
  }
}

function closedSpans(
  { window, judgedAgain }: Extract<AlertTransition, { kind: 'closed' }>,
  monitor: Monitor,
  about: Span[],
): Span[] {
  if (judgedAgain)
    return ['Judged again by what is known now, ', ...about, ' was not as far from its reference as it seemed.'];
  const good = plural(monitor.close.after, 'good window');
  return [`${good} in a row, the last one ${between(window)}: `, ...about, ' looks as its reference did again.'];
}

function openedBlocks(kind: 'opened' | 'reopened', window: JudgedWindow, monitor: Monitor, about: Span[]): Block[] {
  const merged = window.merged ? `, judged with ${plural(window.merged, 'window')} before it` : '';
  const why = window.verdict.severe
    ? 'One window was bad enough by itself.'
    : `${plural(monitor.open.after, 'window')} of the last ${monitor.open.after + 1} were bad.`;
  return [
    text(
      '❌ ',
      { strong: kind === 'opened' ? 'Opened' : 'Opened again' },
      ' for ',
      ...about,
      ` by the window ${between(window)}${merged}. ${why}`,
    ),
    ...reasonBlocks(window),
  ];
}

function reasonBlocks({ verdict }: JudgedWindow): Block[] {
  if (verdict.reasons.length === 0) return [];
  return [{ kind: 'list', what: 'reason', items: verdict.reasons.map((reason) => ({ text: reason, limit: 400 })) }];
}

function alertText(words: string): Block[] {
  return words === '' ? [] : [text({ text: words, limit: 1000 })];
}

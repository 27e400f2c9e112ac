import type { NewerData } from '../../domain/spec/newer-data.ts';
import type { Monitor } from '../../domain/spec/valid-monitor.ts';
import type { DriftIssueView } from '../drift-view.ts';
import { plural } from '../format.ts';
import { type Block, type Span, type Text, text } from '../report/document.ts';

/** What people can do about it, and what came of what they did. */
export function todoBlocks({ monitor, alert, alerts, newer, pulls }: DriftIssueView): Block[] {
  const asked = pullBlocks(pulls);
  if (alert.status === 'closed')
    return alerts.some(({ status }) => status === 'firing') ? [...alertAdvice(), ...asked] : asked;
  const items: Text[] = [
    [
      { strong: 'Upstream is at fault?' },
      ` Mend it there; this closes by itself after ${plural(monitor.close.after, 'good window')}.`,
    ],
    ...(newer ? [retrainItem(monitor, newer)] : []),
    [{ code: `/rollback ${monitor.deployment}` }, ' goes back to the version before.'],
    [
      { code: '/accept' },
      ' takes the present as the new reference, by a pull request: for a change that is here to stay.',
    ],
    [{ code: '/snooze 7d' }, ' keeps this quiet for a week.'],
  ];
  return [{ kind: 'list', what: 'way', items }, ...asked];
}

function retrainItem({ retrain }: Monitor, newer: NewerData): Span[] {
  return [
    { code: '/retrain' },
    ...RETRAINS[newer],
    ...(retrain === 'pull-request' ? [' One is opened by itself when this opens.'] : []),
  ];
}

const ANOTHER: Span[] = [' (', { code: '/retrain from=2024-01-31 to=2024-02-29' }, ' for another window).'];
const RETRAINS: Record<NewerData, Span[]> = {
  window: [' opens a pull request that trains on what production looks like now', ...ANOTHER],
  file: [' opens a pull request that trains on the newest version of the dataset’s file.'],
  both: [
    ' opens a pull request that trains on what production looks like now, taken from the newest version of the dataset’s file',
    ...ANOTHER,
  ],
};

function alertAdvice(): Block[] {
  return [
    text(
      'The alerts come from Prometheus, and this closes when they are resolved there. ',
      { code: '/snooze 7d' },
      ' keeps it quiet for a week.',
    ),
  ];
}

function pullBlocks(pulls: DriftIssueView['pulls']): Block[] {
  if (pulls.length === 0) return [];
  const items = pulls.map(({ number, outcome }): Span[] => [
    { figure: `#${number}` },
    ': ',
    outcome === undefined ? 'under way' : { text: outcome, limit: 300 },
  ]);
  return [text('Asked for so far:'), { kind: 'list', what: 'pull request', items }];
}

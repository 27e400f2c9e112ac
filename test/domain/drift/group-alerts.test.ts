import { describe, expect, it } from 'vitest';
import { groupAlerts, type OpenAlert, relatedTo, signsOf } from '../../../src/domain/drift/group-alerts.ts';
import type { ColumnFinding, WindowVerdict } from '../../../src/domain/drift/verdict.ts';

const HOUR = 3_600_000;

function alert(monitor: string, more: Partial<OpenAlert> = {}): OpenAlert {
  return { monitor, since: 0, windowMs: HOUR, signs: ['age'], cause: 'unit', silent: false, ...more };
}

const spoken = (alerts: OpenAlert[]) =>
  [...groupAlerts(alerts)]
    .map(([monitor, speaker]) => `${monitor}<${speaker}`)
    .sort()
    .join(' ');

describe('groupAlerts', () => {
  it.each<[string, OpenAlert[], string]>([
    ['one alone', [alert('a')], 'a<a'],
    ['the first to notice speaks', [alert('a', { since: HOUR }), alert('b')], 'a<b b<b'],
    ['at once: by name', [alert('b'), alert('a')], 'a<a b<a'],
    ['whoever has an issue speaks', [alert('a'), alert('b', { since: HOUR, issue: 7 })], 'a<b b<b'],
    ['whoever has an issue keeps it', [alert('a', { issue: 9 }), alert('b', { issue: 7 })], 'a<a b<b'],
    ['of several issues the oldest', [alert('a', { issue: 9 }), alert('b', { issue: 7 }), alert('c')], 'a<a b<b c<b'],
    ['other columns', [alert('a'), alert('b', { signs: ['origin'] })], 'a<a b<b'],
    ['one column in common', [alert('a', { signs: ['age', 'x'] }), alert('b', { signs: ['age', 'y'] })], 'a<a b<a'],
    ['no columns at all', [alert('a', { signs: [] }), alert('b', { signs: [] })], 'a<a b<b'],
    ['another cause', [alert('a'), alert('b', { cause: 'missing' })], 'a<a b<b'],
    ['two windows apart', [alert('a'), alert('b', { since: 2 * HOUR })], 'a<a b<a'],
    ['more than two windows apart', [alert('a'), alert('b', { since: 2 * HOUR + 1 })], 'a<a b<b'],
    ['the longer window counts', [alert('a'), alert('b', { since: 40 * HOUR, windowMs: 24 * HOUR })], 'a<a b<a'],
    ['nobody waits for one that may not speak', [alert('a', { silent: true }), alert('b', { since: 1 })], 'a<b b<b'],
    ['two that may not speak', [alert('a', { silent: true }), alert('b', { silent: true })], 'a<a b<b'],
    ['a snoozed one with an issue speaks', [alert('a', { silent: true, issue: 3 }), alert('b')], 'a<a b<a'],
    [
      'who shares with a member only is no member',
      [alert('a'), alert('b', { since: 1, signs: ['age', 'x'] }), alert('c', { since: 2, signs: ['x'] })],
      'a<a b<a c<c',
    ],
  ])('%s', (_, alerts, wanted) => {
    expect(spoken(alerts)).toBe(wanted);
    expect(spoken([...alerts].reverse())).toBe(wanted);
  });
});

describe('relatedTo', () => {
  const alerts = [
    alert('speaker', { issue: 7 }),
    alert('member', { since: HOUR }),
    alert('own', { issue: 9 }),
    alert('other', { cause: 'volume' }),
  ];

  it('lists those it speaks for and those with an issue of their own', () => {
    expect(relatedTo(alerts, 'speaker')).toEqual([{ monitor: 'member' }, { monitor: 'own', issue: 9 }]);
    expect(relatedTo(alerts, 'own')).toEqual([{ monitor: 'speaker', issue: 7 }]);
    expect(relatedTo(alerts, 'other')).toEqual([]);
    expect(relatedTo(alerts, 'unheard-of')).toEqual([]);
  });
});

describe('signsOf', () => {
  const finding = (column: string, drifted: boolean) => ({ column, drifted }) as ColumnFinding;
  const verdict = (more: Partial<WindowVerdict>): WindowVerdict => ({
    verdict: 'bad',
    severe: false,
    clear: false,
    quality: [],
    columns: [],
    performance: [],
    estimates: [],
    segments: [],
    reasons: [],
    ...more,
  });

  it('names what is wrong in the bad windows', () => {
    const verdicts = [
      verdict({ columns: [finding('b', true), finding('calm', false)] }),
      verdict({ columns: [finding('a', true), finding('b', true)] }),
      verdict({
        quality: [
          { check: 'schema', level: 'severe', column: 'gone', text: '' },
          { check: 'volume', level: 'bad', text: '' },
          { check: 'late', level: 'note', text: '' },
        ],
      }),
      verdict({ verdict: 'good', columns: [finding('not-bad', true)] }),
    ];
    expect(signsOf(verdicts)).toEqual(['(volume)', 'a', 'b', 'gone']);
  });
});

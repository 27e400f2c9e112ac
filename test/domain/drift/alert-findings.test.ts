import { describe, expect, it } from 'vitest';
import { alertFindings, newFindings } from '../../../src/domain/drift/alert-findings.ts';
import type { ColumnFinding, JudgedWindow, WindowVerdict } from '../../../src/domain/drift/verdict.ts';

type Told = { moved?: string[]; gone?: string[]; quality?: WindowVerdict['quality']; accuracy?: 'kept' | 'broken' };

const column = (name: string, more: Partial<ColumnFinding> = {}): ColumnFinding => ({
  column: name,
  kind: 'numeric',
  of: name === 'all' ? 'reconstruction' : 'value',
  rows: { reference: 1, window: 1 },
  missing: { measure: 'psi', effect: 0, threshold: 0.1, p: 1, adjusted: 1, reference: 0, window: 0 },
  drifted: true,
  ...more,
});

function window(
  verdict: WindowVerdict['verdict'],
  { moved = [], gone = [], quality = [], accuracy }: Told = {},
): JudgedWindow {
  const columns = [...moved.map((name) => column(name)), ...gone.map((name) => column(name, { broken: 'it is gone' }))];
  const unmoved = column('still', { drifted: false });
  const performance = accuracy ? [{ metric: 'accuracy' as const, rows: 500, verdict: accuracy }] : [];
  const none = { severe: false, clear: false, estimates: [], segments: [], reasons: [] };
  return { from: 0, to: 1, verdict: { ...none, verdict, quality, columns: [...columns, unmoved], performance } };
}

const bad = (told: Told) => window('bad', told);
const lasting = (...windows: JudgedWindow[]) => alertFindings(windows, 2).lasting;

describe('what lasts', () => {
  it.each<[string, JudgedWindow[], string[]]>([
    ['a column in two windows of three', [bad({ moved: ['a'] }), window('good'), bad({ moved: ['a'] })], ['a moved']],
    ['a column of the past', [bad({ moved: ['a'] }), bad({ moved: ['a'] }), bad({}), bad({})], []],
    ['a column once', [bad({ moved: ['a'] }), bad({ moved: ['b'] })], []],
    [
      'windows that say nothing between',
      [bad({ moved: ['a'] }), window('no-data'), bad({ moved: ['a'] })],
      ['a moved'],
    ],
    ['a column that is gone, at once', [bad({ gone: ['a'] })], ['a is broken']],
    [
      'a column that its schema tells of as well',
      [bad({ gone: ['a'], quality: [{ check: 'schema', level: 'severe', column: 'a', text: '' }] })],
      ['a is broken'],
    ],
    ['a limit, at once', [bad({ quality: [{ check: 'volume', level: 'severe', text: '' }] })], ['the check of volume']],
    ['a check that is bad once', [bad({ quality: [{ check: 'timeless', level: 'bad', text: '' }] })], []],
    ['all columns together', [bad({ moved: ['all'] }), bad({ moved: ['all'] })], ['the columns together moved']],
  ])('%s', (_, windows, expected) => {
    expect(lasting(...windows)).toEqual(expected);
  });

  it('are promises of windows whose truth is known, however late it comes', () => {
    const broken = bad({ accuracy: 'broken' });
    expect(lasting(broken, broken, bad({}), bad({}), bad({}))).toEqual(['accuracy broke its promise']);
    expect(lasting(broken, broken, bad({ accuracy: 'kept' }), bad({ accuracy: 'kept' }))).toEqual([]);
  });
});

it('shows what any bad window had, and no notes', () => {
  const note = bad({ moved: ['b'], quality: [{ check: 'late', level: 'note', text: '' }] });
  expect(alertFindings([bad({ moved: ['a'] }), window('good', { moved: ['c'] }), note], 2).shown).toEqual([
    'a moved',
    'b moved',
  ]);
});

it.each<[string, string[], string[], string[]]>([
  ['a column that broke, known to have moved', ['a is broken'], ['a moved'], ['a is broken']],
  ['a column that moved, known to be broken', ['a moved'], ['a is broken'], []],
  ['another one', ['b moved', 'the check of volume'], ['a is broken', 'a moved'], ['b moved', 'the check of volume']],
])('of %s tells what is new', (_, now, known, expected) => {
  expect(newFindings(now, known)).toEqual(expected);
});

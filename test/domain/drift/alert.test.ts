import { describe, expect, it } from 'vitest';
import { advance, type JudgedWindow, NO_ALERT, type WindowVerdict } from '../../../src/domain/drift/alert.ts';

const settings = { openAfter: 2, closeAfter: 3 };

/** B bad, S severe, G good and clear, N good without room to spare, ? cannot tell, - no data. */
function windows(text: string, start = 0): JudgedWindow[] {
  const verdicts: Record<string, WindowVerdict['verdict']> = {
    B: 'bad',
    S: 'bad',
    G: 'good',
    N: 'good',
    '?': 'cannot-tell',
    '-': 'no-data',
  };
  return [...text].map((letter, i) => ({
    from: start + i,
    to: start + i + 1,
    verdict: {
      verdict: verdicts[letter]!,
      severe: letter === 'S',
      clear: letter === 'G',
      columns: [],
      performance: [],
      reasons: [],
    },
  }));
}

describe('advance', () => {
  it.each([
    ['GGGGG', ''],
    ['GBGGB', ''],
    ['BB', 'opened@1'],
    ['BGB', 'opened@2'],
    ['B?-B', 'opened@3'],
    ['S', 'opened@0'],
    ['BBGGG', 'opened@1 closed@4'],
    ['BBGGBGGG', 'opened@1 closed@7'],
    ['BBG?G-G', 'opened@1 closed@6'],
    ['BBGNGNG', 'opened@1 closed@6'],
    ['BBNNNNN', 'opened@1'],
    ['BB-------', 'opened@1'],
    ['BBGGGB', 'opened@1 closed@4'],
    ['BBGGGBB', 'opened@1 closed@4 opened@6'],
  ])('%s: %s', (text, wanted) => {
    const { transitions } = advance(NO_ALERT, windows(text), settings);
    expect(transitions.map(({ kind, window }) => `${kind}@${window.from}`).join(' ')).toBe(wanted);
  });

  it('comes to the same whether windows come one by one, at once, or again', () => {
    const all = windows('GBBGB?GGGBSG');
    const atOnce = advance(NO_ALERT, all, settings).state;
    let state = NO_ALERT;
    for (let i = 1; i <= all.length; i++) state = advance(state, all.slice(0, i), settings).state;
    expect(state).toEqual(atOnce);
    expect(advance(state, all, settings)).toEqual({ state, transitions: [] });
  });

  it('knows since when, and how many windows were bad', () => {
    expect(advance(NO_ALERT, windows('GBGBB'), settings).state).toMatchObject({
      status: 'open',
      since: 1,
      badWindows: 3,
    });
  });
});

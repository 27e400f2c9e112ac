import { describe, expect, it } from 'vitest';
import { advance, NO_ALERT } from '../../../src/domain/drift/alert.ts';
import type { JudgedWindow, WindowVerdict } from '../../../src/domain/drift/verdict.ts';

const settings = { openAfter: 2, closeAfter: 3, graceMs: 0 };

/**
 * B bad, S severe, G good and clear, N good without room to spare, ? cannot tell, - no data; P bad by a broken promise, K
 * clear with its promise kept.
 */
function windows(text: string, start = 0): JudgedWindow[] {
  const verdicts: Record<string, WindowVerdict['verdict']> = {
    B: 'bad',
    S: 'bad',
    G: 'good',
    N: 'good',
    P: 'bad',
    K: 'good',
    '?': 'cannot-tell',
    '-': 'no-data',
  };
  return [...text].map((letter, i) => ({
    from: start + i,
    to: start + i + 1,
    verdict: {
      verdict: verdicts[letter]!,
      severe: letter === 'S',
      clear: letter === 'G' || letter === 'K',
      quality: [],
      columns: [],
      performance: 'PK'.includes(letter)
        ? [{ metric: 'roc_auc', rows: 500, verdict: letter === 'P' ? ('broken' as const) : ('kept' as const) }]
        : [],
      estimates: [],
      segments: [],
      reasons: [],
    },
  }));
}

const turns = (text: string, graceMs = 0) =>
  advance(NO_ALERT, windows(text), { ...settings, graceMs })
    .transitions.map(({ kind, window }) => `${kind}@${window.from}`)
    .join(' ');

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
    ['BB???????', 'opened@1'],
    ['BBGGGB', 'opened@1 closed@4'],
    ['BBGGGNBB', 'opened@1 closed@4 opened@7'],
    // What is good for want of labels does not end a broken promise; a promise that is kept does.
    ['PPGGGGGG', 'opened@1'],
    ['PPGGKGG', 'opened@1 closed@6'],
    ['PPBGGG', 'opened@1'],
  ])('%s: %s', (text, wanted) => {
    expect(turns(text)).toBe(wanted);
  });

  it.each([
    // Bad again from 5 on, where the windows up to 5 closed it.
    ['BBGGGBB', 0, 'opened@1 closed@4 reopened@6'],
    ['BBGGGGBB', 0, 'opened@1 closed@4 opened@7'],
    ['BBGGGGBB', 1, 'opened@1 closed@4 reopened@7'],
    ['BBGGGGGBB', 1, 'opened@1 closed@4 opened@8'],
    ['BBGGG--BB', 2, 'opened@1 closed@4 reopened@8'],
    ['BBGGGBBGGGBB', 0, 'opened@1 closed@4 reopened@6 closed@9 reopened@11'],
    ['BBGGGSGGG', 0, 'opened@1 closed@4 reopened@5 closed@8'],
  ])('%s with a grace of %d: %s', (text, graceMs, wanted) => {
    expect(turns(text, graceMs)).toBe(wanted);
  });

  it('is the same alert when it comes back: since when, and all its bad windows', () => {
    const { state } = advance(NO_ALERT, windows('GBBGGGGBB'), { ...settings, graceMs: 1 });
    expect(state).toMatchObject({ status: 'open', since: 1, again: 7, badWindows: 4 });
    const after = advance(NO_ALERT, windows('GBBGGGGGGBB'), { ...settings, graceMs: 1 }).state;
    expect(after).toMatchObject({ status: 'open', since: 9, badWindows: 2 });
    expect(after.again).toBeUndefined();
  });

  it('comes to the same whether windows come one by one, at once, or again', () => {
    const all = windows('GBBGB?GGGBSG');
    const graced = { ...settings, graceMs: 1 };
    const atOnce = advance(NO_ALERT, all, graced).state;
    let state = NO_ALERT;
    for (let i = 1; i <= all.length; i++) state = advance(state, all.slice(0, i), graced).state;
    expect(state).toEqual(atOnce);
    expect(advance(state, all, graced)).toEqual({ state, transitions: [] });
  });

  it('knows since when, and how many windows were bad', () => {
    expect(advance(NO_ALERT, windows('GBGBB'), settings).state).toMatchObject({
      status: 'open',
      since: 1,
      badWindows: 3,
    });
  });
});

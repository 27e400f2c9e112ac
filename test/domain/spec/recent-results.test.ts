import { expect, it } from 'vitest';
import { createRecentResults } from '../../../src/domain/spec/recent-results.ts';

it('makes each result once, and forgets those that were not asked for the longest', () => {
  const recent = createRecentResults<{ text: string }>(6);
  const made: string[] = [];
  const ask = (text: string) =>
    recent.of(text, () => {
      made.push(text);
      return { text };
    });
  expect(ask('aa')).toBe(ask('aa'));
  ask('bb');
  ask('cc');
  ask('aa');
  ask('dd');
  expect(made).toEqual(['aa', 'bb', 'cc', 'dd']);
  for (const text of ['cc', 'aa', 'dd', 'bb']) ask(text);
  expect(made).toEqual(['aa', 'bb', 'cc', 'dd', 'bb']);
});

it('does not hold what is longer than all that it may hold', () => {
  const recent = createRecentResults<number>(3);
  let made = 0;
  for (let turn = 0; turn < 2; turn += 1) recent.of('long', () => ++made);
  expect(made).toBe(2);
});

import { expect, it } from 'vitest';
import type { Verdict } from '../../../src/domain/drift/verdict.ts';
import { trailingWindows } from '../../../src/flows/monitor/trailing-windows.ts';

const HOUR = 3_600_000;

/** One window an hour; `g` good, `b` bad, `?` cannot tell, `2` good and answered by another version. */
function hourly(text: string, every = 1) {
  const verdicts: Record<string, Verdict> = { g: 'good', b: 'bad', '?': 'cannot-tell', 2: 'good' };
  return [...text].map((letter, i) => ({
    from: i * every * HOUR,
    to: (i + 1) * every * HOUR,
    version: letter === '2' ? '2.0.0' : '1.0.0',
    verdict: { verdict: verdicts[letter]! } as never,
  }));
}

const found = (text: string, every = 1) =>
  trailingWindows(hourly(text, every), { from: text.length * every * HOUR, version: '1.0.0' }).map(
    ({ from }) => from / HOUR / every,
  );

it.each([
  ['the first has none', '', []],
  ['those directly before', 'ggg', [0, 1, 2]],
  ['at most four', 'gggggg', [2, 3, 4, 5]],
  ['no bad ones: the step would hide in them', 'ggggbb', [0, 1, 2, 3]],
  ['none that could not be judged', 'gg??', [0, 1]],
  ['none of another version', '2222', []],
  ['the same hour, where there are two', 'g'.repeat(50), [2, 26]],
  ['directly before, where the same hour is there once', 'g'.repeat(30), [26, 27, 28, 29]],
  ['the same hour of the week before the same hour', 'g'.repeat(340), [4, 172]],
])('%s', (_, text, wanted) => {
  expect(found(text)).toEqual(wanted);
});

it('takes the same weekday of days', () => {
  expect(found('g'.repeat(30), 24)).toEqual([2, 9, 16, 23]);
});

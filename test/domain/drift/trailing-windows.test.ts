import { describe, expect, it } from 'vitest';
import { checkVolume } from '../../../src/domain/drift/check-volume.ts';
import { trailingWindows, usualWindows } from '../../../src/domain/drift/trailing-windows.ts';
import type { Verdict } from '../../../src/domain/drift/verdict.ts';

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

/** Windows whose number of rows is found odd, one letter each; 60 are kept, as monitors do. */
function volumes(hours: number, count: number, rowsAt: (hour: number) => number): string {
  const windows: { from: number; to: number; rows: number }[] = [];
  const found = Array.from({ length: count }, (_, i) => {
    const window = { from: i * hours * HOUR, to: (i + 1) * hours * HOUR, rows: rowsAt(i * hours) };
    const trailing = usualWindows(windows.slice(-60), window);
    windows.push(window);
    return checkVolume({ profile: window, trailing, checks: {} } as never).length > 0 ? 'b' : '.';
  });
  return found.join('');
}

const weekday = (hour: number) => Math.floor(hour / 24) % 7;

describe('the number of rows', () => {
  it.each([
    ['a tenth at weekends', 24, 42, (hour: number) => (weekday(hour) >= 5 ? 1_000 : 10_000)],
    ['none at weekends', 24, 60, (hour: number) => (weekday(hour) >= 5 ? 0 : 10_000)],
    ['hours of work', 1, 24 * 21, (hour: number) => (hour % 24 >= 8 && hour % 24 < 18 ? 10_000 : 500)],
    ['hours of work, of weekdays', 12, 84, (hour: number) => (hour % 24 < 12 && weekday(hour) < 5 ? 10_000 : 300)],
    ['weeks that differ little', 168, 30, (hour: number) => 70_000 + (hour % 11) * 1_000],
  ])('%s is nothing odd', (_, hours, count, rowsAt) => {
    expect(volumes(hours, count, rowsAt)).toBe('.'.repeat(count));
  });

  it('is odd for a while where it changed for good', () => {
    expect(volumes(24, 56, (hour) => (hour < 28 * 24 ? 1_000 : 9_000))).toBe(
      `${'.'.repeat(28)}${'b'.repeat(7)}${'.'.repeat(21)}`,
    );
    expect(volumes(168, 12, (hour) => (hour < 6 * 168 ? 9_000 : 1_000))).toMatch(/^\.{6}b+\.+$/);
  });
});

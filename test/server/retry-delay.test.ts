import { expect, it } from 'vitest';
import { AppError } from '../../src/domain/errors.ts';
import { retryDelay } from '../../src/server/retry-delay.ts';

const most = (): number => 1;
const least = (): number => 0;

it.each([
  [new AppError('external/github', 'down'), 1, 1_000],
  [new AppError('external/github', 'down'), 5, 16_000],
  [new AppError('external/github', 'down'), 40, 300_000],
  [new AppError('conflict/stale', 'moved'), 1, 100],
  [new AppError('conflict/stale', 'moved'), 30, 10_000],
  [new AppError('conflict/not-found', 'gone'), 2, 2_000],
  [new AppError('permission/forbidden', 'no'), 1, 60_000],
  [new TypeError('ours'), 1, 60_000],
  [new TypeError('ours'), 9, 300_000],
])('%s, attempt %i: at most %i ms and at least half of it', (error, attempt, longest) => {
  expect(retryDelay(error, attempt, most)).toBe(longest);
  expect(retryDelay(error, attempt, least)).toBe(longest / 2);
});

it('waits as long as it was told to', () => {
  const error = new AppError('external/github', 'rate limit', { retryAt: 1_000_000 });
  expect(retryDelay(error, 1, least, 400_000)).toBe(600_000);
});

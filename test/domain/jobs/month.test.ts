import { expect, test } from 'vitest';
import { monthReachesBackTo, spentInMonth } from '../../../src/domain/jobs/month.ts';
import { sampleJob } from '../../contract/store.ts';

const NOW = Date.parse('2026-11-21T12:00:00Z');
const at = (iso: string) => Date.parse(iso);
const spent = (price: number) => ({ seconds: price * 100, gpuSeconds: 0, price });
const of = (name: string) => ({ kind: 'train', model: { name } }) as never;

test('what ended this month counts, by model, with attempts of what is still running', () => {
  const jobs = [
    sampleJob({ task: of('a'), spent: spent(1), finishedAt: at('2026-11-01T00:00:00Z') }),
    sampleJob({ task: of('b'), spent: spent(5), finishedAt: at('2026-11-20T00:00:00Z') }),
    sampleJob({ task: of('a'), spent: spent(2), handedAt: at('2026-11-21T11:00:00Z') }),
    sampleJob({ spent: spent(4), finishedAt: at('2026-11-02T00:00:00Z') }),
    sampleJob({ task: of('a'), spent: spent(100), finishedAt: at('2026-10-31T23:59:59Z') }),
    sampleJob({ task: of('c'), finishedAt: NOW }),
  ];
  expect(spentInMonth(jobs, NOW)).toEqual({
    month: '2026-11',
    total: { seconds: 1_200, gpuSeconds: 0, price: 12 },
    models: [
      { name: 'b', spent: spent(5) },
      { name: 'a', spent: spent(3) },
    ],
  });
});

test('a job that was asked for a month before may end in this one', () => {
  expect(new Date(monthReachesBackTo(NOW)).toISOString()).toBe('2026-10-01T00:00:00.000Z');
});

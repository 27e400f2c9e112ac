import { expect, test } from 'vitest';
import { addSpent, reservedGpus, sumSpent } from '../../../src/domain/jobs/spent.ts';
import { sampleJob } from '../../contract/store.ts';

const train = (gpu: number) => ({ kind: 'train', model: { train: { resources: { gpu } } } }) as never;
const place = { name: 'gpu', type: 'local' as const, pricePerHour: 3.6, maxHours: 6 };

test('an attempt costs its time on the runner, at the price of the policy', () => {
  const job = sampleJob({ task: train(2), place, startedAt: 10_000 });
  const once = addSpent(job, 20_000);
  expect(once.spent).toEqual({ seconds: 10, gpuSeconds: 20, price: 0.01 });
  const twice = addSpent(once, 110_000).spent!;
  expect(twice).toMatchObject({ seconds: 110, gpuSeconds: 220 });
  expect(twice.price).toBeCloseTo(0.11, 12);
  expect(sumSpent([once, {}, once])).toEqual({ seconds: 20, gpuSeconds: 40, price: 0.02 });
});

test('what never began costs nothing', () => {
  expect(addSpent(sampleJob({ place }), 5).spent).toBeUndefined();
});

test('a Kubernetes runner gives its GPUs to trainings whose model does not say, and to nothing else', () => {
  const kubernetes = { ...place, type: 'kubernetes', gpu: 4 } as never;
  expect(reservedGpus({ task: train(0), place: kubernetes })).toBe(4);
  expect(reservedGpus({ task: train(1), place: kubernetes })).toBe(1);
  expect(reservedGpus({ task: { kind: 'data' } as never, place: kubernetes })).toBe(0);
});

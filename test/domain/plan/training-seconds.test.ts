import { expect, test } from 'vitest';
import type { Job, JobStatus } from '../../../src/domain/jobs/job.ts';
import { trainingSeconds } from '../../../src/domain/plan/training-seconds.ts';
import type { Model } from '../../../src/domain/spec/valid.ts';

const model = (name: string, train: object = {}): Model => ({ name, train: { params: {}, ...train } }) as Model;

function job(name: string, key: string, seconds: number, more: { params?: object; status?: JobStatus } = {}): Job {
  const { params = {}, status = 'succeeded' } = more;
  const task = { kind: 'train', model: model(name, { params }) };
  return { key, status, task, startedAt: 1_000, finishedAt: 1_000 + seconds * 1_000 } as unknown as Job;
}

const halving = { sweep: { halving: { param: 'epochs', min: 2, max: 16, factor: 2 } } };

test.each<[what: string, jobs: Job[], train: object, seconds: number | undefined]>([
  ['never trained', [], {}, undefined],
  ['the last training', [job('m', 'train:1:0', 10), job('m', 'train:2:0', 30), job('other', 'train:3:0', 99)], {}, 30],
  ['one that failed says nothing', [job('m', 'train:1:0', 10), job('m', 'train:2:0', 1, { status: 'failed' })], {}, 10],
  [
    'the mean of the last sweep',
    [job('m', 'train:1:0', 99), job('m', 'train:2:0:trial:0.0', 10), job('m', 'train:2:0:trial:0.11', 20)],
    {},
    15,
  ],
  [
    'as if with all of the resource',
    [
      job('m', 'train:2:0:trial:0.0', 10, { params: { epochs: 2 } }),
      job('m', 'train:2:0:trial:1.0', 20, { params: { epochs: 4 } }),
      job('m', 'train:2:0:trial:2.0', 80, { params: { epochs: 16 } }),
    ],
    halving,
    80,
  ],
])('%s', (_what, jobs, train, seconds) => {
  expect(trainingSeconds(jobs, [model('m', train)]).get('m')).toBe(seconds);
});

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Job } from '../../../src/domain/jobs/job.ts';
import { queuePosition, whoMayStart } from '../../../src/domain/jobs/may-start.ts';
import type { RunnerSpec } from '../../../src/domain/spec/valid.ts';
import { sampleJob } from '../../contract/store.ts';

const LOCAL: RunnerSpec = { name: 'local', type: 'local', pricePerHour: 0, maxHours: 24 };
const ray = (maxConcurrent?: number): RunnerSpec => ({
  name: 'ray',
  type: 'ray',
  address: 'http://ray.invalid',
  agent: ['sluice', 'agent'],
  cpus: 1,
  pricePerHour: 0,
  maxHours: 24,
  ...(maxConcurrent && { maxConcurrent }),
});
const LIMITS = { local: 1, perRepository: 10 };
const job = (id: string, createdAt: number, over: Partial<Job> = {}) =>
  sampleJob({ id, createdAt, place: LOCAL, runner: over.place?.name ?? 'local', ...over });
const taken = ({ attempt }: Job) => attempt > 0;
const startable = (jobs: Job[], limits = LIMITS) => whoMayStart(jobs, taken, limits);

describe('who may start', () => {
  test('on the machine of the server: as many as the operator allows, the oldest first', () => {
    const jobs = [job('b', 2), job('a', 1), job('c', 3)];
    expect(startable(jobs)).toEqual(['a']);
    expect(startable(jobs, { ...LIMITS, local: 2 })).toEqual(['a', 'b']);
    expect(startable([job('z', 0, { attempt: 1 }), ...jobs])).toEqual([]);
  });

  test('repositories take turns, however many jobs one of them brings', () => {
    const jobs = [
      job('busy', 0, { attempt: 1 }),
      ...[1, 2, 3, 4].map((at) => job(`mine${at}`, at)),
      job('theirs', 9, { repository: 'acme/other' }),
    ];
    expect(startable(jobs, { ...LIMITS, local: 2 })).toEqual(['theirs']);
    expect(startable(jobs, { ...LIMITS, local: 3 })).toEqual(['theirs', 'mine1']);
    expect(['busy', 'mine1', 'mine4', 'theirs', 'unknown'].map((id) => queuePosition(jobs, id))).toEqual([
      0, 2, 5, 1, 0,
    ]);
  });

  test('a runner of a policy has its own limit, which holds up nobody elsewhere', () => {
    const place = ray(1);
    const jobs = [job('a', 1, { place, attempt: 1 }), job('b', 2, { place }), job('c', 3)];
    expect(startable(jobs)).toEqual(['c']);
    expect(queuePosition(jobs, 'b')).toBe(1);
    expect(startable(jobs.map((each) => (each.place?.type === 'ray' ? { ...each, place: ray() } : each)))).toEqual([
      'c',
      'b',
    ]);
  });

  test('a repository has a limit over all runners, and then does not stand in the way of others', () => {
    const jobs = [job('a', 1, { place: ray(), attempt: 1 }), job('b', 2), job('c', 3, { repository: 'acme/other' })];
    expect(startable(jobs, { local: 1, perRepository: 1 })).toEqual(['c']);
  });

  test('trials that wait in a cluster hold up nobody else of their repository', () => {
    const group = { place: ray(), group: 'sweep', attempt: 1 };
    const jobs = [...[1, 2, 3].map((at) => job(`trial${at}`, at, group)), job('other', 9)];
    expect(startable(jobs, { local: 1, perRepository: 1 })).toEqual(['other']);
    const [first, ...rest] = jobs;
    expect(startable([{ ...first!, status: 'running' }, ...rest], { local: 1, perRepository: 1 })).toEqual([]);
  });

  test('never more than allowed, and never nobody while there is room and somebody waits', () => {
    const arbitrary = fc.array(
      fc.record({ repository: fc.constantFrom('a/a', 'b/b', 'c/c'), at: fc.nat(5), attempt: fc.constantFrom(0, 0, 1) }),
      { maxLength: 12 },
    );
    fc.assert(
      fc.property(arbitrary, fc.integer({ min: 1, max: 4 }), (given, local) => {
        const limits = { local, perRepository: 2 };
        const jobs = given.map(({ repository, at, attempt }, index) => job(`${index}`, at, { repository, attempt }));
        const before = jobs.filter(taken).length;
        for (;;) {
          const next = startable(jobs, limits)[0];
          if (next === undefined) break;
          jobs.find(({ id }) => id === next)!.attempt = 1;
        }
        const after = jobs.filter(taken);
        expect(after.length).toBeLessThanOrEqual(Math.max(before, local));
        const room = jobs.filter(
          (each) =>
            !taken(each) &&
            after.length < local &&
            after.filter(({ repository }) => repository === each.repository).length < 2,
        );
        expect(room).toEqual([]);
      }),
    );
  });
});

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Job } from '../../../src/domain/jobs/job.ts';
import type { Sweep } from '../../../src/domain/spec/valid.ts';
import { rungsOf } from '../../../src/domain/sweep/rungs.ts';
import { type SweepStep, stepSweep, type TrialResult } from '../../../src/domain/sweep/step-sweep.ts';
import { sweepSize } from '../../../src/domain/sweep/sweep-size.ts';
import { trialResult } from '../../../src/domain/sweep/trial-result.ts';
import type { Trial } from '../../../src/domain/sweep/trials-of.ts';

type Stepped = Pick<Sweep, 'goal' | 'halving' | 'parallel'>;

const trials = (count: number): Trial[] =>
  Array.from({ length: count }, (_, index) => ({ index, params: { rate: index } }));
const done = (value: number): TrialResult => ({ state: 'done', value });
const failed: TrialResult = { state: 'failed', reason: 'it broke' };
const running: TrialResult = { state: 'running' };
const ids = (runs: { id: string }[]) => runs.map(({ id }) => id);
const HALVING = { param: 'epochs', min: 2, max: 16, factor: 2 };

function step(sweep: Stepped, count: number, results: Record<string, TrialResult>): SweepStep {
  return stepSweep(sweep, trials(count), new Map(Object.entries(results)));
}

/** Plays a sweep to its end; `value` says what a run comes to, undefined for a failure. */
function play(sweep: Stepped, count: number, value: (rung: number, index: number) => number | undefined) {
  const results = new Map<string, TrialResult>();
  for (let rounds = 0; rounds < 10_000; rounds += 1) {
    const now = stepSweep(sweep, trials(count), results);
    if (now.winner || now.failed) return { ...now, results };
    for (const { id, rung, index } of now.submit) {
      const reached = value(rung, index);
      results.set(id, reached === undefined ? failed : done(reached));
    }
  }
  throw new Error('it does not end');
}

describe('without halving', () => {
  const sweep: Stepped = { goal: 'maximize' };
  test('all are tried, and the best wins', () => {
    expect(ids(step(sweep, 3, {}).submit)).toEqual(['0.0', '0.1', '0.2']);
    expect(step(sweep, 3, { '0.0': running, '0.2': done(1) })).toMatchObject({ waiting: 1, submit: [{ id: '0.1' }] });
    const end = step(sweep, 3, { '0.0': done(0.7), '0.1': done(0.9), '0.2': done(0.8) });
    expect(end).toMatchObject({ submit: [], waiting: 0, winner: { id: '0.1', value: 0.9, params: { rate: 1 } } });
  });

  test('the least wins where that is the goal, and the first of equals', () => {
    const results = { '0.0': done(0.5), '0.1': done(0.2), '0.2': done(0.2) };
    expect(step({ goal: 'minimize' }, 3, results).winner?.id).toBe('0.1');
  });

  test('one that failed loses', () => {
    expect(step(sweep, 2, { '0.0': failed, '0.1': done(-3) }).winner?.id).toBe('0.1');
    expect(step(sweep, 2, { '0.0': done(Number.NaN), '0.1': done(-3) }).winner?.id).toBe('0.1');
  });

  test('when all failed there is none, and it is said why', () => {
    expect(step(sweep, 2, { '0.0': failed, '0.1': failed }).failed).toBe('all trials failed, each with: it broke');
    expect(step(sweep, 2, { '0.0': done(Number.POSITIVE_INFINITY), '0.1': failed }).failed).toBe(
      'all trials failed, the first with: its value is Infinity, no finite number',
    );
    expect(step(sweep, 1, { '0.0': failed }).failed).toBe('its only trial failed: it broke');
  });

  test('no more at once than wanted', () => {
    const two: Stepped = { goal: 'maximize', parallel: 2 };
    expect(step(two, 5, {})).toMatchObject({ submit: [{ id: '0.0' }, { id: '0.1' }], waiting: 3 });
    expect(ids(step(two, 5, { '0.0': running, '0.1': done(1) }).submit)).toEqual(['0.2']);
    expect(ids(step(two, 5, { '0.0': running, '0.1': running }).submit)).toEqual([]);
  });
});

describe('successive halving', () => {
  const sweep: Stepped = { goal: 'maximize', halving: HALVING };

  test('the best half goes on with twice as much, in the order of their numbers', () => {
    const first = { '0.0': done(4), '0.1': done(1), '0.2': done(3), '0.3': done(2) };
    const second = step(sweep, 4, first);
    expect(second.submit).toEqual([
      { id: '1.0', rung: 1, index: 0, params: { rate: 0, epochs: 4 }, resource: 4, from: '0.0' },
      { id: '1.2', rung: 1, index: 2, params: { rate: 2, epochs: 4 }, resource: 4, from: '0.2' },
    ]);
    // One is left: there is nobody to compare it with on the way.
    const third = step(sweep, 4, { ...first, '1.0': done(1), '1.2': done(2) });
    expect(third.submit).toMatchObject([{ id: '2.2', params: { epochs: 16 }, from: '1.2' }]);
    const end = step(sweep, 4, { ...first, '1.0': done(1), '1.2': done(2), '2.2': done(0) });
    expect(end.winner).toMatchObject({ id: '2.2', value: 0, params: { rate: 2, epochs: 16 } });
  });

  test('nobody goes on before the whole rung has ended', () => {
    expect(step(sweep, 4, { '0.0': done(4), '0.1': done(1), '0.2': running, '0.3': done(2) })).toMatchObject({
      submit: [],
      waiting: 1,
    });
  });

  test('those that failed do not go on, even where a place is free', () => {
    const results = { '0.0': failed, '0.1': done(1), '0.2': failed, '0.3': failed };
    expect(step(sweep, 4, results).submit).toMatchObject([{ id: '1.1', params: { epochs: 16 } }]);
    expect(step(sweep, 4, { ...results, '1.1': failed }).failed).toBe('its only trial left failed: it broke');
  });

  test.each([
    [4, [2, 4, 16], [4, 2, 1]],
    [12, [2, 4, 8, 16], [12, 6, 3, 2]],
    [1000, [2, 4, 8, 16], [1000, 500, 250, 125]],
  ])('%i trials take %j', (count, resources, counts) => {
    const rungs = rungsOf({ halving: HALVING }, count);
    expect(rungs.map(({ resource }) => resource)).toEqual(resources);
    expect(rungs.map((rung) => rung.trials)).toEqual(counts);
  });

  test('an odd max is reached all the same', () => {
    const halving = { param: 'share', min: 0.1, max: 1, factor: 3 };
    expect(rungsOf({ halving }, 50).map(({ resource }) => resource)).toEqual([0.1, 0.3, 0.9, 1]);
  });
});

describe('for any results', () => {
  const halvings = fc.record({
    param: fc.constant('epochs'),
    min: fc.integer({ min: 1, max: 20 }),
    max: fc.integer({ min: 21, max: 500 }),
    factor: fc.integer({ min: 2, max: 5 }),
  });
  const anySweep = fc.record({
    goal: fc.constantFrom('maximize' as const, 'minimize' as const),
    halving: fc.option(halvings, { nil: undefined }),
    parallel: fc.option(fc.integer({ min: 1, max: 7 }), { nil: undefined }),
  }) as fc.Arbitrary<Stepped>;
  const counts = fc.integer({ min: 1, max: 40 });
  // Few different values, so that there are ties.
  const values = fc.func(fc.option(fc.integer({ min: 0, max: 9 }), { nil: undefined, freq: 6 }));
  const good = fc.func(fc.integer({ min: 0, max: 9 }));

  test('it ends, the winner is the best of the last rung, and no run has more than the max', () => {
    fc.assert(
      fc.property(anySweep, counts, values, (sweep, count, value) => {
        const end = play(sweep, count, value);
        const last = end.runs.filter(({ rung }) => rung === end.runs.at(-1)!.rung);
        const reached = last.flatMap(({ result }) => (result?.state === 'done' ? [result.value] : []));
        const best = sweep.goal === 'maximize' ? Math.max(...reached) : Math.min(...reached);
        if (end.winner) {
          expect(end.winner.value).toBe(best);
          const first = last.find(({ result }) => result?.state === 'done' && result.value === best);
          expect(end.winner.id).toBe(first!.id);
          expect(end.winner.resource).toBe(sweep.halving?.max);
        } else expect(reached).toEqual([]);
        for (const { resource } of end.runs) expect(resource ?? 0).toBeLessThanOrEqual(sweep.halving?.max ?? 0);
      }),
    );
  });

  test('every rung keeps ceil(n / factor), as the size says beforehand', () => {
    fc.assert(
      fc.property(anySweep, counts, good, (sweep, count, value) => {
        const { runs } = play(sweep, count, value);
        const kept: number[] = [];
        for (const { rung } of runs) kept[rung] = (kept[rung] ?? 0) + 1;
        for (const [index, size] of kept.slice(1).entries()) {
          expect(size).toBe(Math.ceil(kept[index]! / sweep.halving!.factor));
        }
        expect(rungsOf(sweep, count).map((rung) => rung.trials)).toEqual(kept);
      }),
    );
  });

  test('the order of arrival and how many run at once change nothing', () => {
    fc.assert(
      fc.property(anySweep, counts, values, fc.infiniteStream(fc.nat()), (sweep, count, value, picks) => {
        const expected = play({ ...sweep, parallel: undefined }, count, value);
        const results = new Map<string, TrialResult>();
        for (;;) {
          const now = stepSweep(sweep, trials(count), results);
          if (now.winner || now.failed) {
            expect(now.winner).toEqual(expected.winner);
            expect(now.failed).toEqual(expected.failed);
            return;
          }
          for (const { id } of now.submit) results.set(id, running);
          const live = [...results].flatMap(([id, { state }]) => (state === 'running' ? [id] : []));
          const id = live[picks.next().value! % live.length]!;
          const [rung, index] = id.split('.').map(Number);
          const reached = value(rung!, index!);
          results.set(id, reached === undefined ? failed : done(reached));
        }
      }),
      { numRuns: 50 },
    );
  });
});

test('its size counts a part of the resource as that part', () => {
  const params: Sweep['params'] = { depth: { kind: 'values', values: [1, 2, 3, 4] } };
  const sweep: Sweep = { metric: 'auc', goal: 'maximize', params, search: { type: 'grid' } };
  expect(sweepSize(sweep)).toEqual({ trials: 4, runs: 4, work: 4, text: '4 trials, every combination' });
  // 4 × 2/16 + 2 × 4/16 + 1 × 16/16
  expect(sweepSize({ ...sweep, halving: HALVING })).toEqual({
    trials: 4,
    runs: 7,
    work: 2,
    text: '4 trials, successive halving over epochs 2 → 16',
  });
  expect(sweepSize({ ...sweep, search: { type: 'random', trials: 3 } }).text).toBe('3 trials, drawn at random');
});

test.each<[Partial<Job>, number | null, TrialResult]>([
  [{ status: 'queued' }, null, running],
  [{ status: 'running' }, 0.5, running],
  [{ status: 'failed', error: { code: 'config/train-failed', message: 'it broke' } }, 0.5, failed],
  [{ status: 'succeeded', result: { files: [] } }, 0.5, done(0.5)],
  [
    { status: 'succeeded', result: { files: [] } },
    null,
    { state: 'failed', reason: 'it reported no auc in metrics.jsonl' },
  ],
  [{ status: 'succeeded' }, 0.5, { state: 'failed', reason: 'it handed in no artifact' }],
])('a job %j with %j', (job, value, result) => expect(trialResult(job as Job, 'auc', value)).toEqual(result));

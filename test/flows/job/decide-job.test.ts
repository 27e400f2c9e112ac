import { describe, expect, test } from 'vitest';
import { decideJob, mustAskRunner, type ObservedJob, SILENCE_MS, START_MS } from '../../../src/flows/job/decide-job.ts';
import { sampleJob } from '../../contract/store.ts';

const NOW = 1_000_000;
const waiting = sampleJob({ attempt: 0 });
const submitted = sampleJob({ attempt: 1, handle: { pid: 1 }, leaseUntil: NOW + 5_000 });
const running = { ...submitted, status: 'running' as const, startedAt: NOW - 60_000, deadline: NOW + 60_000 };
const silent = { ...running, leaseUntil: NOW - 1 };
const gone = { state: 'gone' as const, reason: 'killed', fault: 'infrastructure' as const };

const cases: [string, Partial<ObservedJob>, object][] = [
  ['a finished job is announced', { job: { ...running, status: 'failed' } }, { do: 'announce' }],
  ['one that has a place starts', { job: waiting }, { do: 'submit', attempt: 1 }],
  ['one without a place waits for its turn, and is woken', { job: waiting, placed: false }, { do: 'wait' }],
  ['cancelled before it started', { job: { ...waiting, cancelRequested: true } }, { do: 'end', status: 'cancelled' }],
  ['cancelled while it runs', { job: { ...running, cancelRequested: true } }, { do: 'end', status: 'cancelled' }],
  ['we died while submitting', { job: { ...submitted, handle: undefined } as never }, { do: 'submit', attempt: 1 }],
  ['submitted, not heard of yet', { job: submitted }, { do: 'wait', until: NOW + 5_000 }],
  ['heard of', { job: running }, { do: 'wait', until: NOW + 5_000 }],
  ['its deadline comes first', { job: { ...running, deadline: NOW + 10 } }, { do: 'wait', until: NOW + 10 }],
  [
    'its deadline is over, whatever it says of itself',
    { job: { ...running, deadline: NOW } },
    {
      do: 'end',
      status: 'failed',
      error: { code: 'external/timeout', message: 'The job did not end within 1 min' },
    },
  ],
  [
    'still pending with its runner',
    { job: { ...submitted, leaseUntil: NOW }, runner: { state: 'pending' } },
    { do: 'extend', until: NOW + START_MS },
  ],
  [
    'pending for hours: asked less often, and why it waits is kept',
    {
      job: { ...submitted, handedAt: NOW - 300_000 },
      runner: { state: 'pending', waitingFor: 'no node has a free GPU' },
    },
    { do: 'extend', until: NOW + 30_000, waitingFor: 'no node has a free GPU' },
  ],
  [
    'ended by a person on the runner itself',
    { job: submitted, runner: { ...gone, fault: 'cancelled' } },
    { do: 'end', status: 'cancelled', error: { code: 'conflict/cancelled', message: 'killed' } },
  ],
  [
    'ended by what another attempt would end by, too',
    { job: submitted, runner: { ...gone, fault: 'job' } },
    { do: 'end', status: 'failed', error: { code: 'config/environment', message: 'killed' } },
  ],
  [
    'silent, but its runner says it runs',
    { job: silent, runner: { state: 'running' } },
    { do: 'wait', until: NOW + 10_000 },
  ],
  [
    'silent for minutes: nobody believes the runner',
    { job: { ...silent, leaseUntil: NOW - SILENCE_MS }, runner: { state: 'running' } },
    {
      do: 'submit',
      attempt: 2,
      because: 'attempt 1 was lost: its runner says it runs, but it was not heard for minutes',
    },
  ],
  [
    'silent for minutes, but it was we who were away',
    { job: { ...silent, leaseUntil: NOW - SILENCE_MS }, runner: { state: 'running' }, upSince: NOW - 1 },
    { do: 'wait', until: NOW + 10_000 },
  ],
  [
    'lost, with another attempt left',
    { job: silent, runner: gone },
    { do: 'submit', attempt: 2, because: 'attempt 1 was lost: killed' },
  ],
  [
    'lost for the last time',
    { job: { ...silent, attempt: 2 }, runner: gone },
    {
      do: 'end',
      status: 'failed',
      error: { code: 'external/runner', message: 'The agent was lost 2 times; the last time: killed' },
    },
  ],
];

test.each(cases)('%s', (_, observed, expected) => {
  const defaults: ObservedJob = { job: waiting, runner: 'unasked', placed: true, upSince: 0 };
  expect(decideJob({ ...defaults, ...observed }, NOW)).toMatchObject(expected);
});

describe('the runner is asked', () => {
  test.each([
    ['of one that is silent', silent, true],
    ['of one that has not begun', submitted, true],
    ['not of one that was heard', running, false],
    ['not of one that is waiting', waiting, false],
    ['not of one that is finished', { ...silent, status: 'failed' as const }, false],
    ['not of one that ends anyway', { ...silent, cancelRequested: true }, false],
  ])('%s', (_, job, asked) => expect(mustAskRunner(job, NOW)).toBe(asked));
});

import { describe, expect, it } from 'vitest';
import { parseObservationLines, parseObservations } from '../../../src/domain/monitor/parse-observations.ts';
import { parseTime } from '../../../src/domain/monitor/parse-time.ts';

const NOW = Date.UTC(2026, 4, 10, 12);
const context = { now: NOW, classes: ['early', 'late'] };
const row = (id: string, change: object = {}) => ({
  id,
  timestamp: NOW - 1000,
  inputs: { distance: 1.5 },
  prediction: 0.25,
  ...change,
});
const problemsOf = (parsed: ReturnType<typeof parseObservations>) => ('problems' in parsed ? parsed.problems : []);

const ROWS = 10_000;
it.each<[string, object, object]>([
  ['no rows', { batch: 'x', observations: [] }, { at: 'body' }],
  ['too many rows', { batch: 'x', labels: Array(ROWS + 1).fill({ id: 'a', label: 1 }) }, { at: 'body' }],
  ['no batch', { observations: [row('a')] }, { at: 'batch' }],
  ['a batch with spaces', { batch: 'a b', observations: [row('a')] }, { at: 'batch' }],
  ['a stranger', { batch: 'x', rows: [], labels: [{ id: 'a', label: 1 }] }, { at: 'rows' }],
  ['no list', { batch: 'x', observations: { a: 1 } }, { at: 'observations' }],
  ['no id', { batch: 'x', observations: [row('a'), row('')] }, { at: 'observations[1].id', index: 1 }],
  [
    'no offset',
    { batch: 'x', observations: [row('a', { timestamp: '2026-05-10T12:00:00' })] },
    { at: 'observations[0].timestamp' },
  ],
  [
    'no day',
    { batch: 'x', observations: [row('a', { timestamp: '2026-02-30T12:00:00Z' })] },
    { at: 'observations[0].timestamp' },
  ],
  [
    'seconds',
    { batch: 'x', observations: [row('a', { timestamp: NOW / 1000 })] },
    { problem: 'is before the year 2000' },
  ],
  [
    'the future',
    { batch: 'x', observations: [row('a', { timestamp: NOW + 90_000_000 })] },
    { at: 'observations[0].timestamp' },
  ],
  ['no inputs', { batch: 'x', observations: [row('a', { inputs: [] })] }, { at: 'observations[0].inputs' }],
  [
    'nested inputs',
    { batch: 'x', observations: [row('a', { inputs: { a: { b: 1 } } })] },
    { at: 'observations[0].inputs.a' },
  ],
  [
    'a long text',
    { batch: 'x', observations: [row('a', { inputs: { a: 'x'.repeat(16_385) } })] },
    { problem: 'is too long' },
  ],
  [
    'half a character',
    { batch: 'x', observations: [row('a', { inputs: { a: '\ud800' } })] },
    { problem: 'is no text' },
  ],
  [
    'names that differ in case',
    { batch: 'x', observations: [row('a', { inputs: { a: 1, A: 1 } })] },
    { at: 'observations[0].inputs.A' },
  ],
  [
    'many columns',
    {
      batch: 'x',
      observations: [row('a', { inputs: Object.fromEntries(Array.from({ length: 501 }, (_, i) => [`c${i}`, i])) })],
    },
    { at: 'observations[0].inputs.c500' },
  ],
  [
    'no prediction',
    { batch: 'x', observations: [row('a', { prediction: undefined })] },
    { at: 'observations[0].prediction' },
  ],
  [
    'an unknown class',
    { batch: 'x', observations: [row('a', { prediction: 'lost' })] },
    { problem: 'is no class of the model' },
  ],
  [
    'a confidence above 1',
    { batch: 'x', observations: [row('a', { confidence: 1.1 })] },
    { at: 'observations[0].confidence' },
  ],
  [
    'a latency below 0',
    { batch: 'x', observations: [row('a', { latencyMs: -1 })] },
    { at: 'observations[0].latencyMs' },
  ],
  [
    'another spelling',
    { batch: 'x', observations: [row('a', { latency_ms: 1 })] },
    { at: 'observations[0].latency_ms' },
  ],
  ['no label', { batch: 'x', labels: [{ id: 'a', label: null }] }, { at: 'labels[0].label', index: 0 }],
  [
    'many days',
    {
      batch: 'x',
      observations: Array.from({ length: 32 }, (_, day) => row('a', { timestamp: NOW - day * 86_400_000 })),
    },
    { problem: 'are of 32 days' },
  ],
])('refuses %s, says where', (_, body, problem) => {
  const parsed = parseObservations(body, undefined, context);
  expect(problemsOf(parsed)).toContainEqual(expect.objectContaining({ ...problem, fix: expect.any(String) }));
});

it('says which line of many is wrong, and of many wrong ones the first ten', () => {
  const one = parseObservationLines(`${JSON.stringify(row('a'))}\n\n{"id":\n`, 'k', context);
  expect(problemsOf(one)).toEqual([{ at: 'line 3', index: 2, problem: 'is no JSON', fix: expect.any(String) }]);
  expect(problemsOf(parseObservationLines('x\n'.repeat(100), 'k', context))).toHaveLength(10);
  const infinite = JSON.parse('{"batch":"x","observations":[{"id":"a","inputs":{"a":1e999}}]}');
  expect(problemsOf(parseObservations(infinite, undefined, context))).toContainEqual(
    expect.objectContaining({ problem: 'is out of range' }),
  );
});

it('takes the id of a batch from its head or its body, and not two of them', () => {
  const body = { observations: [row('a')] };
  expect(parseObservations(body, 'head', context)).toMatchObject({ id: 'head' });
  expect(parseObservations({ batch: 'body', ...body }, undefined, context)).toMatchObject({ id: 'body' });
  expect(parseObservations({ batch: 'body', ...body }, 'body', context)).toMatchObject({ id: 'body' });
  expect(problemsOf(parseObservations({ batch: 'body', ...body }, 'head', context))).toMatchObject([{ at: 'batch' }]);
  expect(problemsOf(parseObservationLines(JSON.stringify(row('a')), undefined, context))).toMatchObject([
    { at: 'batch' },
  ]);
});

it('keeps columns that are called like what every object has', () => {
  const body = JSON.parse(
    '{"batch":"x","observations":[{"id":"a","timestamp":1778414399000,"prediction":1,"inputs":{"constructor":1,"toString":2}}]}',
  );
  const parsed = parseObservations(body, undefined, context);
  expect(Object.entries('observations' in parsed ? parsed.observations[0]!.inputs : {})).toEqual([
    ['constructor', 1],
    ['toString', 2],
  ]);
});

it.each<[unknown, number | undefined]>([
  ['2026-05-10T12:00:00Z', NOW],
  ['2026-05-10t14:00:00.5+02:00', NOW + 500],
  ['2026-05-10 08:30:00.123456789-03:30', NOW + 123],
  [NOW, NOW],
  ['2024-02-29T00:00:00Z', Date.UTC(2024, 1, 29)],
  ['2026-02-29T00:00:00Z', undefined],
  ['2026-13-01T00:00:00Z', undefined],
  ['2026-05-10T24:00:00Z', undefined],
  ['2026-05-10T12:00:00', undefined],
  ['2026-05-10', undefined],
  ['1778414400', undefined],
  [1.5, undefined],
  [null, undefined],
])('reads the time %s', (value, time) => {
  expect(parseTime(value)).toBe(time);
});

describe('what was made to take long', () => {
  const hundredThousand = Object.fromEntries(Array.from({ length: 100_000 }, (_, i) => [`k${i}`, 0]));
  const context = { now: Date.UTC(2026, 0, 1) };

  it.each([
    [
      'names that nobody knows',
      () => parseObservations({ batch: 'b', observations: [hundredThousand] }, undefined, context),
    ],
    [
      'columns',
      () => parseObservations({ batch: 'b', observations: [{ inputs: hundredThousand }] }, undefined, context),
    ],
    ['parts of a batch', () => parseObservations({ ...hundredThousand, observations: [] }, 'b', context)],
    ['lines', () => parseObservationLines('1\n'.repeat(2_000_000), 'b', context)],
    ['empty lines', () => parseObservationLines(`${'\n'.repeat(8_000_000)}1`, 'b', context)],
  ])('is refused soon: %s', (_what, parse) => {
    const started = performance.now();
    expect(parse()).toHaveProperty('problems');
    expect(performance.now() - started).toBeLessThan(1000);
  });

  it('says in which line', () => {
    expect(parseObservationLines('\n\n  \n {"id"', 'b', context)).toMatchObject({
      problems: [{ at: 'line 4', index: 3 }],
    });
  });
});

// Truth that comes in files: late, partly, corrected, doubled, in other types than it was meant.
import { utimes } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { makeProfile } from '../../../src/domain/drift/make-profile.ts';
import type { MonitorSource } from '../../../src/domain/spec/valid-monitor.ts';
import { DAY, filesOf, MAY, model, openWorld, reference, rowsSql, type World } from './source-world.ts';

type Labels = NonNullable<Extract<MonitorSource, { kind: 'files' }>['labels']>;

let world: World;
beforeEach(async () => {
  world = await openWorld();
  await world.parquet('log/dt=2001-05-01/a.parquet', rowsSql(10, '2001-05-01 10:00:00'));
});
afterEach(() => world.close());

const window = { from: MAY, to: MAY + DAY };
const labels = (more: Partial<Labels> = {}): Labels => ({
  uri: 'file:truth/**.jsonl',
  format: 'jsonl',
  key: 'id',
  label: 'late',
  timestamp: 'known',
  ...more,
});
const watch = (more?: Partial<Labels>) => world.watch(filesOf('file:log/dt=*/*.parquet', { labels: labels(more) }));
const truth = (...rows: [id: unknown, late: unknown, known: string][]) =>
  rows.map(([id, late, known]) => `${JSON.stringify({ id, late, known })}\n`).join('');

async function pairs(more?: Partial<Labels>, of = model, on = reference) {
  const { labelled, malformed } = await world.source.observe(watch(more), window, on, of);
  expect(malformed).toEqual([]);
  return [...labelled.predictions].map((prediction, i) => [prediction, labelled.labels[i]!]).sort();
}

it('joins by id whatever the types are, the newest one of each', async () => {
  await world.write(
    'truth/1.jsonl',
    truth([1, true, '2001-05-03'], [2, false, '2001-05-03'], [77, true, '2001-05-03']),
  );
  expect(await pairs()).toEqual([
    [0.1, 1],
    [0.2, 0],
  ]);
  const before = await world.source.stamp(watch(), window);
  // Corrected, repeated, and one that was known before but came later.
  await world.write(
    'truth/2.jsonl',
    truth([1, false, '2001-05-09'], [2, false, '2001-05-03'], [1, true, '2001-05-04']),
  );
  expect(await world.source.stamp(watch(), window)).not.toBe(before);
  expect(await pairs()).toEqual([
    [0.1, 0],
    [0.2, 0],
  ]);
});

it('reads only labels that can be of the window', async () => {
  await world.write('truth/dt=2001-04-01/1.jsonl', truth([1, true, '2001-04-01']));
  await world.write('truth/dt=2001-05-03/1.jsonl', truth([2, true, '2001-05-03']));
  const before = await world.source.stamp(watch(), window);
  await world.write('truth/dt=2001-04-01/2.jsonl', 'broken\n');
  expect(await world.source.stamp(watch(), window)).toBe(before);
  expect(await pairs()).toEqual([[0.2, 1]]);
});

it.each([
  ['CSV', 'csv', `id,late,known\n1,true,2001-05-03\n2,0,2001-05-03\n3,,2001-05-03\n4,1,2001-05-03\n`],
  [
    'CSV with a class as a number with a point',
    'csv',
    `id,late,known\n1,1.0,2001-05-03\n2,0.0,2001-05-03\n4,1.0,2001-05-03\n`,
  ],
] as const)('understands %s', async (_what, format, content) => {
  await world.write(`truth/1.${format}`, content);
  const expected = content.includes('1.0')
    ? [[0.2, 0]]
    : [
        [0.1, 1],
        [0.2, 0],
        [0.4, 1],
      ];
  const found = await pairs({ uri: `file:truth/*.${format}`, format });
  expect(found).toEqual(expect.arrayContaining(expected));
});

it('understands 1.0 of a Parquet column that has gaps', async () => {
  await world.parquet('truth/1.parquet', `SELECT * FROM (VALUES (1, 1.0::DOUBLE), (2, 0.0), (3, NULL)) t(id, late)`);
  const { timestamp: _, ...rest } = labels({ uri: 'file:truth/*.parquet', format: 'parquet' });
  const seen = await world.observe(world.watch(filesOf('file:log/dt=*/*.parquet', { labels: rest })), window);
  expect([...seen.labelled.labels].sort()).toEqual([0, 1]);
});

it('encodes the truth as the model has it', async () => {
  const multiclass = {
    ...model,
    task: 'multiclass-classification' as const,
    signature: { ...model.signature, output: { name: 'y', classes: ['0', '1', '2'] } },
  };
  await world.run(`COPY (SELECT id, ts, distance, origin, (i % 3)::VARCHAR AS p FROM (SELECT id, ts, distance, origin, id::INT AS i
    FROM (${rowsSql(10, '2001-05-01 10:00:00')}))) TO '${world.file('log/dt=2001-05-01/a.parquet')}' (FORMAT parquet)`);
  await world.write(
    'truth/1.jsonl',
    truth([4, '2', '2001-05-03'], [5, '0', '2001-05-03'], [6, 'none of them', '2001-05-03']),
  );
  const chosen = makeProfile('prediction', ['0'], { kind: 'categorical', categories: ['0', '1', '2'], open: false });
  const prediction = { ...chosen, measure: reference.prediction.measure };
  expect(await pairs({}, multiclass, { ...reference, prediction })).toEqual([
    [1, 2],
    [2, 0],
  ]);
});

it('leaves out what cannot be read, and says so', async () => {
  await world.write('truth/1.jsonl', truth([1, true, '2001-05-03']));
  await world.write('truth/2.jsonl', '{"id": 2, "late"');
  await world.write('truth/3.jsonl', '{"id": 2, "truth": 1}\n');
  await world.write('truth/4.jsonl', '{"id": 3, "late": tr', 0);
  const seen = await world.observe(watch(), window);
  expect(seen.malformed.map(({ file }) => file)).toEqual(['file:truth/2.jsonl', 'file:truth/3.jsonl']);
  expect(seen.malformed[1]!.reason).toBe('it has no column late, known');
  expect([...seen.labelled.labels]).toEqual([1]);
});

it('finds answers in formats that are slow to read in what it keeps of them', async () => {
  await world.write(
    'text/1.jsonl',
    Array.from(
      { length: 5 },
      (_, i) => `${JSON.stringify({ id: `0${i}`, ts: MAY + i, distance: 1, origin: 'ATL', p: i / 10 })}\n`,
    ).join(''),
  );
  await world.write('truth/1.jsonl', truth(['01', true, '2001-05-03'], ['1', false, '2001-05-03']));
  const watched = world.watch(filesOf('file:text/*.jsonl', { format: 'jsonl', labels: labels() }));
  for (let again = 0; again < 2; again++) {
    const { labelled } = await world.observe(watched, window);
    expect([[...labelled.predictions], [...labelled.labels]]).toEqual([[0.1], [1]]);
  }
});

const parquetLabels = { uri: 'file:truth/*.parquet', format: 'parquet' as const };

it.each([
  ['numbers for times', `SELECT '2' AS id, true AS late, 988848000 AS known`, 2],
  ['ids that are lists', `SELECT ['2'] AS id, true AS late, TIMESTAMP '2001-05-03' AS known`, 1],
  ['texts for truths', `SELECT 2 AS id, 'true' AS late, DATE '2001-05-03' AS known`, 2],
])('reads files apart whose types differ: %s', async (_what, other, count) => {
  await world.parquet('truth/1.parquet', `SELECT '1' AS id, true AS late, TIMESTAMP '2001-05-03' AS known`);
  await world.parquet('truth/2.parquet', other);
  expect(await pairs(parquetLabels)).toHaveLength(count);
});

it('reads answers apart whose types differ', async () => {
  await world.parquet(
    'log/dt=2001-05-01/b.parquet',
    `SELECT * REPLACE ({'v': p} AS p) FROM (${rowsSql(10, '2001-05-01 11:00:00', '', 'b')})`,
  );
  await world.parquet('truth/1.parquet', `SELECT '1' AS id, true AS late, TIMESTAMP '2001-05-03' AS known`);
  expect(await pairs(parquetLabels)).toEqual([[0.1, 1]]);
});

it('finds answers by the times that their folders tell', async () => {
  for (const day of ['a', 'b']) {
    await world.parquet(
      `dated/dt=2001-05-01/${day}.parquet`,
      `SELECT * EXCLUDE (ts) FROM (${rowsSql(10, '2001-05-01 10:00:00', '', day)})`,
    );
  }
  await world.write('truth/1.jsonl', truth(['a1', true, '2001-05-03'], ['b2', true, '2001-05-03']));
  const source = filesOf('file:dated/dt=*/*.parquet', { timestamp: 'dt', labels: labels() });
  const { labelled } = await world.observe(world.watch(source), window);
  expect([...labelled.predictions].sort()).toEqual([0.1, 0.2]);
});

describe('of several labels of a row', () => {
  const untimed = ({ timestamp: _, ...rest }: Labels) => rest;
  const truths = async (its: Labels) => {
    const watched = world.watch(filesOf('file:log/dt=*/*.parquet', { labels: its }));
    return [...(await world.observe(watched, window)).labelled.labels];
  };

  it('one with a time counts before one without', async () => {
    const row = (late: boolean, known: string) => `SELECT '1' AS id, ${late} AS late, ${known}::TIMESTAMP AS known`;
    await world.parquet('truth/1.parquet', `${row(false, "'2001-05-09'")} UNION ALL ${row(true, 'NULL')}`);
    expect(await truths(labels(parquetLabels))).toEqual([0]);
  });

  it('the one of the newest file counts where none has a time', async () => {
    const age = async (name: string, days: number) => {
      const then = new Date(Date.now() - days * DAY);
      await utimes(world.file(name), then, then);
    };
    for (const [format, ages] of [
      ['parquet', [3, 2]],
      ['parquet', [2, 3]],
      ['jsonl', [3, 2]],
      ['jsonl', [2, 3]],
    ] as const) {
      const [one, other] = [`${format}/1.${format}`, `${format}/2.${format}`];
      if (format === 'parquet') {
        await world.parquet(one, `SELECT '1' AS id, true AS late`);
        await world.parquet(other, `SELECT '1' AS id, false AS late`);
      } else {
        await world.write(one, truth(['1', true, '']));
        await world.write(other, truth(['1', false, '']));
      }
      await age(one, ages[0]);
      await age(other, ages[1]);
      const its = untimed(labels({ uri: `file:${format}/*.${format}`, format }));
      expect(await truths(its)).toEqual([ages[0] < ages[1] ? 1 : 0]);
    }
  });

  it('the last one of a file counts where nothing else tells', async () => {
    await world.write('truth/1.jsonl', truth(['1', true, ''], ['1', false, ''], ['2', false, ''], ['2', true, '']));
    expect((await truths(untimed(labels()))).sort()).toEqual([0, 1]);
    await world.parquet('last/1.parquet', `SELECT '1' AS id, i >= 4999 AS late FROM range(5000) t(i)`);
    expect(await truths(untimed(labels({ uri: 'file:last/*.parquet', format: 'parquet' })))).toEqual([1]);
  });
});

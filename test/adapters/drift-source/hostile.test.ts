// Files as they come in production: late, doubled, malformed, half written, with strange clocks, in strange hours.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { WindowObservation } from '../../../src/ports/drift-source.ts';
import { DAY, filesOf, HOUR, MAY, model, openWorld, reference, rowsSql, type World } from './source-world.ts';

let world: World;
beforeEach(async () => {
  world = await openWorld();
});
afterEach(() => world.close());

const firstOfMay = { from: MAY, to: MAY + DAY };
const row = (id: number, ts: unknown, more: object = {}) =>
  JSON.stringify({ id: String(id), ts, distance: id % 5, origin: 'ATL', p: 0.5, ...more });
const lines = (...rows: string[]) => `${rows.join('\n')}\n`;
const at = (hour: number) => new Date(MAY + hour * HOUR).toISOString();

type Case = {
  what: string;
  /** Name and content, and its age in seconds where that matters. */
  files: [name: string, content: string | Uint8Array, age?: number][];
  source?: Parameters<typeof filesOf>[1];
  rows: number;
  more?: Partial<Pick<WindowObservation, 'timeless' | 'duplicates'>>;
  malformed?: [file: string, reason: RegExp][];
};

const jsonl = { format: 'jsonl' } as const;
const csv = { format: 'csv' } as const;
const CASES: Case[] = [
  {
    what: 'a row that came a day late, in the folder of its arrival',
    files: [
      ['dt=2001-05-01/a.jsonl', lines(row(1, at(10)))],
      ['dt=2001-05-02/a.jsonl', lines(row(2, at(23)), row(3, at(30)))],
    ],
    rows: 2,
  },
  {
    what: 'a row that is there three times: the last one counts',
    files: [['a.jsonl', lines(row(1, at(1)), row(1, at(2)), row(2, at(3)), row(1, at(30)))]],
    rows: 1,
    more: { duplicates: 2 },
  },
  {
    what: 'a row that failed and was answered when it came again, however success is written: they are two',
    files: [
      [
        'a.csv',
        `id,ts,distance,origin,p,err\n${[
          `1,${at(1)},1,ATL,0.5,ok`,
          `1,${at(2)},1,ATL,,timeout`,
          `2,${at(1)},1,ATL,0.5,ok`,
          `2,${at(2)},1,ATL,0.5,none`,
        ].join('\n')}\n`,
      ],
    ],
    source: { ...csv, columns: { id: 'id', prediction: 'p', error: 'err' } },
    rows: 2,
    more: { duplicates: 1 },
  },
  {
    what: 'a file that was delivered twice',
    files: [
      ['a.jsonl', lines(row(1, at(1)), row(2, at(2)))],
      ['b.jsonl', lines(row(1, at(1)), row(2, at(2)))],
    ],
    rows: 4,
    more: { duplicates: 2 },
  },
  {
    what: 'an empty file',
    files: [
      ['a.jsonl', ''],
      ['b.jsonl', lines(row(1, at(1)))],
    ],
    rows: 1,
  },
  {
    what: 'a line that is no JSON',
    files: [
      ['a.jsonl', lines(row(1, at(1)), '{"id": "2", "ts": ')],
      ['b.jsonl', lines(row(3, at(1)))],
    ],
    rows: 1,
    malformed: [['a.jsonl', /Malformed JSON|unexpected end/i]],
  },
  {
    what: 'a file without the time',
    files: [
      ['a.jsonl', lines(JSON.stringify({ id: '1', when: at(1) }))],
      ['b.jsonl', lines(row(3, at(1)))],
    ],
    rows: 1,
    malformed: [['a.jsonl', /^it has no column ts$/]],
  },
  {
    what: 'Parquet without a footer, old enough to be finished',
    files: [['a.parquet', 'PAR1 and no end']],
    source: { format: 'parquet' },
    rows: 0,
    malformed: [['a.parquet', /the file/]],
  },
  {
    what: 'Parquet without a footer, just now: it is being written',
    files: [['a.parquet', 'PAR1 and no end', 0]],
    source: { format: 'parquet' },
    rows: 0,
  },
  {
    what: 'a last line without its end, just now',
    files: [
      ['a.jsonl', `${lines(row(1, at(1)))}{"id": "2", "t`, 0],
      ['b.jsonl', lines(row(3, at(1))), 0],
    ],
    rows: 1,
  },
  { what: 'a last line without its end that is whole, and old', files: [['a.jsonl', row(1, at(1))]], rows: 1 },
  {
    what: 'a last line of CSV without its end, just now',
    files: [['a.csv', `id,ts,distance,origin,p\n1,${at(1)},1,ATL,0.5\n2,${at(1)},1`, 0]],
    source: csv,
    rows: 0,
  },
  {
    what: 'what writers keep for themselves',
    files: [
      ['_temporary/0/a.jsonl', lines(row(1, at(1)))],
      ['._a.jsonl', lines(row(2, at(1)))],
      ['.hidden.jsonl', lines(row(3, at(1)))],
      ['a.jsonl.tmp', lines(row(4, at(1)))],
      ['_SUCCESS', 'x'],
      ['a.jsonl', lines(row(5, at(1)))],
    ],
    source: { ...jsonl, uri: 'file:**' },
    rows: 1,
  },
  {
    what: 'a broken gzip',
    files: [['a.jsonl.gz', Uint8Array.of(0x1f, 0x8b, 8, 0, 1, 2, 3)]],
    rows: 0,
    malformed: [['a.jsonl.gz', /./]],
  },
  {
    what: 'clocks that were never set, that are ahead, and times that are none',
    files: [
      [
        'a.jsonl',
        lines(
          row(1, '1970-01-01T00:00:07Z'),
          row(2, new Date(Date.now() + DAY).toISOString()),
          row(3, 'yesterday'),
          row(4, null),
          row(5, ''),
          row(6, at(1)),
        ),
      ],
    ],
    rows: 1,
    more: { timeless: 5 },
  },
  {
    what: 'times as seconds, milliseconds, microseconds, nanoseconds and days, in numbers and in texts',
    files: [
      ['s.jsonl', lines(row(1, (MAY + HOUR) / 1000), row(2, (MAY + 30 * HOUR) / 1000))],
      ['ms.jsonl', lines(row(3, MAY + HOUR), row(4, MAY + 30 * HOUR))],
      ['us.jsonl', lines(row(5, (MAY + HOUR) * 1000), row(6, (MAY + 30 * HOUR) * 1000))],
      ['ns.jsonl', `{"id":"7","ts":${MAY + HOUR}000000}\n{"id":"8","ts":${MAY + 30 * HOUR}000000}\n`],
      ['text.jsonl', lines(row(9, String(MAY + HOUR)), row(10, String((MAY + 30 * HOUR) / 1000)))],
      ['day.jsonl', lines(row(11, 20010501), row(12, 20010502))],
      ['days.jsonl', lines(row(13, '2001-05-01'), row(14, '2001-05-02'))],
    ],
    rows: 7,
  },
  {
    what: 'offsets of several zones in one file',
    files: [
      [
        'a.csv',
        `id,ts,distance,origin,p\n1,2001-05-01T01:30:00+02:00,1,ATL,0.5\n2,2001-05-01T01:30:00-05:00,1,ATL,0.5\n3,2001-05-01T23:30:00Z,1,ATL,0.5\n`,
      ],
    ],
    source: csv,
    rows: 2,
  },
  {
    what: 'a type that changes further down',
    files: [
      [
        'a.csv',
        `id,ts,distance,origin,p\n${Array.from({ length: 21_000 }, (_, i) => `${i},${at(1)},${i < 20_990 ? 1 : 'far'},ATL,0.5`).join('\n')}\n`,
      ],
    ],
    source: csv,
    rows: 21_000,
  },
  {
    what: 'CSV with quotes, commas and line ends in values, and semicolons for commas',
    files: [
      ['a.csv', `id,ts,distance,origin,p\n1,${at(1)},1,"A,""T""\nL",0.5\n2,${at(1)},2,ORD,0.5\n`],
      ['b.csv', `id;ts;distance;origin;p\n3;${at(1)};1;ATL;0.5\n4;${at(1)};1;ATL;0.5\n`],
    ],
    source: csv,
    rows: 4,
  },
];

it.each(CASES)('$what', async ({ files, source = jsonl, rows, more = {}, malformed = [] }) => {
  for (const [name, content, age] of files) await world.write(`log/${name}`, content, age);
  const format = source.format ?? 'jsonl';
  const watched = world.watch(filesOf(`file:log/**.${format}*`, { ...source, uri: `file:log/**.${format}*` }));
  const seen = await world.observe(watched, firstOfMay);
  expect(seen.malformed.map(({ file }) => file)).toEqual(malformed.map(([file]) => `file:log/${file}`));
  for (const [i, [, reason]] of malformed.entries()) expect(seen.malformed[i]!.reason).toMatch(reason);
  for (const { reason } of seen.malformed) expect(reason).not.toContain(world.root);
  expect(seen.profile.rows).toBe(rows);
  expect(seen).toMatchObject({ timeless: 0, duplicates: 0, ...more });
  // Looked at again, from what is remembered, it is the same.
  expect(await world.again().observe(watched, firstOfMay, reference, model)).toEqual(seen);
});

it('takes a file once it has been finished, and says by the stamp that something came', async () => {
  await world.write('log/a.jsonl', `${lines(row(1, at(1)))}{"id": "2", "t`, 0);
  const watched = world.watch(filesOf('file:log/*.jsonl', jsonl));
  const before = await world.observe(watched, firstOfMay);
  expect([before.profile.rows, before.malformed]).toEqual([0, []]);
  await world.write('log/a.jsonl', lines(row(1, at(1)), row(2, at(1))), 0);
  expect(await world.source.stamp(watched, firstOfMay)).not.toBe(before.stamp);
  expect((await world.observe(watched, firstOfMay)).profile.rows).toBe(2);
});

it('says by the stamp that a file which seemed half written has grown old enough to be judged', async () => {
  const file = await world.write('log/a.jsonl', `${lines(row(1, at(1)))}${row(2, at(1))}`, 50);
  const watched = world.watch(filesOf('file:log/*.jsonl', jsonl));
  const before = await world.observe(watched, firstOfMay);
  expect(before.profile.rows).toBe(0);
  vi.useFakeTimers({ now: Date.now() + 20_000, toFake: ['Date'] });
  try {
    expect(await world.source.stamp(watched, firstOfMay)).not.toBe(before.stamp);
    expect((await world.observe(watched, firstOfMay)).profile.rows, file).toBe(2);
  } finally {
    vi.useRealTimers();
  }
});

describe('a schema that changes within a window', () => {
  beforeEach(async () => {
    await world.parquet('log/a.parquet', rowsSql(6, '2001-05-01 10:00:00'));
    await world.parquet(
      'log/b.parquet',
      `SELECT id || 'b' AS id, ts, CAST(distance AS VARCHAR) || ' km' AS distance, p FROM (${rowsSql(4, '2001-05-01 11:00:00')})`,
    );
  });

  it('is told by types, and by rows that lack a column', async () => {
    const { profile, malformed } = await world.observe(world.watch(filesOf('file:log/*')), firstOfMay);
    expect(malformed).toEqual([]);
    expect(profile.rows).toBe(10);
    expect(profile.types).toEqual([
      ['distance', ['DOUBLE', 'VARCHAR']],
      ['origin', ['VARCHAR']],
    ]);
    const [distance, origin] = profile.columns;
    expect(distance).toMatchObject({ rows: 10, nans: 4 });
    expect(origin).toMatchObject({ rows: 6, nulls: 0 });
  });
});

describe('Europe/Berlin', () => {
  const hours = (from: string, count: number) => `
    SELECT i::VARCHAR AS id, strftime(TIMESTAMP '${from}' + INTERVAL (i * 30) MINUTE, '%Y-%m-%d %H:%M:%S') AS ts, 1.0 AS distance,
      'ATL' AS origin, 0.5 AS p FROM range(${count}) t(i)`;
  const berlin = filesOf('file:log/*', { timezone: 'Europe/Berlin' });

  it('leaves an hour out in spring: what is written of it all the same is not lost', async () => {
    // Wall clocks of the whole day, every half hour; 02:00 to 03:00 did not happen.
    await world.parquet('log/a.parquet', hours('2001-03-25 00:00:00', 48));
    const from = Date.UTC(2001, 2, 24, 23);
    const seen = await world.observe(world.watch(berlin, hourly()), { from, to: from + 23 * HOUR });
    expect([seen.profile.rows, seen.timeless]).toEqual([48, 0]);
    const third = await world.observe(world.watch(berlin, hourly()), { from: from + 2 * HOUR, to: from + 3 * HOUR });
    expect(third.profile.rows).toBe(4);
  });

  it('has an hour twice in autumn: nothing of it is lost, and the day has 25', async () => {
    await world.parquet('log/a.parquet', hours('2001-10-28 00:00:00', 48));
    const from = Date.UTC(2001, 9, 27, 22);
    const seen = await world.observe(world.watch(berlin, hourly()), { from, to: from + 25 * HOUR });
    expect([seen.profile.rows, seen.timeless]).toEqual([48, 0]);
    const counts: number[] = [];
    for (const hour of [1, 2, 3, 4]) {
      const span = { from: from + hour * HOUR, to: from + (hour + 1) * HOUR };
      counts.push((await world.observe(world.watch(berlin, hourly()), span)).profile.rows);
    }
    // Without an offset nobody can tell the two apart: they are taken for the second one.
    expect(counts).toEqual([2, 0, 2, 2]);
  });

  function hourly() {
    return { monitor: { ...world.watch(berlin).monitor, windowSeconds: 3600 } };
  }
});

it('has nothing to say of a gap', async () => {
  await world.parquet('log/dt=2001-05-01/a.parquet', rowsSql(5, '2001-05-01 10:00:00'));
  await world.parquet('log/dt=2001-05-09/a.parquet', rowsSql(5, '2001-05-09 10:00:00'));
  const seen = await world.observe(world.watch(filesOf('file:log/dt=*/*')), { from: MAY + 4 * DAY, to: MAY + 5 * DAY });
  expect(seen).toMatchObject({ profile: { rows: 0, columns: [] }, malformed: [], timeless: 0 });
  expect(seen.newest).toBeUndefined();
});

it('takes no column of a file for one of its own making, whatever it is called', async () => {
  const strange = [
    'event_time',
    'at',
    'source_file',
    'file_row_number',
    'row_time',
    'row_file',
    'row_number',
    'moment',
  ];
  const more = strange.map((name) => `, TIMESTAMP '2001-06-07' AS ${name}`).join('');
  const rows = `SELECT * FROM (${rowsSql(10, '2001-05-01 10:00:00', more)}) UNION ALL (${rowsSql(1, '2001-05-01 11:00:00', more)})`;
  await world.parquet('a.parquet', rows);
  for (const uri of ['file:*.parquet', 'file:**.parquet']) {
    const { profile, duplicates, malformed } = await world.observe(world.watch(filesOf(uri)), firstOfMay);
    expect({ rows: profile.rows, duplicates, malformed }).toEqual({ rows: 10, duplicates: 1, malformed: [] });
  }
  expect(await world.source.extent(world.watch(filesOf('file:*.parquet')))).toEqual({
    first: MAY + 10 * HOUR + 1000,
    last: MAY + 11 * HOUR,
  });
});

it('counts a file of more windows than fit into memory a part of them at a time', async () => {
  const rows = `SELECT i::VARCHAR AS id, TIMESTAMP '2001-05-01' + INTERVAL (i) HOUR AS ts, (i % 5)::DOUBLE AS distance,
    'ATL' AS origin, .5 AS p FROM range(1100) t(i)`;
  await world.parquet('a.parquet', rows);
  const watched = world.watch(filesOf('file:*.parquet'));
  const hourly = { ...watched, monitor: { ...watched.monitor, windowSeconds: 3600 } };
  for (const hour of [0, 499, 500, 999, 1000, 1099]) {
    const window = { from: MAY + hour * HOUR, to: MAY + (hour + 1) * HOUR };
    const { profile, newest } = await world.observe(hourly, window);
    expect([profile.rows, newest, profile.columns[0]]).toMatchObject([1, window.from, { bins: [[hour % 5, 1]] }]);
  }
});

it.each([['csv'], ['jsonl']] as const)(
  'reads a file of thousands of columns that nobody asks for: %s',
  async (format) => {
    const more = Array.from({ length: 3000 }, (_, i) => `c${i}`);
    const content =
      format === 'csv'
        ? `id,ts,distance,origin,p,${more.join()}\n${`1,${at(1)},1,ATL,0.5,${more.join()}\n`}`
        : lines(row(1, at(1), Object.fromEntries(more.map((name) => [name, 1]))));
    await world.write(`a.${format}`, content);
    const { profile, malformed } = await world.observe(
      world.watch(filesOf(`file:*.${format}`, { format })),
      firstOfMay,
    );
    expect([profile.rows, malformed]).toEqual([1, []]);
  },
);

it('takes no file for half written because a clock is ahead', async () => {
  await world.write('a.csv', `id,ts,distance,origin,p\n1,${at(1)},1,ATL,0.5`, -5 * 86_400);
  await world.write('b.csv', '', -5 * 86_400);
  await world.write('c.csv', `id,distance\n1,2`, -5 * 86_400);
  const { profile, malformed } = await world.observe(world.watch(filesOf('file:*.csv', csv)), firstOfMay);
  expect([profile.rows, malformed.map(({ file }) => file)]).toEqual([1, ['file:c.csv']]);
});

describe('rows whose time cannot be', () => {
  const may = (day: number) => ({ from: MAY + (day - 1) * DAY, to: MAY + day * DAY });
  const days = (...of: number[]) => of.map((day, i) => row(i, new Date(MAY + (day - 1) * DAY + HOUR).toISOString()));
  const far = (id = 90) => row(id, '2099-01-01T00:00:00Z');
  const LONG_AGO = row(91, '1970-01-01T00:00:00Z');
  const extent = (uri: string) => world.source.extent(world.watch(filesOf(uri, jsonl)));

  it('are not the newest and the oldest ones that there are', async () => {
    await world.write('log/a.jsonl', lines(...days(1, 2), far(), LONG_AGO));
    await world.write('log/b.jsonl', lines(far()));
    await world.write('dated/dt=2001-05-03/a.jsonl', lines(...days(3), far(), LONG_AGO));
    await world.write('dated/dt=2099-01-01/a.jsonl', lines(far()));
    expect(await extent('file:log/*.jsonl')).toEqual({ first: MAY + HOUR, last: MAY + DAY + HOUR });
    expect(await extent('file:dated/**.jsonl')).toEqual({ first: MAY + 2 * DAY + HOUR, last: MAY + 2 * DAY + HOUR });
  });

  it('are not, either, where the clock that is wrong has written the file', async () => {
    await world.write('log/a.jsonl', lines(...days(1, 2), far()), -40_000 * 86_400);
    expect(await extent('file:log/*.jsonl')).toEqual({ first: MAY + HOUR, last: MAY + DAY + HOUR });
    const watched = world.watch(filesOf('file:log/*.jsonl', jsonl));
    expect((await world.observe(watched, may(2))).timeless).toBe(1);
  });

  it('are told of once, and in each window as many as it has of the rows', async () => {
    await world.write('log/a.jsonl', lines(...days(1, 2, 2, 2), far(92), far(93), far(94), far(95)));
    await world.write('log/b.jsonl', lines(...days(1, 2, 3), far()));
    const watched = world.watch(filesOf('file:log/*.jsonl', jsonl));
    const told = [];
    for (const day of [1, 2, 3, 4]) told.push((await world.observe(watched, may(day))).timeless);
    expect(told).toEqual([1, 3, 1, 0]);
  });

  it('are told of when their file was written, where it has no others', async () => {
    const age = (at: number) => (Date.now() - at) / 1000;
    await world.write('log/a.jsonl', lines(far(92), far(93)), age(MAY + 30 * HOUR));
    await world.write('dated/dt=2001-05-01/a.jsonl', lines(far()));
    const told = async (uri: string) => {
      const watched = world.watch(filesOf(uri, jsonl));
      const found = [];
      for (const day of [1, 2, 3]) found.push((await world.observe(watched, may(day))).timeless);
      return found;
    };
    expect(await told('file:log/*.jsonl')).toEqual([0, 2, 0]);
    expect(await told('file:dated/**.jsonl')).toEqual([1, 0, 0]);
  });
});

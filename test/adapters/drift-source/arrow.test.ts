import { mkdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import {
  Bool,
  DateMillisecond,
  Dictionary,
  Field,
  FixedSizeList,
  Float32,
  Float64,
  Int32,
  Int64,
  RecordBatchFileWriter,
  RecordBatchStreamWriter,
  Table,
  TimestampMicrosecond,
  TimestampNanosecond,
  tableFromArrays,
  Utf8,
  vectorFromArray,
} from 'apache-arrow';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { arrowToParquet } from '../../../src/adapters/drift-source/rows/arrow-to-parquet.ts';
import { fileList, type Row, withSession } from '../../../src/adapters/drift-source/session.ts';
import { DAY, filesOf, MAY, openWorld, type World } from './source-world.ts';

let world: World;
beforeEach(async () => {
  world = await openWorld();
});
afterEach(() => world.close());

const COUNT = 5000;
const values = <T>(value: (i: number) => T): T[] => Array.from({ length: COUNT }, (_, i) => value(i));

function production(): Table {
  return new Table({
    id: vectorFromArray(
      values((i) => `r${i}`),
      new Utf8(),
    ),
    ts: vectorFromArray(
      values((i) => MAY + i * 1000),
      new TimestampMicrosecond('UTC'),
    ),
    distance: vectorFromArray(
      values((i) => (i % 7 === 6 ? null : i % 5)),
      new Float64(),
    ),
    origin: vectorFromArray(
      values((i) => ['ATL', 'ORD', 'SFO'][i % 3]!),
      new Dictionary(new Utf8(), new Int32()),
    ),
    p: vectorFromArray(
      values((i) => (i % 10) / 10),
      new Float64(),
    ),
  });
}

const asFile = (table: Table) => RecordBatchFileWriter.writeAll(table).toUint8Array();
const asStream = (table: Table) => RecordBatchStreamWriter.writeAll(table).toUint8Array();

it.each([
  ['file', asFile],
  ['stream', asStream],
] as const)('reads an IPC %s as it reads Parquet', async (kind, bytesOf) => {
  await world.write(`log/a-${kind}.arrow`, await bytesOf(production()));
  await world.parquet(
    'same.parquet',
    `SELECT 'r' || i AS id, epoch_ms(${MAY} + i * 1000)::TIMESTAMPTZ AS ts, CASE WHEN i % 7 = 6 THEN NULL ELSE (i % 5)::DOUBLE END AS distance,
       ['ATL','ORD','SFO'][1 + i % 3] AS origin, (i % 10) / 10.0::DOUBLE AS p FROM range(${COUNT}) t(i)`,
  );
  const window = { from: MAY, to: MAY + DAY };
  const seen = await world.observe(world.watch(filesOf('file:log/*.arrow', { format: 'arrow' })), window);
  expect(seen.malformed).toEqual([]);
  expect(seen.profile).toEqual((await world.observe(world.watch(filesOf('file:same.parquet')), window)).profile);
});

it('reads batch by batch, every kind of column that can be counted', async () => {
  const table = new Table({
    whole: vectorFromArray([1n, null, -(2n ** 60n)], new Int64()),
    flag: vectorFromArray([true, false, null], new Bool()),
    day: vectorFromArray([new Date(MAY), null, new Date(MAY + DAY)], new DateMillisecond()),
    nano: vectorFromArray([MAY, MAY + 1000, null], new TimestampNanosecond()),
    embedding: vectorFromArray([[1, 2], null, [3.5, 4]], new FixedSizeList(2, new Field('item', new Float32(), true))),
  });
  const file = await world.write('a.arrow', await asStream(table));
  const folder = path.join(world.root, 'made');
  await mkdir(folder);
  const rows = await withSession(async (session): Promise<Row[]> => {
    const parquet = await arrowToParquet(session, file, folder);
    return session.query(
      `SELECT whole::VARCHAR AS whole, flag, day::VARCHAR AS day, round(epoch_us(nano) / 1e6) * 1000 AS nano, embedding::VARCHAR AS embedding
       FROM read_parquet(${fileList(parquet)})`,
    );
  });
  expect(rows).toEqual([
    { whole: '1', flag: true, day: '2001-05-01 00:00:00', nano: MAY, embedding: '[1.0, 2.0]' },
    { whole: null, flag: false, day: null, nano: MAY + 1000, embedding: null },
    { whole: String(-(2n ** 60n)), flag: null, day: '2001-05-02 00:00:00', nano: null, embedding: '[3.5, 4.0]' },
  ]);
});

it('reads what pyarrow compressed with LZ4, and says that it cannot read zstd', async () => {
  // Made by arrow/make_feather.py with pyarrow 26.0.1: 300 rows a second apart, as Feather files.
  for (const name of ['lz4', 'zstd']) {
    await world.write(`log/${name}.feather`, await readFile(path.join(import.meta.dirname, `arrow/${name}.feather`)));
  }
  const watched = world.watch(filesOf('file:log/*.feather', { format: 'arrow' }));
  const seen = await world.observe(watched, { from: MAY, to: MAY + DAY });
  expect(seen.profile).toMatchObject({
    rows: 300,
    types: [
      ['distance', ['DOUBLE']],
      ['origin', ['VARCHAR']],
    ],
  });
  expect(seen.newest).toBe(MAY + 299_000);
  expect(seen.profile.columns[1]).toMatchObject({
    counts: [
      ['ATL', 100],
      ['ORD', 100],
      ['SFO', 100],
    ],
    unseen: 0,
  });
  expect(seen.malformed).toEqual([{ file: 'file:log/zstd.feather', reason: expect.stringMatching(/codec|ZSTD/i) }]);
});

it('reports what is no Arrow, or ends early', async () => {
  const whole = await asFile(production());
  await world.write('log/a.arrow', 'nothing of the kind, and long enough to be looked at');
  await world.write('log/b.arrow', whole.subarray(0, whole.length / 2));
  await world.write('log/c.arrow', await asStream(tableFromArrays({ x: Float64Array.of(1) })));
  const seen = await world.observe(world.watch(filesOf('file:log/*.arrow', { format: 'arrow' })), {
    from: MAY,
    to: MAY + DAY,
  });
  expect(seen.profile.rows).toBe(0);
  expect(seen.malformed.map(({ file }) => file)).toEqual(['file:log/a.arrow', 'file:log/b.arrow', 'file:log/c.arrow']);
  expect(seen.malformed[2]!.reason).toBe('it has no column ts');
});

import { DuckDBInstance } from '@duckdb/node-api';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type PartitionInput, profilePartition } from '../../../src/adapters/drift-source/profile-partition.ts';
import type { Session } from '../../../src/adapters/drift-source/session.ts';
import { coarsen } from '../../../src/domain/drift/coarsen.ts';
import { LATENCY_GRID } from '../../../src/domain/drift/latency-grid.ts';
import { gridOf, makeProfile, type NumericGrid } from '../../../src/domain/drift/make-profile.ts';
import { mergeWindowProfiles } from '../../../src/domain/drift/merge-profiles.ts';
import type {
  ColumnProfile,
  Measure,
  PartitionProfile,
  ReferenceColumn,
  ReferenceProfile,
  WindowProfile,
} from '../../../src/domain/drift/profile.ts';
import type { Model } from '../../../src/domain/spec/valid.ts';
import { seededRandom } from '../../../src/domain/statistics/seeded-random.ts';
import { fakeModel } from '../../serve/fake-runtime.ts';

const HOUR = 3_600_000;
/** A Monday. */
const START = Date.UTC(2001, 4, 7);

type Row = {
  at: number | null;
  x: number | null;
  skewed: number | null;
  origin: string | null;
  note: string | null;
  vector: (number | null)[] | null;
  prediction: number;
  version: string;
  latency: number;
  error: string | null;
  part: number;
};

const linear: NumericGrid = { kind: 'numeric', low: 0.1, width: 0.1 };
const curved: NumericGrid = { kind: 'numeric', low: -0.5, width: 0.012, scale: { asinh: 3 } };
const column = (name: string, measure: Measure, grid: Parameters<typeof makeProfile>[2]): ReferenceColumn => ({
  ...makeProfile(name, [], grid),
  measure,
});
const open = (profile: ReferenceColumn): ReferenceColumn =>
  profile.kind === 'categorical' ? { ...profile, other: 1 } : profile;
const value = (name: string): Measure => ({ of: 'value', column: name });
const unit: NumericGrid = { kind: 'numeric', low: 0, width: 0.001 * (1 + 1e-9) };
const words = ['late', 'gate', 'über', '2nd'];

const columns: ReferenceColumn[] = [
  column('x', value('x'), linear),
  column('skewed', value('skewed'), curved),
  column('origin', value('origin'), { kind: 'categorical', categories: ['ATL', "O'Hare", 'SFO'], open: false }),
  open(column('carrier', value('origin'), { kind: 'categorical', categories: ['ATL'], open: true })),
  column('note.length', { of: 'length', column: 'note' }, { kind: 'numeric', low: 0, width: 1 }),
  column(
    'note.words',
    { of: 'words', column: 'note' },
    { kind: 'categorical', categories: [...words].sort(), open: false },
  ),
  column('vector.norm', { of: 'norm', column: 'vector' }, { kind: 'numeric', low: 0, width: 0.01 }),
  column(
    'vector.pc1',
    { of: 'component', column: 'vector', mean: [1, 0, 0], weights: [0, 0.5, 0.25] },
    { kind: 'numeric', low: -3, width: 0.01 },
  ),
  column(
    'inputs.reconstruction',
    {
      of: 'reconstruction',
      columns: [
        { column: 'x', mean: 50, deviation: 20 },
        { column: 'skewed', mean: 0, deviation: 10 },
      ],
      components: [[0.6, 0.8]],
    },
    { kind: 'numeric', low: 0, width: 0.05 },
  ),
];

const group = (by: string, keys: string[], names: string[]) => ({
  by,
  groups: keys.map((key) => ({
    key,
    rows: 1,
    columns: columns.filter((one) => names.includes(one.column)).map((one) => coarsen(one)),
  })),
});

const reference: ReferenceProfile = {
  version: 2,
  rows: 0,
  columns,
  prediction: { ...makeProfile('prediction', [], unit), measure: value('prediction') },
  confidence: { ...makeProfile('confidence', [], unit), measure: value('confidence') },
  groups: [group('hour-of-week', ['0'], ['skewed', 'x', 'origin']), group('origin', ['ATL', "O'Hare"], ['x'])],
  promised: [],
};

const model: Model = fakeModel();

/** Values that lie on edges, far away, nowhere, or are missing, among plain ones. */
function makeRows(count: number, hours: number): Row[] {
  const random = seededRandom(7);
  const pick = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)]!;
  const strange = [
    null,
    Number.NaN,
    Number.POSITIVE_INFINITY,
    Number.NEGATIVE_INFINITY,
    1e300,
    -1e300,
    0.1 + 0.2,
    100.1,
  ];
  return Array.from({ length: count }, () => ({
    at: random() < 0.02 ? null : START + Math.floor(random() * hours * HOUR),
    x: random() < 0.1 ? pick(strange) : random() < 0.5 ? Math.floor(random() * 120) / 10 : random() * 110,
    skewed: random() < 0.05 ? pick(strange) : Math.exp(random() * 12) - 1000,
    origin: pick(['ATL', "O'Hare", 'SFO', 'SFO', 'nowhere', null]),
    note: pick([null, '', 'Late at the gate, late again', 'ÜBER  2nd-class'])!,
    vector: pick([null, [1, 2, 2], [0, -1, 0.5], [1, 2], [1, null, 3]]),
    prediction: random(),
    version: pick(['v1', 'v2']),
    latency: random() < 0.05 ? 0 : Math.exp(random() * 8),
    error: random() < 0.03 ? 'model/unavailable' : null,
    part: Math.floor(random() * 64),
  }));
}

/** The same measures without SQL. */
function measureOf(measure: Measure, row: Row): unknown[] {
  switch (measure.of) {
    case 'value':
      return [row[measure.column as 'x']];
    case 'length':
      return [row.note === null ? null : [...row.note].length];
    case 'words':
      return [...new Set(row.note?.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [])];
    case 'norm':
      return [ofVector(row.vector, undefined, (v) => Math.sqrt(v.reduce((sum, x) => sum + x * x, 0)))];
    case 'component':
      return [ofVector(row.vector, 3, (v) => v.reduce((sum, x, i) => sum + measure.weights[i]! * x, 0))];
    case 'reconstruction': {
      const z = measure.columns.map(({ column: name, mean, deviation }) => {
        const x = row[name as 'x'];
        return x !== null && Number.isFinite(x) ? (x - mean) / deviation : 0;
      });
      const score = z.reduce((sum, x, i) => sum + x * measure.components[0]![i]!, 0);
      return [Math.max(0, z.reduce((sum, x) => sum + x * x, 0) - score ** 2)];
    }
  }
}

function expectedWindow(rows: Row[]): WindowProfile {
  const answered = rows.filter(({ error }) => error === null);
  const measured = (measure: Measure): unknown[] => answered.flatMap((row): unknown[] => measureOf(measure, row));
  const profiles = columns.map((one) => makeProfile(one.column, measured(one.measure), gridOf(one)));
  const grouped = (by: string, keyOf: (row: Row) => string | undefined, names: string[]) => {
    const keys = [...new Set(answered.map(keyOf))].filter((key) => key !== undefined).sort();
    return {
      by,
      groups: keys.map((key) => {
        const some = answered.filter((row) => keyOf(row) === key);
        const of = (name: string): ColumnProfile => {
          const grid = gridOf(columns.find((one) => one.column === name)!);
          return coarsen(
            makeProfile(
              name,
              some.map((row) => row[name as 'x']),
              grid,
            ),
          );
        };
        return { key, rows: some.length, columns: names.map(of) };
      }),
    };
  };
  const versions = [...new Set(answered.map(({ version }) => version))].map((version): [string, number] => [
    version,
    answered.filter((row) => row.version === version).length,
  ]);
  return mergeWindowProfiles([
    {
      version: 1,
      rows: answered.length,
      columns: profiles,
      prediction: makeProfile(
        'prediction',
        answered.map(({ prediction }) => prediction),
        unit,
      ),
      confidence: makeProfile(
        'confidence',
        answered.map(({ prediction: p }) => Math.max(p, 1 - p)),
        unit,
      ),
      latency: makeProfile(
        'latency',
        answered.map(({ latency }) => Math.log10(Math.max(latency, 1e-9))),
        LATENCY_GRID,
      ),
      errors: rows.length - answered.length,
      versions,
      types: [
        ['note', ['VARCHAR']],
        ['origin', ['VARCHAR']],
        ['skewed', ['DOUBLE']],
        ['vector', ['DOUBLE[]']],
        ['x', ['DOUBLE']],
      ],
      groups: [
        grouped('hour-of-week', ({ at }) => String(Math.floor((at! - START) / HOUR) % 168), ['x', 'skewed', 'origin']),
        grouped('origin', ({ origin }) => (['ATL', "O'Hare"].includes(origin ?? '') ? origin! : undefined), ['x']),
      ],
    },
  ]);
}

function ofVector(vector: Row['vector'], size: number | undefined, of: (v: number[]) => number): number | null {
  if (vector === null) return null;
  if (vector.includes(null) || (size !== undefined && vector.length !== size)) return Number.NaN;
  return of(vector as number[]);
}

let session: Session;
let close: () => void;

beforeAll(async () => {
  const instance = await DuckDBInstance.create(':memory:', { perfect_ht_threshold: '20' });
  const connection = await instance.connect();
  session = {
    connection,
    query: async (sql) => (await connection.runAndReadAll(sql)).getRowObjectsJS(),
    columns: async (sql) => (await connection.runAndReadAll(sql)).getColumnsJS(),
  };
  close = () => instance.closeSync();
});
afterAll(() => close());

const double = (x: number | null) => (x === null ? 'NULL' : `'${x}'::DOUBLE`);
const text = (x: string | null) => (x === null ? 'NULL' : `'${x.replaceAll("'", "''")}'`);

async function store(rows: Row[]): Promise<void> {
  const values = rows.map(
    (row) =>
      `(${row.at}, ${double(row.x)}, ${double(row.skewed)}, ${text(row.origin)}, ${text(row.note)}, ` +
      `${row.vector === null ? 'NULL' : `[${row.vector.map(double).join(', ')}]`}, ${double(row.prediction)}, ` +
      `${text(row.version)}, ${double(row.latency)}, ${text(row.error)}, ${row.part})`,
  );
  await session.connection.run(`CREATE OR REPLACE TABLE rows (time BIGINT, in_x DOUBLE, in_skewed DOUBLE, in_origin VARCHAR,
    in_note VARCHAR, in_vector DOUBLE[], prediction DOUBLE, version VARCHAR, latency DOUBLE, error VARCHAR, part INTEGER)`);
  await session.connection.run(`INSERT INTO rows VALUES ${values.join(', ')}`);
}

const profile = (relation: string, more: Partial<PartitionInput> = {}): Promise<PartitionProfile> =>
  profilePartition({
    session,
    relation,
    uri: 'file:rows',
    stamp: '1',
    columns: {
      nameOf: (name) => `in_${name === 'carrier' ? 'origin' : name}`,
      prediction: 'prediction',
      version: 'version',
      latency: 'latency',
      error: 'error',
    },
    timestamp: 'time',
    windowMs: 4 * HOUR,
    reference,
    model,
    ...more,
  });

const timely = (rows: Row[], from: number, to: number) => rows.filter(({ at }) => at !== null && at >= from && at < to);

describe('a partition', () => {
  it('is profiled window by window just as JavaScript counts, strange values included', async () => {
    const rows = makeRows(3000, 12);
    await store(rows);
    const { windows, timeless } = await profile('rows');
    expect(timeless).toBe(rows.filter(({ at }) => at === null).length);
    expect(windows.map(({ from }) => from)).toEqual([START, START + 4 * HOUR, START + 8 * HOUR]);
    for (const { from, newest, profile: found } of windows) {
      const its = timely(rows, from, from + 4 * HOUR);
      expect(newest).toBe(Math.max(...its.map(({ at }) => at!)));
      expect(found).toEqual(expectedWindow(its));
    }
  });

  it.each([
    ['few strange values', 'CASE WHEN i % 997 = 3 THEN NULL WHEN i % 4999 = 4000 THEN x * 1e9 ELSE x END'],
    ['missing ones only', 'CASE WHEN i % 7 = 3 THEN NULL ELSE x END'],
    ['values far away', 'x * 1e5'],
    ['no numbers', `CASE WHEN i % 3 = 0 THEN 'nan'::DOUBLE WHEN i % 3 = 1 THEN 'inf'::DOUBLE ELSE x END`],
  ])('of many rows with %s is counted in arrays, to the same figures', async (_, x) => {
    await session.connection.run(`CREATE OR REPLACE TABLE many AS SELECT ${START} + i AS time, ${x} AS in_x, ${x} AS in_skewed,
      ['ATL', 'SFO', 'LAX'][1 + i % 3] AS in_origin FROM (SELECT i, (i * 7919 % 100003) / 900 AS x FROM range(200000) t(i))`);
    const [values = []] = await session.columns('SELECT in_x FROM many');
    const { windows } = await profile('many', { reference: { ...reference, columns: columns.slice(0, 2) } });
    const found = windows[0]!.profile;
    expect(found.columns).toEqual([makeProfile('skewed', values, curved), makeProfile('x', values, linear)]);
    const [{ groups }] = found.groups as [WindowProfile['groups'][number]];
    expect(groups).toEqual([{ key: '0', rows: 200_000, columns: found.columns.map(coarsen) }]);
  });

  it('of many rows whose values repeat is counted by value, to the same figures', async () => {
    const rows = makeRows(2000, 1);
    await store(rows);
    const { windows } = await profile('(SELECT rows.* FROM rows, range(100))', { isRepeating: () => true });
    const once = expectedWindow(timely(rows, START, START + HOUR));
    const expected = mergeWindowProfiles(Array.from({ length: 100 }, () => once));
    expect(windows.map((one) => one.profile)).toEqual([expected]);
  });

  it('may have columns of any name that are counted by value', async () => {
    for (const name of ['n', 'v', 'sluice_n', 'a"b n', 'c']) {
      const quoted = `"${name.replaceAll('"', '""')}"`;
      const { windows } = await profile(`(SELECT ${START} AS time, i % 7 AS ${quoted} FROM range(700) t(i))`, {
        columns: { nameOf: () => name },
        isRepeating: () => true,
        reference: { ...reference, groups: [], columns: [column('x', value('x'), linear)] },
      });
      const expected = Array.from({ length: 700 }, (_, i) => i % 7);
      expect(windows[0]!.profile.columns).toEqual([makeProfile('x', expected, linear)]);
    }
  });

  it('adds up: 16 parts profiled apart and merged are byte for byte the whole', async () => {
    const rows = makeRows(2000, 12);
    await store(rows);
    const whole = await profile('rows');
    const parts: PartitionProfile[] = [];
    for (let part = 15; part >= 0; part--) parts.push(await profile(`(SELECT * FROM rows WHERE part % 16 = ${part})`));
    for (const { from, profile: found } of whole.windows) {
      const merged = mergeWindowProfiles(
        parts.flatMap(({ windows }) => windows.filter((one) => one.from === from).map((one) => one.profile)),
      );
      expect(JSON.stringify(merged)).toBe(JSON.stringify(found));
    }
  }, 60_000);

  it('without rows has no windows, and without a column leaves it out', async () => {
    await store(makeRows(50, 1));
    expect(await profile('(SELECT * FROM rows WHERE false)')).toMatchObject({ windows: [], timeless: 0 });
    const { windows } = await profile('(SELECT * EXCLUDE (in_x, error, latency, prediction) FROM rows)');
    const { columns: found, types, latency, prediction, errors } = windows[0]!.profile;
    expect(found.map((one) => one.column)).not.toContain('x');
    expect(types.map(([name]) => name)).not.toContain('x');
    expect([latency, prediction, errors]).toEqual([undefined, undefined, 0]);
  });

  it('takes texts for numbers where they are, and whole numbers for the categories that they are', async () => {
    const from = (sql: string) => `(SELECT ${START} AS time, ${sql})`;
    const { windows } = await profile(from(`unnest(['1.5', 'x', NULL, '-1']) AS in_x, 5.0::DOUBLE AS in_origin`), {
      reference: {
        ...reference,
        groups: [],
        columns: [
          columns[0]!,
          column('origin', value('origin'), { kind: 'categorical', categories: ['5'], open: false }),
        ],
      },
    });
    expect(windows[0]!.profile.columns).toEqual([
      makeProfile('origin', [5, 5, 5, 5], { kind: 'categorical', categories: ['5'], open: false }),
      makeProfile('x', [1.5, 'x', null, -1], linear),
    ]);
  });

  it('of a model of several classes may name the class or say its place', async () => {
    const classes = ['no', 'maybe', 'yes'];
    const multiclass = {
      ...model,
      task: 'multiclass-classification' as const,
      signature: { ...model.signature, output: { name: 'p', classes } },
    };
    const chosen = makeProfile('prediction', [], { kind: 'categorical', categories: ['0', '1', '2'], open: false });
    const { windows } = await profile(`(SELECT ${START} AS time, unnest(['no', 'yes', '1', 'what']) AS prediction)`, {
      reference: { ...reference, groups: [], columns: [], prediction: { ...chosen, measure: value('prediction') } },
      model: multiclass,
    });
    expect(windows[0]!.profile.prediction).toMatchObject({
      counts: [
        ['0', 1],
        ['1', 1],
        ['2', 1],
      ],
      unseen: 1,
    });
    expect(windows[0]!.profile.confidence).toBeUndefined();
  });
});

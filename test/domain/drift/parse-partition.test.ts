import { expect, it } from 'vitest';
import { coarsen } from '../../../src/domain/drift/coarsen.ts';
import { LATENCY_GRID } from '../../../src/domain/drift/latency-grid.ts';
import { makeProfile } from '../../../src/domain/drift/make-profile.ts';
import { parsePartition } from '../../../src/domain/drift/parse-partition.ts';
import type { ReferenceProfile } from '../../../src/domain/drift/profile.ts';

const HOUR = 3_600_000;
const numbers = makeProfile('x', [1, 2, 900, 2000, null], { kind: 'numeric', low: 0, width: 1 });
const texts = makeProfile('o', ['a', 'b', 'c'], { kind: 'categorical', categories: ['a', 'b'], open: false });
const p = makeProfile('p', [0.5], { kind: 'numeric', low: 0, width: 0.001, scale: { asinh: 0.1 } });
const of = (column: string) => ({ measure: { of: 'value' as const, column } });
const reference = {
  version: 2,
  rows: 5,
  columns: [
    { ...numbers, ...of('x') },
    { ...texts, ...of('o') },
  ],
  prediction: { ...p, ...of('p') },
  groups: [
    { by: 'o', groups: [{ key: 'a', rows: 5, columns: [] }] },
    { by: 'hour-of-week', groups: [] },
  ],
  promised: [],
} as ReferenceProfile;

const coarse = [
  coarsen(numbers),
  coarsen(makeProfile('o', ['a'], { kind: 'categorical', categories: ['a'], open: false })),
];
const partition = () => ({
  version: 1,
  uri: 'file:a.parquet',
  stamp: 's',
  windowMs: HOUR,
  timeless: 2,
  windows: [
    {
      from: -HOUR,
      newest: -1,
      oldest: -HOUR,
      duplicates: 1,
      ids: ['0123456789abcdef'],
      profile: {
        version: 1,
        rows: 5,
        errors: 0,
        columns: [numbers, texts],
        prediction: p,
        latency: makeProfile('latency', [1, 2], LATENCY_GRID),
        versions: [['1.0.0', 5]],
        types: [['x', ['DOUBLE']]],
        groups: [
          { by: 'o', groups: [{ key: 'a', rows: 5, columns: coarse }] },
          { by: 'hour-of-week', groups: [{ key: '167', rows: 5, columns: coarse }] },
        ],
      },
    },
  ],
});

/** The same with one value, at a path such as windows.0.from, set; undefined: gone. */
function withValue(path: string, value: unknown): unknown {
  const whole = JSON.parse(JSON.stringify(partition()));
  const names = path.split('.');
  let at = whole;
  for (const name of names.slice(0, -1)) at = at[name];
  at[names.at(-1)!] = value;
  return JSON.parse(JSON.stringify(whole));
}

it('takes what was profiled on the reference, over a wire too', () => {
  expect(parsePartition(partition(), reference, HOUR)).toEqual(partition());
  expect(parsePartition(JSON.parse(JSON.stringify(partition())), reference, HOUR)).toEqual(partition());
  expect(parsePartition({ ...partition(), windows: [], malformed: 'it is none' }, reference, HOUR)).toBeDefined();
});

it.each([
  ['version', 2],
  ['uri', undefined],
  ['timeless', -1],
  ['malformed', 7],
  ['windowMs', 60_000],
  ['windows', null],
  ['windows.0', null],
  ['windows.1', partition().windows[0]],
  ['windows.0.from', 1],
  ['windows.0.newest', 0],
  ['windows.0.oldest', null],
  ['windows.0.duplicates', 0.5],
  ['windows.0.ids', ['x']],
  ['windows.0.profile', {}],
  ['windows.0.profile.rows', null],
  ['windows.0.profile.errors', -1],
  ['windows.0.profile.versions', [['1', '5']]],
  ['windows.0.profile.types', [['x', 'DOUBLE']]],
  ['windows.0.profile.columns.0.column', 'y'],
  ['windows.0.profile.columns.0.column', 'o'],
  ['windows.0.profile.columns.1', numbers],
  ['windows.0.profile.columns.0.rows', 6],
  ['windows.0.profile.columns.0.low', 1],
  ['windows.0.profile.columns.0.width', 2],
  ['windows.0.profile.columns.0.scale', { asinh: 1 }],
  ['windows.0.profile.columns.0.bins', [[1000, 5]]],
  ['windows.0.profile.columns.0.bins.0', [1, -1]],
  ['windows.0.profile.columns.0.bins.1', [1, 1]],
  ['windows.0.profile.columns.0.nulls', undefined],
  ['windows.0.profile.columns.1.counts', [['z', 2]]],
  ['windows.0.profile.prediction', numbers],
  ['windows.0.profile.prediction.scale', undefined],
  ['windows.0.profile.confidence', p],
  ['windows.0.profile.latency.width', 1],
  ['windows.0.profile.groups.0.by', 'x'],
  ['windows.0.profile.groups.1.by', 'o'],
  ['windows.0.profile.groups.0.groups.0.key', 'b'],
  ['windows.0.profile.groups.1.groups.0.key', '168'],
  ['windows.0.profile.groups.0.groups.0.columns.0', numbers],
])('refuses another %s: %j', (path, value) => {
  expect(parsePartition(withValue(path, value), reference, HOUR)).toBeUndefined();
});

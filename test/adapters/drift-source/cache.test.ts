import { readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { mergePartitions } from '../../../src/adapters/drift-source/cache/merge-partitions.ts';
import { createPartitionCache } from '../../../src/adapters/drift-source/cache/partition-cache.ts';
import { createShelves } from '../../../src/adapters/drift-source/cache/shelves.ts';
import { sweepFolder } from '../../../src/adapters/drift-source/cache/sweep-folder.ts';
import { countRepeated } from '../../../src/adapters/drift-source/count-repeated.ts';
import type { Place } from '../../../src/adapters/drift-source/files/open-place.ts';
import { emptyWindowProfile } from '../../../src/domain/drift/merge-profiles.ts';
import { windowCheck } from '../../../src/domain/drift/parse-partition.ts';
import type { PartitionProfile, PartitionWindow } from '../../../src/domain/drift/profile.ts';
import { DAY, filesOf, MAY, model, openWorld, reference, rowsSql, type World } from './source-world.ts';

let world: World;
beforeEach(async () => {
  world = await openWorld();
});
afterEach(() => world.close());

const window = { from: MAY, to: MAY + DAY };
const watched = () => world.watch(filesOf('file:log/dt=*/*.parquet'));
const entries = async (ending: string) =>
  (await readdir(world.places.cacheFolder, { recursive: true }))
    .filter((name) => name.endsWith(ending))
    .map((name) => path.join(world.places.cacheFolder, name));

describe('what is remembered of files', () => {
  it('may be damaged, half there, or gone: it is made again', async () => {
    await world.parquet('log/dt=2001-05-01/a.parquet', rowsSql(10, '2001-05-01 10:00:00'));
    const seen = await world.observe(watched(), window);
    const again = () => world.again().observe(watched(), window, reference, model);
    for (const file of await entries('.json.gz')) await writeFile(file, 'damaged');
    expect(await again()).toEqual(seen);
    for (const file of await entries('.json.gz')) await rm(file);
    expect(await again()).toEqual(seen);
    for (const file of await entries('.head.json')) await writeFile(file, '{"members": [');
    expect(await again()).toEqual(seen);
    for (const file of await entries('.json')) await writeFile(file, 'damaged');
    expect(await again()).toEqual(seen);
    await rm(world.places.cacheFolder, { recursive: true });
    expect(await again()).toEqual(seen);
  });

  it('may hold what is no profile of this reference: it is made again', async () => {
    await world.parquet('log/dt=2001-05-01/a.parquet', rowsSql(10, '2001-05-01 10:00:00'));
    const seen = await world.observe(watched(), window);
    const again = () => world.again().observe(watched(), window, reference, model);
    const [file] = await entries('.json.gz');
    const kept = JSON.parse(String(gunzipSync(await readFile(file!))));
    const strange = [
      null,
      { ...kept, windows: [] },
      { ...kept, windows: [null] },
      { ...kept, windows: [{ ...kept.windows[0], profile: {} }] },
      JSON.parse(JSON.stringify(kept).replaceAll('"width":1', '"width":2')),
    ];
    for (const one of strange) {
      await writeFile(file!, gzipSync(JSON.stringify(one)));
      expect(await again()).toEqual(seen);
    }
  });

  it('takes over nothing that is none', async () => {
    await world.parquet('log/dt=2001-05-01/a.parquet', rowsSql(10, '2001-05-01 10:00:00'));
    const partitions = await world.source.pending(watched(), window, reference);
    const { uri, stamp } = partitions[0]!;
    for (const windows of [[null], [{ from: MAY, newest: MAY, profile: {} }]]) {
      const none = { version: 1, uri, stamp, windowMs: DAY, windows, timeless: 0 } as never;
      await world.source.accept(watched(), window, reference, [none]);
      expect(await world.source.pending(watched(), window, reference)).toEqual(partitions);
    }
    expect((await world.observe(watched(), window)).profile.rows).toBe(10);
  });

  it('is the same for two that ask at once', async () => {
    for (const name of ['a', 'b']) {
      await world.parquet(`log/dt=2001-05-01/${name}.parquet`, rowsSql(10, '2001-05-01 10:00:00', '', name));
    }
    const ask = (source = world.source) => source.observe(watched(), window, reference, model);
    const [first, second, elsewhere] = await Promise.all([ask(), ask(), ask(world.again())]);
    expect(first.profile.rows).toBe(20);
    expect(second).toEqual(first);
    expect(elsewhere).toEqual(first);
    expect(await ask()).toEqual(first);
  });
});

const place = { files: { store: { release: async () => undefined } } } as unknown as Place;
const part = (name: string, ids: string[], rows = ids.length): PartitionProfile => ({
  version: 1,
  uri: `file:log/dt=2001-05-01/${name}`,
  stamp: name,
  windowMs: DAY,
  windows: [
    { from: MAY, newest: MAY + rows, oldest: MAY + 1, profile: { ...emptyWindowProfile(reference), rows }, ids },
  ],
  timeless: 1,
});
const repeated = (windows: PartitionWindow[]) =>
  countRepeated(windows.map(({ ids = [], profile: { rows } }) => ({ ids, rows })));
const file = ({ uri, stamp }: PartitionProfile) => ({ uri, stamp, path: uri, bytes: 10, modifiedAt: 0 });

it('lets the profiles of many small files become one', async () => {
  const cache = createPartitionCache(path.join(world.root, 'profiles'));
  const shelves = createShelves(cache, 'scope', place, windowCheck(reference, DAY));
  const parts = Array.from({ length: 40 }, (_, i) =>
    part(`${i}.parquet`, [String(i).padStart(16, '0'), 'f'.repeat(16)]),
  );
  for (const one of parts) await shelves.put(one);
  const files = parts.map(file);
  const before = await shelves.collect(files, window);
  await shelves.tidy(files);
  expect(await entriesOf(cache)).toHaveLength(1);
  const after = await shelves.collect(files, window);
  const sums = (found = before) => [
    found!.windows.reduce((sum, { profile }) => sum + profile.rows, 0),
    found!.timeless,
    repeated(found!.windows),
    found!.members.length,
  ];
  expect(sums(after)).toEqual(sums());
  expect(sums()).toEqual([80, 40, 39, 40]);
  // When one of them changes, what was made of all of them is worth nothing.
  const changed = files.map((one, i) => (i === 7 ? { ...one, stamp: 'new' } : one));
  expect(await shelves.missing(changed, () => true)).toHaveLength(40);
});

const entriesOf = (cache: ReturnType<typeof createPartitionCache>) =>
  readdir(path.join(world.root, 'profiles/scope')).then(async ([shelf]) => cache.entries('scope', shelf!));

describe('ids that files have in common', () => {
  const hash = (i: number) => ((BigInt(i) * 0x9e3779b97f4a7c15n) & 0xffffffffffffffffn).toString(16).padStart(16, '0');
  const sample = (from: number, count: number): PartitionWindow => {
    const ids = Array.from({ length: count }, (_, i) => hash(from + i)).sort();
    return part('x', ids.slice(0, 512), count).windows[0]!;
  };

  it('are counted exactly where all are kept', () => {
    expect(repeated([sample(1, 100), sample(51, 100), sample(500, 3)])).toBe(50);
    expect(repeated([sample(1, 100)])).toBe(0);
    expect(repeated([])).toBe(0);
  });

  it('are estimated from those with the smallest hashes elsewhere', () => {
    expect(repeated([sample(1, 50_000), sample(60_000, 50_000)])).toBe(0);
    const half = repeated([sample(1, 50_000), sample(25_001, 50_000), sample(200_000, 400)]);
    // A binomial share of about 1,000 draws: four deviations.
    expect(Math.abs(half / 25_000 - 1)).toBeLessThan(0.2);
  });

  it('stay the same when profiles are merged', () => {
    const windows = [sample(1, 300), sample(201, 300), sample(401, 300)];
    const [merged] = mergePartitions(windows.map((one) => ({ ...part('x', []), windows: [one] }))).windows;
    expect(merged!.ids).toHaveLength(512);
    expect(Math.abs(repeated([merged!]) / repeated(windows) - 1)).toBeLessThan(0.25);
  });
});

it('is bounded: what was not used for longest goes first', async () => {
  const folder = path.join(world.root, 'swept');
  const cache = createPartitionCache(folder);
  for (const [i, name] of ['a', 'b', 'c'].entries()) {
    await cache.write('scope', 'shelf', [{ uri: name, stamp: '1' }], part(name, []));
    const [entry] = (await cache.entries('scope', 'shelf')).filter(({ members }) => members[0]!.uri === name);
    const then = new Date(Date.now() - (3 - i) * DAY);
    await utimes(path.join(folder, 'scope/shelf', `${entry!.name}.json.gz`), then, then);
  }
  const [one] = (await readdir(path.join(folder, 'scope/shelf'))).filter((name) => name.endsWith('.gz'));
  const { size } = await stat(path.join(folder, 'scope/shelf', one!));
  const left = async () =>
    (await createPartitionCache(folder).entries('scope', 'shelf')).map(({ members }) => members[0]!.uri).sort();
  await sweepFolder(folder, { maxBytes: size * 2.5, maxAgeMs: 30 * DAY });
  expect(await left()).toEqual(['b', 'c']);
  await sweepFolder(folder, { maxBytes: size * 10, maxAgeMs: 1.5 * DAY });
  expect(await left()).toEqual(['c']);
});

it('keeps nothing of what could not be read for now', async () => {
  await world.write('log/dt=2001-05-01/a.csv', 'id,ts,distance,origin,p\n1,2001-05-01 10:00:00,1,ATL,0.5\n');
  const csv = world.watch(filesOf('file:log/dt=*/*.csv', { format: 'csv' }));
  const spied = vi.spyOn(os, 'tmpdir').mockReturnValue('/nowhere');
  const seen = await world.observe(csv, window);
  spied.mockRestore();
  expect([seen.profile.rows, seen.malformed.length]).toEqual([0, 1]);
  expect((await world.observe(csv, window)).profile.rows).toBe(1);
});

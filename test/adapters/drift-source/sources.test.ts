import { copyFile, mkdir, readdir, rename, rm, stat, symlink, utimes, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createDriftSource } from '../../../src/adapters/drift-source/create-drift-source.ts';
import { profilePartitions } from '../../../src/adapters/drift-source/profile-partitions.ts';
import { DAY, filesOf, HOUR, MAY, model, openWorld, reference, rowsSql, type World } from './source-world.ts';

let world: World;
beforeEach(async () => {
  world = await openWorld();
});
afterEach(() => world.close());

const may = (day: number, days = 1) => ({ from: MAY + (day - 1) * DAY, to: MAY + (day - 1 + days) * DAY });
const daily = filesOf('file:log/dt=*/*.parquet');

describe('files in folders of days', () => {
  beforeEach(async () => {
    for (const day of [1, 2, 3, 4])
      await world.parquet(`log/dt=2001-05-0${day}/a.parquet`, rowsSql(10 * day, `2001-05-0${day} 10:00:00`));
  });

  it('are those of the window', async () => {
    const watched = world.watch(daily);
    const seen = await world.observe(watched, may(2));
    expect(seen).toMatchObject({
      ...may(2),
      malformed: [],
      timeless: 0,
      duplicates: 0,
      newest: MAY + DAY + 10 * HOUR + 19_000,
    });
    expect(seen.profile).toMatchObject({ rows: 20, errors: 0 });
    expect(seen.profile.columns.map(({ column, rows }) => [column, rows])).toEqual([
      ['distance', 20],
      ['origin', 20],
    ]);
    expect((await world.observe(watched, may(1, 3))).profile.rows).toBe(60);
    expect((await world.observe(watched, may(9))).profile.rows).toBe(0);
    expect(await world.source.extent(watched)).toEqual({
      first: MAY + 10 * HOUR,
      last: MAY + 3 * DAY + 10 * HOUR + 39_000,
    });
  });

  it('are read once, then only what is new, changed or again there', async () => {
    const watched = world.watch(daily);
    const pending = async () =>
      (await world.source.pending(watched, may(2), reference)).map(({ uri }) => uri.replace(/^.*dt=2001-05-/, ''));
    // A day of slack on either side: the zone of the folders is not known.
    expect(await pending()).toEqual(['01/a.parquet', '02/a.parquet', '03/a.parquet']);
    await world.observe(watched, may(2));
    expect(await pending()).toEqual([]);
    expect(await world.again().pending(watched, may(2), reference)).toEqual([]);
    await world.parquet('log/dt=2001-05-02/b.parquet', rowsSql(5, '2001-05-02 12:00:00', ", 'x' || i AS other"));
    expect(await pending()).toEqual(['02/b.parquet']);
    const before = await world.source.stamp(watched, may(2));
    expect((await world.observe(watched, may(2))).profile.rows).toBe(25);
    await world.parquet('log/dt=2001-05-02/b.parquet', rowsSql(7, '2001-05-02 12:00:00'));
    expect(await pending()).toEqual(['02/b.parquet']);
    expect(await world.source.stamp(watched, may(2))).not.toBe(before);
    expect((await world.observe(watched, may(2))).profile.rows).toBe(27);
    await rm(world.file('log/dt=2001-05-02/a.parquet'));
    expect((await world.observe(watched, may(2))).profile.rows).toBe(7);
  });

  it('have one stamp until one of the window changes', async () => {
    const watched = world.watch(daily);
    const seen = await world.observe(watched, may(2));
    expect(await world.source.stamp(watched, may(2))).toBe(seen.stamp);
    await world.parquet('log/dt=2001-05-04/b.parquet', rowsSql(1, '2001-05-04 12:00:00'));
    expect(await world.source.stamp(watched, may(2))).toBe(seen.stamp);
    expect((await world.observe(watched, may(2))).stamp).toBe(seen.stamp);
    await utimes(world.file('log/dt=2001-05-02/a.parquet'), new Date(), new Date(2e12));
    expect(await world.source.stamp(watched, may(2))).not.toBe(seen.stamp);
  });

  it('have rows of the day before and after', async () => {
    await world.parquet('log/dt=2001-05-01/late.parquet', rowsSql(3, '2001-05-02 00:30:00'));
    expect((await world.observe(world.watch(daily), may(2))).profile.rows).toBe(23);
  });

  it('may be compacted meanwhile', async () => {
    const watched = world.watch(daily);
    await world.parquet('log/dt=2001-05-02/b.parquet', rowsSql(5, '2001-05-02 12:00:00', '', 'b'));
    const before = await world.observe(watched, may(2));
    const day = world.file('log/dt=2001-05-02');
    await world.run(`COPY (SELECT * FROM read_parquet('${day}/*.parquet')) TO '${day}/.c.parquet' (FORMAT parquet)`);
    await rm(path.join(day, 'a.parquet'));
    await rm(path.join(day, 'b.parquet'));
    await rename(path.join(day, '.c.parquet'), path.join(day, 'c.parquet'));
    const after = await world.observe(watched, may(2));
    expect(after.profile).toEqual(before.profile);
    expect(await world.source.pending(watched, may(2), reference)).toEqual([]);
  });

  it('are profiled on each reference apart', async () => {
    const watched = world.watch(daily);
    await world.observe(watched, may(2));
    const other = { ...reference, rows: 7 };
    // Those of the days before and after are known to have nothing of it.
    const pending = await world.source.pending(watched, may(2), other);
    expect(pending.map(({ uri }) => uri)).toEqual(['file:log/dt=2001-05-02/a.parquet']);
  });
});

it('knows days by year, month, day and hour of the folders', async () => {
  await world.parquet('log/year=2001/month=05/day=01/hour=10/a.parquet', rowsSql(4, '2001-05-01 10:00:00'));
  await world.parquet('log/year=2001/month=5/day=20/hour=23/a.parquet', rowsSql(6, '2001-05-20 23:00:00'));
  const watched = world.watch(filesOf('file:log/**/*.parquet'));
  expect(await world.source.pending(watched, may(20), reference)).toHaveLength(1);
  expect((await world.observe(watched, may(20))).profile.rows).toBe(6);
  expect(await world.source.extent(watched)).toEqual({
    first: MAY + 10 * HOUR,
    last: MAY + 19 * DAY + 23 * HOUR + 5000,
  });
});

it('reads files whose paths say nothing once, and knows from then on what they have', async () => {
  for (const day of [1, 5, 9]) await world.parquet(`flat/${day}.parquet`, rowsSql(day, `2001-05-0${day} 10:00:00`));
  const watched = world.watch(filesOf('file:flat/*.parquet'));
  expect(await world.source.pending(watched, may(5), reference)).toHaveLength(3);
  expect(await world.source.extent(watched)).toEqual({
    first: MAY + 10 * HOUR,
    last: MAY + 8 * DAY + 10 * HOUR + 8000,
  });
  expect(await world.source.pending(watched, may(5), reference)).toHaveLength(1);
  const seen = await world.observe(watched, may(5));
  expect(seen.profile.rows).toBe(5);
  await world.parquet('flat/6.parquet', rowsSql(1, '2001-05-06 10:00:00'));
  await world.observe(watched, may(5));
  expect(await world.source.stamp(watched, may(5))).toBe(seen.stamp);
});

it('takes columns from the names of folders', async () => {
  for (const version of ['v1.0.0', 'v1.1.0']) {
    await world.parquet(`log/dt=2001-05-01/version=${version}/a.parquet`, rowsSql(5, '2001-05-01 10:00:00'));
  }
  const watched = world.watch(filesOf('file:log/**', { columns: { id: 'id', prediction: 'p', version: 'version' } }));
  expect((await world.observe(watched, may(1))).profile.versions).toEqual([
    ['v1.0.0', 5],
    ['v1.1.0', 5],
  ]);
});

describe('the same rows', () => {
  const lines = Array.from({ length: 60 }, (_, i) => ({
    id: `0${i}`,
    ts: new Date(MAY + i * HOUR).toISOString(),
    distance: i % 5 === 4 ? null : i % 5,
    origin: i % 7 === 6 ? null : ['ATL', 'ORD', 'SFO'][i % 3]!,
    p: (i % 10) / 10,
  }));
  const csv = [
    'id,ts,distance,origin,p',
    ...lines.map(({ id, ts, distance, origin, p }) => `${id},${ts},${distance ?? ''},${origin ?? ''},${p}`),
  ].join('\n');
  const jsonl = lines.map((line) => JSON.stringify(line)).join('\n');

  it.each(['csv', 'csv.gz', 'jsonl', 'jsonl.gz'])('give the same profile as Parquet from %s', async (ending) => {
    const format = ending.startsWith('csv') ? 'csv' : 'jsonl';
    const text = `${format === 'csv' ? csv : jsonl}\n`;
    await world.write('a.jsonl', `${jsonl}\n`);
    await world.parquet(
      'a.parquet',
      `SELECT id, ts::TIMESTAMPTZ AS ts, distance::DOUBLE AS distance, origin, p FROM read_json('${world.file('a.jsonl')}',
        columns = {id: 'VARCHAR', ts: 'VARCHAR', distance: 'DOUBLE', origin: 'VARCHAR', p: 'DOUBLE'})`,
    );
    await world.write(`b.${ending}`, ending.endsWith('gz') ? gzipSync(text) : text);
    const expected = await world.observe(world.watch(filesOf('file:a.parquet')), may(1, 3));
    const seen = await world.observe(world.watch(filesOf(`file:b.${ending}`, { format })), may(1, 3));
    expect(expected.profile.rows).toBe(60);
    expect({ ...seen.profile, types: [] }).toEqual({ ...expected.profile, types: [] });
  });
});

describe('where nobody may read', () => {
  it('does not follow links out of the data root, and says so', async () => {
    await mkdir(path.join(world.root, 'outside'));
    await world.run(
      `COPY (${rowsSql(3, '2001-05-01 10:00:00')}) TO '${world.root}/outside/a.parquet' (FORMAT parquet)`,
    );
    await mkdir(world.file('log'));
    await symlink(path.join(world.root, 'outside/a.parquet'), world.file('log/a.parquet'));
    await symlink(path.join(world.root, 'outside'), world.file('log/dt=2001-05-01'));
    const seen = await world.observe(world.watch(filesOf('file:log/**')), may(1));
    expect(seen.profile.rows).toBe(0);
    expect(seen.malformed).toEqual([
      { file: 'file:log/a.parquet', reason: 'it is a link that leads out of its root' },
      { file: 'file:log/dt=2001-05-01', reason: 'it is a link that leads out of its root' },
    ]);
  });

  it('has nothing to say of links that the pattern does not ask for', async () => {
    await world.parquet('log/a.parquet', rowsSql(3, '2001-05-01 10:00:00'));
    for (const name of ['_latest', 'latest', 'out.txt']) await symlink('/etc', world.file(`log/${name}`));
    const seen = await world.observe(world.watch(filesOf('file:log/*.parquet')), may(1));
    expect([seen.profile.rows, seen.malformed]).toEqual([3, []]);
  });

  it('does not hand names to the database that it takes for patterns', async () => {
    await world.parquet('log/a.parquet', rowsSql(3, '2001-05-01 10:00:00'));
    await copyFile(world.file('log/a.parquet'), world.file('log/[ab].parquet'));
    const seen = await world.observe(world.watch(filesOf('file:log/**')), may(1));
    expect(seen.profile.rows).toBe(3);
    expect(seen.malformed).toEqual([{ file: 'file:log/[ab].parquet', reason: 'its name must not hold *, ?, [ or ]' }]);
  });

  it('follows links that stay below the data root', async () => {
    await world.parquet('real/a.parquet', rowsSql(3, '2001-05-01 10:00:00'));
    await mkdir(world.file('log'));
    await symlink('../real', world.file('log/dt=2001-05-01'));
    expect((await world.observe(world.watch(filesOf('file:log/**')), may(1))).profile.rows).toBe(3);
  });

  it('asks the policy of what links lead to, of files and of folders', async () => {
    const secret = await world.parquet('secret/s.parquet', rowsSql(3, '2001-05-01 10:00:00'));
    await world.parquet('log/real/b.parquet', rowsSql(4, '2001-05-01 10:00:00'));
    await symlink('../secret/s.parquet', world.file('log/a.parquet'));
    await symlink('../secret', world.file('log/c'));
    await symlink('real', world.file('log/d'));
    const watched = world.watch(filesOf('file:log/**.parquet'), { allow: ['file:log/'] });
    const seen = await world.observe(watched, may(1));
    expect(seen.profile.rows).toBe(8);
    expect(seen.malformed.map(({ file }) => file)).toEqual(['file:log/a.parquet', 'file:log/c/s.parquet']);
    expect(seen.malformed[0]!.reason).toMatch(/policy/);
    const { size, mtimeNs } = await stat(secret, { bigint: true });
    const asked = { uri: 'file:log/a.parquet', stamp: `${size}-${mtimeNs}` };
    const made = await profilePartitions({
      monitor: watched.monitor,
      allow: watched.allow,
      dataRoot: world.places.dataRoot,
      reference,
      model,
      folder: world.root,
      stop: new AbortController().signal,
      partitions: [asked],
    });
    expect(made).toEqual([]);
  });

  it('asks the policy of patterns, and again of what they lead to', async () => {
    const allow = ['file:log/open'];
    await expect(world.observe(world.watch(filesOf('file:log/*/a.parquet'), { allow }), may(1))).rejects.toMatchObject({
      code: 'config/data-not-allowed',
    });
    await expect(world.observe(world.watch(filesOf('s3://other/a.parquet'), { allow }), may(1))).rejects.toMatchObject({
      code: 'config/data-not-allowed',
    });
    await world.parquet('log/open/a b.parquet', rowsSql(3, '2001-05-01 10:00:00'));
    await world.parquet('log/open/ok.parquet', rowsSql(3, '2001-05-01 10:00:00'));
    const seen = await world.observe(world.watch(filesOf('file:log/open/*'), { allow }), may(1));
    expect(seen.profile.rows).toBe(3);
    expect(seen.malformed).toEqual([
      { file: 'file:log/open/a b.parquet', reason: 'its name must not hold spaces, \\, % or #' },
    ]);
  });
});

it('costs what is new: hundreds of parts are read once, in a few goes', async () => {
  const day = world.file('log/dt=2001-05-01');
  await mkdir(day, { recursive: true });
  const whole = await world.parquet('one.parquet', rowsSql(20, '2001-05-01 10:00:00'));
  for (let i = 0; i < 300; i++) await copyFile(whole, path.join(day, `part-${String(i).padStart(4, '0')}.parquet`));
  const watched = world.watch(daily);
  const first = await world.observe(watched, may(1));
  expect(first.profile.rows).toBe(6000);
  // Every id is in every file.
  expect(first.duplicates).toBe(299 * 20);
  const entries = await readdir(world.places.cacheFolder, { recursive: true });
  expect(entries.filter((name) => name.endsWith('.json.gz'))).toHaveLength(2);
  const started = performance.now();
  await world.parquet('log/dt=2001-05-01/part-9999.parquet', rowsSql(20, '2001-05-01 11:00:00'));
  expect((await world.source.pending(watched, may(1), reference)).map(({ uri }) => uri)).toEqual([
    'file:log/dt=2001-05-01/part-9999.parquet',
  ]);
  expect((await world.observe(watched, may(1))).profile.rows).toBe(6020);
  expect(performance.now() - started).toBeLessThan(5000);
});

it('takes over what was profiled elsewhere', async () => {
  await world.parquet('log/dt=2001-05-01/a.parquet', rowsSql(10, '2001-05-01 10:00:00'));
  await writeFile(world.file('log/dt=2001-05-01/b.parquet'), 'broken');
  await utimes(world.file('log/dt=2001-05-01/b.parquet'), new Date(1e12), new Date(1e12));
  const watched = world.watch(daily);
  const partitions = await world.source.pending(watched, may(1), reference);
  expect(partitions).toHaveLength(2);
  const folder = path.join(world.root, 'job');
  await mkdir(folder);
  const about = {
    monitor: watched.monitor,
    allow: watched.allow,
    dataRoot: world.places.dataRoot,
    reference,
    model,
    folder,
    stop: new AbortController().signal,
  };
  const profiles = await profilePartitions({ ...about, partitions });
  expect(profiles.map(({ malformed, windows }) => [malformed === undefined, windows.length])).toEqual([
    [true, 1],
    [false, 0],
  ]);
  const expected = await createDriftSource({ ...world.places, cacheFolder: path.join(world.root, 'other') }).observe(
    watched,
    may(1),
    reference,
    model,
  );
  await world.source.accept(watched, may(1), reference, JSON.parse(JSON.stringify(profiles)));
  expect(await world.source.pending(watched, may(1), reference)).toEqual([]);
  const seen = await world.source.observe(watched, may(1), reference, model);
  expect(seen).toEqual(expected);
  expect(seen.malformed).toHaveLength(1);
  await expect(
    profilePartitions({ ...about, partitions: [{ uri: 'file:secret.parquet', stamp: '' }] }),
  ).rejects.toMatchObject({
    code: 'config/data-not-allowed',
  });
});

it('knows the edges where folders tell the times of rows', async () => {
  for (const day of ['01', '02', '03']) {
    const rows = rowsSql(10, '2001-05-01 10:00:00', '', day);
    await world.parquet(`log/ds=2001-05-${day}/a.parquet`, `SELECT * EXCLUDE (ts) FROM (${rows})`);
  }
  const watched = world.watch(filesOf('file:log/ds=*/*.parquet', { timestamp: 'ds' }));
  expect(await world.source.extent(watched)).toEqual({ first: MAY, last: MAY + 2 * DAY });
  for (const day of [1, 2, 3]) expect((await world.observe(watched, may(day))).profile.rows).toBe(10);
});

it('keeps what was read of days whose folders lie at the root', async () => {
  for (const day of ['01', '10']) {
    await world.parquet(`dt=2001-05-${day}/a.parquet`, rowsSql(10, `2001-05-${day} 10:00:00`, '', day));
  }
  const watched = world.watch(filesOf('file:dt=*/*.parquet'));
  const shelves = async () =>
    (await readdir(world.places.cacheFolder, { recursive: true })).filter((name) => name.endsWith('.head.json'));
  await world.observe(watched, may(1));
  const [first] = await shelves();
  await world.observe(watched, may(10));
  expect(await shelves()).toHaveLength(2);
  expect(await shelves()).toContain(first);
});

import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { startS3Fake } from './s3-fake.ts';
import { DAY, filesOf, MAY, model, openWorld, reference, rowsSql, type World } from './source-world.ts';

let world: World;
let s3: Awaited<ReturnType<typeof startS3Fake>>;

beforeEach(async () => {
  s3 = await startS3Fake();
  vi.stubEnv('AWS_ENDPOINT_URL_S3', s3.url);
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'key');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'secret');
  world = await openWorld({ s3: { attempts: 3 } });
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await world.close();
  await s3.stop();
});

async function put(key: string, select: string) {
  s3.put(key, await readFile(await world.parquet('made.parquet', select)));
}

const may = (day: number) => ({ from: MAY + (day - 1) * DAY, to: MAY + day * DAY });
const watched = () => world.watch(filesOf('s3://acme-logs/log/dt=*/*.parquet'));
const read = () => s3.requests.filter(({ bytes }) => bytes > 0);

describe('a bucket', () => {
  beforeEach(async () => {
    for (const day of [1, 2, 3, 8])
      await put(`log/dt=2001-05-0${day}/a.parquet`, rowsSql(day, `2001-05-0${day} 10:00:00`));
    s3.requests.length = 0;
  });

  it('is read where the window is, object by object, each once', async () => {
    expect((await world.observe(watched(), may(2))).profile.rows).toBe(2);
    expect(read().map((request) => /dt=([0-9-]+)/.exec(decodeURIComponent(request.path))![1])).toEqual([
      '2001-05-01',
      '2001-05-02',
      '2001-05-03',
    ]);
    s3.requests.length = 0;
    expect((await world.again().observe(watched(), may(2), reference, model)).profile.rows).toBe(2);
    expect(read()).toEqual([]);
    await put('log/dt=2001-05-02/b.parquet', rowsSql(5, '2001-05-02 11:00:00'));
    await put('log/dt=2001-05-01/a.parquet', rowsSql(7, '2001-05-02 00:00:00'));
    expect((await world.observe(watched(), may(2))).profile.rows).toBe(14);
    expect(read()).toHaveLength(2);
  });

  it('leaves nothing in the spool', async () => {
    await world.observe(watched(), may(2));
    expect(await readdir(path.join(world.places.cacheFolder, 'spool', String(process.pid)))).toEqual([]);
  });

  it('is read once for the first and last row and for the profile', async () => {
    expect(await world.source.extent(watched())).toMatchObject({ first: MAY + DAY * (10 / 24) });
    await world.observe(watched(), may(1));
    const keys = read().map((request) => request.path);
    expect(keys).toHaveLength(new Set(keys).size);
  });

  it('is listed in pages', async () => {
    s3.pageSize = 2;
    for (let i = 0; i < 5; i++)
      await put(`log/dt=2001-05-08/${i}.parquet`, rowsSql(1, '2001-05-08 10:00:00', '', `${i}`));
    expect((await world.observe(watched(), may(8))).profile.rows).toBe(13);
  });

  it('is asked again after a fault', async () => {
    s3.troubles.push({ status: 503, code: 'SlowDown' }, { status: 500, code: 'InternalError' });
    s3.cut = 1;
    expect((await world.observe(watched(), may(2))).profile.rows).toBe(2);
  });

  it('reports an object that is too large, and goes on', async () => {
    await world.close();
    world = await openWorld({ s3: { maxObjectBytes: 5000 } });
    s3.put('log/dt=2001-05-02/large.parquet', Buffer.alloc(5001));
    await put('log/dt=2001-05-02/a.parquet', rowsSql(2, '2001-05-02 10:00:00'));
    const seen = await world.observe(watched(), may(2));
    expect(seen.malformed).toEqual([
      {
        file: 's3://acme-logs/log/dt=2001-05-02/large.parquet',
        reason: expect.stringContaining('is larger than 5000 bytes'),
      },
    ]);
    expect(seen.profile.rows).toBe(2);
  });
});

describe('says what is wrong:', () => {
  it.each([
    ['AccessDenied', 403, 'permission/forbidden', /credentials of this process are refused \(AccessDenied\)/],
    ['InvalidAccessKeyId', 403, 'permission/forbidden', /are refused \(InvalidAccessKeyId\)/],
    ['SlowDown', 503, 'external/data', /SlowDown/],
  ])('%s', async (code, status, expected, message) => {
    for (let i = 0; i < 5; i++) s3.troubles.push({ status, code });
    const failed = world.observe(watched(), may(2));
    await expect(failed).rejects.toMatchObject({ code: expected, message: expect.stringMatching(message) });
  });

  it('no such bucket', async () => {
    const other = world.watch(filesOf('s3://acme-other/log/*'), { allow: ['s3://acme-other/'] });
    await expect(world.observe(other, may(2))).rejects.toMatchObject({ code: 'config/data-invalid' });
  });

  it('nobody is there', async () => {
    await s3.stop();
    await expect(world.observe(watched(), may(2))).rejects.toMatchObject({ code: 'external/data' });
  });
});

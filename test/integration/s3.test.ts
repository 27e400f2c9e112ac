// A bucket of moto's S3 server, with its checks of signatures: https://docs.getmoto.org/en/latest/docs/server_mode.html
import { type ChildProcess, spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { CreateBucketCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import {
  DAY,
  filesOf,
  MAY,
  model,
  openWorld,
  reference,
  rowsSql,
  type World,
} from '../adapters/drift-source/source-world.ts';
import { openPythonEnv } from './python/python-env.ts';

const BUCKET = 'acme-logs';
let server: ChildProcess;
let url: string;
let client: S3Client;
let world: World;

beforeAll(async () => {
  const { python } = await openPythonEnv(['moto[server]==5.2.5']);
  const port = await freePort();
  url = `http://127.0.0.1:${port}`;
  // The first requests make the bucket's user; everything after them must be signed by it.
  const env = { ...process.env, INITIAL_NO_AUTH_ACTION_COUNT: '3' };
  server = spawn(python, ['-m', 'moto.server', '-H', '127.0.0.1', '-p', String(port)], { env, stdio: 'ignore' });
  await vi.waitUntil(
    () =>
      fetch(`${url}/moto-api/data.json`).then(
        ({ ok }) => ok,
        () => false,
      ),
    { timeout: 60_000, interval: 200 },
  );

  await iam('CreateUser', {});
  const made = await iam('CreateAccessKey', {});
  const policy = { Version: '2012-10-17', Statement: { Effect: 'Allow', Action: 's3:*', Resource: '*' } };
  await iam('PutUserPolicy', { PolicyName: 'all', PolicyDocument: JSON.stringify(policy) });
  const between = (tag: string) => new RegExp(`<${tag}>([^<]+)<`).exec(made)![1]!;
  vi.stubEnv('AWS_ENDPOINT_URL_S3', url);
  vi.stubEnv('AWS_ACCESS_KEY_ID', between('AccessKeyId'));
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', between('SecretAccessKey'));
  client = new S3Client({ region: 'us-east-1', endpoint: url, forcePathStyle: true });
  await client.send(new CreateBucketCommand({ Bucket: BUCKET }));
  world = await openWorld();
});

afterAll(async () => {
  vi.unstubAllEnvs();
  client?.destroy();
  server?.kill('SIGKILL');
  await world?.close();
});

/** A request as moto routes it: by the service that its signature names. */
async function iam(action: string, more: Record<string, string>): Promise<string> {
  const answer = await fetch(url, {
    method: 'POST',
    headers: {
      authorization:
        'AWS4-HMAC-SHA256 Credential=a/20010101/us-east-1/iam/aws4_request, SignedHeaders=host, Signature=b',
      'content-type': 'application/x-www-form-urlencoded',
    },
    body: new URLSearchParams({ Action: action, Version: '2010-05-08', UserName: 'monitor', ...more }),
  });
  const text = await answer.text();
  expect(answer.status, text).toBe(200);
  return text;
}

async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', resolve));
  const { port } = probe.address() as AddressInfo;
  await new Promise((resolve) => probe.close(resolve));
  return port;
}

const put = (Key: string, Body: Uint8Array) => client.send(new PutObjectCommand({ Bucket: BUCKET, Key, Body }));
const rows = async (count: number, start: string, name = '') =>
  readFile(await world.parquet('made.parquet', rowsSql(count, start, '', name)));
const watched = () => world.watch(filesOf(`s3://${BUCKET}/log/dt=*/*.parquet`));
const mayFirst = { from: MAY, to: MAY + DAY };

it('reads more objects than one page lists, then only what is new or changed', async () => {
  const one = await rows(1, '2001-05-01 10:00:00');
  for (let start = 0; start < 1100; start += 50) {
    await Promise.all(
      Array.from({ length: 50 }, (_, i) =>
        put(`log/dt=2001-05-01/part-${String(start + i).padStart(5, '0')}.parquet`, one),
      ),
    );
  }
  await put('log/dt=2001-06-01/a.parquet', await rows(5, '2001-06-01 10:00:00'));
  expect(await world.source.pending(watched(), mayFirst, reference)).toHaveLength(1100);
  const first = await world.observe(watched(), mayFirst);
  expect([first.profile.rows, first.duplicates, first.malformed]).toEqual([1100, 1099, []]);
  expect(await world.source.stamp(watched(), mayFirst)).toBe(first.stamp);

  await put('log/dt=2001-05-01/part-99999.parquet', await rows(7, '2001-05-01 11:00:00', 'x'));
  const pending = await world.source.pending(watched(), mayFirst, reference);
  expect(pending.map(({ uri }) => uri)).toEqual([`s3://${BUCKET}/log/dt=2001-05-01/part-99999.parquet`]);
  expect((await world.observe(watched(), mayFirst)).profile.rows).toBe(1107);

  await put('log/dt=2001-05-01/part-99999.parquet', await rows(9, '2001-05-01 11:00:00', 'x'));
  expect(await world.source.pending(watched(), mayFirst, reference)).toHaveLength(1);
  expect((await world.observe(watched(), mayFirst)).profile.rows).toBe(1109);
});

it('finds the first and the last row', async () => {
  const last = Date.UTC(2001, 5, 1, 10) + 4000;
  expect(await world.source.extent(watched())).toEqual({ first: MAY + 10 * 3_600_000, last });
});

it('says clearly that credentials are wrong', async () => {
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'wrong');
  await expect(world.again().observe(watched(), mayFirst, reference, model)).rejects.toMatchObject({
    code: 'permission/forbidden',
    message: expect.stringMatching(/Listing s3:\/\/acme-logs\/log\/.*credentials of this process are refused/),
  });
});

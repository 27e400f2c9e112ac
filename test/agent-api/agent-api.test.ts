import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { readdir, rm } from 'node:fs/promises';
import { request } from 'node:http';
import path from 'node:path';
import { buffer } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { createAgentTokens } from '../../src/agent-api/tokens.ts';
import type { Job, JobTask } from '../../src/domain/jobs/job.ts';
import { sampleJob } from '../contract/store.ts';
import { openAgentApi } from './open-agent-api.ts';

const digestOf = (bytes: Uint8Array | string) => `sha256:${createHash('sha256').update(bytes).digest('hex')}`;

let api: Awaited<ReturnType<typeof openAgentApi>>;
beforeAll(async () => {
  api = await openAgentApi({ maxBlobBytes: 100_000 });
});
afterAll(() => api.close());

async function call(
  token: string | undefined,
  route: string,
  body?: unknown,
  method = 'POST',
  headers: Record<string, string> = {},
) {
  const response = await fetch(`${api.url}/api/agent/${route}`, {
    method,
    headers: {
      'sluice-agent': 'agent-one',
      ...(typeof body === 'object' ? { 'content-type': 'application/json' } : {}),
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...headers,
    },
    body: body === undefined || body instanceof Uint8Array ? (body as never) : JSON.stringify(body),
  });
  const text = method === 'GET' ? Buffer.from(await response.arrayBuffer()) : await response.text();
  return { status: response.status, body: typeof text === 'string' && text !== '' ? JSON.parse(text) : text };
}

const source = (uri: string) => ({ source: { uri, format: 'parquet' } }) as never;

async function submitted(over: Partial<Job> = {}): Promise<{ job: Job; token: string }> {
  const job = await api.store.jobs.create(sampleJob({ attempt: 1, task: dataTask('file:a.parquet'), ...over }));
  return { job, token: api.tokens.issue({ jobId: job.id, attempt: 1 }, api.clock.now() + 60_000) };
}

const dataTask = (uri: string): JobTask => ({ kind: 'data', dataset: source(uri), allow: [] });

/** Uploads it as an agent does, and answers its digest. */
async function sent(token: string, kind: 'blobs' | 'checkpoints', content: string): Promise<string> {
  const digest = digestOf(content);
  const place = { 'upload-offset': '0', 'upload-length': String(content.length) };
  expect((await call(token, `${kind}/${digest}`, Buffer.from(content), 'PATCH', place)).status).toBe(200);
  return digest;
}

async function claimed(over: Partial<Job> = {}) {
  const made = await submitted(over);
  expect((await call(made.token, 'claim', { agent: 'agent-one' })).status).toBe(200);
  return made;
}

const line = (seq: number) => ({ seq, at: 1, kind: 'log', stream: 'stdout', line: `line ${seq}` });

describe('the token', () => {
  test('opens one attempt of one job, and only until it expires', async () => {
    const { job, token } = await submitted();
    const [id, attempt, expires, signature] = token.split('.') as [string, string, string, string];
    const forged = [
      undefined,
      '',
      'x',
      `${id}.${attempt}.${expires}`,
      [id, '2', expires, signature].join('.'),
      [randomUUID(), attempt, expires, signature].join('.'),
      [id, attempt, String(Number(expires) + 1), signature].join('.'),
      [id, attempt, expires, `${signature.slice(0, -1)}${signature.endsWith('A') ? 'B' : 'A'}`].join('.'),
      createAgentTokens('another secret').issue({ jobId: job.id, attempt: 1 }, api.clock.now() + 60_000),
      api.tokens.issue({ jobId: job.id, attempt: 1 }, api.clock.now() - 1),
    ];
    for (const wrong of forged) {
      for (const route of ['claim', 'events', 'heartbeat', 'finish']) {
        expect(await call(wrong, route, { agent: 'agent-one' }), `${wrong} ${route}`).toMatchObject({
          status: 401,
          body: { code: 'permission/unauthenticated' },
        });
      }
    }
    expect((await api.store.jobs.get(job.id))?.status).toBe('queued');
    const other = api.tokens.issue({ jobId: randomUUID(), attempt: 1 }, api.clock.now() + 60_000);
    expect((await call(other, 'heartbeat')).status).toBe(404);
  });

  test('of an earlier attempt is worth nothing once another one runs', async () => {
    const { job, token } = await claimed();
    await api.store.jobs.update(job.id, (now) => ({ ...now, attempt: 2 }));
    for (const route of ['claim', 'events', 'heartbeat', 'finish']) {
      const body = route === 'claim' ? { agent: 'agent-one' } : { events: [], status: 'cancelled' };
      expect((await call(token, route, body)).status, route).toBe(409);
    }
  });

  test('of a finished job is worth nothing', async () => {
    const { token } = await claimed();
    expect((await call(token, 'finish', { status: 'failed', error: { code: 'x', message: 'y' } })).status).toBe(200);
    expect((await call(token, 'finish', { status: 'failed' })).status, 'once more, the answer was lost').toBe(200);
    expect((await call(token, 'finish', { status: 'failed' }, 'POST', { 'sluice-agent': 'x' })).status).toBe(409);
    expect((await call(token, 'finish', { status: 'cancelled' })).status).toBe(409);
    expect((await call(token, 'events', { events: [line(1)] })).status).toBe(409);
    expect((await call(token, 'claim', { agent: 'agent-one' })).status).toBe(409);
    expect((await call(token, `blobs/${digestOf('x')}`, Buffer.from('x'), 'PATCH')).status).toBe(409);
  });
});

test('a token of another job reaches nothing of this one', async () => {
  const digest = await api.checkpoints.put('state of one');
  const checkpoint = { files: [{ path: 'a', digest, size: 12 }], attempt: 1, at: 1 };
  const { job } = await claimed({ checkpoint });
  const other = await claimed();
  const before = await api.store.jobs.get(job.id);
  expect((await call(other.token, `checkpoints/${digest}`, undefined, 'GET')).status).toBe(403);
  expect((await call(other.token, 'events', { events: [line(1)] })).status).toBe(200);
  expect((await call(other.token, 'heartbeat', { usage: { cpuSeconds: 1 } })).status).toBe(200);
  expect((await call(other.token, 'finish', { status: 'cancelled', id: job.id })).status).toBe(200);
  expect(await api.store.jobs.get(job.id)).toEqual(before);
  expect(await api.store.jobs.events(job.id, {})).toEqual([]);
});

test('a second agent with the same token is refused, whatever it tries', async () => {
  const { job, token } = await claimed();
  const second = { 'sluice-agent': 'agent-two' };
  const file = { path: 'model.onnx', digest: digestOf('x'), size: 1 };
  for (const [route, body] of [
    ['claim', { agent: 'agent-two' }],
    ['heartbeat', {}],
    ['events', { events: [line(1)] }],
    ['checkpoint', { files: [file] }],
    ['finish', { status: 'cancelled' }],
  ] as const) {
    expect(await call(token, route, body, 'POST', second), route).toMatchObject({
      status: 409,
      body: { code: 'conflict/stale' },
    });
  }
  expect((await call(token, `blobs/${digestOf('x')}`, Buffer.from('x'), 'PATCH', second)).status).toBe(409);
  expect(await api.store.jobs.get(job.id)).toMatchObject({ status: 'running', agent: 'agent-one' });
  expect(await api.store.jobs.events(job.id, {})).toEqual([]);
});

describe('claim', () => {
  test('starts the attempt for one agent, again for the same one, never for a second', async () => {
    const { job, token } = await submitted();
    const first = await call(token, 'claim', { agent: 'agent-one' });
    expect(first.body).toEqual({
      job: {
        id: job.id,
        attempt: 1,
        task: job.task,
        sha: job.sha,
        limits: { timeoutSeconds: 1800, memoryBytes: 0, maxBlobBytes: 100_000, heartbeatMs: 5_000 },
      },
    });
    expect(await call(token, 'claim', { agent: 'agent-one' })).toEqual(first);
    expect((await call(token, 'claim', { agent: 'agent-two' })).status).toBe(409);
    const running = await api.store.jobs.get(job.id);
    expect(running).toMatchObject({ status: 'running', agent: 'agent-one' });
    expect(running!.leaseUntil).toBeGreaterThan(api.clock.now());
    expect(running!.deadline).toBeGreaterThan(api.clock.now() + 1_800_000);
  });

  test('hands out a checkout token only to a task that reads the repository', async () => {
    const inRepository = await submitted({ task: dataTask('data/rows.csv') });
    expect((await call(inRepository.token, 'claim', { agent: 'agent-one' })).body.checkout).toEqual({
      url: 'https://forge.invalid/acme/flights.git',
      token: 'ghs_checkout',
    });
    const outside = await submitted({ task: dataTask('s3://bucket/rows.parquet') });
    expect((await call(outside.token, 'claim', { agent: 'agent-one' })).body.checkout).toBeUndefined();
    const judged = { ...dataTask('s3://bucket/rows.parquet'), kind: 'evaluate' } as unknown as JobTask;
    const plain = await submitted({ task: judged });
    expect((await call(plain.token, 'claim', { agent: 'agent-one' })).body.checkout).toBeUndefined();
    const profiled = await submitted({ task: { kind: 'profile', monitor: { name: 'live' } } as JobTask });
    expect((await call(profiled.token, 'claim', { agent: 'agent-one' })).body).not.toHaveProperty('checkout');
    const custom = await submitted({ task: { ...judged, metricsSha: 'b'.repeat(40) } as JobTask });
    expect((await call(custom.token, 'claim', { agent: 'agent-one' })).body.checkout).toBeDefined();
  });

  test('of a cancelled job is refused', async () => {
    const { token } = await submitted({ cancelRequested: true });
    expect(await call(token, 'claim', { agent: 'agent-one' })).toMatchObject({
      status: 409,
      body: { code: 'conflict/cancelled' },
    });
  });

  test('asks for a look at the job and its pull request', async () => {
    const { job } = await claimed({ pull: 12 });
    const keys: string[] = [];
    // the pull request's a little later, when there is something to be seen
    for (const end = Date.now() + 5_000; Date.now() < end && !keys.includes('pull:acme/flights#12'); ) {
      const lease = await api.store.queue.take(60_000);
      if (lease) {
        keys.push(lease.key);
        await api.store.queue.finish(lease);
      } else await new Promise((resolve) => setTimeout(resolve, 20));
    }
    expect(keys).toContain(`job:${job.id}`);
    expect(keys).toContain('pull:acme/flights#12');
  });
});

describe('events and heartbeats', () => {
  test('renew the lease, tell of cancellation, and are stored once however often they come', async () => {
    const { job, token } = await claimed();
    const lease = (await api.store.jobs.get(job.id))!.leaseUntil!;
    api.time.shift += 1_000;
    expect((await call(token, 'heartbeat')).body).toEqual({ cancel: false });
    expect((await api.store.jobs.get(job.id))!.leaseUntil).toBeGreaterThan(lease);
    expect((await call(token, 'events', { events: [line(1), line(2)] })).body).toEqual({ cancel: false, stored: 2 });
    const metric = { seq: 3, at: 2, kind: 'metric', step: 0, metric: 'loss', value: 0.5 };
    const again = { events: [line(1), line(2), metric] };
    expect((await call(token, 'events', again)).body).toEqual({ cancel: false, stored: 3 });
    expect((await call(token, 'events', { events: [line(9)] })).status).toBe(409);
    await api.store.jobs.update(job.id, (now) => ({ ...now, cancelRequested: true }));
    expect((await call(token, 'heartbeat')).body).toEqual({ cancel: true });
    expect((await call(token, 'events', { events: [] })).body).toEqual({ cancel: true, stored: 3 });
    expect(await api.store.jobs.events(job.id, {})).toEqual([
      { attempt: 1, ...line(1) },
      { attempt: 1, ...line(2) },
      { attempt: 1, ...metric },
    ]);
  });

  test('before the claim are refused', async () => {
    const { token } = await submitted();
    expect((await call(token, 'events', { events: [line(1)] })).status).toBe(409);
    expect((await call(token, 'finish', { status: 'cancelled' })).status).toBe(409);
  });

  test('that are malformed or too large are refused, long lines are cut', async () => {
    const { job, token } = await claimed();
    const malformed = [
      { events: 'x' },
      { events: [null] },
      { events: [{ ...line(1), seq: 0 }] },
      { events: [{ ...line(1), seq: 1_200_001 }] },
      { events: [{ ...line(1), stream: 'stdin' }] },
      { events: [{ seq: 1, at: 1, kind: 'metric', step: 1, metric: 'loss', value: null }] },
      [],
    ];
    for (const body of malformed) expect((await call(token, 'events', body)).status, JSON.stringify(body)).toBe(400);
    expect((await call(token, 'events', Buffer.from('{"events":'))).status).toBe(400);
    const large = await call(token, 'events', { events: [{ ...line(1), line: 'x'.repeat(1_200_000) }] });
    expect(large.status).toBe(413);
    expect((await call(token, 'events', { events: [{ ...line(1), line: 'x'.repeat(10_000) }] })).status).toBe(200);
    expect(await api.store.jobs.events(job.id, {})).toMatchObject([{ line: 'x'.repeat(4_000) }]);
  });
});

describe('blobs', () => {
  const piece = (token: string, address: string, bytes: Uint8Array, offset = 0, length = bytes.length) =>
    call(token, address, bytes, 'PATCH', { 'upload-offset': String(offset), 'upload-length': String(length) });

  async function arrived(token: string, address: string) {
    const response = await fetch(`${api.url}/api/agent/${address}`, {
      method: 'HEAD',
      headers: { authorization: `Bearer ${token}`, 'sluice-agent': 'agent-one' },
    });
    return response.status === 404 ? Number(response.headers.get('upload-offset')) : 'all';
  }

  test('are taken in pieces, by digest only, up to the cap', async () => {
    const { token } = await claimed();
    const bytes = randomBytes(50_000);
    const address = `blobs/${digestOf(bytes)}`;
    expect(await arrived(token, address)).toBe(0);
    expect(await piece(token, address, bytes.subarray(0, 20_000), 0, 50_000)).toEqual({
      status: 200,
      body: { received: 20_000 },
    });
    expect(await arrived(token, address)).toBe(20_000);
    expect((await piece(token, address, bytes.subarray(30_000), 30_000, 50_000)).status).toBe(409);
    expect((await piece(token, address, randomBytes(30_000), 20_000, 50_000)).status).toBe(400);
    expect(await arrived(token, address), 'content of another digest is dropped').toBe(0);
    expect((await piece(token, address, bytes.subarray(0, 20_000), 0, 50_000)).status).toBe(200);
    expect((await piece(token, address, bytes, 20_000, 50_000)).status, 'more than was announced').toBe(400);
    expect(await arrived(token, address)).toBe(0);
    await piece(token, address, bytes.subarray(0, 20_000), 0, 50_000);
    const last = () => piece(token, address, bytes.subarray(20_000), 20_000, 50_000);
    expect(await last()).toEqual({ status: 200, body: { received: 50_000 } });
    expect(await arrived(token, address)).toBe('all');
    expect(await last(), 'once more, since the answer was lost').toEqual({ status: 200, body: { received: 50_000 } });
    expect(await buffer(await api.artifacts.read(digestOf(bytes)))).toEqual(bytes);
    const empty = `blobs/${digestOf('')}`;
    expect((await piece(token, empty, Buffer.alloc(0))).body).toEqual({ received: 0 });
    expect(await arrived(token, empty)).toBe('all');
    const large = randomBytes(100_001);
    expect((await piece(token, `blobs/${digestOf(large)}`, large)).status).toBe(400);
    expect(await api.artifacts.has(digestOf(large))).toBe(false);
    expect((await piece(token, 'blobs/..%2f..%2fetc', bytes)).status).toBe(400);
    expect((await call(token, `blobs/${digestOf('x')}`, Buffer.from('x'), 'PATCH')).status, 'without a place').toBe(
      400,
    );
    expect((await call(token, `blobs/${digestOf('x')}`, Buffer.from('x'), 'PUT')).status).toBe(405);
  });

  test('that arrive over a connection that breaks keep what has arrived', async () => {
    const { token } = await claimed();
    const bytes = randomBytes(80_000);
    const address = `blobs/${digestOf(bytes)}`;
    const broken = request(`${api.url}/api/agent/${address}`, {
      method: 'PATCH',
      headers: {
        authorization: `Bearer ${token}`,
        'sluice-agent': 'agent-one',
        'upload-offset': '0',
        'upload-length': '80000',
        'content-length': '80000',
      },
    }).on('error', () => undefined);
    broken.write(bytes.subarray(0, 30_000));
    await vi.waitFor(async () => expect(await arrived(token, address)).toBe(30_000), 5_000);
    broken.destroy();
    await vi.waitFor(
      async () => expect((await piece(token, address, bytes.subarray(30_000), 30_000, 80_000)).status).toBe(200),
      5_000,
    );
    expect(await arrived(token, address)).toBe('all');
  });

  test('of two jobs with the same content do not touch each other', async () => {
    const [one, two] = [await claimed(), await claimed()];
    const bytes = randomBytes(60_000);
    const address = `blobs/${digestOf(bytes)}`;
    await piece(one.token, address, bytes.subarray(0, 10_000), 0, 60_000);
    await piece(two.token, address, randomBytes(20_000), 0, 60_000);
    const [wrong, right] = await Promise.all([
      piece(two.token, address, bytes.subarray(20_000), 20_000, 60_000),
      piece(one.token, address, bytes.subarray(10_000), 10_000, 60_000),
    ]);
    expect(right.status).toBe(200);
    expect(wrong.status).toBe(400);
    expect(await arrived(two.token, address), 'the other one’s is not its own').toBe(0);
    expect(await buffer(await api.artifacts.read(digestOf(bytes)))).toEqual(bytes);
  });
  test('of one job are not more than it may need, whether they are finished or not', async () => {
    const { job, token } = await claimed();
    const part = () => {
      const bytes = randomBytes(100_000);
      return piece(token, `blobs/${digestOf(bytes)}`, bytes.subarray(0, 10), 0, 100_000);
    };
    await sent(token, 'blobs', 'x'.repeat(100_000));
    for (const _ of [2, 3, 4]) expect((await part()).status).toBe(200);
    expect(await part()).toMatchObject({
      status: 400,
      body: { message: 'one job may upload 400000 bytes and 5000 files' },
    });
    await sent(token, 'blobs', 'x'.repeat(100_000));
    const other = await claimed();
    await sent(other.token, 'blobs', 'y');
    // what nobody continued for a day is removed by the store, and does not count any more
    const incoming = path.join(api.folder, 'artifacts', 'incoming');
    for (const name of await readdir(incoming)) if (name.includes(job.id)) await rm(path.join(incoming, name));
    expect((await part()).status).toBe(200);
  });

  test('of another job are not one’s own by naming them', async () => {
    const [one, two] = [await claimed(), await claimed()];
    const digest = await sent(one.token, 'blobs', 'a model of somebody');
    const files = [{ path: 'model.onnx', digest, size: 19 }];
    expect((await call(two.token, 'finish', { status: 'succeeded', files })).status).toBe(400);
    expect(await arrived(two.token, `blobs/${digest}`)).toBe(0);
    const guess = Buffer.alloc(19);
    expect((await piece(two.token, `blobs/${digest}`, guess)).status, 'other content').toBe(400);
    expect((await call(two.token, 'finish', { status: 'succeeded', files })).status).toBe(400);
    await sent(two.token, 'blobs', 'a model of somebody');
    expect((await call(two.token, 'finish', { status: 'succeeded', files })).status).toBe(200);
  });

  test('are given only to the job whose task names them', async () => {
    const [mine, champions, repeated, others] = await Promise.all(
      ['mine', 'champion', 'repeat', 'other'].map((text) => api.artifacts.put(text)),
    );
    const ref = (digest: string) => ({
      digest: 'x',
      format: 'onnx' as const,
      files: [{ path: 'm.onnx', digest, size: 4 }],
    });
    const task = {
      kind: 'evaluate',
      dataset: source('file:a.parquet'),
      allow: [],
      candidate: ref(mine!),
      champion: { version: '1.0.0', model: {}, artifact: ref(champions!) },
      repeats: [{ seed: 8, artifact: ref(repeated!) }],
    } as unknown as JobTask;
    const evaluation = await claimed({ task });
    expect((await call(evaluation.token, `blobs/${mine}`, undefined, 'GET')).body).toEqual(Buffer.from('mine'));
    expect((await call(evaluation.token, `blobs/${champions}`, undefined, 'GET')).body).toEqual(
      Buffer.from('champion'),
    );
    expect((await call(evaluation.token, `blobs/${repeated}`, undefined, 'GET')).status).toBe(200);
    expect((await call(evaluation.token, `blobs/${others}`, undefined, 'GET')).status).toBe(403);
    const reference = { path: 'reference.json', digest: mine, size: 4 };
    const profiling = await claimed({ task: { kind: 'profile', reference } as JobTask });
    expect((await call(profiling.token, `blobs/${mine}`, undefined, 'GET')).status).toBe(200);
    expect((await call(profiling.token, `blobs/${others}`, undefined, 'GET')).status).toBe(403);
    const data = await claimed();
    expect((await call(data.token, `blobs/${mine}`, undefined, 'GET')).status).toBe(403);
  });
});

describe('checkpoints', () => {
  const training = {
    kind: 'train',
    model: { train: { resources: { gpu: 2, memoryBytes: 0, timeoutSeconds: 60 } } },
    dataset: source('file:a.parquet'),
    allow: [],
  } as unknown as JobTask;

  async function save(token: string, path: string, content: string) {
    const digest = await sent(token, 'checkpoints', content);
    const file = { path, digest, size: content.length };
    return { ...(await call(token, 'checkpoint', { files: [file] })), file };
  }

  test('the newest is kept and given to the next attempt, the one before is removed', async () => {
    const { job, token } = await claimed({ task: training });
    const first = await save(token, 'step-1.bin', 'state 1');
    expect(first.status).toBe(200);
    const second = await save(token, 'step-2.bin', 'state 2');
    expect((await api.store.jobs.get(job.id))!.checkpoint).toMatchObject({ files: [second.file], attempt: 1 });
    expect(await api.checkpoints.has(first.file.digest)).toBe(false);
    await api.store.jobs.update(job.id, ({ agent: _, ...rest }) => ({ ...rest, status: 'queued', attempt: 2 }));
    const next = api.tokens.issue({ jobId: job.id, attempt: 2 }, api.clock.now() + 60_000);
    const claim = await call(next, 'claim', { agent: 'agent-one' });
    expect(claim.body.checkpoint).toEqual({ files: [second.file] });
    const content = await call(next, `checkpoints/${second.file.digest}`, undefined, 'GET');
    expect(content).toEqual({ status: 200, body: Buffer.from('state 2') });
    expect((await call(next, `blobs/${second.file.digest}`, undefined, 'GET')).status).toBe(403);
    const other = await claimed({ task: training });
    expect((await call(other.token, `checkpoints/${second.file.digest}`, undefined, 'GET')).status).toBe(403);
    expect((await call(next, 'finish', { status: 'cancelled' })).status).toBe(200);
    expect((await api.store.jobs.get(job.id))!.checkpoint).toBeUndefined();
    expect(await api.checkpoints.has(second.file.digest), 'nobody needs it any more').toBe(false);
  });

  test('content that another job’s checkpoint has as well, stays', async () => {
    const [one, two] = [await claimed({ task: training }), await claimed({ task: training })];
    const { file } = await save(one.token, 'a.bin', 'the same');
    await save(two.token, 'a.bin', 'the same');
    await save(one.token, 'a.bin', 'newer');
    expect(await api.checkpoints.has(file.digest)).toBe(true);
  });

  test('of another job cannot be had by naming them', async () => {
    const [one, two] = [await claimed({ task: training }), await claimed({ task: training })];
    const { file } = await save(one.token, 'a.bin', 'state of somebody');
    expect((await call(two.token, 'checkpoint', { files: [file] })).status).toBe(400);
    expect((await call(two.token, `checkpoints/${file.digest}`, undefined, 'GET')).status).toBe(403);
  });

  test('that were sent and then replaced unsaved are removed, too', async () => {
    const { token } = await claimed({ task: training });
    const unsaved = await sent(token, 'checkpoints', 'never named');
    const { file } = await save(token, 'a.bin', 'saved');
    expect(await api.checkpoints.has(unsaved)).toBe(false);
    // what stays as it is, is named again
    expect((await call(token, 'checkpoint', { files: [file, { ...file, path: 'b.bin' }] })).status).toBe(200);
    expect(await api.checkpoints.has(file.digest)).toBe(true);
  });

  test('are refused when they were not uploaded, are too large or are not those of a training', async () => {
    const { token } = await claimed({ task: training });
    const digest = digestOf('never uploaded');
    expect((await call(token, 'checkpoint', { files: [{ path: 'a', digest, size: 14 }] })).status).toBe(400);
    expect((await call(token, 'checkpoint', { files: [] })).status).toBe(400);
    const halves = await Promise.all(['a', 'b'].map((name) => sent(token, 'checkpoints', name.repeat(60_000))));
    const files = halves.map((half, index) => ({ path: `${index}.bin`, digest: half, size: 60_000 }));
    expect((await call(token, 'checkpoint', { files })).status).toBe(400);
    expect((await save((await claimed()).token, 'a', 'x')).status).toBe(400);
  });
});

describe('what an attempt used', () => {
  const usage = {
    cpuSeconds: 12.5,
    peakMemoryBytes: 2 ** 30,
    gpu: { model: 'NVIDIA H200', count: 2, utilisation: 0.75, peakMemoryBytes: 2 ** 34, energyJoules: 5_000 },
  };

  test('is kept from heartbeats, so that a lost attempt has it too, and from its end', async () => {
    const { job, token } = await claimed();
    expect((await call(token, 'heartbeat', { usage })).body).toEqual({ cancel: false });
    expect((await api.store.jobs.get(job.id))!.usage).toEqual(usage);
    expect((await call(token, 'heartbeat', {})).status).toBe(200);
    expect((await api.store.jobs.get(job.id))!.usage).toEqual(usage);
    await call(token, 'finish', { status: 'cancelled', usage: { ...usage, cpuSeconds: 13 } });
    expect((await api.store.jobs.get(job.id))!.usage).toEqual({ ...usage, cpuSeconds: 13 });
  });

  test('begins anew with the next attempt, and its time is added to what was spent', async () => {
    const { job, token } = await claimed();
    await call(token, 'heartbeat', { usage });
    await api.store.jobs.update(job.id, ({ agent: _, ...rest }) => ({ ...rest, status: 'queued', attempt: 2 }));
    const next = api.tokens.issue({ jobId: job.id, attempt: 2 }, api.clock.now() + 60_000);
    await call(next, 'claim', { agent: 'agent-one' });
    expect((await api.store.jobs.get(job.id))!.usage).toBeUndefined();
    api.time.shift += 5_000;
    await call(next, 'finish', { status: 'failed', error: { code: 'config/train-failed', message: 'x' } });
    const { spent } = (await api.store.jobs.get(job.id))!;
    expect(spent!.seconds).toBeGreaterThanOrEqual(5);
    expect(spent!.seconds).toBeLessThan(60);
  });

  test.each([
    ['not an object', undefined],
    [{ cpuSeconds: -1, peakMemoryBytes: '5' }, undefined],
    [{ cpuSeconds: 1e300, peakMemoryBytes: 5 }, { peakMemoryBytes: 5 }],
    [{ cpuSeconds: null, gpu: { ...usage.gpu, utilisation: 7 } }, undefined],
    [{ gpu: { ...usage.gpu, count: 0.5 } }, undefined],
    [
      { gpu: { ...usage.gpu, model: '<img src=x> @all`', energyJoules: -1, more: 1 } },
      { gpu: { model: 'img srcx all', count: 2, utilisation: 0.75, peakMemoryBytes: 2 ** 34 } },
    ],
  ])('is believed only where it makes sense: %j', async (said, kept) => {
    const { job, token } = await claimed();
    expect((await call(token, 'heartbeat', { usage: said })).status).toBe(200);
    expect((await api.store.jobs.get(job.id))!.usage).toEqual(kept);
  });
});

describe('finish', () => {
  test('succeeds only with files that were uploaded as said', async () => {
    const { job, token } = await claimed();
    const digest = await sent(token, 'blobs', 'a model');
    const file = { path: 'model.onnx', digest, size: 7 };
    const refused = [
      [],
      [{ ...file, size: 8 }],
      [{ ...file, digest: digestOf('never uploaded') }],
      [{ ...file, path: '../model.onnx' }],
      [{ ...file, path: '/model.onnx' }],
      [{ ...file, path: 'a/../../x' }],
      [{ ...file, path: '.hidden' }],
      [{ ...file, path: 'a\\b' }],
      [file, file],
    ];
    for (const files of refused) {
      expect((await call(token, 'finish', { status: 'succeeded', files })).status, JSON.stringify(files)).toBe(400);
    }
    expect((await api.store.jobs.get(job.id))?.status).toBe('running');
    const files = [{ ...file, path: 'weights/part 1.bin' }, file];
    expect((await call(token, 'finish', { status: 'succeeded', files })).status).toBe(200);
    const done = (await api.store.jobs.get(job.id))!;
    expect(done).toMatchObject({ status: 'succeeded', result: { files: [file, files[0]] } });
    expect(done.leaseUntil).toBeUndefined();
    expect(done.finishedAt).toBeGreaterThan(0);
  });

  test.each(['external/github', 'external/data', 'external/storage', 'external/runner'])(
    'with %s, which nobody is to blame for, leads to the next attempt while one is left',
    async (code) => {
      const checkpoint = { files: [{ path: 'a', digest: digestOf('a'), size: 1 }], attempt: 1, at: 1 };
      const { job, token } = await claimed({ maxAttempts: 2, handle: { pid: 1 }, checkpoint });
      const failed = { status: 'failed', error: { code, message: 'git fetch: The requested URL returned error: 502' } };
      api.time.shift += 5_000;
      expect((await call(token, 'finish', failed)).status).toBe(200);
      const waiting = (await api.store.jobs.get(job.id))!;
      expect(waiting).toMatchObject({ status: 'queued', attempt: 2, checkpoint });
      for (const gone of ['agent', 'handle', 'startedAt', 'deadline', 'leaseUntil', 'error'] as const) {
        expect(waiting[gone], gone).toBeUndefined();
      }
      expect(waiting.spent!.seconds).toBeGreaterThanOrEqual(5);
      const line = 'attempt 1 was lost: git fetch: The requested URL returned error: 502';
      expect(await api.store.jobs.events(job.id, {})).toMatchObject([{ attempt: 0, seq: 1, line }]);
      expect((await call(token, 'finish', failed)).status, 'the attempt is over').toBe(409);
      const next = api.tokens.issue({ jobId: job.id, attempt: 2 }, api.clock.now() + 60_000);
      expect((await call(next, 'claim', { agent: 'agent-one' })).status).toBe(200);
      await call(next, 'finish', failed);
      expect(await api.store.jobs.get(job.id), 'none is left').toMatchObject({ status: 'failed', error: { code } });
    },
  );

  test.each(['external/timeout', 'config/train-failed', 'bug/invariant', 'external/unheard-of'])(
    'with %s is final: another attempt would end the same way',
    async (code) => {
      const { job, token } = await claimed({ maxAttempts: 3 });
      await call(token, 'finish', { status: 'failed', error: { code, message: 'x' } });
      expect(await api.store.jobs.get(job.id)).toMatchObject({ status: 'failed', attempt: 1 });
    },
  );

  test('of a job that is being cancelled leads to no other attempt', async () => {
    const { job, token } = await claimed({ maxAttempts: 3 });
    await api.store.jobs.update(job.id, (current) => ({ ...current, cancelRequested: true }));
    await call(token, 'finish', { status: 'failed', error: { code: 'external/github', message: 'x' } });
    expect(await api.store.jobs.get(job.id)).toMatchObject({ status: 'failed', attempt: 1 });
  });

  test('said again has everybody told again, since the server may have died before', async () => {
    const { job, token } = await claimed();
    await call(token, 'finish', { status: 'cancelled' });
    const due = async () => {
      const keys: string[] = [];
      for (let lease = await api.store.queue.take(60_000); lease; lease = await api.store.queue.take(60_000)) {
        keys.push(lease.key);
        await api.store.queue.finish(lease);
      }
      return keys;
    };
    expect(await due()).toContain(`job:${job.id}`);
    expect((await call(token, 'finish', { status: 'cancelled' })).status).toBe(200);
    expect(await due()).toContain(`job:${job.id}`);
  });

  test('an agent may not blame others: unknown codes become the runner’s', async () => {
    const { job, token } = await claimed();
    await call(token, 'finish', {
      status: 'failed',
      error: { code: 'permission/forbidden', message: 'x'.repeat(9_000) },
    });
    const { error } = (await api.store.jobs.get(job.id))!;
    expect(error).toEqual({ code: 'external/runner', message: 'x'.repeat(4_000) });
  });
});

test('other addresses are left alone, unknown ones under the prefix are not found', async () => {
  expect((await fetch(`${api.url}/api/github/webhooks`)).status).toBe(418);
  const { token } = await claimed();
  expect((await call(token, 'nothing')).status).toBe(404);
  expect((await call(token, 'claim', undefined, 'GET')).status).toBe(405);
  expect(api.warnings, 'but for the connection that was broken').toMatchObject([
    { fields: { err: { message: 'the upload broke off' } } },
  ]);
});

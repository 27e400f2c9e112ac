import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
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

async function call(token: string | undefined, route: string, body?: unknown, method = 'POST') {
  const response = await fetch(`${api.url}/api/agent/${route}`, {
    method,
    headers: token === undefined ? {} : { authorization: `Bearer ${token}` },
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
    expect((await call(token, 'finish', { status: 'cancelled' })).status).toBe(409);
    expect((await call(token, 'events', { events: [line(1)] })).status).toBe(409);
    expect((await call(token, 'claim', { agent: 'agent-one' })).status).toBe(409);
    expect((await call(token, `blobs/${digestOf('x')}`, Buffer.from('x'), 'PUT')).status).toBe(409);
  });
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
    for (;;) {
      const lease = await api.store.queue.take(60_000);
      if (!lease) break;
      keys.push(lease.key);
      await api.store.queue.finish(lease);
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
  test('are taken by digest only, up to the cap', async () => {
    const { token } = await claimed();
    const bytes = randomBytes(50_000);
    const address = `blobs/${digestOf(bytes)}`;
    expect((await call(token, address, undefined, 'HEAD')).status).toBe(404);
    expect(await call(token, address, randomBytes(50_000), 'PUT')).toMatchObject({ status: 400 });
    expect(await call(token, address, bytes, 'PUT')).toEqual({ status: 200, body: { size: 50_000 } });
    expect((await call(token, address, undefined, 'HEAD')).status).toBe(200);
    expect(await call(token, address, bytes, 'PUT')).toEqual({ status: 200, body: { size: 50_000 } });
    const large = randomBytes(100_001);
    expect((await call(token, `blobs/${digestOf(large)}`, large, 'PUT')).status).toBe(400);
    expect(await api.artifacts.has(digestOf(large))).toBe(false);
    expect((await call(token, 'blobs/..%2f..%2fetc', bytes, 'PUT')).status).toBe(400);
  });

  test('are given only to the job whose task names them', async () => {
    const [mine, champions, others] = await Promise.all(
      ['mine', 'champion', 'other'].map((text) => api.artifacts.put(text)),
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
    } as unknown as JobTask;
    const evaluation = await claimed({ task });
    expect((await call(evaluation.token, `blobs/${mine}`, undefined, 'GET')).body).toEqual(Buffer.from('mine'));
    expect((await call(evaluation.token, `blobs/${champions}`, undefined, 'GET')).body).toEqual(
      Buffer.from('champion'),
    );
    expect((await call(evaluation.token, `blobs/${others}`, undefined, 'GET')).status).toBe(403);
    const data = await claimed();
    expect((await call(data.token, `blobs/${mine}`, undefined, 'GET')).status).toBe(403);
  });
});

describe('finish', () => {
  test('succeeds only with files that were uploaded as said', async () => {
    const { job, token } = await claimed();
    const digest = await api.artifacts.put('a model');
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
  expect(api.warnings).toEqual([]);
});

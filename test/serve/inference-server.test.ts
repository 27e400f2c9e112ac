import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { LoggedLabel, LoggedPrediction } from '../../src/ports/inference-log.ts';
import { serveMain } from '../../src/serve/serve-main.ts';
import type { StateVersion } from '../../src/serve/state.ts';
import { createFakeRuntime, fakeModel } from './fake-runtime.ts';

const TOKEN = 'control-token';
let folder: string;
let runtime: ReturnType<typeof createFakeRuntime>;
let logged: LoggedPrediction[];
let labelled: LoggedLabel[];
let server: Awaited<ReturnType<typeof serveMain>>;

async function start() {
  const memory = <T>(rows: T[]) => ({
    append: async (more: T[]) => {
      rows.push(...more);
    },
    flush: async () => undefined,
    close: async () => undefined,
  });
  return serveMain(
    { runtime, openLog: async () => memory(logged), openLabels: async () => memory(labelled) },
    { folder, host: '127.0.0.1', port: 0, controlToken: TOKEN },
  );
}

beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'sluice-'));
  runtime = createFakeRuntime();
  logged = [];
  labelled = [];
  server = await start();
});
afterEach(async () => {
  await server.stop();
  await rm(folder, { recursive: true, force: true });
});

async function artifact(name: string, content: object): Promise<string> {
  await mkdir(path.join(folder, 'versions', name), { recursive: true });
  await writeFile(path.join(folder, 'versions', name, 'model.json'), JSON.stringify(content));
  return `versions/${name}`;
}

async function call(method: string, route: string, body?: unknown, token = TOKEN) {
  const response = await fetch(server.url + route, {
    method,
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  const text = await response.text();
  return { status: response.status, body: text.startsWith('{') ? JSON.parse(text) : text };
}

async function serve(...versions: [version: string, percent: number, content: object][]) {
  const entries: StateVersion[] = [];
  for (const [version, percent, content] of versions) {
    entries.push({ version, percent, folder: await artifact(version, content), model: fakeModel() });
  }
  return call('PUT', '/control/state', { repository: 'acme/flights', deployment: 'production', versions: entries });
}

function request(hours: unknown[], more: object = {}) {
  return {
    inputs: [
      { name: 'hour', shape: [hours.length], datatype: 'INT64', data: hours },
      { name: 'from', shape: [hours.length], datatype: 'BYTES', data: hours.map(() => 'ATL') },
    ],
    ...more,
  };
}

const infer = (body: unknown, version = '') => call('POST', `/v2/models/flight-delay${version}/infer`, body);

describe('Open Inference Protocol', () => {
  it('is live from the start and ready once a model is loaded', async () => {
    expect(await call('GET', '/v2/health/live')).toEqual({ status: 200, body: { live: true } });
    expect(await call('GET', '/v2/health/ready')).toEqual({ status: 503, body: { ready: false } });
    expect((await call('GET', '/v2/models/flight-delay/ready')).status).toBe(404);
    await serve(['v1.0.0', 100, { factor: 0.01 }]);
    expect(await call('GET', '/v2/health/ready')).toEqual({ status: 200, body: { ready: true } });
    expect((await call('GET', '/v2/models/flight-delay/versions/v1.0.0/ready')).status).toBe(200);
    expect((await call('GET', '/v2/models/flight-delay/versions/v9/ready')).status).toBe(404);
    expect((await call('GET', '/v2')).body).toMatchObject({ name: 'sluice' });
  });

  it('describes the model', async () => {
    await serve(['v1.0.0', 100, { factor: 0.01 }]);
    expect((await call('GET', '/v2/models/flight-delay')).body).toEqual({
      name: 'flight-delay',
      versions: ['v1.0.0'],
      platform: 'onnx',
      inputs: [
        { name: 'hour', datatype: 'INT64', shape: [-1] },
        { name: 'from', datatype: 'BYTES', shape: [-1] },
      ],
      outputs: [{ name: 'probability', datatype: 'FP64', shape: [-1] }],
    });
  });

  it('answers a batch and says which version did', async () => {
    await serve(['v1.0.0', 100, { factor: 0.25 }]);
    expect(await infer(request([1, 2, 3], { id: 'r1', outputs: [{ name: 'probability' }] }))).toEqual({
      status: 200,
      body: {
        model_name: 'flight-delay',
        model_version: 'v1.0.0',
        id: 'r1',
        outputs: [{ name: 'probability', shape: [3], datatype: 'FP64', data: [0.25, 0.5, 0.75] }],
      },
    });
  });

  it('takes columns as [rows, 1], nested or flat, and leaves inputs alone that it does not know', async () => {
    await serve(['v1.0.0', 100, { factor: 0.25 }]);
    const body = request([1, 2]);
    body.inputs[0] = { name: 'hour', shape: [2, 1], datatype: 'INT32', data: [[1], [2]] };
    body.inputs.push({ name: 'weather', shape: [2], datatype: 'FP32', data: [0.5, 1] });
    expect((await infer(body)).body.outputs[0].data).toEqual([0.25, 0.5]);
  });

  it.each([
    ['a body that is not JSON', '{', 'The body is not JSON'],
    ['no inputs', {}, 'inputs must be a list'],
    ['a missing input', { inputs: [request([1]).inputs[0]] }, 'input from is missing'],
    ['a wrong datatype', { inputs: [{ ...request([1]).inputs[0], datatype: 'FP32' }] }, 'datatype of hour is FP32'],
    ['a wrong shape', { inputs: [{ ...request([1]).inputs[0], shape: [2] }] }, 'hour has 1 values'],
    ['a broken integer', request([1.5]), 'value 0 of hour is no INT64'],
    ['no rows', request([]), 'the request has no rows'],
    ['an unknown output', request([1], { outputs: [{ name: 'x' }] }), 'No output x'],
    ['a bad time', request([1], { parameters: { timestamp: 'yesterday' } }), '"yesterday" is no time'],
    ['too few ids', request([1, 2], { parameters: { ids: ['a'] } }), 'parameters.ids must name each of the 2 rows'],
  ])('answers 400 to %s', async (_what, body, message) => {
    await serve(['v1.0.0', 100, { factor: 0.25 }]);
    const answer = await infer(body);
    expect(answer.status).toBe(400);
    expect(answer.body.error).toContain(message);
    expect(logged.map(({ prediction }) => prediction)).toEqual(logged.map(() => null));
  });

  it('answers 404 to what is not served', async () => {
    await serve(['v1.0.0', 100, { factor: 0.25 }]);
    expect(await infer(request([1]), '/versions/v2.0.0')).toEqual({
      status: 404,
      body: { error: 'No model flight-delay, version v2.0.0' },
    });
    expect((await call('POST', '/v2/models/other/infer', request([1]))).status).toBe(404);
    expect((await call('GET', '/v3')).status).toBe(404);
  });
});

describe('the log', () => {
  it('has every answered row with its id, event time, inputs by column, and prediction', async () => {
    await serve(['v1.0.0', 100, { factor: 0.25 }]);
    await infer(request([1, 2], { parameters: { ids: ['a', 7], timestamps: ['2001-05-01T10:00:00Z', 988711200000] } }));
    await infer(request([3], { id: 'single', parameters: { timestamp: 5 } }));
    await infer(request([4, 5], { id: 'batch' }));
    const about = { deployment: 'production', version: 'v1.0.0' };
    expect(logged).toMatchObject([
      {
        ...about,
        id: 'a',
        at: Date.UTC(2001, 4, 1, 10),
        inputs: { hour: 1, origin: 'ATL' },
        prediction: 0.25,
        confidence: 0.75,
      },
      { ...about, id: '7', at: 988711200000, inputs: { hour: 2, origin: 'ATL' }, prediction: 0.5 },
      { ...about, id: 'single', at: 5, prediction: 0.75 },
      { ...about, id: 'batch/0', prediction: 1 },
      { ...about, id: 'batch/1', prediction: 1.25 },
    ]);
    expect(logged[3]!.at).toBe(logged[3]!.receivedAt);
  });

  it('has the rows that got no answer, with what is known of them and why', async () => {
    await serve(['v1.0.0', 100, { fail: true }]);
    await infer(request([1, 2], { parameters: { ids: ['a', 'b'], timestamp: 5 } }));
    await infer(request([1.5], { id: 'typo' }));
    await infer('{');
    await infer(request([1]), '/versions/v9');
    expect(logged).toMatchObject([
      { id: 'a', at: 5, inputs: { hour: 1, origin: 'ATL' }, prediction: null, error: 'config/model-invalid' },
      { id: 'b', at: 5, inputs: { hour: 2, origin: 'ATL' }, prediction: null, error: 'config/model-invalid' },
      { id: 'typo', version: 'v1.0.0', inputs: {}, prediction: null, error: 'config/invalid-input' },
    ]);
    expect(logged).toHaveLength(3);
    expect(logged.every(({ latencyMs, confidence }) => latencyMs >= 0 && confidence === undefined)).toBe(true);
  });

  it('keeps labels that come later; only with the token', async () => {
    const labels = [
      { id: 'a', label: true, at: '2001-05-02' },
      { id: 7, label: 0 },
    ];
    expect((await call('POST', '/labels', { labels }, 'guess')).status).toBe(401);
    expect(await call('POST', '/labels', { labels })).toEqual({ status: 200, body: { stored: 2 } });
    expect(labelled).toMatchObject([
      { id: 'a', label: true, at: Date.UTC(2001, 4, 2) },
      { id: '7', label: 0 },
    ]);
    expect((await call('POST', '/labels', { labels: [{ id: 'a' }] })).status).toBe(400);
  });
});

describe('two versions', () => {
  const versionsOf = async (count: number) => {
    const by = new Map<string, string>();
    for (let i = 0; i < count; i++) by.set(`r${i}`, (await infer(request([1], { id: `r${i}` }))).body.model_version);
    return by;
  };

  it('splits by the id: about the share, always the same, and who has the candidate keeps it', async () => {
    await serve(['v1.0.0', 90, { factor: 0.01 }], ['v1.1.0', 10, { factor: 0.02 }]);
    const first = await versionsOf(200);
    const candidate = [...first].filter(([, version]) => version === 'v1.1.0').map(([id]) => id);
    expect(candidate.length).toBeGreaterThan(8);
    expect(candidate.length).toBeLessThan(36);
    expect(await versionsOf(200)).toEqual(first);
    await serve(['v1.0.0', 50, { factor: 0.01 }], ['v1.1.0', 50, { factor: 0.02 }]);
    const second = await versionsOf(200);
    expect(candidate.every((id) => second.get(id) === 'v1.1.0')).toBe(true);
  });

  it('counts requests and errors by version, since the split changed', async () => {
    await serve(['v1.0.0', 50, { factor: 0.01 }], ['v1.1.0', 50, { factor: 0.02, fail: true }]);
    for (let i = 0; i < 40; i++) await infer(request([1], { id: `r${i}` }));
    const { versions } = (await call('GET', '/control/state')).body;
    expect(versions).toMatchObject([
      { version: 'v1.0.0', percent: 50, ready: true, errors: 0 },
      { version: 'v1.1.0', percent: 50, ready: true },
    ]);
    expect(versions[0].requests + versions[1].requests).toBe(40);
    expect(versions[1].errors).toBe(versions[1].requests);
    expect(logged.filter(({ error }) => error === undefined)).toHaveLength(versions[0].requests);
    expect(logged.filter(({ error }) => error !== undefined)).toHaveLength(versions[1].errors);
    expect((await call('GET', '/metrics')).body).toContain(
      `sluice_inference_requests_total{version="v1.1.0",outcome="error"} ${versions[1].errors}`,
    );
    await serve(['v1.0.0', 100, { factor: 0.01 }]);
    expect((await call('GET', '/control/state')).body.versions).toMatchObject([{ version: 'v1.0.0', requests: 0 }]);
  });

  it('answers by the version that is asked for', async () => {
    await serve(['v1.0.0', 100, { factor: 0.01 }], ['v1.1.0', 0, { factor: 0.02 }]);
    expect((await infer(request([1]), '/versions/v1.1.0')).body.outputs[0].data).toEqual([0.02]);
    expect((await infer(request([1]))).body.model_version).toBe('v1.0.0');
  });
});

describe('changing the state', () => {
  it('leaves everything as it was when the new version cannot be loaded', async () => {
    await serve(['v1.0.0', 100, { factor: 0.01 }]);
    const answer = await serve(['v1.0.0', 90, { factor: 0.01 }], ['v1.1.0', 10, { broken: 'opset 99 is not known' }]);
    expect(answer).toEqual({ status: 422, body: { error: 'opset 99 is not known' } });
    expect((await call('GET', '/control/state')).body.versions).toMatchObject([
      { version: 'v1.0.0', percent: 100, ready: true },
      { version: 'v1.1.0', percent: 0, ready: false, message: 'opset 99 is not known' },
    ]);
    expect((await infer(request([1]))).status).toBe(200);
    expect((await call('GET', '/v2/health/ready')).status).toBe(200);
    await serve(['v1.0.0', 100, { factor: 0.01 }]);
    expect((await call('GET', '/control/state')).body.versions).toHaveLength(1);
  });

  it('answers requests that have begun before it lets a version go', async () => {
    await serve(['v1.0.0', 100, { factor: 0.01, delayMs: 150 }]);
    const slow = infer(request([1]));
    await expect.poll(async () => (await call('GET', '/control/state')).body.versions[0].requests).toBe(1);
    await serve(['v1.1.0', 100, { factor: 0.02 }]);
    expect((await infer(request([1]))).body.model_version).toBe('v1.1.0');
    expect((await slow).body.model_version).toBe('v1.0.0');
    expect([...runtime.open].map((each) => path.basename(each))).toEqual(['v1.1.0']);
  });

  it.each([
    ['shares that do not sum to 100', { percent: 90 }, 'the shares sum to 90'],
    ['a folder outside', { folder: '../../etc' }, 'folder of v1.0.0 must lie below'],
    ['no model', { model: undefined }, 'v1.0.0 lacks its model'],
  ])('refuses %s', async (_what, change, message) => {
    const entry = { version: 'v1.0.0', percent: 100, folder: 'versions/x', model: fakeModel(), ...change };
    const answer = await call('PUT', '/control/state', { repository: 'a/b', deployment: 'c', versions: [entry] });
    expect(answer.status).toBe(400);
    expect(answer.body.error).toContain(message);
  });

  it('needs the token', async () => {
    expect((await call('GET', '/control/state', undefined, 'guess')).status).toBe(401);
    expect((await call('PUT', '/control/state', {}, '')).status).toBe(401);
  });

  it('serves the same after a restart', async () => {
    await serve(['v1.0.0', 90, { factor: 0.01 }], ['v1.1.0', 10, { factor: 0.02 }]);
    const before = (await call('GET', '/control/state')).body.state;
    await server.stop();
    server = await start();
    expect((await call('GET', '/control/state')).body.state).toEqual(before);
    expect((await infer(request([1], { id: 'x' }))).status).toBe(200);
  });

  it('serves what it can after a restart, and says what is missing', async () => {
    await serve(['v1.0.0', 90, { factor: 0.01 }], ['v1.1.0', 10, { factor: 0.02 }]);
    await server.stop();
    await rm(path.join(folder, 'versions/v1.1.0'), { recursive: true });
    server = await start();
    expect((await call('GET', '/control/state')).body).toMatchObject({
      ready: false,
      versions: [
        { version: 'v1.0.0', ready: true },
        { version: 'v1.1.0', ready: false },
      ],
    });
    expect((await infer(request([1]))).body.model_version).toBe('v1.0.0');
    await artifact('v1.1.0', { factor: 0.02 });
    await serve(['v1.0.0', 90, { factor: 0.01 }], ['v1.1.0', 10, { factor: 0.02 }]);
    expect((await call('GET', '/v2/health/ready')).status).toBe(200);
  });

  it('lets only one process serve a folder', async () => {
    await expect(start()).rejects.toMatchObject({ code: 'conflict/stale' });
  });
});

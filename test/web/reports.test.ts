import { createServer, type IncomingHttpHeaders, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openRecords, type Records } from '../../src/flows/records.ts';
import { createReportsHandler, type ReportsOptions } from '../../src/web/reports.ts';
import { createFakeArtifacts } from '../fakes/fake-artifacts.ts';
import { createMemoryStore } from '../fakes/memory-store.ts';
import { madeEvaluation } from '../flows/made-evaluation.ts';

let records: Records;
let artifacts: ReturnType<typeof createFakeArtifacts>;
let close: () => void = () => undefined;

beforeEach(() => {
  records = openRecords(createMemoryStore(() => 0).documents);
  artifacts = createFakeArtifacts();
});
afterEach(() => close());

const hexOf = async (content: string) => (await artifacts.put(content)).replace('sha256:', '');

async function served(to: ReportsOptions['to']) {
  const handler = createReportsHandler({ artifacts, records, to });
  const server = createServer(async (incoming, response) => {
    if (!(await handler(incoming, response))) response.writeHead(418).end();
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  close = () => server.close();
  const { port } = server.address() as AddressInfo;
  // not fetch: it would not let us say under which name we ask
  return (path: string, headers: Record<string, string> = {}, method = 'GET') =>
    new Promise<{ status: number; headers: IncomingHttpHeaders; body: string }>((resolve, reject) => {
      const asked = request({ port, path, method, headers: { host: `localhost:${port}`, ...headers } }, (answer) => {
        const chunks: Buffer[] = [];
        answer.on('data', (chunk: Buffer) => chunks.push(chunk));
        answer.on('end', () =>
          resolve({ status: answer.statusCode!, headers: answer.headers, body: Buffer.concat(chunks).toString() }),
        );
      });
      asked.on('error', reject).end();
    });
}

async function stored() {
  const auc = { value: 0.81, lower: 0.78, upper: 0.84 };
  const evaluation = madeEvaluation({ auc, candidate: 'sha256:1' });
  const page = await hexOf(JSON.stringify(evaluation));
  const predictions = await hexOf('PAR1 rows PAR1');
  const gates = [{ gate: 'roc_auc ≥ 0.6', verdict: 'pass' as const, evidence: '0.81 <b>', bound: 'sha256:2' }];
  await records.reports.update(page, () => ({ model: 'bought', gates, predictions: `sha256:${predictions}` }));
  await records.predictions.update(predictions, () => ({ model: 'bought' }));
  return { page, predictions };
}

it('shows the report of an evaluation, without scripts and for nobody to keep', async () => {
  const { page, predictions } = await stored();
  const get = await served('everyone');
  const answer = await get(`/evaluations/${page}.html`, { host: 'sluice.example' });
  expect(answer.status).toBe(200);
  expect(answer.body).toContain('bought');
  expect(answer.body).toContain('&lt;b&gt;');
  expect(answer.body).toContain(`/predictions/${predictions}.parquet`);
  expect(answer.headers).toMatchObject({
    'content-type': 'text/html; charset=utf-8',
    'cache-control': 'private, no-store',
    'content-security-policy': expect.stringMatching(/^default-src 'none';(?!.*allow-scripts).* sandbox/),
    'x-content-type-options': 'nosniff',
  });
  const head = await get(`/evaluations/${page}.html`, {}, 'HEAD');
  expect([head.status, head.body]).toEqual([200, '']);
});

it('gives out the predictions as a file', async () => {
  const { predictions } = await stored();
  const get = await served('everyone');
  const answer = await get(`/predictions/${predictions}.parquet`);
  expect(answer.body).toBe('PAR1 rows PAR1');
  expect(answer.headers['content-disposition']).toBe('attachment; filename="bought-predictions.parquet"');
});

it('gives out nothing else that lies among the artifacts', async () => {
  const { page, predictions } = await stored();
  const model = await hexOf('weights');
  const get = await served('everyone');
  for (const path of [
    `/evaluations/${model}.html`,
    `/predictions/${model}.parquet`,
    `/evaluations/${predictions}.html`,
    `/predictions/${page}.parquet`,
    `/evaluations/${page}`,
    '/predictions/../evaluations',
  ]) {
    expect((await get(path)).status, path).toBe(404);
  }
  expect((await get('/other')).status).toBe(418);
  expect((await get(`/evaluations/${page}.html`, {}, 'POST')).status).toBe(418);
});

it('says that it is not there when what was noted is gone', async () => {
  const gone = '0'.repeat(64);
  await records.reports.update(gone, () => ({ model: 'bought', gates: [] }));
  await records.predictions.update(gone, () => ({ model: 'bought' }));
  const get = await served('everyone');
  expect((await get(`/evaluations/${gone}.html`)).status).toBe(404);
  expect((await get(`/predictions/${gone}.parquet`)).status).toBe(404);
});

it('on the machine itself only: not under a foreign name, nor what a proxy passes on', async () => {
  const { page, predictions } = await stored();
  const get = await served('loopback');
  for (const path of [`/evaluations/${page}.html`, `/predictions/${predictions}.parquet`]) {
    expect((await get(path)).status).toBe(200);
    expect((await get(path, { host: '127.0.0.1:80' })).status).toBe(200);
    expect((await get(path, { host: 'evil.example' })).status).toBe(404);
    expect((await get(path, { host: '127.0.0.1.evil.example' })).status).toBe(404);
    expect((await get(path, { 'x-forwarded-for': '192.0.2.1' })).status).toBe(404);
  }
});

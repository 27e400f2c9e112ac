/** The line between agent and server is cut at the worst moments: nothing is lost, nothing comes twice. */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { buffer } from 'node:stream/consumers';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { runAgent } from '../../src/agent/run-agent.ts';
import { openAgentWorld } from '../agent/agent-world.ts';
import { openCuttableProxy } from '../agent/cuttable-proxy.ts';
import { until } from '../agent/until.ts';

const MODEL_BYTES = 12 * 2 ** 20;

let world: Awaited<ReturnType<typeof openAgentWorld>>;
let line: Awaited<ReturnType<typeof openCuttableProxy>>;
beforeAll(async () => {
  world = await openAgentWorld({ leaseMs: 2_000, maxBlobBytes: 2 * MODEL_BYTES });
});
afterAll(() => world.close());
beforeEach(async () => {
  line = await openCuttableProxy(world.url);
});
afterEach(() => line.close());

/** The server asks for no content that it has already, so every test has its own. */
const content = (name: string) => Buffer.alloc(MODEL_BYTES, createHash('sha512').update(name).digest());

const program = (name: string) => `
  import fs from 'node:fs';
  import { createHash } from 'node:crypto';
  for (let line = 1; line <= 400; line += 1) {
    console.log('line ' + line);
    const metric = JSON.stringify({ step: line, metric: 'loss', value: 1 / line });
    fs.appendFileSync(process.env.SLUICE_OUTPUT + '/metrics.jsonl', metric + '\\n');
    if (line % 100 === 0) await new Promise((resolve) => setTimeout(resolve, 150));
  }
  const bytes = Buffer.alloc(${MODEL_BYTES}, createHash('sha512').update('${name}').digest());
  fs.writeFileSync(process.env.SLUICE_OUTPUT + '/model.onnx', bytes);
`;
const digestOf = (bytes: Buffer) => `sha256:${createHash('sha256').update(bytes).digest('hex')}`;

test.each([
  ['training', (text: string) => text.includes('line 150')],
  ['an upload', (text: string) => text.startsWith('PATCH ')],
  ['the end, before it is heard', (text: string) => text.includes('/finish ')],
  ['the end, before the answer', answerTo('/finish ')],
  ['the claim, before the answer', answerTo('/claim ')],
])('a server that goes away during %s hears everything afterwards', async (name, condition) => {
  const { job, token } = await world.trainJob(program(name));
  line.cutWhen(condition);
  const running = runAgent({ ...world.agentOptions(token), serverUrl: line.url });
  await until(() => !line.isWhole());
  await new Promise((resolve) => setTimeout(resolve, 500));
  line.mend();
  expect(await running).toBe('succeeded');
  expect(await world.store.jobs.get(job.id)).toMatchObject({
    status: 'succeeded',
    result: { files: [{ path: 'model.onnx', size: MODEL_BYTES, digest: digestOf(content(name)) }] },
  });
  const lines = (await world.logOf(job)).filter((text) => text.startsWith('line '));
  expect(lines).toEqual(Array.from({ length: 400 }, (_unused, index) => `line ${index + 1}`));
  const metrics = await world.store.jobs.events(job.id, { kind: 'metric' });
  expect(metrics.map((event) => event.kind === 'metric' && event.step)).toEqual(
    Array.from({ length: 400 }, (_unused, index) => index + 1),
  );
  const all = await world.store.jobs.events(job.id, {});
  expect(all.map(({ seq }) => seq)).toEqual(all.map((_unused, index) => index + 1));
});

/** Cuts when the server answers after such a request has passed. */
function answerTo(route: string) {
  let asked = false;
  return (text: string, from: 'agent' | 'server') => {
    if (from === 'agent' && text.includes(route)) asked = true;
    return asked && from === 'server';
  };
}

test('an upload that breaks in the middle goes on from what has arrived', async () => {
  const { job, token } = await world.trainJob(program('broken'));
  // in the middle of the second piece, and again in the third
  line.cutWhen(() => line.sent() > 6 * 2 ** 20);
  const running = runAgent({ ...world.agentOptions(token), serverUrl: line.url });
  await until(() => !line.isWhole());
  line.cutWhen(() => line.sent() > 10 * 2 ** 20);
  line.mend();
  await until(() => !line.isWhole());
  line.mend();
  expect(await running).toBe('succeeded');
  const [file] = (await world.store.jobs.get(job.id))!.result!.files;
  expect(file!.digest).toBe(digestOf(content('broken')));
  expect(digestOf(await buffer(await world.artifacts.read(file!.digest)))).toBe(file!.digest);
  // at most one piece of 4 MiB a break is sent again: what was on its way; from the beginning it would be 28 MiB
  expect(line.sent(), 'what had arrived is not sent again').toBeLessThan(MODEL_BYTES + 8.5 * 2 ** 20);
});

test('an agent that is asked to end while it hands its result in, ends that first', async () => {
  const { job, token } = await world.trainJob(program('asked'));
  const asked = new AbortController();
  line.cutWhen((text) => text.startsWith('PATCH '));
  const running = runAgent({ ...world.agentOptions(token), serverUrl: line.url, signal: asked.signal });
  await until(() => !line.isWhole());
  asked.abort(new Error('asked to end'));
  line.mend();
  expect(await running).toBe('succeeded');
  expect(await world.store.jobs.get(job.id)).toMatchObject({ status: 'succeeded', usage: {} });
});

test('one that is asked to end while nobody answers waits no longer than it may', async () => {
  const { token } = await world.trainJob(program('alone'));
  const asked = new AbortController();
  line.cutWhen((text) => text.startsWith('PATCH '));
  const options = { ...world.agentOptions(token), serverUrl: line.url, signal: asked.signal, graceMs: 300 };
  const running = runAgent(options);
  running.catch(() => undefined);
  await until(() => !line.isWhole());
  asked.abort(new Error('asked to end'));
  await expect(running).rejects.toThrow('asked to end');
});

test('who is not heard for longer than the patience lasts ends, with everything it started', async () => {
  const pidFile = path.join(world.folder, 'pid');
  const { token } = await world.trainJob(`
    import fs from 'node:fs';
    fs.writeFileSync(${JSON.stringify(pidFile)}, String(process.pid));
    setInterval(() => console.log('still here'), 50);
  `);
  const running = runAgent({ ...world.agentOptions(token), serverUrl: line.url, patienceMs: 600 });
  running.catch(() => undefined);
  await until(() => existsSync(pidFile) && readFileSync(pidFile, 'utf8') !== '');
  line.cut();
  await expect(running).rejects.toMatchObject({ code: 'external/runner' });
  expect(existsSync(`/proc/${readFileSync(pidFile, 'utf8')}`)).toBe(false);
});

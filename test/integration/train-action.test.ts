import type { ChildProcess } from 'node:child_process';
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import type { Job } from '../../src/domain/jobs/job.ts';
import { program, runAction, sluiceProgram } from '../actions/action-process.ts';
import { openTrainWorld } from '../actions/train-world.ts';

// Each starts several processes, beside those of other tests.
vi.setConfig({ testTimeout: 60_000 });

let world: Awaited<ReturnType<typeof openTrainWorld>>;
let programs: string[];

beforeAll(async () => {
  world = await openTrainWorld();
  programs = [await sluiceProgram(world.folder)];
});
afterAll(() => world.close());
beforeEach(() => {
  world.sent.length = 0;
  world.played.clear();
});

const identity = () => ({
  ACTIONS_ID_TOKEN_REQUEST_URL: `${world.url}/identity?version=2`,
  ACTIONS_ID_TOKEN_REQUEST_TOKEN: 'request-token',
});

type Over = { env?: Record<string, string>; inputs?: Record<string, string>; onStart?(child: ChildProcess): void };

function train(job: Pick<Job, 'id'>, { env = identity(), inputs = {}, onStart }: Over = {}, folders = programs) {
  return runAction({
    name: 'train',
    folder: world.folder,
    programs: folders,
    env,
    inputs: { server: `${world.url}/`, job: job.id, attempt: '1', ...inputs },
    ...(onStart ? { onStart } : {}),
  });
}

const jobOf = async (id: string): Promise<Job> => (await world.store.jobs.get(id))!;

test('does the job: shows which run it is, claims, streams, uploads, tells the outcome', async () => {
  const job = await world.job(`
    import fs from 'node:fs';
    console.log('training with ' + fs.readFileSync(process.env.SLUICE_TRAIN).subarray(0, 4));
    console.log('::error::not a workflow command');
    console.log(JSON.stringify(Object.keys(process.env).filter((name) => /^(ACTIONS_|GITHUB_|INPUT_|RUNNER_)/.test(name))));
    fs.writeFileSync(process.env.SLUICE_OUTPUT + '/model.onnx', 'a model');`);
  const run = await train(job);
  expect(run.stdout).toContain('succeeded');
  expect(run).toMatchObject({ code: 0, outputs: { outcome: 'succeeded' }, annotations: [] });
  expect(run.summary).toBe(`Sluice job \`${job.id}.1\` of ${world.url}: **succeeded**\n`);
  expect(await jobOf(job.id)).toMatchObject({ result: { files: [{ size: 7 }] } });
  expect(await world.logOf(job)).toEqual(expect.arrayContaining(['training with PAR1', '[]']));

  const [asked, exchanged, claimed] = world.sent;
  expect(asked).toMatchObject({ method: 'GET', bearer: 'request-token' });
  expect(new URL(asked!.path, world.url).searchParams.get('audience')).toBe(world.url);
  expect(exchanged).toMatchObject({ method: 'POST', path: '/api/agent/token', bearer: 'identity-token' });
  expect(JSON.parse(exchanged!.body)).toEqual({ job: job.id, attempt: 1 });
  expect(claimed).toMatchObject({ method: 'POST', path: '/api/agent/claim' });
  const rest = world.sent.slice(2);
  expect(rest.every(({ path: one, bearer }) => one.startsWith('/api/agent/') && bearer === claimed!.bearer)).toBe(true);
  expect(rest.at(-1)).toMatchObject({ method: 'POST', path: '/api/agent/finish' });
  expect(await readdir(path.join(world.folder, 'temp/sluice-work'))).toEqual([]);
});

test('a training that fails fails the step', async () => {
  const job = await world.job(`console.error('no convergence'); process.exit(4);`);
  const run = await train(job, { inputs: { work: path.join(world.folder, 'elsewhere') } });
  expect(run).toMatchObject({ code: 1, outputs: { outcome: 'failed' } });
  expect(run.annotations).toEqual([expect.stringContaining(`Job ${job.id}.1 failed`)]);
  const finish = world.sent.find(({ path: one }) => one === '/api/agent/finish');
  expect(JSON.parse(finish!.body)).toMatchObject({ status: 'failed', error: { code: 'config/train-failed' } });
});

test('a job that was cancelled on the server ends without a fault', async () => {
  const job = await world.job(`console.log('started'); setInterval(() => {}, 1000);`);
  const cancelled = (async () => {
    while (!(await world.logOf(job)).includes('started')) await new Promise((resolve) => setTimeout(resolve, 50));
    await world.store.jobs.update(job.id, (one) => ({ ...one, cancelRequested: true }));
  })();
  const run = await train(job);
  await cancelled;
  expect(run).toMatchObject({ code: 0, outputs: { outcome: 'cancelled' }, annotations: [] });
});

test.each(['SIGINT', 'SIGTERM'] as const)(
  'cancelled on GitHub (%s): the agent and its command are ended',
  async (signal) => {
    const job = await world.job(`console.log('pid ' + process.pid); setInterval(() => {}, 1000);`);
    let pid: number | undefined;
    const onStart = (child: ChildProcess) => {
      void (async () => {
        while (pid === undefined) {
          const line = (await world.logOf(job)).find((one) => one.startsWith('pid '));
          if (line) pid = Number(line.slice(4));
          else await new Promise((resolve) => setTimeout(resolve, 50));
        }
        child.kill(signal);
      })();
    };
    const run = await train(job, { onStart });
    expect(run.code).toBe(3);
    expect(run.outputs).toEqual({ outcome: 'cancelled' });
    expect(() => process.kill(pid!, 0)).toThrow();
  },
);

test('an agent that does not end when it is asked to is killed, whatever holds its output open, before GitHub kills the step', async () => {
  const folder = path.join(world.folder, 'stubborn');
  await program(
    folder,
    'sluice',
    `trap '' TERM INT; sleep 20 & echo "stubborn $!" >&2; while true; do sleep 0.1; done`,
  );
  let asked = 0;
  let left = 0;
  const onStart = (child: ChildProcess) =>
    child.stdout!.on('data', (chunk) => {
      if (asked === 0 && String(chunk).includes('stubborn')) {
        asked = Date.now();
        left = Number(/stubborn (\d+)/.exec(String(chunk))![1]);
        child.kill('SIGINT');
        child.kill('SIGTERM');
      }
    });
  const run = await train({ id: crypto.randomUUID() }, { onStart }, [folder]);
  expect(run).toMatchObject({ code: 137, outputs: { outcome: 'cancelled' } });
  expect(Date.now() - asked).toBeLessThan(5_000);
  process.kill(left);
});

test('without the permission it says what to add, and asks nobody', async () => {
  const run = await train({ id: crypto.randomUUID() }, { env: {} });
  expect(run).toMatchObject({ code: 1, outputs: {} });
  expect(run.annotations).toEqual([expect.stringContaining('permissions:\n  id-token: write')]);
  expect(world.sent).toEqual([]);
});

test('a server that refuses: its words, no outcome of the job', async () => {
  const body = JSON.stringify({ code: 'permission/forbidden', message: 'the token is not for this run' });
  world.played.set('/api/agent/token', { status: 403, body });
  const run = await train({ id: crypto.randomUUID() });
  expect(run).toMatchObject({ code: 3, outputs: { outcome: 'error' } });
  expect(run.annotations).toEqual([
    expect.stringMatching(/^error::The agent of .* could not work: .*not for this run/),
  ]);
  expect(world.sent.map((one) => one.path.split('?')[0])).toEqual(['/identity', '/api/agent/token']);
});

test('a server that wants nothing of the attempt any more', async () => {
  const body = JSON.stringify({ code: 'conflict/stale', message: 'another attempt has it' });
  world.played.set('/api/agent/events', { status: 409, body });
  const job = await world.job('setInterval(() => {}, 1000);');
  const run = await train(job);
  expect(run).toMatchObject({ code: 0, outputs: { outcome: 'superseded' } });
  expect(run.annotations).toEqual([expect.stringMatching(/^notice::Nothing was done/)]);
});

test.each([
  ['no server', { server: '' }, 'The input "server" is missing'],
  ['no address', { server: 'sluice.example' }, 'it must be an address such as https://host'],
  ['an address with a password', { server: 'https://a:b@sluice.example' }, 'it must be an address'],
  ['no job', { job: '--help' }, 'it must be the id of a job'],
  ['no attempt', { attempt: '0' }, 'it must be a number from 1'],
])('%s: nothing is started', async (_name, inputs, message) => {
  const run = await train({ id: crypto.randomUUID() }, { inputs });
  expect(run).toMatchObject({ code: 1, outputs: {}, annotations: [expect.stringContaining(message)] });
  expect(world.sent).toEqual([]);
});

import { mkdtemp, readdir, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createRayRunner, type RayRunnerOptions } from '../../src/adapters/runners/ray/create-ray-runner.ts';
import { sendRequest } from '../../src/adapters/runners/ray/send-request.ts';
import type { JobTask } from '../../src/domain/jobs/job.ts';
import type { Model, RunnerSpec } from '../../src/domain/spec/valid.ts';
import type { PlacedJob } from '../../src/ports/runner.ts';
import { agentsOf, isAlive } from '../adapters/runners/ray/agents-of.ts';
import { startRayServer } from '../adapters/runners/ray/ray-server.ts';
import { type RunnerWorld, runnerContract } from '../contract/runner.ts';
import { sampleJob } from '../contract/store.ts';

const IDLE_AGENT = path.join(import.meta.dirname, '../adapters/runners/idle-agent.mjs');

async function openRay(
  over: { token?: string; cpus?: number; options?: Partial<RayRunnerOptions>; agent?: string[] } = {},
) {
  const temporary = await mkdtemp(path.join(os.tmpdir(), 'sluice-'));
  const { token, cpus = 8 } = over;
  const server = await startRayServer({ temporary, cpus, ...(token && { token }) });
  const warnings: object[] = [];
  const runner = createRayRunner({
    addresses: [server.address],
    owner: 'this installation',
    log: { warn: (details) => warnings.push(details) },
    ...over.options,
  });
  const place: RunnerSpec = {
    name: 'cluster',
    type: 'ray',
    address: server.address,
    agent: over.agent ?? [process.execPath, IDLE_AGENT],
    cpus: 1,
    dataRoot: '/mnt/it is all here',
    pricePerHour: 0,
    maxHours: 24,
  };
  const idOf = (job: PlacedJob) => (job.handle as { submission: string }).submission;
  const world: RunnerWorld = {
    runner,
    place,
    access: { serverUrl: 'http://127.0.0.1:1', token: 'token' },
    count: async () => agentsOf(temporary).filter(({ pids }) => pids.some(isAlive)).length,
    crash: async (job) => void process.kill(server.pidOf(idOf(job))!, 'SIGKILL'),
    async close() {
      server.interceptWith(undefined);
      await runner.reap(async () => [], []);
      await server.close();
      for (const { pids } of agentsOf(temporary))
        for (const pid of pids) if (isAlive(pid)) process.kill(pid, 'SIGKILL');
      await rm(temporary, { recursive: true, force: true });
    },
  };
  return { ...world, server, warnings, temporary, idOf };
}

async function until<T>(what: () => T | Promise<T>): Promise<NonNullable<Awaited<T>>> {
  const deadline = Date.now() + 20_000;
  for (;;) {
    const value = await what();
    if (value) return value;
    if (Date.now() > deadline) throw new Error('waited too long');
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

runnerContract('The Ray runner', openRay);

describe('the Ray runner', () => {
  let world: Awaited<ReturnType<typeof openRay>>;
  beforeEach(async () => {
    world = await openRay();
  });
  afterEach(() => world.close());

  const placed = (over: Partial<PlacedJob> = {}): PlacedJob => ({
    ...sampleJob({ attempt: 1 }),
    place: world.place,
    ...over,
  });
  async function submitted(over: Partial<PlacedJob> = {}): Promise<PlacedJob> {
    const job = placed(over);
    return { ...job, handle: (await world.runner.submit(job, world.access)).handle };
  }
  const training = (resources: object): JobTask => {
    const model = { train: { resources } } as unknown as Model;
    return { kind: 'train', model, dataset: {} as never, allow: [] };
  };

  async function reopen(over: Parameters<typeof openRay>[0]): Promise<void> {
    await world.close();
    world = await openRay(over);
  }

  test('asks for what the training needs, and says whose the job is', async () => {
    const task = training({ gpu: 2, memoryBytes: 3 * 2 ** 30, timeoutSeconds: 60 });
    const job = await submitted({ task });
    const body = JSON.parse(world.server.received[0]!.body);
    expect(body).toMatchObject({
      submission_id: expect.stringMatching(new RegExp(`^sluice-[0-9a-f]{8}-${job.id}\\.1$`)),
      runtime_env: { env_vars: { SLUICE_AGENT_TOKEN: 'token', SLUICE_DATA_ROOT: '/mnt/it is all here' } },
      metadata: {
        'sluice-owner': 'this installation',
        'sluice-agent': `${job.id}.1`,
        'sluice-repository': 'acme/flights',
        'sluice-key': job.key,
      },
      entrypoint_num_cpus: 1,
      entrypoint_num_gpus: 2,
      entrypoint_memory: 3 * 2 ** 30,
    });
    expect(body.entrypoint).not.toContain('token');
  });

  test('gives every agent its words as they are, whatever a shell would make of them', async () => {
    const words = [
      '',
      ' ',
      "it's",
      '"$HOME"',
      '$(id)',
      '`id`',
      'a;b',
      '&',
      '|',
      '*',
      '~',
      '\\',
      'a\nb',
      '#',
      '!',
      'A=b',
      '-n',
    ];
    const print =
      'console.error(JSON.stringify(process.argv.slice(1)), process.env.SLUICE_JOB, process.env.SLUICE_DATA_ROOT)';
    await reopen({ agent: [process.execPath, '-e', print, '--', ...words] });
    const job = await submitted();
    await until(async () => (await world.runner.status(job)).state === 'gone');
    const work = path.join(world.temporary, `sluice-${process.getuid!()}`);
    const argv = [...words, '--server', 'http://127.0.0.1:1', '--work', work];
    expect(await world.runner.logs(job)).toContain(`${JSON.stringify(argv)} ${job.id}.1 /mnt/it is all here`);
  });

  test('ends the command of an agent that was killed, and removes its folder', async () => {
    const job = await submitted();
    const { pids } = await until(() => agentsOf(world.temporary)[0]);
    const [agent, command] = pids as [number, number];
    await until(async () => (await world.runner.logs(job)).includes('started; about to wait'));
    process.kill(agent, 'SIGKILL');
    await until(() => !isAlive(command));
    await until(async () => (await world.runner.status(job)).state === 'gone');
    expect(await world.runner.status(job)).toEqual({
      state: 'gone',
      reason: 'its agent was ended by signal 9; it last said: started; about to wait',
      fault: 'infrastructure',
    });
    const work = path.join(world.temporary, `sluice-${process.getuid!()}`);
    await until(async () => !(await readdir(work)).includes(`${job.id}.1`));
  });

  test('says what a job waits for that no node has room for; cancelled, it never gets to work', async () => {
    const task = training({ gpu: 1, memoryBytes: 1.5 * 2 ** 30, timeoutSeconds: 60 });
    const job = await submitted({ place: { ...world.place, cpus: 16 } as RunnerSpec, task });
    const waitingFor =
      'no node of the Ray cluster has 16 CPUs, 1 GPU and 1.5 GiB of memory; its node has 8 CPUs and 8 GiB of memory';
    expect(await world.runner.status(job)).toEqual({ state: 'pending', waitingFor });
    world.server.interceptWith((request, response) => {
      const isNodes = request.url!.startsWith('/api/v0/');
      if (isNodes) response.writeHead(500).end();
      return isNodes;
    });
    expect(await world.runner.status(job)).toMatchObject({ waitingFor: expect.stringMatching(/must have 16 CPUs/) });
    await world.runner.cancel(job);
    expect(await world.runner.reap(async () => [], [])).toBe(0);
  });

  test('knows who has to do something about an end', async () => {
    const program = (code: string) => ({ ...world.place, agent: [process.execPath, '-e', code, '--'] }) as RunnerSpec;
    const missing = { ...world.place, agent: ['no-such-program'] } as RunnerSpec;
    const ended = async (place: RunnerSpec) => {
      const job = await submitted({ place });
      return until(async () => {
        const status = await world.runner.status(job);
        return status.state === 'gone' && status;
      });
    };
    const unserved = await ended(program('console.error("the server is away"); process.exitCode = 3'));
    const reason = 'its agent ended with exit code 3; it last said: the server is away';
    expect(unserved).toMatchObject({ reason, fault: 'infrastructure' });
    expect(await ended(program('process.exitCode = 2'))).toMatchObject({ fault: 'job' });
    expect(await ended(program(''))).toMatchObject({ reason: 'its agent ended', fault: 'infrastructure' });
    const text = /^the Ray cluster's nodes cannot run the agent \(exit code 127\); it last said: .*no-such-program/;
    expect(await ended(missing)).toMatchObject({ reason: expect.stringMatching(text), fault: 'job' });
  });

  test('takes a job that somebody stopped on the cluster for cancelled', async () => {
    const job = await submitted();
    await until(async () => (await world.runner.status(job)).state === 'running');
    const url = `${world.server.address}/api/jobs/${world.idOf(job)}/stop`;
    await sendRequest(url, { method: 'POST', headers: {}, timeoutMs: 5_000, maxBytes: 1_000 });
    const reason = 'it was stopped on the Ray cluster';
    await until(async () => (await world.runner.status(job)).state === 'gone');
    expect(await world.runner.status(job)).toEqual({ state: 'gone', reason, fault: 'cancelled' });
  });

  test('reaps no jobs of others, and forgets its own after a week', async () => {
    const theirs = createRayRunner({
      addresses: [world.server.address],
      owner: 'theirs',
      log: { warn: () => undefined },
    });
    const foreign = placed();
    await theirs.submit(foreign, world.access);
    const ours = await submitted();
    await until(async () => (await world.count()) === 2);
    expect(await world.runner.reap(async () => [], [])).toBe(1);
    expect(await theirs.status(foreign)).toEqual({ state: 'running' });
    expect(world.server.jobs.has(world.idOf(ours))).toBe(true);
    world.server.jobs.get(world.idOf(ours))!.end_time = Date.now() - 8 * 24 * 3_600_000;
    expect(await world.runner.reap(async () => [], [])).toBe(0);
    expect(world.server.jobs.has(world.idOf(ours))).toBe(false);
    expect(world.warnings).toEqual([]);
    expect(await theirs.reap(async () => [], [])).toBe(1);
  });

  test('calls no cluster that the operator has not named', async () => {
    const job = placed({ place: { ...world.place, address: 'http://169.254.169.254' } as RunnerSpec });
    const refused = { code: 'config/environment', message: expect.stringContaining('SLUICE_RAY_ADDRESSES') };
    await expect(world.runner.submit(job, world.access)).rejects.toMatchObject(refused);
    await expect(world.runner.status(job)).rejects.toMatchObject(refused);
    expect(world.server.received).toEqual([]);
  });

  test('has the token that the cluster wants, or says that it is wrong', async () => {
    await reopen({ token: 'cluster-secret', options: { token: 'cluster-secret' } });
    expect(['pending', 'running']).toContain((await world.runner.status(await submitted())).state);
    for (const [token, said] of [
      [undefined, 'set'],
      ['wrong', 'correct'],
    ] as const) {
      const addresses = [world.server.address];
      const other = createRayRunner({ addresses, owner: 'o', log: { warn: () => undefined }, ...(token && { token }) });
      await expect(other.submit(placed(), world.access)).rejects.toMatchObject({
        code: 'permission/unauthenticated',
        message: expect.stringContaining(`${said} SLUICE_RAY_TOKEN`),
      });
    }
  });

  describe('when the cluster is not well', () => {
    beforeEach(() => reopen({ options: { timeoutMs: 300 } }));

    const answers: [string, number, string, string][] = [
      [
        'fails',
        500,
        'Traceback (most recent call last):\nRuntimeError: No available agent',
        'answers 500: RuntimeError: No',
      ],
      ['is another program', 200, '<html>welcome</html>', 'is no Ray dashboard'],
      ['answers half', 200, '{"type": "SUBM', 'is no Ray dashboard'],
      ['answers another shape', 200, '{"data": []}', 'is no Ray dashboard'],
      ['sends us elsewhere', 302, '', 'answers 302'],
    ];
    test.each(answers)('one that %s is worth another try', async (_, status, text, said) => {
      const job = await submitted();
      const location = status === 302 ? { location: 'http://127.0.0.1:1/' } : {};
      world.server.interceptWith((_request, response) => {
        response.writeHead(status, location).end(text);
        return true;
      });
      const failure = { code: 'external/runner', message: expect.stringContaining(said) };
      await expect(world.runner.status(job)).rejects.toMatchObject(failure);
      await expect(world.runner.submit(job, world.access)).rejects.toMatchObject(failure);
      await expect(world.runner.cancel(job)).rejects.toMatchObject(failure);
      expect(await world.runner.reap(async () => [], [])).toBe(0);
      expect(world.warnings).toHaveLength(1);
    });

    test('one that hangs, before its answer or within it, keeps nobody waiting', async () => {
      const job = await submitted();
      const late = { code: 'external/runner', message: expect.stringContaining('does not answer in time') };
      world.server.interceptWith(() => true);
      await expect(world.runner.status(job)).rejects.toMatchObject(late);
      world.server.interceptWith((_request, response) => {
        response.writeHead(200).write('{"type":');
        return true;
      });
      await expect(world.runner.logs(job)).rejects.toMatchObject(late);
    });

    test('a submission whose answer was lost is not made twice', async () => {
      const job = placed();
      world.server.interceptWith((request) => request.method !== 'POST');
      await world.runner.submit(job, world.access);
      world.server.interceptWith(undefined);
      await world.runner.submit(job, world.access);
      await until(async () => (await world.runner.status(job)).state === 'running');
      expect(world.server.jobs.size).toBe(1);
    });

    test('a cluster that cannot be reached keeps no other from being reaped', async () => {
      const job = await submitted();
      const addresses = ['http://127.0.0.1:1', world.server.address];
      const warnings: object[] = [];
      const log = { warn: (details: object) => warnings.push(details) };
      const runner = createRayRunner({ addresses, owner: 'this installation', log });
      await until(async () => (await runner.status(job)).state === 'running');
      expect(await runner.reap(async () => [], [])).toBe(1);
      expect(warnings).toEqual([expect.objectContaining({ address: 'http://127.0.0.1:1' })]);
    });
  });
});

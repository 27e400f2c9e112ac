import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { createLocalRunner } from '../../../src/adapters/runners/local/create-local-runner.ts';
import type { RunnerSpec } from '../../../src/domain/spec/valid.ts';
import type { PlacedJob } from '../../../src/ports/runner.ts';
import { type RunnerWorld, runnerContract } from '../../contract/runner.ts';
import { sampleJob } from '../../contract/store.ts';
import { createFakeRunner } from '../../fakes/fake-runner.ts';

const LOCAL: RunnerSpec = { name: 'local', type: 'local', pricePerHour: 0, maxHours: 24 };

const placed = (): PlacedJob => ({ ...sampleJob({ attempt: 1 }), place: LOCAL });

async function openLocal() {
  const workRoot = await mkdtemp(path.join(os.tmpdir(), 'sluice-'));
  const runner = createLocalRunner({
    agentCommand: [process.execPath, path.join(import.meta.dirname, 'idle-agent.mjs')],
    workRoot,
  });
  const isAlive = (pid: number) => {
    const stat = existsSync(`/proc/${pid}/stat`) ? readFileSync(`/proc/${pid}/stat`, 'latin1') : ') X';
    return !/^[ZX]/.test(stat.slice(stat.lastIndexOf(')') + 2));
  };
  /** [agent, its command] of the attempts that started fully. */
  const pids = async () => {
    const text = await readFile(path.join(workRoot, 'pids'), 'utf8').catch(() => '');
    return text.split('\n').flatMap((line) => {
      const [name, ...numbers] = line.split(' ');
      return name ? [{ name, pids: numbers.map(Number) }] : [];
    });
  };
  const world: RunnerWorld = {
    runner,
    place: LOCAL,
    access: { serverUrl: 'http://127.0.0.1:1', token: 'token' },
    count: async () => (await pids()).filter((attempt) => attempt.pids.some(isAlive)).length,
    async crash(job) {
      const { pid } = job.handle as { pid: number };
      process.kill(pid, 'SIGKILL');
    },
    async close() {
      await runner.reap(async () => [], []);
      for (const { pids: all } of await pids()) for (const pid of all) if (isAlive(pid)) process.kill(pid, 'SIGKILL');
      await rm(workRoot, { recursive: true, force: true });
    },
  };
  return { ...world, workRoot, pids, isAlive };
}

runnerContract('The local runner', openLocal);

runnerContract('The fake runner', async () => {
  const runner = createFakeRunner();
  return {
    runner,
    place: LOCAL,
    access: { serverUrl: 'http://agent.invalid', token: 'token' },
    count: async () => runner.agents.size,
    crash: async (job) => runner.crash(job),
    close: async () => undefined,
  };
});

describe('the local runner', () => {
  let world: Awaited<ReturnType<typeof openLocal>>;
  beforeEach(async () => {
    world = await openLocal();
  });
  afterEach(() => world.close());

  async function running(): Promise<PlacedJob> {
    const job = placed();
    const { handle } = await world.runner.submit(job, world.access);
    const deadline = Date.now() + 20_000;
    while ((await world.pids()).length === 0) {
      if (Date.now() > deadline) throw new Error('the agent did not start');
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    return { ...job, handle };
  }

  test('ends the command of an agent that died, too, and removes its folder', async () => {
    const job = await running();
    const [{ pids }] = (await world.pids()) as [{ name: string; pids: number[] }];
    await world.crash(job);
    while (world.isAlive(pids[0]!)) await new Promise((resolve) => setTimeout(resolve, 5));
    expect(await world.runner.status(job)).toEqual({
      state: 'gone',
      reason: 'its process is gone; it last said: started; about to wait',
      fault: 'infrastructure',
    });
    expect(world.isAlive(pids[1]!)).toBe(true);
    await world.runner.cancel(job);
    expect(pids.map(world.isAlive)).toEqual([false, false]);
    expect(await readdir(world.workRoot)).not.toContain(`${job.id}.1`);
  });

  test('finds the agent again that it started and died before writing that down', async () => {
    const job = await running();
    await rm(path.join(world.workRoot, 'agents', `${job.id}.1.json`));
    expect((await world.runner.submit(job, world.access)).handle).toEqual(job.handle);
    expect(await world.pids()).toHaveLength(1);
    expect(await world.runner.status(job)).toEqual({ state: 'running' });
  });

  test('does not take a process for the agent because it has its number', async () => {
    const job = { ...placed(), handle: { pid: process.ppid, startTime: '1' } };
    expect(await world.runner.status(job)).toMatchObject({ state: 'gone' });
    await world.runner.cancel(job);
    expect(world.isAlive(process.ppid)).toBe(true);
  });

  test('gives the agent its token and what training needs to know of the machine, and nothing secret of ours', async () => {
    const machine = {
      VIRTUAL_ENV: '/opt/venv',
      CONDA_PREFIX: '/opt/conda',
      OMP_NUM_THREADS: '2',
      NVIDIA_VISIBLE_DEVICES: 'none',
    };
    for (const [name, value] of Object.entries(machine)) vi.stubEnv(name, value);
    vi.stubEnv('SLUICE_TEST_CREDENTIAL', 'cloud-credential');
    const job = await running();
    vi.unstubAllEnvs();
    const { pid } = job.handle as { pid: number };
    const environment = readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0');
    expect(environment).toContain('SLUICE_AGENT_TOKEN=token');
    for (const [name, value] of Object.entries(machine)) expect(environment).toContain(`${name}=${value}`);
    expect(environment.join(' ')).not.toContain('cloud-credential');
    expect(readFileSync(`/proc/${pid}/cmdline`, 'utf8')).not.toContain('SLUICE_AGENT_TOKEN');
  });

  test('says why an agent cannot be started at all', async () => {
    const runner = createLocalRunner({ agentCommand: ['no-such-program'], workRoot: world.workRoot });
    const submitted = runner.submit(placed(), world.access);
    await expect(submitted).rejects.toMatchObject({
      code: 'config/environment',
      message: expect.stringMatching(/ENOENT/),
    });
  });

  test('keeps its promise over a pid file that a crash cut off', async () => {
    const job = placed();
    await world.runner.cancel(job);
    await world.runner.submit(placed(), world.access);
    await writeFile(path.join(world.workRoot, 'agents', `${job.id}.1.json.new`), '{"pid":');
    const { handle } = await world.runner.submit(job, world.access);
    expect(handle).toMatchObject({ pid: expect.any(Number) });
  });
});

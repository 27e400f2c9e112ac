import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createLocalRunner } from '../../../src/adapters/runners/local/create-local-runner.ts';
import type { RunnerSpec } from '../../../src/domain/spec/valid.ts';
import type { PlacedJob } from '../../../src/ports/runner.ts';
import { type RunnerWorld, runnerContract } from '../../contract/runner.ts';
import { sampleJob } from '../../contract/store.ts';

const LOCAL: RunnerSpec = { name: 'local', type: 'local', pricePerHour: 0, maxHours: 24 };
const SPARE = [process.execPath, path.join(import.meta.dirname, 'idle-spare-agent.mjs')];
const AGENT = [process.execPath, path.join(import.meta.dirname, 'idle-agent.mjs')];

const placed = (): PlacedJob => ({ ...sampleJob({ attempt: 1 }), place: LOCAL });

function isAlive(pid: number): boolean {
  const stat = existsSync(`/proc/${pid}/stat`) ? readFileSync(`/proc/${pid}/stat`, 'latin1') : ') X';
  return !/^[ZX]/.test(stat.slice(stat.lastIndexOf(')') + 2));
}

async function until<T>(look: () => Promise<T | undefined | false>): Promise<T> {
  for (const end = Date.now() + 20_000; ; ) {
    const found = await look();
    if (found) return found;
    if (Date.now() > end) throw new Error('waited too long');
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

async function openLocal() {
  const workRoot = await mkdtemp(path.join(os.tmpdir(), 'sluice-'));
  const runner = createLocalRunner({
    agentCommand: AGENT,
    spareCommand: SPARE,
    spareDelaysMs: { atStart: 0, afterJob: 500 },
    workRoot,
  });
  const folder = path.join(workRoot, 'agents');
  const attempts = async () => {
    const text = await readFile(path.join(workRoot, 'pids'), 'utf8').catch(() => '');
    return text.split('\n').flatMap((line) => {
      const [name, ...numbers] = line.split(' ');
      return name ? [{ name, pids: numbers.map(Number) }] : [];
    });
  };
  /** The one that waits, when it waits. */
  const spare = () =>
    until(async () => {
      const file = (await readdir(folder).catch(() => [])).find((name) => /^spare-.*\.json$/.test(name));
      const text = file && (await readFile(path.join(folder, file), 'utf8').catch(() => ''));
      return text ? (JSON.parse(text) as { pid: number; startTime: string }) : undefined;
    });
  const world: RunnerWorld = {
    runner,
    place: LOCAL,
    access: { serverUrl: 'http://127.0.0.1:1', token: 'secret-token' },
    count: async () => (await attempts()).filter((attempt) => attempt.pids.some(isAlive)).length,
    crash: async (job) => void process.kill((job.handle as { pid: number }).pid, 'SIGKILL'),
    async close() {
      await runner.close();
      await runner.reap(async () => [], []);
      for (const { pids } of await attempts()) for (const pid of pids) if (isAlive(pid)) process.kill(pid, 'SIGKILL');
      await rm(workRoot, { recursive: true, force: true });
    },
  };
  return { ...world, runner, workRoot, folder, attempts, spare };
}

runnerContract('The local runner with a spare agent', async () => {
  const world = await openLocal();
  await world.spare();
  return world;
});

describe('a spare agent', () => {
  let world: Awaited<ReturnType<typeof openLocal>>;
  beforeEach(async () => {
    world = await openLocal();
  });
  afterEach(() => world.close());

  test('gets the next job with its token, which nobody else can read, and becomes its agent', async () => {
    const spare = await world.spare();
    const job = placed();
    const { handle } = await world.runner.submit(job, world.access);
    expect(handle).toEqual({ pid: spare.pid, startTime: spare.startTime });
    await until(async () => (await world.attempts()).length === 1);
    expect((await world.attempts())[0]).toMatchObject({ name: `${job.id}.1` });
    for (const file of ['environ', 'cmdline']) {
      expect(readFileSync(`/proc/${spare.pid}/${file}`, 'utf8')).not.toContain('secret-token');
    }
    expect(JSON.parse(await readFile(path.join(world.folder, `${job.id}.1.json`), 'utf8'))).toMatchObject(
      handle as object,
    );
    expect(await world.runner.status({ ...job, handle })).toEqual({ state: 'running' });
    await until(async () => (await world.runner.logs(job)).includes('started; about to wait'));
    // and another one waits for the job after it
    expect((await world.spare()).pid).not.toBe(spare.pid);
  });

  test('that died is replaced by an agent started for the job', async () => {
    const spare = await world.spare();
    process.kill(spare.pid, 'SIGKILL');
    await until(async () => !isAlive(spare.pid));
    const { handle } = await world.runner.submit(placed(), world.access);
    expect((handle as { pid: number }).pid).not.toBe(spare.pid);
    await until(async () => (await world.attempts()).length === 1);
    expect(await world.count()).toBe(1);
  });

  test('ends when the runner is closed, and leaves no files', async () => {
    const spare = await world.spare();
    await world.runner.close();
    expect(isAlive(spare.pid)).toBe(false);
    expect(await readdir(world.folder)).toEqual([]);
    const { handle } = await world.runner.submit(placed(), world.access);
    expect(handle).toMatchObject({ pid: expect.any(Number) });
  });

  test('is left alone by the reaper of its own server', async () => {
    const spare = await world.spare();
    expect(await world.runner.reap(async () => [], [])).toBe(0);
    expect(isAlive(spare.pid)).toBe(true);
  });

  test('of a server that was killed ends by itself, and is reaped where it does not', async () => {
    const spare = await world.spare();
    const stubborn: ChildProcess = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { detached: true });
    const startTime = (pid: number) =>
      readFileSync(`/proc/${pid}/stat`, 'latin1')
        .replace(/^.*\) /s, '')
        .split(' ')[19]!;
    const left = { pid: stubborn.pid!, startTime: startTime(stubborn.pid!), owner: { pid: spare.pid, startTime: '1' } };
    await writeFile(path.join(world.folder, 'spare-left.json'), JSON.stringify(left));
    expect(await world.runner.reap(async () => [], [])).toBe(1);
    expect(isAlive(stubborn.pid!)).toBe(false);
    expect(isAlive(spare.pid)).toBe(true);
  });
});

test('a spare agent of this program ends without work when whoever started it is gone', async () => {
  const workRoot = await mkdtemp(path.join(os.tmpdir(), 'sluice-'));
  const { selfCommand } = await import('../../../src/self-command.ts');
  const [program, ...args] = selfCommand('spare-agent');
  const starter = `
    const { spawn } = require('node:child_process');
    const child = spawn(${JSON.stringify(program)}, ${JSON.stringify([...args, '--work', workRoot])}, {
      detached: true, stdio: ['pipe', 'ignore', 'ignore'],
    });
    console.log(child.pid);
    setInterval(() => {}, 1000);
  `;
  const server = spawn(process.execPath, ['-e', starter], { stdio: ['ignore', 'pipe', 'inherit'] });
  try {
    const pid = await new Promise<number>((resolve) => server.stdout.once('data', (data) => resolve(Number(data))));
    expect(isAlive(pid)).toBe(true);
    server.kill('SIGKILL');
    await until(async () => !isAlive(pid));
  } finally {
    server.kill('SIGKILL');
    await rm(workRoot, { recursive: true, force: true });
  }
}, 30_000);

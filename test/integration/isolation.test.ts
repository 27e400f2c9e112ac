/** What a training command may not do, and what it is seen to use. */
import { execFile, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { appendFile, chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { createDuckdbDatasetReader } from '../../src/adapters/dataset/create-duckdb-dataset-reader.ts';
import { protectCheckout } from '../../src/agent/protect-checkout.ts';
import { removeFolder } from '../../src/agent/remove-folder.ts';
import { runAgent } from '../../src/agent/run-agent.ts';
import type { Usage } from '../../src/domain/jobs/job.ts';
import { openAgentWorld, tripsTask } from '../agent/agent-world.ts';

const NOBODY = 65_534;

let world: Awaited<ReturnType<typeof openAgentWorld>>;
let outside: string;
beforeAll(async () => {
  world = await openAgentWorld({ leaseMs: 400 });
  outside = await mkdtemp(path.join(os.tmpdir(), 'sluice-'));
});
afterAll(async () => {
  await world.close();
  await rm(outside, { recursive: true, force: true });
});
afterEach(() => {
  vi.unstubAllEnvs();
});

async function play(program: string, over: Parameters<typeof world.trainJob>[1] = {}, gpuIntervalMs = 5_000) {
  const made = await world.trainJob(program, over);
  const outcome = await runAgent({ ...world.agentOptions(made.token), gpuIntervalMs });
  return { outcome, job: (await world.store.jobs.get(made.job.id))!, log: await world.logOf(made.job) };
}

const done = `fs.writeFileSync(process.env.SLUICE_OUTPUT + '/model.onnx', 'x');`;

test('a daemon that left group, parent and pipes behind is ended with its command', async () => {
  const pidFile = path.join(outside, 'daemon');
  const { outcome } = await play(`
    import { spawn } from 'node:child_process';
    import fs from 'node:fs';
    const daemon = 'require("node:fs").writeFileSync(${JSON.stringify(pidFile)}, String(process.pid));' +
      'process.on("SIGTERM", () => {}); setInterval(() => {}, 1000)';
    const middle = 'require("node:child_process").spawn(process.execPath, ["-e", ' + JSON.stringify(daemon) +
      '], { detached: true, stdio: "ignore" }).unref()';
    spawn(process.execPath, ['-e', middle], { detached: true, stdio: 'ignore' }).unref();
    const begun = () => fs.existsSync(${JSON.stringify(pidFile)}) && fs.statSync(${JSON.stringify(pidFile)}).size > 0;
    while (!begun()) await new Promise((resolve) => setTimeout(resolve, 20));
    ${done}`);
  expect(outcome).toBe('succeeded');
  const stat = await statusText(`/proc/${readFileSync(pidFile, 'utf8')}/stat`);
  // gone, or a zombie where the machine's first process collects none
  expect(stat.slice(stat.lastIndexOf(')') + 2)).toMatch(/^[ZX]/);
});

test('the command cannot look into processes of its own user, and is found and ended all the same', async () => {
  // as a run of GitHub Actions and a server have theirs: it was there when the process began
  const keeper = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], {
    env: { ...process.env, ACTIONS_ID_TOKEN_REQUEST_TOKEN: 'let me be the run' },
    stdio: 'ignore',
  });
  try {
    await new Promise((resolve) => keeper.once('spawn', resolve));
    const { outcome, log } = await play(`
      import fs from 'node:fs';
      const seen = (file) => { try { return fs.readFileSync(file, 'latin1').length } catch (error) { return error.code } };
      console.log('uid', process.getuid());
      console.log('own', typeof seen('/proc/self/environ'));
      for (const file of ['environ', 'maps']) console.log(file, seen('/proc/${keeper.pid}/' + file));
      for (const file of ['environ', 'maps']) console.log('agent', file, seen('/proc/${process.pid}/' + file));
      ${done}`);
    expect(outcome).toBe('succeeded');
    expect(log).toContain(`uid ${process.getuid!()}`);
    expect(log).toContain('own number');
    const apart = await promisify(execFile)('unshare', ['--user', '--map-current-user', 'true']).catch(() => undefined);
    if (!apart) return;
    for (const what of ['environ', 'maps', 'agent environ', 'agent maps']) expect(log).toContain(`${what} EACCES`);
  } finally {
    keeper.kill('SIGKILL');
  }
});

const statusText = async (file: string) => (existsSync(file) ? readFileSync(file, 'latin1') : ') X');

test('memory counts wherever the processes went', async () => {
  const { job } = await play(
    `
    import { spawn } from 'node:child_process';
    const hungry = 'const held = Buffer.alloc(300e6, 1); setInterval(() => held.length, 1000)';
    spawn(process.execPath, ['-e', hungry], { detached: true, stdio: 'ignore' });
    setInterval(() => {}, 1000);`,
    { train: { resources: { gpu: 0, memoryBytes: 250 * 2 ** 20, timeoutSeconds: 60 } } },
  );
  expect(job.error?.message).toMatch(/used \d+ MiB, more than the 250 MiB of train.resources.memory/);
});

test.skipIf(process.getuid?.() !== 0)('root may write to the checkout, but not unnoticed', async () => {
  const changed = await play(`
    import fs from 'node:fs';
    fs.appendFileSync('train.mjs', ' ');
    ${done}`);
  expect(changed.job.error).toMatchObject({ code: 'config/train-failed' });
  expect(changed.job.error?.message).toMatch(/changed files of its checkout \(train\.mjs\); it may write to/);
  const removed = await play(`import fs from 'node:fs'; fs.rmSync('train.mjs'); ${done}`);
  expect(removed.job.error?.message).toContain('(train.mjs)');
  const cached = await play(
    `import fs from 'node:fs'; fs.mkdirSync('cache'); fs.writeFileSync('cache/x', ''); ${done}`,
  );
  expect(cached.outcome, 'what is new does not change the commit').toBe('succeeded');
});

test.skipIf(process.getuid?.() !== 0)(
  'who is not root cannot write to a checkout, and can remove it all the same',
  async () => {
    const checkout = path.join(await mkdtemp(path.join(outside, 'ordinary-')), 'checkout');
    await mkdir(path.join(checkout, 'src', '.git'), { recursive: true });
    await writeFile(path.join(checkout, 'src', 'train.py'), 'print()');
    await promisify(execFile)('chown', ['-R', String(NOBODY), outside]);
    process.seteuid!(NOBODY);
    try {
      const code = (work: Promise<unknown>) =>
        work.then(
          () => 'done',
          (error: NodeJS.ErrnoException) => error.code,
        );
      const { verify } = await protectCheckout(checkout);
      expect(await code(appendFile(path.join(checkout, 'src', 'train.py'), ' '))).toBe('EACCES');
      expect(await code(writeFile(path.join(checkout, 'src', 'new.py'), ' '))).toBe('EACCES');
      expect(await code(rm(path.join(checkout, 'src', 'train.py')))).toBe('EACCES');
      await verify();
      await removeFolder(checkout);
      expect(existsSync(checkout)).toBe(false);
    } finally {
      process.seteuid!(0);
    }
  },
);

test('data that is not what the spec declares is refused; the log names what was read', async () => {
  const rows = 'day,delay\n1,10\n2,20\n3,30\n';
  await writeFile(path.join(world.folder, 'trips.csv'), rows);
  const right = createHash('sha256').update(rows).digest('hex');
  const train = async (sha256: string | undefined) => {
    const made = await world.trainJob(`import fs from 'node:fs'; ${done}`);
    await world.store.jobs.update(made.job.id, (job) => ({ ...job, task: tripsTask(job.task, sha256) }));
    await runAgent({ ...world.agentOptions(made.token), createReader: createDuckdbDatasetReader });
    return { job: (await world.store.jobs.get(made.job.id))!, log: await world.logOf(made.job) };
  };
  expect((await train(right)).log).toContain(`data of trips: verified sha256:${right}`);
  expect((await train(undefined)).log).toContain('data of trips: no digest is declared');
  const wrong = await train('0'.repeat(64));
  expect(wrong.job).toMatchObject({ status: 'failed', error: { code: 'config/data-invalid' } });
  expect(wrong.job.error!.message).toContain(right);
});

test('values of secret variables of the agent reach no log, no metric and no error', async () => {
  const secret = 'wandb-0123456789';
  vi.stubEnv('WANDB_API_KEY', secret);
  const { job, log } = await play(`
    import fs from 'node:fs';
    const secret = ['wandb', '0123456789'].join('-');
    console.log('env ' + process.env.WANDB_API_KEY + ' ' + secret);
    process.stdout.write('half: ' + secret.slice(0, 8));
    await new Promise((resolve) => setTimeout(resolve, 50));
    process.stdout.write(secret.slice(8) + '\\n');
    const metric = JSON.stringify({ step: 1, metric: secret, value: 1 });
    fs.writeFileSync(process.env.SLUICE_OUTPUT + '/metrics.jsonl', metric + '\\n');
    throw new Error('no access with ' + Buffer.from(secret).toString('base64'));`);
  const everything = JSON.stringify([job, await world.store.jobs.events(job.id, {})]);
  expect(log).toContain('env undefined ***');
  expect(log).toContain('half: ***');
  expect(job.error!.message).toContain('no access with ***');
  expect(everything).not.toContain(secret);
  expect(everything).not.toContain(Buffer.from(secret).toString('base64').slice(4, -4));
});

test('what the command used is reported: CPU time, memory', async () => {
  const { job } = await play(`
    import fs from 'node:fs';
    const held = Buffer.alloc(200e6, 1);
    const end = process.cpuUsage().user + 600_000;
    while (process.cpuUsage().user < end) held.fill(2, 0, 1000);
    ${done}`);
  expect(job.usage!.cpuSeconds).toBeGreaterThan(0.6);
  expect(job.usage!.cpuSeconds).toBeLessThan(10);
  expect(job.usage!.peakMemoryBytes).toBeGreaterThan(200e6);
  expect(job.usage!.peakMemoryBytes).toBeLessThan(600e6);
  expect(job.usage!.gpu).toBeUndefined();
});

/** Puts a program of that text before everything else in PATH, as nvidia-smi. */
async function installNvidiaSmi(script: string): Promise<string> {
  const folder = await mkdtemp(path.join(outside, 'bin-'));
  await writeFile(path.join(folder, 'nvidia-smi'), `#!/bin/sh\n${script}\n`);
  await chmod(path.join(folder, 'nvidia-smi'), 0o755);
  vi.stubEnv('PATH', `${folder}:${process.env.PATH}`);
  return folder;
}

const training = `
  import fs from 'node:fs';
  await new Promise((resolve) => setTimeout(resolve, 1000));
  ${done}`;

test('GPUs: model, number, utilisation, memory and energy, while the command runs', async () => {
  const folder = await installNvidiaSmi(`
    echo "$@" > "$(dirname "$0")/asked"
    echo "NVIDIA H200, 40, 1024, 100.0"
    echo "NVIDIA H200, 60, 2048, 300.0"`);
  const { job } = await play(training, {}, 100);
  expect(readFileSync(path.join(folder, 'asked'), 'utf8').trim()).toBe(
    '--query-gpu=name,utilization.gpu,memory.used,power.draw --format=csv,noheader,nounits',
  );
  const { energyJoules, ...rest } = job.usage!.gpu!;
  expect(rest).toEqual({ model: 'NVIDIA H200', count: 2, utilisation: 0.5, peakMemoryBytes: 3072 * 2 ** 20 });
  // 400 W for the second that the command sleeps and what its start takes
  expect(energyJoules).toBeGreaterThan(390);
  expect(energyJoules).toBeLessThan(4_000);
});

test('GPUs: an agent that is lost has told what was used until then', async () => {
  await installNvidiaSmi('echo "NVIDIA A100, 80, 512, 50"');
  const made = await world.trainJob('setInterval(() => {}, 1000)');
  const ended = new AbortController();
  const running = runAgent({ ...world.agentOptions(made.token), gpuIntervalMs: 50, signal: ended.signal });
  running.catch(() => undefined);
  let usage: Usage | undefined;
  await vi.waitFor(async () => {
    usage = (await world.store.jobs.get(made.job.id))!.usage;
    expect(usage?.gpu?.energyJoules).toBeGreaterThan(0);
  }, 25_000);
  ended.abort(new Error('gone'));
  await expect(running).rejects.toThrow('gone');
  expect(usage).toMatchObject({ gpu: { model: 'NVIDIA A100', count: 1, utilisation: expect.closeTo(0.8) } });
});

test.each<[string, string, string | undefined, Usage['gpu']]>([
  [
    'tells not everything',
    'echo "Orin (nvgpu), [N/A], [Not Supported], [N/A]"',
    undefined,
    { model: 'Orin (nvgpu)', count: 1, utilisation: 0, peakMemoryBytes: 0 },
  ],
  ['has no driver', 'echo "NVIDIA-SMI has failed because it could not communicate"; exit 9', undefined, undefined],
  ['says something else', 'echo "No devices were found"', undefined, undefined],
  ['is not for this job', 'echo "NVIDIA H200, 40, 1024, 100.0"', '', undefined],
  [
    'is one of several',
    'test "$1" = "--id=GPU-1a,2" && echo "NVIDIA H200, 40, 1024, 100.0" | sed "s/100.0/[N\\/A]/"',
    'GPU-1a,2',
    { model: 'NVIDIA H200', count: 1, utilisation: 0.4, peakMemoryBytes: 2 ** 30 },
  ],
])('GPUs: one that %s', async (_, script, visible, expected) => {
  await installNvidiaSmi(script);
  if (visible !== undefined) vi.stubEnv('CUDA_VISIBLE_DEVICES', visible);
  const { outcome, job } = await play(`import fs from 'node:fs'; ${done}`);
  expect(outcome).toBe('succeeded');
  expect(job.usage!.gpu).toEqual(expected);
});

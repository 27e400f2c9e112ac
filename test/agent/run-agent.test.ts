import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { runAgent } from '../../src/agent/run-agent.ts';
import type { ArtifactRef, Job, JobTask } from '../../src/domain/jobs/job.ts';
import { sampleJob } from '../contract/store.ts';
import { fakeReader, openAgentWorld } from './agent-world.ts';
import { until } from './until.ts';

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

async function play(made: { job: Job; token: string }) {
  const outcome = await runAgent(world.agentOptions(made.token));
  const job = (await world.store.jobs.get(made.job.id))!;
  expect(await readdir(world.workRoot), 'the work folder is removed').toEqual([]);
  return { outcome, job, log: await world.logOf(made.job) };
}

const isAlive = (pid: number) => existsSync(`/proc/${pid}`);

describe('training', () => {
  test('runs the command on the exact commit and the training split, and hands the artifact in', async () => {
    const made = await world.trainJob(`
      import { readFileSync, writeFileSync, appendFileSync } from 'node:fs';
      const { SLUICE_PARAMS, SLUICE_TRAIN, SLUICE_OUTPUT, SLUICE_SEED } = process.env;
      const { epochs } = JSON.parse(readFileSync(SLUICE_PARAMS, 'utf8'));
      console.log(readFileSync(SLUICE_TRAIN, 'utf8'));
      for (let step = 1; step <= epochs; step += 1)
        appendFileSync(SLUICE_OUTPUT + '/metrics.jsonl', JSON.stringify({step, metric: 'loss', value: 1 / step}) + '\\n');
      appendFileSync(SLUICE_OUTPUT + '/metrics.jsonl', 'no metric\\n{"step":9,"metric":"cut');
      console.error('\\u001b[31mred\\u001b[0m');
      writeFileSync(SLUICE_OUTPUT + '/model.onnx', 'model of seed ' + SLUICE_SEED + ' with weights.bin');
      writeFileSync(SLUICE_OUTPUT + '/weights.bin', 'weights');
      writeFileSync(SLUICE_OUTPUT + '/notes.txt', 'not part of it');
    `);
    await world.commit({ 'train.mjs': 'throw new Error("a later commit")' });
    const { outcome, job, log } = await play(made);
    expect(outcome).toBe('succeeded');
    expect(job).toMatchObject({
      status: 'succeeded',
      result: {
        files: [
          { path: 'model.onnx', size: 32 },
          { path: 'weights.bin', size: 7 },
        ],
      },
    });
    const [model] = job.result!.files;
    const bytes = await text(await world.artifacts.read(model!.digest));
    expect(bytes).toBe('model of seed 7 with weights.bin');
    expect(model!.digest).toBe(`sha256:${createHash('sha256').update(bytes).digest('hex')}`);
    expect(log).toEqual(expect.arrayContaining(['rows of train', 'red']));
    expect(log).toContain('2 lines of metrics.jsonl were left out: not a metric, or too many');
    const metrics = await world.store.jobs.events(job.id, { kind: 'metric' });
    expect(metrics.map((event) => event.kind === 'metric' && [event.step, event.metric, event.value])).toEqual([
      [1, 'loss', 1],
      [2, 'loss', 1 / 2],
      [3, 'loss', 1 / 3],
    ]);
  });

  test('reads data that lies outside the repository while git is still at work, and other data after it', async () => {
    const fake = path.join(outside, 'waiting-git');
    const seen = path.join(outside, 'data-is-read');
    await writeFile(
      fake,
      `#!/bin/sh
for i in $(seq 50); do [ "$1" != fetch ] || [ -e ${seen} ] || sleep 0.1; done
[ "$1" != fetch ] || [ -e ${seen} ] || { echo "fatal: nobody reads the data" >&2; exit 128; }
exec git "$@"
`,
      { mode: 0o755 },
    );
    vi.stubEnv('SLUICE_GIT', fake);
    const reader = {
      ...fakeReader,
      materialise: async (...given: Parameters<typeof fakeReader.materialise>) => {
        await writeFile(seen, '');
        return fakeReader.materialise(...given);
      },
    };
    const program = `import { writeFileSync } from 'node:fs';
      writeFileSync(process.env.SLUICE_OUTPUT + '/model.onnx', 'model');`;
    try {
      const said: Record<string, string[]> = {};
      for (const uri of ['file:flights.parquet', 'data/flights.parquet']) {
        await rm(seen, { force: true });
        const made = await world.trainJob(program);
        await world.store.jobs.update(made.job.id, (job) => {
          const task = job.task as Extract<JobTask, { kind: 'train' }>;
          return { ...job, task: { ...task, dataset: { ...task.dataset, source: { ...task.dataset.source, uri } } } };
        });
        await runAgent({ ...world.agentOptions(made.token), createReader: () => reader });
        said[uri] = await world.logOf(made.job);
        expect(await readdir(world.workRoot), 'the work folder is removed').toEqual([]);
      }
      expect(said['file:flights.parquet']).toContain('done; the artifact has one file');
      expect(said['data/flights.parquet']).toContain('git: fatal: nobody reads the data');
    } finally {
      vi.unstubAllEnvs();
    }
  });

  test('gives the command nothing but what it needs, and no token to the log', async () => {
    const machine = ['VIRTUAL_ENV', 'CONDA_PREFIX', 'OMP_NUM_THREADS', 'NVIDIA_VISIBLE_DEVICES'];
    for (const name of machine) vi.stubEnv(name, '1');
    vi.stubEnv('SLUICE_TEST_CREDENTIAL', 'cloud-credential');
    const made = await world.trainJob(`
      import { writeFileSync, readdirSync, readFileSync } from 'node:fs';
      console.log('names ' + Object.keys(process.env).sort().join(' '));
      console.log('config ' + readFileSync('.git/config', 'utf8').replaceAll('\\n', ' '));
      console.log('ghs_checkout and ' + Buffer.from('x-access-token:ghs_checkout').toString('base64'));
      writeFileSync(process.env.SLUICE_OUTPUT + '/model.onnx', 'x');
    `);
    const { job, log } = await play(made);
    vi.unstubAllEnvs();
    expect(job.status).toBe('succeeded');
    const names = log
      .find((line) => line.startsWith('names '))!
      .split(' ')
      .slice(1);
    const allowed = [
      'HOME',
      'LANG',
      'LC_ALL',
      'PATH',
      'TMPDIR',
      'TZ',
      'LD_LIBRARY_PATH',
      'PYTHONDONTWRITEBYTECODE',
      ...machine,
    ];
    expect(names.filter((name) => !name.startsWith('SLUICE_') && !allowed.includes(name))).toEqual([]);
    expect(names).toEqual(expect.arrayContaining(machine));
    expect(names).not.toContain('SLUICE_TEST_CREDENTIAL');
    expect(log).toContain('*** and ***');
    expect(log.join('\n')).not.toContain('ghs_checkout');
    expect(log.join('\n')).not.toContain(made.token);
  });

  test.each([
    ['process.exit(3)', {}, 'The training command ended with exit status 3'],
    [
      'throw new TypeError("no such column")',
      {},
      'The training command ended with exit status 1: TypeError: no such column',
    ],
    ['', {}, 'The training command ended well but wrote no model.onnx; the output folder has nothing'],
    ['', { command: ['no-such-program'] }, /cannot be started \(spawn no-such-program ENOENT\)/],
    ['process.kill(process.pid, "SIGKILL")', {}, 'The training command was ended by SIGKILL'],
    [
      'setInterval(() => {}, 1000)',
      { resources: { timeoutSeconds: 0.5, memoryBytes: 0 } },
      'The training command did not end within 0.5 s (train.resources.timeout)',
    ],
    [
      'const held = Buffer.alloc(300e6, 1); setInterval(() => held.length, 1000)',
      { resources: { timeoutSeconds: 60, memoryBytes: 250 * 2 ** 20 } },
      /used \d+ MiB, more than the 250 MiB of train.resources.memory/,
    ],
    [
      'import fs from "node:fs"; fs.symlinkSync("/etc/passwd", process.env.SLUICE_OUTPUT + "/model.onnx")',
      {},
      'model.onnx is part of the artifact but is missing, a link or no plain file',
    ],
  ])('that goes wrong is the author’s to mend: %s', async (program, train, message) => {
    const { outcome, job } = await play(await world.trainJob(program, { train }));
    expect(outcome).toBe('failed');
    expect(job).toMatchObject({ status: 'failed', error: { code: 'config/train-failed' } });
    expect(job.error!.message).toMatch(message);
  });

  test('hands in the whole folder of a TF.js model', async () => {
    const program = `
      import fs from 'node:fs';
      const folder = process.env.SLUICE_OUTPUT + '/model';
      fs.mkdirSync(folder);
      fs.writeFileSync(folder + '/model.json', JSON.stringify({ weightsManifest: [{ paths: ['w1.bin'] }] }));
      fs.writeFileSync(folder + '/w1.bin', '12');
      fs.writeFileSync(folder + '/labels.txt', 'a');
    `;
    const paths = async (artifact: string) => {
      const made = await world.trainJob(program, { model: { artifact: { path: artifact, format: 'tfjs' } } });
      return (await play(made)).job.result?.files.map((file) => file.path);
    };
    expect(await paths('model')).toEqual(['model/labels.txt', 'model/model.json', 'model/w1.bin']);
    expect(await paths('model/model.json')).toEqual(['model/model.json', 'model/w1.bin']);
  });

  test('cancelling ends the command and everything it started', async () => {
    const pids = path.join(outside, 'pids');
    const made = await world.trainJob(`
      import { spawn } from 'node:child_process';
      import fs from 'node:fs';
      const child = spawn(process.execPath, ['-e', 'process.on("SIGTERM", () => {}); setInterval(() => {}, 1000)']);
      fs.writeFileSync(${JSON.stringify(pids)}, process.pid + ' ' + child.pid);
      setInterval(() => {}, 1000);
    `);
    const running = play(made);
    await until(() => existsSync(pids));
    await world.store.jobs.update(made.job.id, (job) => ({ ...job, cancelRequested: true }));
    const { outcome, job } = await running;
    expect(outcome).toBe('cancelled');
    expect(job).toMatchObject({ status: 'cancelled', error: { code: 'conflict/cancelled' } });
    for (const pid of (await readFile(pids, 'utf8')).split(' ')) await until(() => !isAlive(Number(pid)));
  });

  test('an attempt that was replaced is dropped without a word', async () => {
    const made = await world.trainJob('setInterval(() => {}, 1000)');
    const running = play(made);
    await until(async () => (await world.store.jobs.get(made.job.id))!.status === 'running');
    await world.store.jobs.update(made.job.id, (job) => ({ ...job, attempt: 2 }));
    expect((await running).outcome).toBe('superseded');
    expect((await world.store.jobs.get(made.job.id))!.status).toBe('running');
  });

  test('a server that is away for a while loses nothing of the log', async () => {
    const started = path.join(outside, 'started');
    const back = path.join(outside, 'back');
    const made = await world.trainJob(`
      import fs from 'node:fs';
      fs.writeFileSync(${JSON.stringify(started)}, '');
      let line = 0;
      const timer = setInterval(() => {
        console.log('line ' + (line += 1));
        if (!fs.existsSync(${JSON.stringify(back)})) return;
        clearInterval(timer);
        fs.writeFileSync(process.env.SLUICE_OUTPUT + '/model.onnx', 'x');
      }, 10);
    `);
    const running = play(made);
    await until(() => existsSync(started));
    const { port } = world.server.address() as { port: number };
    world.server.closeAllConnections();
    await new Promise((resolve) => world.server.close(resolve));
    await new Promise((resolve) => setTimeout(resolve, 700));
    await new Promise<void>((resolve) => world.server.listen(port, '127.0.0.1', resolve));
    await writeFile(back, '');
    const { outcome, log } = await running;
    expect(outcome).toBe('succeeded');
    const lines = log.filter((line) => line.startsWith('line '));
    expect(lines.length).toBeGreaterThan(30);
    expect(lines).toEqual(lines.map((_, index) => `line ${index + 1}`));
  });

  test('code may import packages that the machine offers', async () => {
    const offered = path.join(outside, 'node_modules');
    await mkdir(path.join(offered, 'scale'), { recursive: true });
    await writeFile(path.join(offered, 'scale', 'index.js'), 'exports.scale = 2;');
    const made = await world.trainJob(`
      import { scale } from 'scale';
      import fs from 'node:fs';
      fs.writeFileSync(process.env.SLUICE_OUTPUT + '/model.onnx', 'x'.repeat(scale));
    `);
    const outcome = await runAgent({ ...world.agentOptions(made.token), nodeModules: offered });
    expect(outcome).toBe('succeeded');
    expect(existsSync(path.join(offered, 'scale', 'index.js')), 'removed with the work folder').toBe(true);
  });

  test('an agent that is asked to end leaves nothing behind, and its attempt to be found lost', async () => {
    const pidFile = path.join(outside, 'pid');
    const made = await world.trainJob(`
      import fs from 'node:fs';
      fs.writeFileSync(${JSON.stringify(pidFile)}, String(process.pid));
      setInterval(() => {}, 1000);
    `);
    const asked = new AbortController();
    const running = runAgent({ ...world.agentOptions(made.token), signal: asked.signal });
    await until(() => existsSync(pidFile) && readFileSync(pidFile, 'utf8') !== '');
    asked.abort(new Error('asked to end'));
    await expect(running).rejects.toThrow('asked to end');
    await until(() => !isAlive(Number(readFileSync(pidFile, 'utf8'))));
    expect(await readdir(world.workRoot)).toEqual([]);
    expect((await world.store.jobs.get(made.job.id))!.status).toBe('running');
  });

  test('a token that was never good is refused at once', async () => {
    const refused = runAgent(world.agentOptions('x'.repeat(100)));
    await expect(refused).rejects.toMatchObject({ code: 'permission/unauthenticated' });
  });
});

describe('the other tasks', () => {
  async function made(task: unknown, over: Partial<Job> = {}) {
    const job = await world.store.jobs.create(sampleJob({ attempt: 1, task: task as JobTask, ...over }));
    return { job, token: world.tokens.issue({ jobId: job.id, attempt: 1 }, world.clock.now() + 600_000) };
  }
  const dataset = { name: 'flights', source: { uri: 'file:flights.parquet' } };

  async function artifact(content: string): Promise<ArtifactRef> {
    const digest = await world.artifacts.put(content);
    return { digest, format: 'onnx', files: [{ path: 'weights/model.onnx', digest, size: content.length }] };
  }

  test('data: what was found is the result', async () => {
    const { job } = await play(await made({ kind: 'data', dataset, allow: [] }));
    expect(job).toMatchObject({ status: 'succeeded', result: { files: [{ path: 'data.json' }] } });
    const report = JSON.parse(await text(await world.artifacts.read(job.result!.files[0]!.digest)));
    expect(report.violations).toEqual(['flights is odd']);
  });

  test('evaluate: the evaluator gets both models and no token', async () => {
    const champion = { version: '1.0.0', model: {}, artifact: await artifact('champion') };
    const task = { kind: 'evaluate', dataset, allow: [], candidate: await artifact('candidate'), champion };
    const { job } = await play(await made(task));
    expect(job.status).toBe('succeeded');
    const evaluation = JSON.parse(await text(await world.artifacts.read(job.result!.files[0]!.digest)));
    expect(evaluation).toEqual({ candidate: 'candidate', champion: 'champion', token: false, checkout: false });
  });

  test('evaluate: a model that is refused or breaks the evaluator is the author’s to mend', async () => {
    const outcomeOf = async (content: string) => {
      const task = { kind: 'evaluate', dataset, allow: [], candidate: await artifact(content) };
      return (await play(await made(task))).job.error;
    };
    expect(await outcomeOf('refuse')).toEqual({ code: 'config/model-invalid', message: 'a bad model' });
    expect(await outcomeOf('crash')).toEqual({
      code: 'config/model-invalid',
      message: 'The candidate broke the evaluator down (SIGABRT) while loading',
    });
  });

  test('evaluate: a champion that breaks the evaluator is left out, and the candidate evaluated', async () => {
    const champion = { version: '1.0.0', model: {}, artifact: await artifact('crash') };
    const task = { kind: 'evaluate', dataset, allow: [], candidate: await artifact('candidate'), champion };
    const { job, log } = await play(await made(task));
    expect(job.result?.files.map((file) => file.path)).toEqual(['evaluation.json']);
    const evaluation = JSON.parse(await text(await world.artifacts.read(job.result!.files[0]!.digest)));
    expect(evaluation).toMatchObject({
      candidate: 'candidate',
      championSkipped: 'it broke the evaluator down (SIGABRT) while loading',
    });
    expect(evaluation).not.toHaveProperty('champion');
    expect(log).toContain(
      'evaluating the candidate alone: the champion broke the evaluator down (SIGABRT) while loading',
    );
  });

  test('evaluate: trainings with other seeds, and the commands of the base branch', async () => {
    const metricsSha = await world.commit({ 'metric.txt': 'of the base' });
    const sha = await world.commit({ 'metric.txt': 'of the pull request' });
    const repeats = [{ seed: 8, artifact: await artifact('seed 8') }];
    const task = { kind: 'evaluate', dataset, allow: [], candidate: await artifact('candidate'), repeats, metricsSha };
    const { job } = await play(await made(task, { sha }));
    expect(job.error).toBeUndefined();
    const evaluation = JSON.parse(await text(await world.artifacts.read(job.result!.files[0]!.digest)));
    expect(evaluation).toMatchObject({ repeats: ['seed 8'], metrics: 'of the base', token: false });
  });
});

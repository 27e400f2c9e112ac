/** A machine that goes away in the middle of a training: the next attempt goes on from what was saved. */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { runAgent } from '../../src/agent/run-agent.ts';
import type { Job } from '../../src/domain/jobs/job.ts';
import { openAgentWorld, tripsTask } from '../agent/agent-world.ts';
import { startAgent } from '../agent/start-agent.ts';
import { until } from '../agent/until.ts';

const FAST = { intervalMs: 50, settleMs: 50 };

let world: Awaited<ReturnType<typeof openAgentWorld>>;
let go: string;
let pidFile: string;
beforeAll(async () => {
  world = await openAgentWorld({ leaseMs: 2_000, maxBlobBytes: 1_000_000 });
  await writeFile(path.join(world.folder, 'trips.csv'), 'day,delay\n1,10\n2,20\n3,30\n4,40\n');
  go = path.join(world.folder, 'go');
  pidFile = path.join(world.folder, 'pid');
});
afterAll(() => world.close());
beforeEach(() => rmSync(go, { force: true }));

/** Six steps, each the digest of the one before; waits before the fourth until it may go on. */
const program = () => `
  import fs from 'node:fs';
  import { createHash } from 'node:crypto';
  const { SLUICE_CHECKPOINT, SLUICE_OUTPUT } = process.env;
  fs.writeFileSync(${JSON.stringify(pidFile)}, String(process.pid));
  const saved = SLUICE_CHECKPOINT + '/state.json';
  let { step, value } = fs.existsSync(saved) ? JSON.parse(fs.readFileSync(saved)) : { step: 0, value: 'start' };
  console.log('from step ' + step);
  while (step < 6) {
    if (step === 3) while (!fs.existsSync(${JSON.stringify(go)})) await new Promise((r) => setTimeout(r, 20));
    value = createHash('sha256').update(value).digest('hex');
    step += 1;
    console.log('step ' + step);
    fs.mkdirSync(SLUICE_CHECKPOINT + '/weights', { recursive: true });
    fs.writeFileSync(SLUICE_CHECKPOINT + '/weights/part 1.bin', 'x'.repeat(1000 * step));
    fs.writeFileSync(SLUICE_CHECKPOINT + '/.hidden', value);
    fs.writeFileSync(SLUICE_CHECKPOINT + '/next.tmp', value);
    fs.writeFileSync(SLUICE_CHECKPOINT + '/state.tmp', JSON.stringify({ step, value }));
    fs.renameSync(SLUICE_CHECKPOINT + '/state.tmp', saved);
  }
  fs.writeFileSync(SLUICE_OUTPUT + '/model.onnx', value);
`;
/** What six steps lead to. */
const RESULT = Array.from({ length: 6 }).reduce<string>(
  (value) => createHash('sha256').update(value).digest('hex'),
  'start',
);

/** What the job's flow does with a lost attempt. */
async function nextAttempt(job: Job): Promise<string> {
  await world.store.jobs.update(job.id, ({ agent: _, leaseUntil: __, ...rest }) => ({
    ...rest,
    status: 'queued',
    attempt: 2,
  }));
  return world.tokens.issue({ jobId: job.id, attempt: 2 }, world.clock.now() + 600_000);
}

async function savedStep(job: Job): Promise<number | undefined> {
  const files = (await world.store.jobs.get(job.id))!.checkpoint?.files ?? [];
  const state = files.find((file) => file.path === 'state.json');
  return state && JSON.parse(await text(await world.checkpoints.read(state.digest))).step;
}

async function resultOf(job: Job): Promise<string> {
  return text(await world.artifacts.read((await world.store.jobs.get(job.id))!.result!.files[0]!.digest));
}

test('an agent that is killed in the middle: the next attempt starts from the saved step', async () => {
  const { job, token } = await world.trainJob(program());
  await world.store.jobs.update(job.id, (now) => ({ ...now, task: tripsTask(now.task) }));
  const first = startAgent(world, token);
  await until(async () => (await savedStep(job)) === 3);
  expect((await world.store.jobs.get(job.id))!.checkpoint).toMatchObject({
    attempt: 1,
    files: [{ path: 'state.json' }, { path: 'weights/part 1.bin', size: 3_000 }],
  });
  first.kill('SIGKILL');
  expect(await first.ended).toBe('SIGKILL');
  // its runner would end what is left of it
  process.kill(Number(readFileSync(pidFile, 'utf8')), 'SIGKILL');
  await writeFile(go, '');
  const second = startAgent(world, await nextAttempt(job));
  expect(await second.ended, second.said()).toBe(0);
  expect(await resultOf(job)).toBe(RESULT);
  const log = await world.store.jobs.events(job.id, { kind: 'log' });
  const lines = log.flatMap((event) => (event.kind === 'log' && event.attempt === 2 ? [event.line] : []));
  expect(lines).toContain('restored the checkpoint of an earlier attempt: state.json, weights/part 1.bin');
  expect(lines.filter((line) => /step/.test(line))).toEqual(['from step 3', 'step 4', 'step 5', 'step 6']);
  expect((await world.store.jobs.get(job.id))!.checkpoint).toBeUndefined();
}, 60_000);

test('an agent that is asked to end uploads what was saved last before it goes', async () => {
  const { job, token } = await world.trainJob(program());
  const asked = new AbortController();
  // no look in the background: what arrives is the last one
  const rare = { intervalMs: 3_600_000, settleMs: 50 };
  const first = runAgent({ ...world.agentOptions(token), checkpoints: rare, signal: asked.signal });
  first.catch(() => undefined);
  await until(async () => (await world.logOf(job)).includes('step 3'));
  expect(await savedStep(job)).toBeUndefined();
  asked.abort(new Error('asked to end'));
  await expect(first).rejects.toThrow('asked to end');
  expect(await savedStep(job)).toBe(3);
  await writeFile(go, '');
  expect(await runAgent(world.agentOptions(await nextAttempt(job)))).toBe('succeeded');
  expect(await resultOf(job)).toBe(RESULT);
});

test('only what changed is uploaded again, and what is replaced is removed', async () => {
  const { job, token } = await world.trainJob(`
    import fs from 'node:fs';
    const folder = process.env.SLUICE_CHECKPOINT;
    fs.writeFileSync(folder + '/frozen.bin', 'never changes');
    for (let step = 1; !fs.existsSync(${JSON.stringify(go)}); step += 1) {
      fs.writeFileSync(folder + '/state.tmp', JSON.stringify({ step }));
      fs.renameSync(folder + '/state.tmp', folder + '/state.json');
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    fs.writeFileSync(process.env.SLUICE_OUTPUT + '/model.onnx', 'x');
  `);
  const running = runAgent({ ...world.agentOptions(token), checkpoints: FAST });
  const seen = new Set<string>();
  await until(async () => {
    for (const { path: name, digest } of (await world.store.jobs.get(job.id))!.checkpoint?.files ?? []) {
      if (name === 'state.json') seen.add(digest);
    }
    return seen.size >= 3;
  });
  await writeFile(go, '');
  expect(await running).toBe('succeeded');
  for (const digest of seen) expect(await world.checkpoints.has(digest)).toBe(false);
});

test('a checkpoint that is too large or is gone costs the attempt nothing', async () => {
  const { job, token } = await world.trainJob(`
    import fs from 'node:fs';
    console.log('found ' + fs.readdirSync(process.env.SLUICE_CHECKPOINT).join(' '));
    fs.writeFileSync(process.env.SLUICE_CHECKPOINT + '/large.bin', 'x'.repeat(1_000_001));
    while (!fs.existsSync(${JSON.stringify(go)})) await new Promise((resolve) => setTimeout(resolve, 20));
    fs.writeFileSync(process.env.SLUICE_OUTPUT + '/model.onnx', 'x');
  `);
  const files = [{ path: 'state.json', digest: `sha256:${'0'.repeat(64)}`, size: 7 }];
  await world.store.jobs.update(job.id, (now) => ({ ...now, checkpoint: { files, attempt: 1, at: 1 } }));
  const running = runAgent({ ...world.agentOptions(token), checkpoints: FAST });
  await until(async () => (await world.logOf(job)).some((line) => line.includes('is not saved')));
  expect(existsSync(go)).toBe(false);
  await writeFile(go, '');
  expect(await running).toBe('succeeded');
  const log = await world.logOf(job);
  expect(log.filter((line) => line.includes('checkpoint'))).toEqual([
    expect.stringMatching(/^starting from the beginning: the checkpoint cannot be restored \(there is no blob/),
    'the checkpoint is not saved: it has 1000001 bytes; 1000000 are allowed',
  ]);
  expect(log).toContain('found ');
});

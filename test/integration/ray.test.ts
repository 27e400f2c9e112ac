/**
 * A real Ray cluster, started here from PyPI: the runner's contract on it, and jobs of the scikit-learn example from the
 * queue to the artifact with the agent's own process.
 */
import path from 'node:path';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createRayRunner } from '../../src/adapters/runners/ray/create-ray-runner.ts';
import type { RunnerSpec } from '../../src/domain/spec/valid.ts';
import { agentsOf, isAlive } from '../adapters/runners/ray/agents-of.ts';
import { runnerContract } from '../contract/runner.ts';
import { sampleJob } from '../contract/store.ts';
import { processesOf } from '../e2e/harness/processes.ts';
import { parentOf } from './ray/parent-of.ts';
import { startRayCluster } from './ray/ray-cluster.ts';
import { openTrainingWorld } from './ray/training-world.ts';

const CPUS = 2;
const IDLE_AGENT = path.join(import.meta.dirname, '../adapters/runners/idle-agent.mjs');

let cluster: Awaited<ReturnType<typeof startRayCluster>>;
beforeAll(async () => {
  cluster = await startRayCluster({ cpusOfEach: CPUS });
});
afterAll(() => cluster?.close());

const placeWith = (agent: string[], cpus: number): RunnerSpec => ({
  name: 'cluster',
  type: 'ray',
  address: cluster.address,
  agent,
  cpus,
  pricePerHour: 0,
  maxHours: 1,
});
const openRunner = (owner: string) => {
  const { address, token } = cluster;
  return createRayRunner({ addresses: [address], token, owner, log: { warn: (details) => console.warn(details) } });
};

runnerContract('The Ray runner on a real cluster', async () => {
  const runner = openRunner('contract');
  const mine = () => agentsOf(cluster.temporary);
  return {
    runner,
    place: placeWith([process.execPath, IDLE_AGENT], 0.5),
    access: { serverUrl: 'http://127.0.0.1:1', token: 'token' },
    count: async () => mine().filter(({ pids }) => pids.some(isAlive)).length,
    // the worker process in which Ray runs a job's driver; the kernel does so when memory is short
    async crash(job) {
      const agent = mine().find(({ name }) => name === `${job.id}.1`);
      process.kill(parentOf(agent!.pids[0]!), 'SIGKILL');
    },
    close: async () => void (await runner.reap(async () => [], [])),
  };
});

test('a cluster that wants a token gets ours, and no other', async () => {
  const job = { ...sampleJob({ attempt: 1 }), place: placeWith(['sluice', 'agent'], 1) };
  const addresses = [cluster.address];
  for (const token of [undefined, 'wrong']) {
    const runner = createRayRunner({ addresses, owner: 'o', log: { warn: () => undefined }, ...(token && { token }) });
    await expect(runner.status(job)).rejects.toMatchObject({ code: 'permission/unauthenticated' });
  }
});

test('a job that no node has room for waits, says what for, and is cancelled', async () => {
  const runner = openRunner('waiting');
  const job = { ...sampleJob({ attempt: 1 }), place: placeWith(['sluice', 'agent'], 10 * CPUS) };
  await runner.submit(job, { serverUrl: 'http://127.0.0.1:1', token: 'token' });
  expect(await runner.status(job)).toEqual({
    state: 'pending',
    waitingFor: expect.stringMatching(/^no node of the Ray cluster has 20 CPUs; the largest of its 2 nodes has 2 CPUs/),
  });
  await runner.cancel(job);
  expect(await runner.reap(async () => [], [])).toBe(0);
  expect(await processesOf(`${job.id}.1`)).toEqual([]);
});

test('one that was cancelled while it waited is ended as soon as there is room', async () => {
  const runner = openRunner('queue');
  const submitted = async () => {
    const job = { ...sampleJob({ attempt: 1 }), place: placeWith([process.execPath, IDLE_AGENT], CPUS) };
    await runner.submit(job, { serverUrl: 'http://127.0.0.1:1', token: 'token' });
    return job;
  };
  const first = [await submitted(), await submitted()];
  for (const job of first) await until(async () => (await runner.status(job)).state === 'running');
  const waiting = await submitted();
  expect(await runner.status(waiting)).toEqual({
    state: 'pending',
    waitingFor: 'the Ray cluster has not started it: one node must have 2 CPUs free',
  });
  await runner.cancel(waiting);
  for (const job of first) await runner.cancel(job);
  await until(async () => (await runner.status(waiting)).state === 'gone');
  expect(await runner.status(waiting)).toMatchObject({ fault: 'cancelled' });
  await until(async () => (await processesOf(`${waiting.id}.1`)).length === 0);
});

test('an agent that the nodes do not have is told to whoever wrote the policy', async () => {
  const runner = openRunner('missing');
  const job = { ...sampleJob({ attempt: 1 }), place: placeWith(['no-such-program', 'agent'], 0.5) };
  await runner.submit(job, { serverUrl: 'http://127.0.0.1:1', token: 'token' });
  const status = await until(async () => {
    const now = await runner.status(job);
    return now.state === 'gone' && now;
  });
  expect(status).toMatchObject({
    fault: 'job',
    reason: expect.stringMatching(/cannot run the agent.*no-such-program/),
  });
});

/** Everything of a job's life but GitHub: store, queue, flow, agent API, git over HTTP, the agent's own process. */
async function openStory() {
  const runner = openRunner('training');
  return openTrainingWorld({ runner, placeWith: (agent) => placeWith(agent, CPUS) });
}

test('scikit-learn is trained on the cluster, followed live, and handed in as ONNX', async () => {
  const story = await openStory();
  try {
    const { id } = await story.train({ rounds: 400, roundsAtOnce: 1 });
    const live = await story.untilJob(id, async (job) => {
      const { log, metrics } = await story.seen(job);
      return log.some((line) => /trees: validation loss/.test(line)) && metrics.length > 10;
    });
    expect(live.status).toBe('running');
    const job = await story.untilJob(id, ({ finishedAt }) => finishedAt !== undefined);
    const { log, metrics } = await story.seen(job);
    expect(job, log.join('\n')).toMatchObject({ status: 'succeeded', attempt: 1 });
    expect(log.filter((line) => /trees: validation loss/.test(line))).toHaveLength(400);
    expect(metrics.filter(({ metric }) => metric === 'validation_loss').map(({ step }) => step)).toEqual(
      Array.from({ length: 400 }, (_, index) => index + 1),
    );
    const session = await InferenceSession.create(await story.artifactOf(job));
    // the first patient of the data: malignant
    const features = Float32Array.from([17.99, 10.38, 0.1184, 0.3001, 0.2419]);
    const { probabilities } = await session.run({ features: new Tensor('float32', features, [1, 5]) });
    expect(Number(probabilities!.data[1])).toBeGreaterThan(0.9);
    await until(async () => (await processesOf(`${id}.1`)).length === 0);
  } finally {
    await story.close();
  }
});

test('one that is cancelled ends on the cluster, with all that it started', async () => {
  const story = await openStory();
  try {
    const { id } = await story.train({ rounds: 1_000_000 });
    await story.untilJob(id, async (job) => (await story.seen(job)).metrics.length > 0);
    expect((await processesOf(`${id}.1`)).some(({ command }) => command.includes('train.py'))).toBe(true);
    await story.cancel(id);
    const job = await story.untilJob(id, ({ finishedAt }) => finishedAt !== undefined);
    expect(job).toMatchObject({ status: 'cancelled', attempt: 1 });
    await until(async () => (await processesOf(`${id}.1`)).length === 0);
  } finally {
    await story.close();
  }
});

test('the node on which it runs is lost: the next attempt does it on the other', async () => {
  const story = await openStory();
  try {
    await story.hold();
    const freeHead = await cluster.occupyHead();
    const { id } = await story.train({ rounds: 20 });
    await story.untilJob(id, async (job) => (await story.seen(job)).log.includes('held'));
    await cluster.killWorkerNode();
    await until(async () => (await processesOf(`${id}.1`)).length === 0);
    await story.release();
    await freeHead();
    const job = await story.untilJob(id, ({ finishedAt }) => finishedAt !== undefined);
    const { log } = await story.seen(job);
    expect(job, log.join('\n')).toMatchObject({ status: 'succeeded', attempt: 2 });
    expect(log.find((line) => line.startsWith('attempt 1 was lost'))).toMatch(/the Ray cluster lost its node/);
  } finally {
    await story.close();
  }
});

async function until<T>(what: () => Promise<T>): Promise<Exclude<T, false>> {
  for (const deadline = Date.now() + 60_000; ; ) {
    const value = await what();
    if (value) return value as Exclude<T, false>;
    if (Date.now() > deadline) throw new Error('waited too long');
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

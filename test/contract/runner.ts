import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Job } from '../../src/domain/jobs/job.ts';
import type { RunnerSpec } from '../../src/domain/spec/valid.ts';
import type { PlacedJob, Runner } from '../../src/ports/runner.ts';
import { sampleJob } from './store.ts';

/** A runner whose agents do nothing until they are ended, and how to see and break them from outside. */
export type RunnerWorld = {
  runner: Runner;
  /** Where the agents run. */
  place: RunnerSpec;
  /** Of the jobs, where the runner needs a real one. */
  repository?: string;
  access: { serverUrl: string; token: string };
  /** Agents that are really there. */
  count(): Promise<number>;
  /** The machine takes the agent away without a word. */
  crash(job: PlacedJob): Promise<void>;
  /** Where the runner shows no output of an agent that lives: lets it print, then ends it. */
  endToRead?(job: PlacedJob): Promise<void>;
  close(): Promise<void>;
};

export function runnerContract(name: string, open: () => Promise<RunnerWorld>): void {
  describe(`${name} keeps the promises of a runner`, () => {
    let world: RunnerWorld;
    beforeAll(async () => {
      world = await open();
    });
    afterAll(() => world.close());

    function placed(): PlacedJob {
      const { place, repository } = world;
      return { ...sampleJob({ attempt: 1, runner: place.name, ...(repository && { repository }) }), place };
    }
    async function submitted(): Promise<PlacedJob> {
      const job = placed();
      return { ...job, handle: (await world.runner.submit(job, world.access)).handle };
    }
    const reap = (live: Job[]) =>
      world.runner.reap(async () => live, [{ repository: placed().repository, spec: world.place }]);
    async function until(what: () => Promise<boolean>): Promise<void> {
      const deadline = Date.now() + 20_000;
      while (!(await what())) {
        if (Date.now() > deadline) throw new Error('waited too long');
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    }
    const state = async (job: PlacedJob) => (await world.runner.status(job)).state;

    test('starts one agent an attempt, however often it is asked', async () => {
      const job = await submitted();
      await until(async () => (await world.count()) === 1);
      expect((await world.runner.submit(job, world.access)).handle).toEqual(job.handle);
      const { handle: _, ...forgotten } = job;
      expect((await world.runner.submit(forgotten, world.access)).handle).toEqual(job.handle);
      expect(await world.count()).toBe(1);
      expect(['pending', 'running']).toContain(await state(job));
      expect(JSON.parse(JSON.stringify(job.handle))).toEqual(job.handle);
      await world.runner.cancel(job);
    });

    test('cancelling ends the agent; again, it does nothing', async () => {
      const [job, other] = [await submitted(), await submitted()];
      await until(async () => (await world.count()) === 2);
      await world.runner.cancel(job);
      await until(async () => (await world.count()) === 1);
      expect(await state(job)).toBe('gone');
      expect(['pending', 'running']).toContain(await state(other));
      await world.runner.cancel(job);
      await world.runner.cancel(other);
      expect(await world.count()).toBe(0);
    });

    test('says that an agent is gone, and what is known of the end', async () => {
      const job = await submitted();
      await until(async () => (await world.count()) === 1);
      await world.crash(job);
      await until(async () => (await state(job)) === 'gone');
      expect(await world.runner.status(job)).toMatchObject({ reason: expect.stringMatching(/.+/) });
      expect(await state(placed())).toBe('gone');
      await world.runner.cancel(job);
    });

    test('has what an agent printed, and nothing of one that never was', async () => {
      const job = await submitted();
      await world.endToRead?.(job);
      await until(async () => (await world.runner.logs(job)).join('\n').includes('started'));
      expect((await world.runner.logs(job)).length).toBeLessThanOrEqual(200);
      expect(await world.runner.logs(placed())).toEqual([]);
      await world.runner.cancel(job);
    });

    test('reaps agents of no live job, and no others', async () => {
      const live = await submitted();
      await submitted();
      const earlier = await submitted();
      await until(async () => (await world.count()) === 3);
      const retried = { ...earlier, attempt: 2 };
      expect(await reap([live, retried])).toBe(2);
      expect(await world.count()).toBe(1);
      expect(await reap([live, retried])).toBe(0);
      await world.runner.cancel(live);
      expect(await world.count()).toBe(0);
    });
  });
}

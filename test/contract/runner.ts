import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Job } from '../../src/domain/jobs/job.ts';
import type { Runner } from '../../src/ports/runner.ts';
import { sampleJob } from './store.ts';

/** A runner whose agents do nothing until they are ended, and how to see and break them from outside. */
export type RunnerWorld = {
  runner: Runner;
  access: { serverUrl: string; token: string };
  /** Agents that are really there. */
  count(): Promise<number>;
  /** The machine takes the agent away without a word. */
  crash(job: Job): Promise<void>;
  close(): Promise<void>;
};

export function runnerContract(name: string, open: () => Promise<RunnerWorld>): void {
  describe(`${name} keeps the promises of a runner`, () => {
    let world: RunnerWorld;
    beforeAll(async () => {
      world = await open();
    });
    afterAll(() => world.close());

    async function submitted(attempt = 1): Promise<Job> {
      const job = sampleJob({ attempt });
      return { ...job, handle: (await world.runner.submit(job, world.access)).handle };
    }
    async function until(what: () => Promise<boolean>): Promise<void> {
      const deadline = Date.now() + 20_000;
      while (!(await what())) {
        if (Date.now() > deadline) throw new Error('waited too long');
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    }
    const state = async (job: Job) => (await world.runner.status(job)).state;

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
      expect(await state(sampleJob({ attempt: 1 }))).toBe('gone');
      await world.runner.cancel(job);
    });

    test('reaps agents of no live job, and no others', async () => {
      const live = await submitted();
      await submitted();
      const earlier = await submitted();
      await until(async () => (await world.count()) === 3);
      const retried = { ...earlier, attempt: 2 };
      expect(await world.runner.reap([live, retried])).toBe(2);
      expect(await world.count()).toBe(1);
      expect(await world.runner.reap([live, retried])).toBe(0);
      await world.runner.cancel(live);
      expect(await world.count()).toBe(0);
    });
  });
}

import { describe, expect, it } from 'vitest';
import type { Job } from '../../src/domain/jobs/job.ts';
import { killEverywhere } from './kill-everywhere.ts';
import { BOUGHT, gateOf, openBetter, smallShop } from './story.ts';
import type { FlowWorld, JobOutcome } from './world.ts';

const withRepeats = (repeats: number) => (text: string) =>
  text.replace(/epochs: \d+/, 'epochs: 80').replace('seed: 7', `seed: 7\n  repeats: ${repeats}`);

const jobsOf = async ({ deps }: FlowWorld, kind: Job['task']['kind']) =>
  (await deps.store.jobs.list({})).filter(({ task }) => task.kind === kind);
const trainCheck = ({ github }: FlowWorld) => github.checkRuns.findLast(({ name }) => name === 'sluice/train: bought')!;
const evaluateTask = async (world: FlowWorld) => {
  const { task } = (await jobsOf(world, 'evaluate')).at(-1)!;
  return task.kind === 'evaluate' ? task : undefined;
};
const seedOf = (job: Job) => (job.task.kind === 'train' ? job.task.model.train.seed : undefined);
const failing =
  (seed: number) =>
  (job: Job): JobOutcome =>
    seedOf(job) === seed ? { fail: 'it was out of @memory' } : {};

describe('a model that is trained with several seeds', () => {
  it('is evaluated once all are there, the first as the candidate', async () => {
    const { world } = await openBetter(withRepeats(3), { files: smallShop() });
    await world.settle();
    expect((await jobsOf(world, 'train')).map(seedOf).sort()).toEqual([7, 8, 9]);
    const plan = world.github.checkRuns.find(({ name }) => name === 'sluice/plan')!;
    expect(plan.summary).toContain('repeats 1 → 3<br>3 trainings, with seeds 7 to 9 |');
    const ended: number[] = [];
    for (let rounds = 0; rounds < 3; rounds += 1) {
      expect(await jobsOf(world, 'evaluate')).toEqual([]);
      await world.work();
      await world.settle();
      const { status, title } = trainCheck(world);
      if (status === 'in_progress') expect(title).toMatch(/^Repeats: \d of 3 done$/);
      ended.push((await jobsOf(world, 'train')).filter(({ status: one }) => one === 'succeeded').length);
    }
    expect(ended).toEqual([1, 2, 3]);
    await world.finish();
    const task = await evaluateTask(world);
    const trained = await jobsOf(world, 'train');
    expect(task?.repeats?.map(({ seed }) => seed)).toEqual([8, 9]);
    expect(task?.candidate.files).toEqual(trained.find((job) => seedOf(job) === 7)!.result!.files);
    expect(trainCheck(world)).toMatchObject({
      conclusion: 'success',
      summary: expect.stringContaining('Repeats: 3 of 3 done. The first is the candidate'),
    });
    expect(gateOf(world)).toMatch(/^action_required: Waiting for the approval/);
  });

  it('does without one that failed, and says so', async () => {
    const { world } = await openBetter(withRepeats(3), { files: smallShop() });
    await world.finish(failing(8));
    expect((await evaluateTask(world))?.repeats?.map(({ seed }) => seed)).toEqual([9]);
    expect(trainCheck(world).summary).toContain(
      'Repeats: 2 of 3 done; 1 training left out (seed 8: it was out of @&#8203;memory).',
    );
  });

  it('fails with the first, and the others are given up', async () => {
    const { world } = await openBetter(withRepeats(4), { files: smallShop() });
    await world.settle();
    await world.finish(failing(7));
    expect(gateOf(world)).toMatch(/^failure: bought: training failed/);
    const trained = await jobsOf(world, 'train');
    // Whoever had their turn before it has ended by themselves.
    for (const job of trained) expect(job.status).toMatch(seedOf(job) === 7 ? 'failed' : /cancelled|succeeded/);
    expect(trained).toHaveLength(4);
    expect(await jobsOf(world, 'evaluate')).toEqual([]);
  });

  it('keeps its candidate when repeats are asked for later, and trains only those', async () => {
    const { world, key } = await openBetter(withRepeats(1), { files: smallShop() });
    await world.finish();
    const first = (await evaluateTask(world))!.candidate.digest;
    world.github.push('better', { [BOUGHT]: withRepeats(2)(smallShop()[BOUGHT]!) });
    await world.look(key);
    await world.finish();
    expect((await jobsOf(world, 'train')).map(seedOf).sort()).toEqual([7, 8]);
    expect(await evaluateTask(world)).toMatchObject({ candidate: { digest: first }, repeats: [{ seed: 8 }] });
    expect(await jobsOf(world, 'evaluate')).toHaveLength(2);
  });

  it('has to be paid for as often', async () => {
    const policy = smallShop()['sluice.yaml']!.replace('{ type: local }', '{ type: local, pricePerHour: 60 }');
    const over = `${policy}budget: { perPullRequest: 2.5 }\n`;
    const { world } = await openBetter(withRepeats(3), { files: { ...smallShop(), 'sluice.yaml': over } });
    await world.settle();
    // Each may take a minute, and costs 1.
    expect(gateOf(world)).toBe(
      'action_required: Over the budget: 3 is more than 2.5 a pull request. The policy of the base branch sets it.',
    );
    expect(await jobsOf(world, 'train')).toEqual([]);
  });

  it('is cancelled as a whole', async () => {
    const { world, number } = await openBetter(withRepeats(3), { files: smallShop() });
    await world.settle();
    await world.say(number, 'author', '/cancel');
    await world.settle();
    expect(
      (await jobsOf(world, 'train')).every(({ status, cancelRequested }) => status === 'cancelled' || cancelRequested),
    ).toBe(true);
  });
});

it('killed anywhere, each seed is trained once', async () => {
  const { state, kills } = await killEverywhere(async () => {
    const { world } = await openBetter(withRepeats(2), { files: smallShop() });
    return {
      world,
      go: world.settle,
      state: async () => {
        world.clock.advance(60_000);
        await world.settle();
        return (await jobsOf(world, 'train')).map(seedOf).sort();
      },
    };
  });
  expect(state).toEqual([7, 8]);
  expect(kills).toBeGreaterThan(5);
});

import { describe, expect, it } from 'vitest';
import type { Job } from '../../src/domain/jobs/job.ts';
import { killEverywhere } from './kill-everywhere.ts';
import { BOUGHT, gateOf, openBetter, shown, smallShop } from './story.ts';
import { type FlowWorld, type JobOutcome, REPOSITORY } from './world.ts';

const GRID = 'params: { learningRate: { values: [0.1, 0.2, 0.3, 0.4] } }';
const HALVING = `${GRID}, halving: { param: epochs, min: 10, max: 40 }`;

const sweeping =
  (sweep: string = GRID) =>
  (text: string): string =>
    text.replace('seed: 7', `seed: 7\n  sweep: { metric: validation_auc, goal: maximize, ${sweep} }`);

const openSweep = (sweep?: string) => openBetter(sweeping(sweep), { files: smallShop() });

const paramsOf = (job: Job) => (job.task.kind === 'train' ? job.task.model.train.params : {});

/** Best at a learning rate of 0.3, more so with more epochs. */
function hill(job: Job): JobOutcome {
  if (job.task.kind !== 'train') return {};
  const { learningRate, epochs } = paramsOf(job) as { learningRate: number; epochs: number };
  return { metrics: { loss: 1, validation_auc: 0.9 - Math.abs(learningRate - 0.3) + epochs / 10_000 } };
}

const jobsOf = async ({ deps }: FlowWorld, kind: Job['task']['kind'] = 'train') =>
  (await deps.store.jobs.list({})).filter(({ task }) => task.kind === kind).sort((a, b) => (a.key < b.key ? -1 : 1));
const trainCheck = ({ github }: FlowWorld) => github.checkRuns.findLast(({ name }) => name === 'sluice/train: bought')!;
const trialOf = ({ key }: Job) => key.split(':trial:')[1];

describe('a sweep over a grid', () => {
  it('trains every combination and evaluates the best one, once', async () => {
    const { world } = await openSweep();
    await world.settle();
    await expect(shown(world)).toMatchFileSnapshot('./golden/sweep-planned.txt');
    await world.finish(hill);
    const trials = await jobsOf(world);
    expect(
      trials.map((job) => [
        trialOf(job),
        paramsOf(job).learningRate,
        job.task.kind === 'train' && job.task.model.train.sweep,
      ]),
    ).toEqual([
      ['0.0', 0.1, undefined],
      ['0.1', 0.2, undefined],
      ['0.2', 0.3, undefined],
      ['0.3', 0.4, undefined],
    ]);
    const evaluations = await jobsOf(world, 'evaluate');
    expect(evaluations).toHaveLength(1);
    const best = trials.find((job) => trialOf(job) === '0.2')!;
    expect(evaluations[0]!.task).toMatchObject({
      candidate: { files: best.result!.files },
      model: { train: { params: { learningRate: 0.3 } } },
    });
    expect(gateOf(world)).toMatch(/^action_required: Waiting for the approval/);
    await expect(shown(world)).toMatchFileSnapshot('./golden/sweep-done.txt');
  });

  it('says live how far it is', async () => {
    const { world } = await openSweep();
    await world.settle();
    expect(trainCheck(world)).toMatchObject({ status: 'queued' });
    for (let trial = 0; trial < 2; trial += 1) {
      await world.work(hill);
      await world.settle();
    }
    expect(trainCheck(world)).toMatchObject({
      status: 'in_progress',
      title: expect.stringMatching(/^Sweep: 2 of 4 trials done, best validation_auc 0\.\d+ at learningRate=0\.[1-4]$/),
      actions: [{ identifier: 'cancel' }],
    });
  });

  it('starts no more at once than is wanted', async () => {
    const { world } = await openSweep(`${GRID}, parallel: 1`);
    await world.settle();
    expect((await jobsOf(world)).map(trialOf)).toEqual(['0.0']);
    await world.work(hill);
    await world.settle();
    expect((await jobsOf(world)).map(trialOf)).toEqual(['0.0', '0.1']);
    await world.finish(hill);
    expect(await jobsOf(world, 'evaluate')).toHaveLength(1);
  });

  it('goes on without a trial that failed, or that reported nothing', async () => {
    const { world } = await openSweep();
    await world.finish((job) => {
      const { learningRate } = paramsOf(job);
      if (learningRate === 0.3) return { fail: 'it *broke*' };
      return learningRate === 0.2 ? { metrics: { loss: 1 } } : hill(job);
    });
    expect(trainCheck(world)).toMatchObject({
      conclusion: 'success',
      title: expect.stringMatching(/at learningRate=0.4$/),
    });
    expect(trainCheck(world).summary).toContain('failed: it \\*broke\\*');
    expect(trainCheck(world).summary).toContain('reported no validation\\_auc in metrics.jsonl');
    expect(trainCheck(world).summary).toContain('2 trainings failed.');
  });

  it('fails when all do, and is tried again when asked', async () => {
    const { world, number } = await openSweep();
    await world.finish((job) => (job.task.kind === 'train' ? { fail: 'no module named torch' } : {}));
    expect(trainCheck(world)).toMatchObject({
      conclusion: 'failure',
      title: 'Sweep failed: all trials failed, each with: no module named torch',
      actions: [{ identifier: 'retrain' }],
    });
    expect(gateOf(world)).toMatch(/^failure/);
    expect(await jobsOf(world)).toHaveLength(4);
    await world.say(number, 'author', '/retrain');
    await world.finish(hill);
    expect(trainCheck(world).conclusion).toBe('success');
    expect((await jobsOf(world)).map(({ status }) => status).sort()).toEqual([
      ...Array.from({ length: 4 }, () => 'failed'),
      ...Array.from({ length: 4 }, () => 'succeeded'),
    ]);
  });
});

describe('successive halving', () => {
  it('goes on with the best half, and ends with all of the resource', async () => {
    const { world } = await openSweep(HALVING);
    await world.finish(hill);
    const trials = await jobsOf(world);
    expect(trials.map((job) => [trialOf(job), paramsOf(job).epochs])).toEqual([
      ['0.0', 10],
      ['0.1', 10],
      ['0.2', 10],
      ['0.3', 10],
      // 0.2 and 0.4 are equally far from the best: the first of them goes on.
      ['1.1', 20],
      ['1.2', 20],
      ['2.2', 40],
    ]);
    expect(await jobsOf(world, 'evaluate')).toHaveLength(1);
    await expect(trainCheck(world).summary).toMatchFileSnapshot('./golden/sweep-halving.md');
    expect(world.github.checkRuns.find(({ name }) => name === 'sluice/plan')!.summary).toContain(
      'sweep: 4 trials, successive halving over epochs 10 → 40: 7 trainings',
    );
  });
});

describe('a sweep and its pull request', () => {
  it('is cancelled as a whole', async () => {
    const { world, number } = await openSweep();
    await world.settle();
    await world.work(hill);
    await world.settle();
    await world.say(number, 'author', '/cancel');
    await world.finish(hill);
    expect((await jobsOf(world)).map(({ status }) => status).sort()).toEqual([
      'cancelled',
      'cancelled',
      'cancelled',
      'succeeded',
    ]);
    expect(trainCheck(world)).toMatchObject({ conclusion: 'cancelled', title: 'Cancelled: 1 of 4 trials done' });
    await world.say(number, 'author', '/retrain');
    await world.finish(hill);
    expect(trainCheck(world).conclusion).toBe('success');
  });

  it.each([
    ['no money for all of its trainings', { cost: 0.03 }, 'Over the budget: planned, not run', 0],
    [
      'money for all of its trainings',
      { cost: 0.041 },
      'Best of 4 trials: validation_auc 0.906 at learningRate=0.3',
      4,
    ],
    ['a fork', { fromFork: true }, 'The head is a fork: planned, not run', 0],
  ])('%s', async (_what, { cost = 9, fromFork = false }: { cost?: number; fromFork?: boolean }, title, trained) => {
    const files = smallShop();
    // Never trained before: four times the timeout of a minute, at 0.6 an hour.
    const policy = files['sluice.yaml']!.replace('type: local', 'type: local, pricePerHour: 0.6');
    files['sluice.yaml'] = `${policy}budget: { perPullRequest: ${cost} }\n`;
    const { world } = await openBetter(sweeping(), { files, fromFork });
    await world.finish(hill);
    expect(trainCheck(world).title).toBe(title);
    expect(await jobsOf(world)).toHaveLength(trained);
  });

  it('has no use for a parameter that it sets itself', async () => {
    const { world, number } = await openSweep(HALVING);
    await world.settle();
    for (const asked of ['learningRate=0.1', 'epochs=3']) {
      await world.say(number, 'author', `/retrain bought ${asked}`);
      await world.settle();
      expect(world.github.commentList.at(-1)!.body).toContain(
        `Nothing was changed: the sweep of \`bought\` sets \`${asked.split('=')[0]}\`: change \`train.sweep\``,
      );
    }
    await world.say(number, 'author', '/retrain bought label=other');
    await world.settle();
    expect(world.github.commits.resolve('refs/heads/better')!.files.get(BOUGHT)).toContain('label: other');
  });

  it('is given up for another one by a push', async () => {
    const { world, key } = await openSweep();
    await world.settle();
    await world.work(hill);
    await world.settle();
    world.github.push('better', { [BOUGHT]: sweeping(GRID.replace('0.4', '0.35'))(smallShop()[BOUGHT]!) });
    await world.look(key);
    await world.finish(hill);
    const statuses = (await jobsOf(world)).map(({ status }) => status);
    expect(statuses.filter((status) => status === 'cancelled')).toHaveLength(3);
    expect(statuses.filter((status) => status === 'succeeded')).toHaveLength(5);
    expect(await jobsOf(world, 'evaluate')).toHaveLength(1);
  });

  it('is finished, not repeated, by a push that changes no input', async () => {
    const { world, key } = await openSweep();
    await world.settle();
    await world.work(hill);
    world.github.push('better', { 'README.md': '# Other words\n' });
    await world.look(key);
    await world.finish(hill);
    expect((await jobsOf(world)).map(({ status }) => status)).toEqual(Array.from({ length: 4 }, () => 'succeeded'));
  });

  it('is reused by another pull request with the same inputs, and by one that began while it ran', async () => {
    const { world } = await openSweep();
    await world.settle();
    const head = world.github.commits.branches.get('better')!;
    world.github.commits.branches.set('same', head);
    world.github.push('same', { 'README.md': '# Other words\n' });
    const other = world.github.openPull('same');
    await world.look(`pull:${REPOSITORY}#${other}`);
    await world.finish(hill);
    world.clock.advance(60_000);
    await world.finish(hill);
    expect(await jobsOf(world)).toHaveLength(4);
    const titles = world.github.checkRuns
      .filter(({ name }) => name === 'sluice/train: bought')
      .map(({ title }) => title);
    expect(titles).toEqual([
      'Best of 4 trials: validation_auc 0.906 at learningRate=0.3',
      expect.stringMatching(/^Reused: fingerprint \w{12} was swept before$/),
    ]);
  });

  it('ships the winner: its parameters are what the card and the version say', async () => {
    const { world, number, key } = await openSweep(HALVING);
    await world.finish(hill);
    await world.say(number, 'owner', '/approve');
    await world.finish(hill);
    expect(gateOf(world)).toMatch(/^success/);
    world.github.mergePull(number);
    await world.look(key);
    await world.finish(hill);
    const [version] = await world.records.versions.list(`${REPOSITORY}/bought/`);
    const winner = (await jobsOf(world)).find((job) => trialOf(job) === '2.2')!;
    expect(version!.value).toMatchObject({
      artifact: { files: winner.result!.files },
      model: { train: { params: { learningRate: 0.3, epochs: 40 } } },
      sweep: { trials: 4, runs: 7, failed: 0, metric: 'validation_auc', params: { learningRate: 0.3, epochs: 40 } },
    });
    const release = world.github.releaseList.find(({ tag }) => tag.startsWith('bought@v'))!;
    expect(release.body).toContain('"learningRate":0.3');
    expect(release.body).toContain('best of 4 trials (7 trainings) by `validation_auc`');
  });
});

it('killed anywhere, every trial is trained once and the same one wins', async () => {
  const { state, kills } = await killEverywhere(async () => {
    const { world } = await openSweep(
      'params: { learningRate: { values: [0.2, 0.3] } }, halving: { param: epochs, min: 10, max: 20 }',
    );
    return {
      world,
      go: () => world.finish(hill),
      state: async () => ({
        jobs: (await world.deps.store.jobs.list({})).map(({ key, status }) => `${key} ${status}`).sort(),
        gate: gateOf(world),
        checks: world.github.checkRuns.map(({ name, title, conclusion }) => [name, title, conclusion]),
      }),
    };
  });
  expect(kills).toBeGreaterThan(20);
  expect((state as { jobs: string[] }).jobs).toHaveLength(4);
}, 120_000);

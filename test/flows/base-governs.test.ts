import { describe, expect, it } from 'vitest';
import type { Job } from '../../src/domain/jobs/job.ts';
import { BOUGHT, gateOf, moreEpochs, openBetter, smallShop } from './story.ts';
import { type FlowWorld, REPOSITORY } from './world.ts';

const CODE = 'metrics/cost.mjs';
const CUSTOM = `custom: [{ name: cost, command: [node, ${CODE}], code: ["metrics/**"], better: lower }]`;

/** The base knows how the model is judged: a metric of its own. */
const withCost = (): Record<string, string> => ({
  ...smallShop(),
  [BOUGHT]: smallShop()[BOUGHT]!.replace('  resamples: 200', `  resamples: 200\n  ${CUSTOM}`),
  [CODE]: '// counts money\n',
});

const evaluations = async ({ deps }: FlowWorld) =>
  (await deps.store.jobs.list({})).flatMap(({ task }) => (task.kind === 'evaluate' ? [task] : []));
const check = ({ github }: FlowWorld, name: string) => github.checkRuns.findLast((one) => one.name === name)!;

describe('a custom metric', () => {
  it('is computed by the code of the base, whatever the head does to it', async () => {
    const { world } = await openBetter(
      (text) => moreEpochs(text).replace(CUSTOM, CUSTOM.replace(CODE, 'metrics/mine.mjs')),
      { files: withCost() },
    );
    world.github.push('better', { [CODE]: '// counts nothing\n', 'metrics/mine.mjs': '' });
    await world.finish();
    const [task] = await evaluations(world);
    expect(task!.metricsSha).toBe(world.github.commits.branches.get('main'));
    expect(task!.model.evaluate.custom).toEqual([expect.objectContaining({ command: ['node', CODE] })]);
    expect(check(world, 'sluice/plan').summary).toContain('metric code: metrics/cost.mjs');
  });

  it('is evaluated anew when the base changes its code, and not for another commit there', async () => {
    const { world } = await openBetter(moreEpochs, { files: withCost() });
    await world.finish();
    const look = async () => {
      await world.look(`branch:${REPOSITORY}@main`);
      await world.finish();
    };
    world.github.push('main', { 'README.md': '# Shop, better\n' });
    await look();
    expect(await evaluations(world)).toHaveLength(1);
    world.github.push('main', { [CODE]: '// counts money, and time\n' });
    await look();
    expect(await evaluations(world)).toHaveLength(2);
  });

  it('is changed with the consent of the model’s owners only', async () => {
    const { world } = await openBetter(moreEpochs, { files: withCost() });
    world.github.push('judge', { [CODE]: '// counts nothing\n' });
    const number = world.github.openPull('judge');
    await world.look(`pull:${REPOSITORY}#${number}`);
    await world.finish();
    expect(gateOf(world)).toMatch(/^action_required: Waiting for the approval of an owner/);
  });

  it('of a new model is not run, and that is said', async () => {
    const { world } = await openBetter(moreEpochs, { files: smallShop() });
    const text = withCost()
      [BOUGHT]!.replace('name: bought', 'name: fresh')
      .replace('gates:\n', 'gates:\n  - { metric: cost, max: 3 }\n');
    world.github.push('fresh', { 'models/fresh/model.yaml': text, [CODE]: '// counts nothing\n' });
    const number = world.github.openPull('fresh');
    await world.look(`pull:${REPOSITORY}#${number}`);
    await world.finish();
    const task = (await evaluations(world)).find(({ model }) => model.name === 'fresh')!;
    expect(task.metricsSha).toBeUndefined();
    expect(task.model.evaluate.custom).toEqual([]);
    expect(task.model.gates.map((gate) => gate.kind)).not.toContain('cost');
    expect(check(world, 'sluice/plan').summary).toContain('it has no cost yet');
    expect(gateOf(world)).toMatch(/^action_required: Waiting for the approval of an owner/);
  });
});

describe('without a version, the champion is what the base branch gives', () => {
  const champions = async (world: FlowWorld) => (await evaluations(world)).map(({ champion }) => champion?.version);

  it('where somebody has trained it already; nothing is trained for it', async () => {
    const files = smallShop();
    const { world } = await openBetter(moreEpochs, { files });
    await world.finish();
    expect(await champions(world)).toEqual([undefined]);
    // What was trained becomes the base without being shipped.
    world.github.push('main', { [BOUGHT]: moreEpochs(files[BOUGHT]!) });
    await world.look(`branch:${REPOSITORY}@main`);
    world.github.commits.branches.set('next', world.github.commits.branches.get('main')!);
    world.github.push('next', { [BOUGHT]: files[BOUGHT]!.replace('epochs: 60', 'epochs: 90') });
    await world.look(`pull:${REPOSITORY}#${world.github.openPull('next')}`);
    await world.finish();
    const sha = world.github.commits.branches.get('main')!.slice(0, 7);
    expect(await champions(world)).toEqual([undefined, `base@${sha}`]);
    const trained = (await world.deps.store.jobs.list({})).filter(({ task }: Job) => task.kind === 'train');
    expect(trained).toHaveLength(2);
    expect(world.github.commentList.at(-1)!.body).toContain(`to \`base@${sha}\``);
  });

  it('of a sweep the winner, with its parameters', async () => {
    const files = smallShop();
    const swept = files[BOUGHT]!.replace(', learningRate: 0.5', '').replace(
      'seed: 7',
      'seed: 7\n  sweep: { metric: auc, goal: maximize, params: { learningRate: { values: [0.1, 0.2] } }, search: { type: grid } }',
    );
    const { world } = await openBetter(() => swept, { files });
    const auc = (job: Job) => ({
      metrics: { auc: job.task.kind === 'train' ? Number(job.task.model.train.params.learningRate) : 0 },
    });
    await world.finish(auc);
    world.github.push('main', { [BOUGHT]: swept });
    await world.look(`branch:${REPOSITORY}@main`);
    world.github.commits.branches.set('next', world.github.commits.branches.get('main')!);
    world.github.push('next', { [BOUGHT]: files[BOUGHT]!.replace('epochs: 60', 'epochs: 90') });
    await world.look(`pull:${REPOSITORY}#${world.github.openPull('next')}`);
    await world.finish(auc);
    const [first, second] = await evaluations(world);
    expect(second!.champion).toMatchObject({
      artifact: { digest: first!.candidate.digest },
      model: { train: { params: { learningRate: 0.2 } } },
    });
  });

  it('but not the candidate itself', async () => {
    const files = smallShop();
    const { world } = await openBetter(moreEpochs, { files });
    await world.finish();
    const better = moreEpochs(files[BOUGHT]!);
    world.github.push('main', { [BOUGHT]: better });
    await world.look(`branch:${REPOSITORY}@main`);
    world.github.commits.branches.set('gates', world.github.commits.branches.get('main')!);
    world.github.push('gates', { [BOUGHT]: better.replace('resamples: 200', 'resamples: 300') });
    await world.look(`pull:${REPOSITORY}#${world.github.openPull('gates')}`);
    await world.finish();
    expect(await champions(world)).toEqual([undefined]);
  });
});

it('links to the report and the predictions where they are served, and notes which may be', async () => {
  const { world } = await openBetter(moreEpochs, { files: smallShop() });
  await world.finish();
  expect(check(world, 'sluice/evaluate: bought').summary).not.toContain('/evaluations/');
  world.deps.servesReports = true;
  await world.look(`pull:${REPOSITORY}#1`);
  await world.finish();
  const { summary } = check(world, 'sluice/evaluate: bought');
  const [, page] = /https:\/\/sluice\.example\/evaluations\/([0-9a-f]{64})\.html/.exec(summary) ?? [];
  const [, predictions] = /https:\/\/sluice\.example\/predictions\/([0-9a-f]{64})\.parquet/.exec(summary) ?? [];
  expect(await world.records.reports.get(page!)).toMatchObject({
    model: 'bought',
    predictions: `sha256:${predictions}`,
  });
  expect(await world.records.predictions.get(predictions!)).toEqual({ model: 'bought' });
});

import { describe, expect, it } from 'vitest';
import { BOUGHT, gateOf, moreEpochs, openBetter, shopFiles, shown } from './story.ts';
import { createFlowWorld, type FlowWorld, REPOSITORY } from './world.ts';

const golden = (name: string) => `./golden/${name}.txt`;
const isApi = (name: string) => !/^(documents|jobs|queue|artifacts|registry|deployer)\./.test(name);

async function apiCallsOf(world: FlowWorld, key: string): Promise<string[]> {
  const before = world.faults.calls.length;
  await world.look(key);
  await world.settle();
  return world.faults.calls.slice(before).filter(isApi);
}

describe('what a person sees on a pull request', () => {
  it('one success and no comment where nothing concerns us', async () => {
    const world = await createFlowWorld(shopFiles());
    world.github.push('docs', { 'README.md': '# Shop, better\n' });
    await world.look(`pull:${REPOSITORY}#${world.github.openPull('docs')}`);
    await world.settle();
    await expect(shown(world)).toMatchFileSnapshot(golden('unrelated'));
  });

  it('each error on its line', async () => {
    const { world } = await openBetter((text) => text.replace('roc_auc, min', 'roc_uac, min'));
    await world.settle();
    await expect(shown(world)).toMatchFileSnapshot(golden('invalid'));
  });

  it('what is planned and why', async () => {
    const { world } = await openBetter();
    await world.settle();
    await expect(shown(world)).toMatchFileSnapshot(golden('planned'));
  });

  it('what was measured, and who has to agree', async () => {
    const { world } = await openBetter();
    await world.finish();
    await expect(shown(world)).toMatchFileSnapshot(golden('waiting'));
  });

  it('who agreed, then what was shipped', async () => {
    const { world, number, key } = await openBetter();
    await world.finish();
    await world.say(number, 'owner', '/approve');
    await world.finish();
    await expect(shown(world)).toMatchFileSnapshot(golden('approved'));
    world.github.mergePull(number);
    await world.look(key);
    await world.finish();
    await expect(shown(world)).toMatchFileSnapshot(golden('promoted'));
  });

  it('where a worse model fails', async () => {
    const { world } = await openBetter();
    await world.finish(() => ({ auc: 0.55 }));
    await expect(shown(world)).toMatchFileSnapshot(golden('gate-failed'));
  });

  it('that a fork is planned and not run', async () => {
    const { world } = await openBetter(moreEpochs, { author: 'stranger', fromFork: true });
    await world.finish();
    expect(await world.deps.store.jobs.list({})).toEqual([]);
    await expect(shown(world)).toMatchFileSnapshot(golden('fork'));
  });
});

describe('calls to GitHub', () => {
  it('are four for a pull request that touches nothing of ours, and three when it is looked at again', async () => {
    const world = await createFlowWorld(shopFiles());
    world.github.push('docs', { 'README.md': '# Shop, better\n' });
    const key = `pull:${REPOSITORY}#${world.github.openPull('docs')}`;
    const reading = ['pulls.get', 'pulls.changedFiles', 'files.read'];
    expect(await apiCallsOf(world, key)).toEqual([...reading, 'checks.publish']);
    expect(await apiCallsOf(world, key)).toEqual(reading);
  });

  it('do not grow with the number of specs', async () => {
    const many = Object.fromEntries(
      Array.from({ length: 40 }, (_, index) => [
        `models/m${index}/model.yaml`,
        shopFiles()[BOUGHT]!.replace('name: bought', `name: m${index}`).replace('lib/**', `models/m${index}/**`),
      ]),
    );
    const few = await openBetter();
    const large = await openBetter(moreEpochs, { files: { ...shopFiles(), ...many } });
    const reading = (calls: string[]) => calls.filter((name) => !/publish|upsert/.test(name));
    const calls = await apiCallsOf(large.world, large.key);
    expect(reading(calls)).toEqual(reading(await apiCallsOf(few.world, few.key)));
    expect(reading(calls)).toHaveLength(7);
  });

  it('sends nothing when nothing is new to say', async () => {
    const { world, key } = await openBetter();
    await world.finish();
    expect((await apiCallsOf(world, key)).filter((name) => /publish|upsert/.test(name))).toEqual([]);
  });
});

describe('the base governs', () => {
  it('by the policy of its tip, also where the pull request is older', async () => {
    const { world, number } = await openBetter();
    world.github.push('main', { 'sluice.yaml': shopFiles()['sluice.yaml']!.replace('["owner"]', '["somebody-else"]') });
    await world.look(`branch:${REPOSITORY}@main`);
    await world.finish();
    await world.say(number, 'owner', '/approve');
    await world.finish();
    expect(gateOf(world)).toMatch(/^action_required: Waiting for the approval of an owner \(somebody-else\)/);
  });

  it('a change of the policy needs the owners of the old one', async () => {
    const world = await createFlowWorld(shopFiles());
    const policy = shopFiles()['sluice.yaml']!.replace('["owner"]', '["author"]').replace('required: 1', 'required: 0');
    world.github.push('coup', { 'sluice.yaml': policy });
    const number = world.github.openPull('coup', { author: 'writer' });
    await world.look(`pull:${REPOSITORY}#${number}`);
    await world.finish();
    expect(gateOf(world)).toMatch(/^action_required: Waiting for the approval of an owner \(owner\)/);
    await world.say(number, 'author', '/approve');
    await world.finish();
    expect(gateOf(world)).toMatch(/^action_required/);
    await world.say(number, 'owner', '/approve');
    await world.finish();
    expect(gateOf(world)).toMatch(/^success/);
  });

  it('gates that the head loosens stay as the base has them', async () => {
    const { world } = await openBetter((text) => moreEpochs(text).replace('min: 0.6', 'min: 0.1'));
    await world.finish(() => ({ auc: 0.5 }));
    expect(gateOf(world)).toMatch(/^failure: bought: roc_auc ≥ 0.6/);
  });

  it('a base branch of one’s own making does not', async () => {
    const { world } = await openBetter();
    const lax = shopFiles()['sluice.yaml']!.replace('required: 1', 'required: 0');
    world.github.push('lax', { 'sluice.yaml': lax });
    const number = world.github.openPull('better', { base: 'lax' });
    await world.look(`pull:${REPOSITORY}#${number}`);
    await world.finish();
    expect(gateOf(world)).toMatch(/^action_required: Waiting for the approval of an owner \(owner\)/);
  });

  it('a base whose policy broke keeps what it last said', async () => {
    const { world } = await openBetter();
    await world.settle();
    world.github.push('main', { 'sluice.yaml': 'kind: Policy\nowners: {' });
    world.github.push('better', { 'sluice.yaml': shopFiles()['sluice.yaml']!.replace('required: 1', 'required: 0') });
    await world.look(`branch:${REPOSITORY}@main`);
    await world.finish();
    expect(gateOf(world)).toMatch(/^action_required: Waiting for the approval of an owner \(owner\)/);
  });
});

describe('a training that somebody ended on its runner', () => {
  it('stays ended until it is asked for again', async () => {
    const { world, number, key } = await openBetter();
    await world.settle();
    const [job] = await world.deps.store.jobs.list({});
    await world.deps.store.jobs.update(job!.id, (now) => ({ ...now, status: 'cancelled' }));
    await world.look(key);
    await world.settle();
    expect(await world.deps.store.jobs.list({})).toHaveLength(1);
    expect(gateOf(world)).toBe('action_required: Cancelled; /retrain starts again.');
    world.say(number, 'author', '/retrain');
    await world.finish();
    const kinds = (await world.deps.store.jobs.list({})).map(({ task, status }) => `${task.kind} ${status}`);
    expect(kinds.sort()).toEqual(['evaluate succeeded', 'train cancelled', 'train succeeded']);
  });
});

describe('a head that changes', () => {
  it('gives up the jobs of the one before', async () => {
    const { world, key } = await openBetter();
    await world.settle();
    world.github.push('better', { [BOUGHT]: shopFiles()[BOUGHT]!.replace('epochs: 60', 'epochs: 90') });
    await world.look(key);
    await world.finish();
    const jobs = await world.deps.store.jobs.list({});
    const trained = jobs.filter(({ task }) => task.kind === 'train').map(({ status }) => status);
    expect(trained.sort()).toEqual(['cancelled', 'succeeded']);
  });

  it('reuses what was trained for the same inputs', async () => {
    const { world, key } = await openBetter();
    await world.finish();
    world.github.push('better', { 'README.md': '# Shop\n\nMore words.\n' });
    await world.look(key);
    await world.finish();
    const jobs = await world.deps.store.jobs.list({});
    expect(jobs.map(({ task }) => task.kind).sort()).toEqual(['evaluate', 'train']);
    const train = world.github.checkRuns.findLast(({ name }) => name === 'sluice/train: bought')!;
    expect(train.title).toMatch(/^Reused/);
  });

  it('checks data again when a file of the repository changes under the same spec', async () => {
    const world = await createFlowWorld(shopFiles());
    for (const [branch, rows] of [
      ['one', 'a'],
      ['two', 'b'],
    ] as const) {
      world.github.push(branch, { 'data/visits.csv': `visited,age\n${rows}\n` });
      await world.look(`pull:${REPOSITORY}#${world.github.openPull(branch)}`);
      await world.finish();
    }
    const jobs = await world.deps.store.jobs.list({});
    expect(jobs.filter(({ task }) => task.kind === 'data')).toHaveLength(6);
  });

  it('says so where it does not concern us any more, and stops what ran', async () => {
    const { world, key } = await openBetter();
    await world.settle();
    world.github.push('better', { [BOUGHT]: shopFiles()[BOUGHT]!, 'README.md': '# New\n' });
    await world.look(key);
    await world.finish();
    expect(gateOf(world)).toBe('success: No model is affected');
    expect(world.github.commentList[0]?.body).toMatch(/no model is affected any more/);
    expect((await world.deps.store.jobs.list({})).map(({ status }) => status)).toEqual(['cancelled']);
  });

  it('is not given a second set of checks when it is pushed back to', async () => {
    const { world, key } = await openBetter();
    await world.finish();
    const first = world.github.commits.branches.get('better')!;
    world.github.push('better', { [BOUGHT]: shopFiles()[BOUGHT]!.replace('epochs: 60', 'epochs: 90') });
    await world.look(key);
    await world.finish();
    world.github.commits.branches.set('better', first);
    await world.look(key);
    await world.finish();
    const names = world.github.checkRuns.filter(({ sha }) => sha === first).map(({ name }) => name);
    expect(names).toHaveLength(new Set(names).size);
  });
});

import { describe, expect, it } from 'vitest';
import { killEverywhere } from './kill-everywhere.ts';
import { approvedBetter, mergeNext } from './story.ts';
import { type FlowWorld, REPOSITORY } from './world.ts';

const PRODUCTION = `${REPOSITORY}/bought-production`;

/** v1.0.0 is live; the pull request that made it is closed. */
async function live() {
  const { world, number, key } = await approvedBetter();
  world.github.mergePull(number);
  await world.look(key);
  await world.finish();
  return world;
}

async function pass(world: FlowWorld, seconds: number): Promise<void> {
  for (let second = 0; second < seconds; second += 1) {
    world.clock.advance(1_000);
    await world.settle();
  }
}

const states = ({ github }: FlowWorld) =>
  github.deploymentList.map(({ statuses }) =>
    statuses.map(({ state }) => state).filter((state, index, all) => state !== all[index - 1]),
  );
const served = ({ deployer }: FlowWorld) =>
  deployer.served.get(PRODUCTION)?.versions.map(({ version, percent }) => `v${version} ${percent} %`);
const stages = ({ github }: FlowWorld) =>
  github.tags.filter(({ name }) => name.includes('#')).map(({ name, message }) => `${name}: ${message}`);

describe('a new version', () => {
  it('goes through the canary and is told on GitHub', async () => {
    const world = await live();
    await mergeNext(world, 'next', 99);
    await world.settle();
    await pass(world, 5);
    expect(world.deployer.history).toEqual(['v1.0.0 100 %', 'v1.0.0 50 %, v1.1.0 50 %', 'v1.1.0 100 %']);
    expect(states(world)).toEqual([['success'], ['in_progress', 'success']]);
    expect(stages(world).map((text) => text.split(':')[0])).toEqual(['bought#production#1', 'bought#production#2']);
    expect(await world.records.rollouts.get(PRODUCTION)).toMatchObject({ current: '1.1.0', previous: ['1.0.0'] });
  });

  it('goes back by itself where its requests fail', async () => {
    const world = await live();
    world.deployer.counts.set('1.0.0', { requests: 500, errors: 1 });
    await mergeNext(world, 'next', 99);
    world.deployer.counts.set('1.1.0', { requests: 500, errors: 100 });
    await world.settle();
    await pass(world, 5);
    expect(served(world)).toEqual(['v1.0.0 100 %']);
    expect(states(world).at(-1)).toEqual(['failure']);
    expect(await world.records.rollouts.get(PRODUCTION)).toMatchObject({
      current: '1.0.0',
      last: { version: '1.1.0', outcome: 'rolled-back' },
    });
    await world.look(`rollout:${PRODUCTION}`);
    await world.settle();
    expect(served(world)).toEqual(['v1.0.0 100 %']);
  });

  it('calls off the one that it overtakes', async () => {
    const world = await live();
    world.deployer.unready.add('1.1.0');
    await mergeNext(world, 'next', 99);
    await world.settle();
    await mergeNext(world, 'after-next', 98);
    await world.settle();
    await pass(world, 5);
    expect(served(world)).toEqual(['v1.2.0 100 %']);
    expect(states(world)).toEqual([['success'], ['in_progress', 'inactive'], ['in_progress', 'success']]);
  });
});

describe('/rollback', () => {
  it('goes back at once, and not forward again when it is said twice', async () => {
    const world = await live();
    const number = await mergeNext(world, 'next', 99);
    await world.finish();
    await pass(world, 5);
    await world.say(number, 'author', '/rollback bought-production');
    await world.say(number, 'owner', '/rollback bought-production');
    await world.settle();
    await pass(world, 3);
    expect(served(world)).toEqual(['v1.0.0 100 %']);
    await world.say(number, 'owner', '/rollback bought-production');
    await world.settle();
    await pass(world, 3);
    expect(served(world)).toEqual(['v1.0.0 100 %']);
    expect(world.github.commentList.at(-1)?.body).toMatch(/there is no earlier version to go back to/);
    await world.say(number, 'owner', '/rollback bought-production v1.1.0');
    await world.settle();
    await pass(world, 3);
    expect(served(world)).toEqual(['v1.1.0 100 %']);
  });

  it('wins over a canary under way', async () => {
    const world = await live();
    const number = await mergeNext(world, 'next', 99);
    await world.settle();
    expect(served(world)).toEqual(['v1.0.0 50 %', 'v1.1.0 50 %']);
    await world.say(number, 'owner', '/rollback bought-production');
    await world.settle();
    await pass(world, 3);
    expect(served(world)).toEqual(['v1.0.0 100 %']);
    expect(await world.records.rollouts.get(PRODUCTION)).toMatchObject({ current: '1.0.0', previous: [] });
    expect(states(world)).toContainEqual(['in_progress', 'inactive']);
  });

  it('wins also where it comes in the midst of a look', async () => {
    const world = await live();
    const number = await mergeNext(world, 'next', 99);
    await world.settle();
    const { deployers } = world.deps;
    const { apply } = deployers.local!;
    world.clock.advance(1_000);
    deployers.local!.apply = async (desired) => {
      deployers.local!.apply = apply;
      await apply(desired);
      await world.records.rollouts.update(PRODUCTION, (record) => ({
        ...record!,
        target: { version: '1.0.0', reason: 'rollback', by: 'owner', since: world.clock.now() },
        state: undefined,
      }));
    };
    await world.settle();
    await pass(world, 5);
    expect(number).toBeGreaterThan(1);
    expect(served(world)).toEqual(['v1.0.0 100 %']);
    expect(await world.records.rollouts.get(PRODUCTION)).toMatchObject({ current: '1.0.0' });
  });
});

describe('the judge', () => {
  it.each([
    ['ends a canary by an alert about the time since its start', 1_000, ['v1.0.0 100 %']],
    ['says nothing by one about the time before', -3_600_000, ['v1.0.0 50 %', 'v1.1.0 50 %']],
  ])('%s', async (_, after, wanted) => {
    const world = await live();
    const production = world.github.commits.resolve('refs/heads/main')!.files.get('deployments/production.yaml')!;
    world.github.push('main', {
      'deployments/production.yaml': production.replace('interval: 1s', 'interval: 10m, judge: bought-live'),
    });
    await world.look(`branch:${REPOSITORY}@main`);
    await world.settle();
    await mergeNext(world, 'next', 99);
    await world.settle();
    expect(served(world)).toEqual(['v1.0.0 50 %', 'v1.1.0 50 %']);
    const closed = { recent: [], clearInRow: 0, badWindows: 0 };
    await world.records.monitors.update(`${REPOSITORY}/bought-live`, () => ({
      windows: [],
      folded: { status: 'closed', ...closed },
      alert: { status: 'open', since: world.clock.now() + after, ...closed },
      told: [],
      pulls: [],
    }));
    await world.look(`rollout:${PRODUCTION}`);
    await world.settle();
    expect(served(world)).toEqual(wanted);
  });
});

it('a deployment that comes after another waits for it', async () => {
  const world = await live();
  const main = world.github.commits.resolve('refs/heads/main')!;
  const production = main.files.get('deployments/production.yaml')!;
  world.github.push('main', {
    'deployments/late.yaml': production
      .replace('bought-production', 'bought-late')
      .replace('environment: production', 'environment: late\nafter: bought-production'),
  });
  await world.look(`branch:${REPOSITORY}@main`);
  await world.settle();
  await mergeNext(world, 'next', 99);
  await world.settle();
  const late = () => world.deployer.served.get(`${REPOSITORY}/bought-late`)?.versions.map(({ version }) => version);
  expect(late()).toEqual(['1.0.0']);
  await pass(world, 6);
  expect(late()).toEqual(['1.1.0']);
});

it('a serving that vanished is put back', async () => {
  const world = await live();
  world.deployer.served.clear();
  await world.look(`rollout:${PRODUCTION}`);
  await world.settle();
  expect(served(world)).toEqual(['v1.0.0 100 %']);
});

it('killed anywhere, a canary and the way back end the same', async () => {
  const { state, kills } = await killEverywhere(async () => {
    const world = await live();
    const number = await mergeNext(world, 'next', 99);
    await world.settle();
    const go = async () => {
      await pass(world, 4);
      await world.say(number, 'owner', '/rollback bought-production');
      await world.settle();
      await pass(world, 3);
    };
    return {
      world,
      go,
      state: async () => ({
        served: served(world),
        states: states(world),
        stages: stages(world),
        rollout: await world.records.rollouts
          .get(PRODUCTION)
          .then((record) => ({ current: record?.current, previous: record?.previous, target: record?.target })),
      }),
    };
  });
  expect(state).toMatchObject({ served: ['v1.0.0 100 %'], rollout: { current: '1.0.0', previous: [] } });
  expect(kills).toBeGreaterThan(15);
});

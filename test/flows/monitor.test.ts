import { describe, expect, it } from 'vitest';
import { DAY } from '../fakes/fake-drift-source.ts';
import { killEverywhere } from './kill-everywhere.ts';
import { approvedBetter, smallShop } from './story.ts';
import { type FlowWorld, REPOSITORY } from './world.ts';

const MONITOR = `${REPOSITORY}/bought-live`;
const DATASET = 'data/bought.yaml';

/** v1.0.0 is live, and nothing was asked of it yet. */
async function live(retrain: 'suggest' | 'pull-request' = 'suggest'): Promise<FlowWorld> {
  const { world, number, key } = await approvedBetter();
  if (retrain === 'pull-request') {
    const text = smallShop()['monitors/bought-live.yaml']!;
    world.github.push('main', { 'monitors/bought-live.yaml': text.replace('retrain: suggest', `retrain: ${retrain}`) });
    await world.look(`branch:${REPOSITORY}@main`);
  }
  world.github.mergePull(number);
  await world.look(key);
  await world.finish();
  return world;
}

/** One day after another of production, each looked at when it is over. */
async function days(world: FlowWorld, ...kinds: ('good' | 'bad' | 'none')[]): Promise<void> {
  for (const kind of kinds) {
    const day = Math.floor(world.clock.now() / DAY);
    if (kind !== 'none') world.drift.add(day, kind);
    world.clock.advance(DAY);
    await world.look(`monitor:${MONITOR}`);
    await world.settle();
  }
}

const issues = ({ github }: FlowWorld) => github.issueList.map(({ number, state }) => `#${number} ${state}`);
const told = ({ github }: FlowWorld) =>
  github.commentList.filter(({ marker }) => marker.startsWith('transition/')).map(({ marker }) => marker.split('/')[2]);

describe('the issue of a monitor', () => {
  it('opens after bad windows, is edited, closes after good ones; each turn is told once', async () => {
    const world = await live();
    await days(world, 'good', 'good', 'bad');
    expect(issues(world)).toEqual([]);
    await days(world, 'bad');
    expect(issues(world)).toEqual(['#2 open']);
    expect(world.github.issueList[0]).toMatchObject({ labels: ['drift'], assignees: ['owner'] });
    const first = world.github.issueList[0]!.body;
    await days(world, 'bad');
    expect(world.github.issueList[0]!.body).not.toBe(first);
    expect(told(world)).toEqual(['opened']);
    await days(world, 'good', 'good');
    expect(issues(world)).toEqual(['#2 open']);
    await days(world, 'good');
    expect(issues(world)).toEqual(['#2 closed']);
    expect(told(world)).toEqual(['opened', 'closed']);
    await days(world, 'bad', 'bad');
    expect(issues(world)).toEqual(['#2 closed', '#3 open']);
    expect(told(world)).toEqual(['opened', 'closed', 'opened']);
  });

  it('shows what people read', async () => {
    const world = await live();
    await days(world, 'good', 'good', 'bad', 'bad');
    const [issue] = world.github.issueList;
    const comments = world.github.commentList.filter(({ number }) => number === issue?.number);
    const text = [`# ${issue?.title}`, issue?.body, ...comments.map(({ body }) => `=== comment\n${body}`)].join('\n\n');
    await expect(`${text}\n`).toMatchFileSnapshot('./golden/drift-issue.txt');
  });

  it('sends nothing while nothing is new', async () => {
    const world = await live();
    await days(world, 'bad', 'bad');
    const before = world.faults.calls.length;
    await world.look(`monitor:${MONITOR}`);
    await world.settle();
    expect(world.faults.calls.slice(before).filter((name) => /^(issues|comments|files|pulls)\./.test(name))).toEqual(
      [],
    );
  });
});

describe('/retrain on the issue', () => {
  it('opens a pull request that moves the window, once', async () => {
    const world = await live();
    await days(world, 'good', 'bad', 'bad');
    await world.say(2, 'author', '/retrain');
    await world.settle();
    await days(world, 'bad');
    const [, pull] = world.github.pullRequests;
    expect(pull).toMatchObject({
      number: 3,
      author: 'sluice[bot]',
      head: { branch: 'sluice/retrain-bought-live-2024-03-02-2024-03-04' },
    });
    expect(world.github.commits.resolve(`refs/heads/${pull!.head.branch}`)?.files.get(DATASET)).toMatch(
      /from: "2024-03-02", to: "2024-03-04"/,
    );
    expect(world.github.issueList[0]?.body).toMatch(/#3/);
    expect(world.github.checkRuns.some(({ name, key }) => name === 'sluice/plan' && key.startsWith('3/'))).toBe(true);
  });

  it.each([
    ['stranger', '/retrain', 'needs write access'],
    ['author', '/retrain from=2024-03-09 to=2024-03-01', 'is empty'],
    ['author', '/retrain from=../../main', 'is no day such as'],
    ['author', '/retrain epochs=3', 'takes `from=` and `to=` only'],
    ['author', '/approve', 'belongs on a pull request'],
  ])('%s: %s is refused', async (by, body, reason) => {
    const world = await live();
    await days(world, 'bad', 'bad');
    await world.say(2, by, body);
    await world.settle();
    expect(world.github.commentList.at(-1)?.body).toContain(reason);
    expect(world.github.pullRequests).toHaveLength(1);
    expect([...world.github.commits.branches.keys()]).toEqual(['main', 'better']);
  });

  it('is heard where it was said before the issue was noted as ours', async () => {
    const world = await live();
    await days(world, 'bad');
    // GitHub gives the next number to the issue; its webhook may be faster than our note of it.
    await world.say(2, 'author', '/retrain');
    await world.settle();
    expect(world.github.pullRequests).toHaveLength(1);
    await days(world, 'bad');
    expect(world.github.pullRequests.map(({ number }) => number)).toEqual([1, 3]);
  });

  it('is done by itself where the monitor says so, once an alert', async () => {
    const world = await live('pull-request');
    await days(world, 'bad', 'bad', 'bad', 'bad');
    expect(world.github.pullRequests.map(({ title }) => title)).toEqual([
      'Change of better',
      'Retrain bought on data of 2024-03-01 to 2024-03-03',
    ]);
  });
});

it('killed anywhere, issue, pull request and transitions are there once', async () => {
  const { state, kills } = await killEverywhere(async () => {
    const world = await live();
    await days(world, 'good', 'bad');
    const go = async () => {
      await days(world, 'bad');
      await world.say(2, 'author', '/retrain');
      await world.settle();
      world.drift.add(Math.floor(world.clock.now() / DAY), 'good');
      await days(world, 'good', 'good', 'good');
    };
    return {
      world,
      go,
      state: async () => ({
        issues: world.github.issueList.map(({ number, state, body }) => [number, state, body]),
        told: told(world),
        pulls: world.github.pullRequests.map(({ number, head }) => [number, head.branch]),
        branches: [...world.github.commits.branches.keys()],
        checks: world.github.checkRuns.map(({ name, sha }) => `${name} ${sha}`).sort(),
      }),
    };
  });
  expect(state).toMatchObject({
    told: ['opened', 'closed'],
    issues: [[2, 'closed', expect.any(String)]],
    pulls: { length: 2 },
  });
  expect(kills).toBeGreaterThan(15);
});

import { describe, expect, it } from 'vitest';
import { ask, days, issues, live, look, told } from './monitored.ts';

const DATASET = 'data/bought.yaml';
const byItself = (text: string) => text.replace('retrain: suggest', 'retrain: pull-request');

describe('the issue of a monitor', () => {
  it('opens after bad windows, is edited, closes after good ones; each turn is told once', async () => {
    const world = await live();
    await days(world, 'good', 'good', 'bad');
    expect(issues(world)).toEqual([]);
    await days(world, 'bad');
    expect(issues(world)).toEqual(['#2 open monitor/bought-live']);
    expect(world.github.issueList[0]).toMatchObject({ labels: ['drift'], assignees: ['owner'] });
    const first = world.github.issueList[0]!.body;
    await days(world, 'bad');
    expect(world.github.issueList[0]!.body).not.toBe(first);
    expect(told(world)).toEqual(['#2 1 opened']);
    await days(world, 'good', 'good');
    expect(issues(world)).toEqual(['#2 open monitor/bought-live']);
    await days(world, 'good');
    expect(issues(world)).toEqual(['#2 closed monitor/bought-live']);
    expect(told(world)).toEqual(['#2 1 opened', '#2 1 closed']);
  });

  it('sends nothing while nothing is new', async () => {
    const world = await live();
    await days(world, 'bad', 'bad');
    const before = world.faults.calls.length;
    await look(world);
    expect(world.faults.calls.slice(before).filter((name) => /^(issues|comments|files|pulls)\./.test(name))).toEqual(
      [],
    );
  });
});

describe('/retrain on the issue', () => {
  it('opens a pull request that moves the window, once', async () => {
    const world = await live();
    await days(world, 'good', 'bad', 'bad');
    await ask(world, 2, '/retrain');
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

  it('asks GitHub no more what came of it once that is known', async () => {
    const world = await live();
    await days(world, 'good', 'bad', 'bad');
    await ask(world, 2, '/retrain');
    const pull = world.github.pullRequests.at(-1)!;
    pull.state = 'closed';
    await world.look(`pull:acme/shop#${pull.number}`);
    await look(world);
    const before = world.faults.calls.length;
    await days(world, 'bad', 'good', 'good', 'good');
    expect(world.github.issueList[0]).toMatchObject({ state: 'closed' });
    expect(world.github.issueList[0]!.body).toContain(`#${pull.number}: closed unmerged`);
    expect(world.faults.calls.slice(before)).not.toContain('pulls.get');
  });

  it('is heard where it was said before the issue was noted as ours', async () => {
    const world = await live();
    await days(world, 'bad');
    // GitHub gives the next number to the issue; its webhook may be faster than our note of it.
    await ask(world, 2, '/retrain');
    expect(world.github.pullRequests).toHaveLength(1);
    await days(world, 'bad');
    expect(world.github.pullRequests.map(({ number }) => number)).toEqual([1, 3]);
  });

  it('is done by itself where the monitor says so, once an alert', async () => {
    const world = await live(byItself);
    await days(world, 'bad', 'bad', 'bad', 'bad');
    expect(world.github.pullRequests.map(({ title }) => title)).toEqual([
      'Change of better',
      'Retrain bought on data of 2024-03-01 to 2024-03-03',
    ]);
  });
});

describe('commands on the issue', () => {
  it.each([
    ['stranger', '/retrain', 'needs write access'],
    ['stranger', '/snooze 7d', 'needs write access'],
    ['reader', '/accept', 'needs write access'],
    ['author', '/retrain from=2024-03-09 to=2024-03-01', 'is empty'],
    ['author', '/retrain from=../../main', 'is no day such as'],
    ['author', '/retrain epochs=3', 'takes `from=` and `to=` only'],
    ['author', '/retrain bought', 'takes `from=` and `to=` only'],
    ['author', '/approve', 'belongs on a pull request'],
    ['author', '/snooze forever', 'is no duration'],
    ['author', '/snooze 1000d', 'at most 90d'],
    ['author', '/rollback', 'there is no earlier version to go back to'],
  ])('%s: %s is refused', async (by, body, reason) => {
    const world = await live();
    await days(world, 'bad', 'bad');
    await ask(world, 2, body, by);
    expect(world.github.commentList.at(-1)?.body).toContain(reason);
    expect(world.github.pullRequests).toHaveLength(1);
    expect([...world.github.commits.branches.keys()]).toEqual(['main', 'better']);
  });

  it('shows the help of an issue', async () => {
    const world = await live();
    await days(world, 'bad', 'bad');
    await ask(world, 2, '/help', 'reader');
    expect(world.github.commentList.at(-1)?.body).toMatch(/\/snooze <duration>.*\/accept/s);
    expect(world.github.commentList.at(-1)?.body).not.toMatch(/\/approve/);
  });

  it('accepts nothing while nothing is wrong', async () => {
    const world = await live();
    await days(world, 'bad', 'bad', 'good', 'good', 'good');
    await ask(world, 2, '/accept');
    expect(world.github.commentList.at(-1)?.body).toContain('there is nothing to accept');
  });

  it('snoozing ends at once with 0d', async () => {
    const world = await live();
    await days(world, 'bad', 'bad');
    await ask(world, 2, '/snooze 7d');
    const snoozed = world.github.issueList[0]!.body;
    await ask(world, 2, '/snooze 0d');
    expect(world.github.issueList[0]!.body).not.toBe(snoozed);
  });
});

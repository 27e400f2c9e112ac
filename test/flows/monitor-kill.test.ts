/** A process that dies between any two steps of a monitor's life leaves nothing double and nothing undone. */
import { expect, it } from 'vitest';
import { AppError } from '../../src/domain/errors.ts';
import { killEverywhere } from './kill-everywhere.ts';
import { another, ask, change, days, externally, hours, live, look, pass, today, told } from './monitored.ts';
import { type FlowWorld, REPOSITORY } from './world.ts';

const withAccuracy = (text: string) => text.replace('metric: roc_auc', 'metric: accuracy');
const good = (world: FlowWorld) => world.drift.add(today(world), 'good');

type Case = {
  is: string;
  begin: () => Promise<FlowWorld>;
  go: (world: FlowWorld) => Promise<void>;
  told: string[];
  issues: unknown[];
};

const begun = async (...kinds: ('good' | 'bad')[]) => {
  const world = await live();
  await days(world, ...kinds);
  return world;
};

const CASES: Case[] = [
  {
    is: 'opened and closed',
    begin: () => begun('bad'),
    go: (world) => days(world, 'bad', 'good', 'good', 'good'),
    told: ['#2 1 opened', '#2 1 closed'],
    issues: [[2, 'closed']],
  },
  {
    is: 'retrained',
    begin: () => begun('good', 'bad', 'bad'),
    go: (world) => ask(world, 2, '/retrain'),
    told: ['#2 1 opened'],
    issues: [[2, 'open']],
  },
  {
    is: 'opened again within the grace',
    begin: () => begun('bad', 'bad', 'good', 'good', 'good', 'bad'),
    go: (world) => days(world, 'bad'),
    told: ['#2 1 opened', '#2 1 closed', '#2 2 opened'],
    issues: [[2, 'open']],
  },
  {
    is: 'revised',
    begin: async () => {
      const world = await live(withAccuracy);
      await days(world, 'good', 'good', 'bad', 'bad');
      return world;
    },
    go: async (world) => {
      const day = today(world);
      for (const one of [day - 4, day - 3]) change(world, one, { labelled: { rows: 1000, right: 700 } });
      change(world, day - 1, { web: 0.5 });
      await look(world);
    },
    told: ['#2 1 opened', '#2 1 revised'],
    issues: [[2, 'open']],
  },
  {
    is: 'snoozed',
    begin: () => begun('bad', 'bad', 'good', 'good'),
    go: async (world) => {
      await ask(world, 2, '/snooze 4d');
      good(world);
      await days(world, 'good');
    },
    told: ['#2 1 opened'],
    issues: [[2, 'closed']],
  },
  {
    is: 'woken',
    begin: async () => {
      const world = await begun('bad', 'bad');
      await ask(world, 2, '/snooze 9d');
      await days(world, 'good', 'good', 'good', 'bad', 'bad');
      return world;
    },
    go: (world) => ask(world, 2, '/unsnooze'),
    told: ['#2 1 opened', '#2 2 opened'],
    issues: [[2, 'open']],
  },
  {
    is: 'accepted',
    begin: () => begun('good', 'bad', 'bad'),
    go: async (world) => {
      await ask(world, 2, '/accept');
      const [, pull] = world.github.pullRequests;
      world.github.mergePull(pull!.number);
      await world.look(`pull:${REPOSITORY}#${pull!.number}`);
      await world.settle();
      await days(world, 'bad');
    },
    told: ['#2 1 opened', '#2 1 closed'],
    issues: [[2, 'closed']],
  },
  {
    is: 'an alert of Prometheus',
    begin: () => begun('good'),
    go: async (world) => {
      await externally(world, 'firing');
      await days(world, 'good');
      await externally(world, 'resolved');
    },
    told: ['#2 1 alert-firing', '#2 1 alert-resolved'],
    issues: [[2, 'closed']],
  },
  {
    is: 'grouped',
    begin: async () => {
      const slower = (text: string) => text.replace('close: { after: 3 }', 'close: { after: 4 }');
      const world = await live(undefined, another('bought-watch', slower));
      await days(world, 'good', 'bad');
      return world;
    },
    go: (world) => days(world, 'bad', 'good', 'good', 'good'),
    told: ['#2 1 opened', '#2 1 closed', '#3 1 opened'],
    issues: [
      [2, 'closed'],
      [3, 'open'],
    ],
  },
  {
    is: 'trouble',
    begin: () => begun('good'),
    go: async (world) => {
      world.drift.failing = new AppError('external/data', 'the disk is gone');
      await pass(world, hours(24));
      await pass(world, hours(2));
      await pass(world, hours(2));
      world.drift.failing = undefined;
      await pass(world, hours(30));
      await days(world, 'none', 'good');
    },
    told: [],
    issues: [
      [2, 'closed'],
      [3, 'closed'],
    ],
  },
];

it.each(CASES)('$is: killed anywhere, everything is there once', async ({ begin, go, told: comments, issues }) => {
  const { state, kills } = await killEverywhere(async () => {
    const world = await begin();
    return { world, go: () => go(world), state: () => stateOf(world) };
  });
  expect(state).toMatchObject({
    told: comments,
    issues: issues.map((one) => expect.objectContaining({ ...(one as object) })),
  });
  expect(kills).toBeGreaterThan(5);
});

async function stateOf(world: FlowWorld) {
  const { github } = world;
  return {
    issues: github.issueList.map(({ number, state, body }) => [number, state, body]),
    // Two monitors look in any order.
    told: told(world).sort((a, b) => Number(/\d+/.exec(a)) - Number(/\d+/.exec(b))),
    comments: github.commentList.map(({ number, body }) => [number, body]).sort(([a], [b]) => Number(a) - Number(b)),
    pulls: github.pullRequests.map(({ number, head }) => [number, head.branch]),
    branches: [...github.commits.branches.keys()],
    checks: github.checkRuns.map(({ name, sha }) => `${name} ${sha}`).sort(),
  };
}

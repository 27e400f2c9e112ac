import { expect, it } from 'vitest';
import { AppError } from '../../src/domain/errors.ts';
import { DAY } from '../fakes/fake-drift-source.ts';
import { killEverywhere } from './kill-everywhere.ts';
import { begun, type Case, killAnywhere } from './monitor-killed.ts';
import { ask, change, days, externally, hours, issues, live, look, pass, today } from './monitored.ts';
import type { FlowWorld } from './world.ts';

const withAccuracy = (text: string) => text.replace('metric: roc_auc', 'metric: accuracy');
const good = (world: FlowWorld) => world.drift.add(today(world), 'good');

/** What came to be known of two days. */
function labelled(world: FlowWorld, right: number): void {
  for (const day of [today(world) - 3, today(world) - 2]) change(world, day, { labelled: { rows: 1000, right } });
}

const CASES: Case[] = [
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
      await days(world, 'good', 'good', 'good');
      labelled(world, 700);
      await look(world);
      return world;
    },
    go: async (world) => {
      labelled(world, 900);
      await look(world);
    },
    told: ['#2 1 opened', '#2 1 revised', '#2 1 closed'],
    issues: [[2, 'closed']],
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
    is: 'closed by hand, and more',
    begin: async () => {
      const world = await begun('bad', 'bad');
      world.github.issueList[0]!.state = 'closed';
      await days(world, 'bad');
      return world;
    },
    go: async (world) => {
      await days(world, 'broken');
      await externally(world, 'firing');
    },
    told: ['#2 1 opened', '#2 1 more', '#2 1 alert-firing'],
    issues: [[2, 'open']],
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

it.each(CASES)('$is: killed anywhere, everything is there once', killAnywhere);

it('opens again what was killed while it was closed, however bad it is by then', async () => {
  const { kills } = await killEverywhere(async () => {
    const world = await begun('bad', 'bad', 'good', 'good');
    const { now } = world.clock;
    let left = 2;
    const meanwhile = () => {
      world.clock.now = now;
      for (; left > 0; left -= 1) {
        world.drift.add(today(world), 'bad');
        world.clock.advance(DAY);
      }
    };
    world.clock.now = () => {
      if (world.crashes() > 0) meanwhile();
      return now();
    };
    const go = async () => {
      await days(world, 'good');
      meanwhile();
      await look(world);
      await days(world, 'bad');
    };
    return { world, go, state: async () => issues(world) };
  });
  expect(kills).toBeGreaterThan(5);
});

/** The longer parts of a monitor's life: each is played some forty times. */
import { createHash } from 'node:crypto';
import { it } from 'vitest';
import { begun, type Case, killAnywhere } from '../flows/monitor-killed.ts';
import { another, ask, days, live } from '../flows/monitored.ts';
import { pinnedShop } from '../flows/pinned-shop.ts';
import { REPOSITORY } from '../flows/world.ts';

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
    is: 'retrained on a newer file',
    begin: async () => {
      const world = await live(undefined, pinnedShop('file:visits/1.csv', 'ab'.repeat(32)));
      // Each look finds a newer file: what was begun for one must not go on for another.
      let found = 1;
      world.deps.sourceVersions = {
        newest: async () => {
          found += 1;
          return `file:visits/${found}.csv`;
        },
        describe: async ({ source }) => ({ sha256: createHash('sha256').update(source.uri).digest('hex'), bytes: 9 }),
      };
      await days(world, 'good', 'bad', 'bad');
      return world;
    },
    go: (world) => ask(world, 2, '/retrain'),
    told: ['#2 1 opened'],
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
];

it.each(CASES)('$is: killed anywhere, everything is there once', killAnywhere);

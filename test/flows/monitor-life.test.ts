import { describe, expect, it } from 'vitest';
import { AppError } from '../../src/domain/errors.ts';
import { DAY } from '../fakes/fake-drift-source.ts';
import {
  another,
  ask,
  change,
  days,
  declare,
  externally,
  hours,
  issues,
  live,
  look,
  MONITOR,
  pass,
  SPEC,
  shipped,
  shownIssues,
  today,
  told,
} from './monitored.ts';
import { smallShop } from './story.ts';
import { type FlowWorld, REPOSITORY } from './world.ts';

const OWN = 'monitor/bought-live';
const NO_DATA = 'monitor/bought-live/no-data';
const FAILING = 'monitor/bought-live/failing';
const withAccuracy = (text: string) => text.replace('metric: roc_auc', 'metric: accuracy');
const withGrace = (grace: string) => (text: string) =>
  text.replace('open: { after: 2 }', `open: { after: 2, grace: ${grace} }`);

type Story = {
  is: string;
  begin?: () => Promise<FlowWorld>;
  go: (world: FlowWorld) => Promise<void>;
  issues: string[];
  told: string[];
};

const opened = async (world: FlowWorld) => days(world, 'good', 'bad', 'bad');

const STORIES: Story[] = [
  {
    is: 'one-bad-window',
    go: (world) => days(world, 'good', 'bad', 'good', 'good'),
    issues: [],
    told: [],
  },
  {
    is: 'opened',
    go: opened,
    issues: [`#2 open ${OWN}`],
    told: ['#2 1 opened'],
  },
  {
    is: 'opened-at-once',
    go: (world) => days(world, 'good', 'broken'),
    issues: [`#2 open ${OWN}`],
    told: ['#2 1 opened'],
  },
  {
    is: 'recovering',
    go: async (world) => {
      await opened(world);
      await days(world, 'good', 'good');
    },
    issues: [`#2 open ${OWN}`],
    told: ['#2 1 opened'],
  },
  {
    is: 'closed',
    go: async (world) => {
      await opened(world);
      await days(world, 'good', 'bad', 'good', 'good', 'good');
    },
    issues: [`#2 closed ${OWN}`],
    told: ['#2 1 opened', '#2 1 closed'],
  },
  {
    is: 'reopened',
    go: async (world) => {
      await opened(world);
      await days(world, 'good', 'good', 'good', 'good', 'bad', 'bad');
    },
    issues: [`#2 open ${OWN}`],
    told: ['#2 1 opened', '#2 1 closed', '#2 2 opened'],
  },
  {
    is: 'closed-by-hand',
    go: async (world) => {
      await opened(world);
      world.github.issueList[0]!.state = 'closed';
      await days(world, 'bad', 'bad');
    },
    issues: [`#2 closed ${OWN}`],
    told: ['#2 1 opened'],
  },
  {
    is: 'closed-by-hand-and-back',
    go: async (world) => {
      await opened(world);
      world.github.issueList[0]!.state = 'closed';
      await days(world, 'good', 'good', 'good', 'bad', 'bad');
    },
    issues: [`#2 open ${OWN}`],
    told: ['#2 1 opened', '#2 1 closed', '#2 2 opened'],
  },
  {
    is: 'closed-by-hand-and-more',
    go: async (world) => {
      await opened(world);
      world.github.issueList[0]!.state = 'closed';
      await days(world, 'bad', 'broken');
      expect(issues(world)).toEqual([`#2 open ${OWN}`]);
      // Whoever closes it again knows that as well.
      world.github.issueList[0]!.state = 'closed';
      await days(world, 'bad', 'broken', 'broken');
    },
    issues: [`#2 closed ${OWN}`],
    told: ['#2 1 opened', '#2 1 more'],
  },
  {
    is: 'closed-by-hand-and-half-mended',
    go: async (world) => {
      await days(world, 'good', 'broken');
      world.github.issueList[0]!.state = 'closed';
      await days(world, 'bad', 'bad', 'bad');
    },
    issues: [`#2 closed ${OWN}`],
    told: ['#2 1 opened'],
  },
  {
    is: 'over-before-more-was-told',
    go: async (world) => {
      await opened(world);
      world.github.issueList[0]!.state = 'closed';
      await days(world, 'good', 'good');
      await world.records.monitors.update(
        MONITOR,
        (record) => record && { ...record, issue: { ...record.issue!, more: ['channel is broken'] } },
      );
      await days(world, 'good');
    },
    issues: [`#2 closed ${OWN}`],
    told: ['#2 1 opened', '#2 1 closed'],
  },
  {
    is: 'deleted',
    go: async (world) => {
      await opened(world);
      world.github.issueList.pop();
      await days(world, 'bad');
      expect(issues(world)).toEqual([`#3 open ${OWN}`]);
      await days(world, 'good', 'good');
      world.github.issueList.pop();
      await days(world, 'good');
    },
    issues: [`#4 closed ${OWN}`],
    told: ['#2 1 opened', '#3 1 opened'],
  },
  {
    is: 'opened-anew-after-the-grace',
    begin: () => live(withGrace('1d')),
    go: async (world) => {
      await opened(world);
      await days(world, 'good', 'good', 'good', 'good', 'good', 'bad', 'bad');
    },
    issues: [`#2 closed ${OWN}`, `#3 open ${OWN}`],
    told: ['#2 1 opened', '#2 1 closed', '#3 1 opened'],
  },
  {
    is: 'revised-by-late-rows',
    go: async (world) => {
      await opened(world);
      await days(world, 'few');
      change(world, today(world) - 1, { rows: 2000, web: 0.05 });
      await look(world);
    },
    issues: [`#2 open ${OWN}`],
    told: ['#2 1 opened'],
  },
  {
    is: 'labels-arrive-late',
    begin: () => live(withAccuracy),
    go: async (world) => {
      const first = today(world);
      await days(world, 'good', 'good', 'good');
      for (const day of [first, first + 1]) change(world, day, { labelled: { rows: 1000, right: 700 } });
      await look(world);
    },
    issues: [`#2 open ${OWN}`],
    told: ['#2 1 opened'],
  },
  {
    is: 'labels-are-corrected',
    begin: () => live(withAccuracy),
    go: async (world) => {
      const first = today(world);
      await days(world, 'good', 'good', 'good');
      for (const day of [first, first + 1]) change(world, day, { labelled: { rows: 1000, right: 700 } });
      await look(world);
      for (const day of [first, first + 1]) change(world, day, { labelled: { rows: 1000, right: 900 } });
      await look(world);
    },
    issues: [`#2 closed ${OWN}`],
    told: ['#2 1 opened', '#2 1 revised', '#2 1 closed'],
  },
  {
    is: 'few-rows-are-judged-together',
    go: (world) => days(world, 'good', 'few-bad', 'few-bad', 'few-bad', 'few-bad', 'few-bad', 'few-bad'),
    issues: [`#2 open ${OWN}`],
    told: ['#2 1 opened'],
  },
  {
    is: 'no-data',
    go: (world) => days(world, 'good', 'none', 'none', 'none'),
    issues: [`#2 open ${NO_DATA}`],
    told: [],
  },
  {
    is: 'no-data-but-rows-of-the-future',
    go: async (world) => {
      world.drift.add(today(world) + 20_000, 'good');
      await days(world, 'good');
      world.drift.add(today(world), 'few', { rows: 0, timeless: 500 });
      await days(world, 'none', 'none', 'none');
    },
    issues: [`#2 open ${NO_DATA}`],
    told: [],
  },
  {
    is: 'no-data-is-over',
    go: (world) => days(world, 'good', 'none', 'none', 'none', 'good'),
    issues: [`#2 closed ${NO_DATA}`],
    told: [],
  },
  {
    is: 'no-data-while-open',
    go: async (world) => {
      await opened(world);
      await days(world, 'none', 'none', 'none');
    },
    issues: [`#2 open ${OWN}`, `#3 open ${NO_DATA}`],
    told: ['#2 1 opened'],
  },
  {
    is: 'failing',
    go: async (world) => {
      await days(world, 'good');
      world.drift.failing = new AppError('external/data', 'listing s3://acme-logs/bought/: timed out');
      await pass(world, hours(24));
      await pass(world, hours(1));
      expect(issues(world)).toEqual([]);
      await pass(world, hours(1));
    },
    issues: [`#2 open ${FAILING}`],
    told: [],
  },
  {
    is: 'failing-where-jobs-failed',
    begin: () => live((text) => `${text}\nrunner: local\n`),
    go: async (world) => {
      await days(world, 'good');
      const fallback = { since: today(world) * DAY, runner: 'local', why: 'the image cannot be pulled' };
      await world.records.monitors.update(MONITOR, (record) => record && { ...record, fallback });
      world.drift.failing = new AppError('external/data', 'reading s3://acme-logs/bought/: out of memory');
      for (let times = 0; times < 3; times += 1) await pass(world, hours(24));
    },
    issues: [`#2 open ${FAILING}`],
    told: [],
  },
  {
    is: 'no-data-and-failing-by-turns',
    go: async (world) => {
      await days(world, 'good', 'none', 'none', 'none');
      for (let times = 0; times < 3; times += 1) {
        world.drift.failing = new AppError('external/data', 'listing s3://acme-logs/bought/: timed out');
        await pass(world, hours(1));
        world.drift.failing = undefined;
        await pass(world, hours(1));
      }
      // Neither closed nor opened again meanwhile.
      expect(world.faults.calls.filter((name) => name === 'issues.upsert')).toHaveLength(1);
    },
    issues: [`#2 open ${NO_DATA}`],
    told: [],
  },
  {
    is: 'no-data-and-failing',
    go: async (world) => {
      await days(world, 'good', 'none', 'none', 'none');
      world.drift.failing = new AppError('external/data', 'listing s3://acme-logs/bought/: timed out');
      for (let times = 0; times < 3; times += 1) await pass(world, hours(1));
      expect(issues(world)).toEqual([`#2 open ${NO_DATA}`, `#3 open ${FAILING}`]);
      world.drift.failing = undefined;
      await pass(world, hours(1));
    },
    issues: [`#2 open ${NO_DATA}`, `#3 closed ${FAILING}`],
    told: [],
  },
  {
    is: 'failing-is-over-and-comes-back',
    go: async (world) => {
      await days(world, 'good');
      for (let times = 0; times < 2; times += 1) {
        world.drift.add(today(world), 'good');
        world.drift.failing = new AppError(
          'config/data-not-allowed',
          's3://acme-logs/ is not among the allowed places',
        );
        await pass(world, hours(24));
        world.drift.failing = undefined;
        await pass(world, hours(1));
      }
    },
    issues: [`#2 closed ${FAILING}`],
    told: [],
  },
  {
    is: 'snoozed',
    go: async (world) => {
      await opened(world);
      await ask(world, 2, '/snooze 4d');
      await days(world, 'good', 'good', 'good', 'bad', 'bad');
    },
    issues: [`#2 open ${OWN}`],
    told: ['#2 1 opened', '#2 2 opened'],
  },
  {
    is: 'snoozed-to-the-end',
    go: async (world) => {
      await opened(world);
      await ask(world, 2, '/snooze 90d');
      await days(world, 'good', 'good', 'good', 'bad', 'bad');
      expect(issues(world)).toEqual([`#2 closed ${OWN}`]);
      await ask(world, 2, '/unsnooze');
    },
    issues: [`#2 open ${OWN}`],
    told: ['#2 1 opened', '#2 2 opened'],
  },
  {
    is: 'accepted',
    go: async (world) => {
      await opened(world);
      await days(world, 'bad');
      await ask(world, 2, '/accept');
      const [, pull] = world.github.pullRequests;
      await ask(world, pull!.number, '/approve', 'owner');
      await world.finish();
      world.github.mergePull(pull!.number);
      await world.look(`pull:${REPOSITORY}#${pull!.number}`);
      await world.finish();
      await days(world, 'bad', 'bad');
    },
    issues: [`#2 closed ${OWN}`],
    told: ['#2 1 opened', '#2 1 closed'],
  },
  {
    is: 'retrained',
    begin: shipped,
    go: async (world) => {
      await opened(world);
      await ask(world, 2, '/retrain');
      await world.finish();
      const [, pull] = world.github.pullRequests;
      await ask(world, pull!.number, '/approve', 'owner');
      await world.finish();
      world.github.mergePull(pull!.number);
      await world.look(`pull:${REPOSITORY}#${pull!.number}`);
      await world.finish();
      await look(world);
    },
    issues: [`#2 open ${OWN}`],
    told: ['#2 1 opened'],
  },
  {
    is: 'alert-of-prometheus',
    go: async (world) => {
      await days(world, 'good');
      await externally(world, 'firing');
    },
    issues: [`#2 open ${OWN}`],
    told: ['#2 1 alert-firing'],
  },
  {
    is: 'alert-of-prometheus-is-resolved',
    go: async (world) => {
      await days(world, 'good');
      await externally(world, 'firing');
      world.clock.advance(hours(1));
      await externally(world, 'resolved');
    },
    issues: [`#2 closed ${OWN}`],
    told: ['#2 1 alert-firing', '#2 1 alert-resolved'],
  },
  {
    is: 'alert-of-prometheus-and-drift',
    go: async (world) => {
      await days(world, 'good');
      await externally(world, 'firing');
      await days(world, 'bad', 'bad');
      await externally(world, 'resolved');
      expect(issues(world)).toEqual([`#2 open ${OWN}`]);
      await days(world, 'good', 'good', 'good');
    },
    issues: [`#2 closed ${OWN}`],
    told: ['#2 1 alert-firing', '#2 1 opened', '#2 1 alert-resolved', '#2 1 closed'],
  },
  {
    is: 'grouped',
    begin: () => live(undefined, another('bought-watch')),
    go: opened,
    issues: [`#2 open ${OWN}`],
    told: ['#2 1 opened'],
  },
  {
    is: 'speaks-for-itself-when-the-group-is-over',
    begin: () =>
      live(
        undefined,
        another('bought-watch', (text) => text.replace('close: { after: 3 }', 'close: { after: 5 }')),
      ),
    go: async (world) => {
      await opened(world);
      await days(world, 'good', 'good', 'good');
    },
    issues: [`#2 closed ${OWN}`, '#3 open monitor/bought-watch'],
    told: ['#2 1 opened', '#2 1 closed', '#3 1 opened'],
  },
];

describe('life of a monitor', () => {
  it.each(STORIES)('$is', async ({ is, begin = live, go, issues: wanted, told: comments }) => {
    const world = await begin();
    await go(world);
    expect(issues(world)).toEqual(wanted);
    expect(told(world).map((one) => one.replace(/ \d+$/, ''))).toEqual(comments);
    await expect(shownIssues(world)).toMatchFileSnapshot(`./golden/monitor/${is}.txt`);
  });

  it('shows the pull request that /accept opens', async () => {
    const world = await live();
    await opened(world);
    await days(world, 'bad');
    await ask(world, 2, '/accept');
    const [, pull] = world.github.pullRequests;
    const text = world.github.commits.resolve(`refs/heads/${pull!.head.branch}`)!.files.get(SPEC);
    expect(text).toBe(
      smallShop()[SPEC]!.replace('reference: training', 'reference: { from: "2024-03-02", to: "2024-03-05" }'),
    );
    await expect(`# ${pull!.title}\n\n${pull!.body}\n`).toMatchFileSnapshot('./golden/monitor/accept-pull.txt');
  });

  it('shows the pull request that /retrain opens', async () => {
    const world = await live();
    await opened(world);
    await ask(world, 2, '/retrain');
    const [, pull] = world.github.pullRequests;
    await expect(`# ${pull!.title}\n\n${pull!.body}\n`).toMatchFileSnapshot('./golden/monitor/retrain-pull.txt');
  });
});

describe('what a look costs', () => {
  it('reads each window once, and sends at most one edit and one comment', async () => {
    const world = await live();
    for (const kind of ['good', 'bad', 'bad', 'bad', 'good', 'good', 'good', 'bad', 'bad'] as const) {
      const before = world.faults.calls.length;
      await days(world, kind);
      const calls = world.faults.calls.slice(before);
      expect(calls.filter((name) => name === 'issues.upsert').length).toBeLessThanOrEqual(1);
      expect(calls.filter((name) => name === 'comments.upsert').length).toBeLessThanOrEqual(1);
    }
    expect(world.drift.reads).toHaveLength(9);
    expect(new Set(world.drift.reads).size).toBe(9);
  });

  it('catches up with a past in parts, and tells only how it ended', async () => {
    const world = await live();
    const first = today(world);
    for (let day = 0; day < 35; day += 1) world.drift.add(first + day, day % 11 < 4 ? 'bad' : 'good');
    const before = world.faults.calls.length;
    await pass(world, 35 * DAY);
    expect(world.drift.reads).toHaveLength(35);
    expect(world.faults.calls.slice(before).filter((name) => name.startsWith('issues.'))).toHaveLength(1);
    expect(told(world)).toHaveLength(1);
  });

  it('reads no more than it keeps where one row is of long ago', async () => {
    const world = await live();
    world.drift.add(today(world) - 5_000, 'few', { rows: 1 });
    await days(world, 'good', 'bad', 'bad');
    expect(world.drift.reads.length).toBeLessThanOrEqual(63);
    expect(told(world)).toEqual(['#2 1 opened']);
  });

  it('reads nothing again when settings change, and judges anew', async () => {
    const world = await live();
    await opened(world);
    const { length } = world.drift.reads;
    await declare(world, {
      [SPEC]: smallShop()[SPEC]!.replace('window: 1d', 'window: 1d\ncolumns: { ignore: [channel] }'),
    });
    expect(issues(world)).toEqual([`#2 closed ${OWN}`]);
    expect(world.drift.reads).toHaveLength(length);
  });

  it('reads all windows again when promises change, in parts', async () => {
    const world = await live();
    const first = today(world);
    for (let day = 0; day < 25; day += 1) world.drift.add(first + day, 'good', { labelled: { rows: 500, right: 450 } });
    await pass(world, 25 * DAY);
    await declare(world, { [SPEC]: withAccuracy(smallShop()[SPEC]!) });
    const { windows } = (await world.records.monitors.get(`${REPOSITORY}/bought-live`))!;
    expect(windows.map(({ verdict }) => verdict.performance[0]?.metric)).toEqual(windows.map(() => 'accuracy'));
    expect(windows).toHaveLength(25);
    expect(world.drift.reads).toHaveLength(50);
  });

  it('does not look again at once when it fails', async () => {
    const world = await live();
    await days(world, 'good');
    world.drift.failing = new AppError('external/data', 'the disk is gone');
    const waits: number[] = [];
    for (let times = 0; times < 6; times += 1) {
      world.clock.advance(DAY);
      await look(world);
      const lease = await world.deps.store.queue.take(1_000);
      expect(lease).toBeUndefined();
      const { troubles } = (await world.records.monitors.get(`${REPOSITORY}/bought-live`))!;
      waits.push(troubles!.failing!.times);
    }
    expect(waits).toEqual([1, 2, 3, 4, 5, 6]);
    expect(world.faults.calls.filter((name) => name === 'issues.upsert')).toHaveLength(1);
  });
});

/** What windows are compared with, and what they are judged by, may change while a monitor watches. */
import { describe, expect, it } from 'vitest';
import { another, days, declare, issues, live, look, pass, SPEC, today, told } from './monitored.ts';
import { smallShop } from './story.ts';
import { type FlowWorld, REPOSITORY } from './world.ts';

const spec = smallShop()[SPEC]!;
const reference = (from: string, to: string) =>
  spec.replace('reference: training', `reference: { from: "${from}", to: "${to}" }`);
const recordOf = async (world: FlowWorld) => (await world.records.monitors.get(`${REPOSITORY}/bought-live`))!;
const verdicts = async (world: FlowWorld) => (await recordOf(world)).windows.map(({ verdict }) => verdict.verdict);

describe('days of production as the reference', () => {
  it('are read once, and what looks like them is good', async () => {
    const world = await live();
    await days(world, 'bad', 'bad', 'bad');
    await declare(world, { [SPEC]: reference('2024-03-01', '2024-03-03') });
    expect(await verdicts(world)).toEqual(['good', 'good', 'good']);
    const { length } = world.drift.reads;
    await days(world, 'bad', 'good');
    expect(await verdicts(world)).toEqual(['good', 'good', 'good', 'good', 'bad']);
    expect(world.drift.reads).toHaveLength(length + 2);
  });

  it('do not make the days before them bad', async () => {
    const world = await live();
    await days(world, 'good', 'good', 'good', 'good', 'bad', 'bad', 'bad');
    expect(issues(world)).toEqual(['#2 open monitor/bought-live']);
    await declare(world, { [SPEC]: reference('2024-03-05', '2024-03-07') });
    const { alert } = await recordOf(world);
    expect(await verdicts(world)).toEqual(Array.from({ length: 7 }, () => 'good'));
    expect(alert).toMatchObject({ status: 'closed', badWindows: 0 });
    expect(issues(world)).toEqual(['#2 closed monitor/bought-live']);
    expect(world.github.commentList.at(-1)?.body).toMatch(/Judged again/);
    // And what was usual before is what is odd now.
    await days(world, 'good', 'good');
    expect((await recordOf(world)).alert.status).toBe('open');
  });

  it.each([
    ['a span that is not over', '2024-03-01', '2030-01-01', 'at most 1000 are read'],
    ['a span that ends tomorrow', '2024-03-01', '2024-03-09', 'is not over yet'],
    ['a span without rows', '2024-02-01', '2024-02-03', 'has 0 rows that v1.0.0 answered'],
  ])('%s is trouble at once', async (_, from, to, why) => {
    const world = await live();
    await days(world, 'good', 'good');
    await declare(world, { [SPEC]: reference(from, to) });
    expect(issues(world)).toEqual(['#2 open monitor/bought-live/failing']);
    expect(world.github.issueList[0]!.body).toContain(why);
    await declare(world, { [SPEC]: spec });
    expect(issues(world)).toEqual(['#2 closed monitor/bought-live/failing']);
  });

  it('are not held against a version that did not answer then', async () => {
    const world = await live();
    await days(world, 'bad', 'bad', 'bad');
    await declare(world, { [SPEC]: reference('2024-03-01', '2024-03-03') });
    const id = `${REPOSITORY}/bought/1.0.0`;
    const version = (await world.records.versions.get(id))!;
    await world.records.versions.update(`${REPOSITORY}/bought/1.1.0`, () => ({
      ...version,
      version: '1.1.0',
      createdAt: version.createdAt + 1,
    }));
    await world.records.rollouts.update(`${REPOSITORY}/bought-production`, (one) => ({ ...one!, current: '1.1.0' }));
    for (const kind of ['bad', 'good'] as const) {
      world.drift.add(today(world), kind, { version: '1.1.0' });
      await pass(world, 86_400_000);
    }
    const { windows } = await recordOf(world);
    expect(windows.map((one) => `${one.version} ${one.verdict.verdict}`).slice(2)).toEqual([
      '1.0.0 good',
      '1.1.0 bad',
      '1.1.0 good',
    ]);
  });

  it('are not held against a version that answered too few of them, nor where what was read is gone', async () => {
    const world = await live();
    await days(world, 'bad', 'bad', 'bad');
    await declare(world, { [SPEC]: reference('2024-03-01', '2024-03-03') });
    world.drift.days.delete(today(world) - 3);
    world.drift.days.set(today(world) - 2, { rows: 100, web: 0.05, version: '1.1.0' });
    const id = `${REPOSITORY}/bought/1.0.0`;
    const version = (await world.records.versions.get(id))!;
    await world.records.versions.update(`${REPOSITORY}/bought/1.1.0`, () => ({
      ...version,
      version: '1.1.0',
      createdAt: version.createdAt + 1,
    }));
    await world.records.rollouts.update(`${REPOSITORY}/bought-production`, (one) => ({ ...one!, current: '1.1.0' }));
    for (const kind of ['bad', 'good'] as const) {
      world.drift.add(today(world), kind, { version: '1.1.0' });
      await pass(world, 86_400_000);
    }
    const { windows } = await recordOf(world);
    expect(windows.map((one) => `${one.version} ${one.verdict.verdict}`).slice(-2)).toEqual([
      '1.1.0 bad',
      '1.1.0 good',
    ]);
    expect(issues(world)).toEqual(['#2 closed monitor/bought-live']);
  });
});

describe('windows', () => {
  it('of another length are read anew', async () => {
    const world = await live();
    await days(world, 'good', 'good', 'bad', 'bad', 'bad', 'bad');
    await declare(world, { [SPEC]: spec.replace('window: 1d', 'window: 2d') });
    const { windows } = await recordOf(world);
    expect(windows.every(({ from, to }) => to - from === 2 * 86_400_000)).toBe(true);
    expect(issues(world)).toEqual(['#2 open monitor/bought-live']);
  });

  it('are read anew when columns are to be judged together, or not any more', async () => {
    const world = await live();
    await days(world, 'good', 'good');
    await declare(world, { [SPEC]: spec.replace('window: 1d', 'window: 1d\nmultivariate: false') });
    expect(world.drift.reads).toHaveLength(4);
    await look(world);
    expect(world.drift.reads).toHaveLength(4);
  });

  it('wait for late rows as long as the monitor says', async () => {
    const world = await live((text) => text.replace('window: 1d', 'window: 1d\nsettle: 12h'));
    await days(world, 'good');
    // 8 h after its end.
    expect(await verdicts(world)).toEqual([]);
    await pass(world, 5 * 3_600_000);
    expect(await verdicts(world)).toEqual(['good']);
  });

  it('are judged by the version that answered most', async () => {
    const world = await live();
    world.drift.add(today(world), 'good', { version: '0.9.0' });
    await pass(world, 86_400_000);
    // Nobody knows that one: it is judged as what is live.
    expect((await recordOf(world)).windows[0]).toMatchObject({ version: '1.0.0' });
  });

  it('of few rows are judged together however many they are', async () => {
    const world = await live();
    // 350 rows take 117 of these; 60 are kept.
    const first = today(world);
    for (let day = 0; day < 240; day += 1) world.drift.add(first + day, 'few', { rows: 3, web: 0 });
    for (let day = 0; day < 240; day += 20) await pass(world, 20 * 86_400_000);
    const { windows, carried, alert } = await recordOf(world);
    expect(alert).toMatchObject({ status: 'open', since: (first + 116) * 86_400_000 });
    expect(windows.filter(({ merged }) => merged).map(({ merged }) => merged)).toEqual([116]);
    expect(carried).toMatchObject({ merged: expect.any(Number), waits: true });
  });

  it('hold no promise against a version where others answered too', async () => {
    const world = await live((text) =>
      text.replace('window: 1d', 'window: 2d').replace('metric: roc_auc', 'metric: accuracy'),
    );
    const first = Math.ceil(today(world) / 2) * 2;
    const labelled = { rows: 1000, right: 600 };
    world.drift.add(first, 'good', { labelled });
    world.drift.add(first + 1, 'few', { version: '0.9.0' });
    world.drift.add(first + 2, 'good', { labelled });
    await pass(world, 5 * 86_400_000);
    const { windows } = await recordOf(world);
    expect(windows.map(({ verdict }) => verdict.performance[0]?.verdict)).toEqual(['cannot-tell', 'broken']);
  });

  it('are grouped anew when rows arrive late', async () => {
    const world = await live();
    const first = today(world);
    await days(world, 'few', 'few', 'few');
    const groups = async () =>
      (await recordOf(world)).windows.map(({ waits, merged }) => (waits ? '?' : (merged ?? 0)));
    expect(await groups()).toEqual(['?', '?', 2]);
    world.drift.add(first, 'good');
    await look(world);
    expect(await groups()).toEqual([0, '?', '?']);
    expect((await recordOf(world)).windows[0]).toMatchObject({ late: 1850, revised: 1, before: 'cannot-tell' });
  });
});

it('looks less and less often at a window that grows old', async () => {
  const world = await live();
  const first = today(world);
  await days(world, 'good', 'good', 'good');
  const looks: number[] = [];
  for (let day = 0; day < 24; day += 1) {
    const before = (await recordOf(world)).windows[0]!.lookedAt;
    await days(world, 'good');
    if ((await recordOf(world)).windows[0]!.lookedAt !== before) looks.push(today(world) - first - 1);
  }
  // In days after its end, a quarter more each time.
  expect(looks).toEqual([3, 4, 6, 8, 11, 14, 18, 23]);
  // Truth that comes after ten days is seen after twelve and a half at the latest.
  world.drift.add(first + 1, 'bad');
  await days(world, 'good', 'good', 'good', 'good', 'good', 'good', 'good');
  expect((await recordOf(world)).windows[1]).toMatchObject({ revised: 1, before: 'good' });
});

it('a monitor that is not declared any more leaves no issue open', async () => {
  const world = await live();
  await days(world, 'bad', 'bad', 'none', 'none', 'none');
  expect(issues(world)).toEqual(['#2 open monitor/bought-live', '#3 open monitor/bought-live/no-data']);
  world.github.push('main', { [SPEC]: undefined });
  await world.look(`branch:${REPOSITORY}@main`);
  await world.settle();
  expect(issues(world)).toEqual(['#2 closed monitor/bought-live', '#3 closed monitor/bought-live/no-data']);
  expect(await world.records.monitors.get(`${REPOSITORY}/bought-live`)).toBeUndefined();
  // Declared anew, it reads what there is and comes to the same alert, which has its issue.
  await declare(world, { [SPEC]: spec });
  await days(world, 'bad');
  expect(issues(world)).toEqual(['#2 open monitor/bought-live', '#3 closed monitor/bought-live/no-data']);
  expect(told(world)).toEqual(['#2 1 opened']);
});

it('a specification that cannot be read ends nothing', async () => {
  const world = await live();
  await days(world, 'bad', 'bad');
  await declare(world, { [SPEC]: 'kind: Monitor\nname: [' });
  await days(world, 'good');
  expect(issues(world)).toEqual(['#2 open monitor/bought-live']);
});

it('two monitors with nothing in common have an issue each', async () => {
  const other = another('bought-late', (text) => text.replace('open: { after: 2 }', 'open: { after: 5 }'));
  const world = await live(undefined, other);
  await days(world, 'good', 'bad', 'bad');
  expect(issues(world)).toEqual(['#2 open monitor/bought-live']);
});

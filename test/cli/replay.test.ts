/** `sluice monitor backfill` and the server say the same of the same production. */
import { expect, test } from 'vitest';
import { readHistory } from '../../src/cli/monitor/history.ts';
import { createReplay } from '../../src/cli/monitor/replay.ts';
import { sinceReference } from '../../src/domain/drift/since-reference.ts';
import type { WindowVerdict } from '../../src/domain/drift/verdict.ts';
import type { DriftWindow } from '../../src/render/drift-view.ts';
import { DAY, type DayKind, type FakeDay, fakeReference } from '../fakes/fake-drift-source.ts';
import { change, declare, live, look, MONITOR, pass, SPEC, today } from '../flows/monitored.ts';
import { smallShop } from '../flows/story.ts';
import { type FlowWorld, REPOSITORY } from '../flows/world.ts';

const spec = smallShop()[SPEC]!.replace('window: 1d', 'window: 2d').replace('metric: roc_auc', 'metric: accuracy');

type Day = [kind: DayKind | 'none', more?: Partial<FakeDay>];
const v2 = { version: '1.1.0' };
const labelled = (rows: number, part: number) => ({ labelled: { rows, right: rows * part } });

/** Two days are a window; 350 rows make one that can be judged. */
const DAYS: Day[] = [
  ['good', labelled(1000, 0.9)],
  ['good'],
  ['few', labelled(140, 0.5)],
  ['few'],
  // Long enough together.
  ['few', labelled(140, 0.5)],
  ['few', labelled(140, 0.5)],
  ['few', labelled(140, 0.5)],
  ['none'],
  // Long enough by itself: what those say that waited is not measured again.
  ['good', labelled(1000, 0.9)],
  ['good'],
  ['few'],
  ['few'],
  ['few', v2],
  ['few', v2],
  ['none'],
  ['none'],
  ['few', v2],
  ['none'],
  // Both answer, and nothing tells whose promise it is.
  ['good', labelled(1000, 0.5)],
  ['few', v2],
  ['few', labelled(140, 0.5)],
  ['good', { ...v2, ...labelled(1000, 0.5) }],
  [
    'good',
    {
      ...v2,
      ...labelled(1000, 0.5),
      malformed: Array.from({ length: 30 }, (_, i) => ({ file: `${i}.parquet`, reason: 'broken' })),
    },
  ],
  ['good', v2],
  ['bad', v2],
  ['bad', v2],
  ['bad', v2],
  ['bad', v2],
  ['few-bad', v2],
  ['few-bad', v2],
  ['few-bad', v2],
  ['broken', v2],
];

/** Labels and some of the rows come three days late. */
async function play(world: FlowWorld): Promise<number> {
  const id = `${REPOSITORY}/bought/1.0.0`;
  const version = (await world.records.versions.get(id))!;
  await world.records.versions.update(`${REPOSITORY}/bought/1.1.0`, () => ({
    ...version,
    version: '1.1.0',
    createdAt: version.createdAt + 1,
  }));
  while (today(world) % 2 > 0) await pass(world, DAY);
  const first = today(world);
  for (let at = 0; at < DAYS.length + 6; at++) {
    const [kind, more] = DAYS[at] ?? ['none'];
    if (kind !== 'none') world.drift.add(first + at, kind, { ...more, labelled: undefined as never });
    const [earlier, late] = DAYS[at - 3] ?? ['none'];
    if (earlier !== 'none') change(world, first + at - 3, late ?? {});
    await pass(world, DAY);
  }
  return first;
}

async function both(world: FlowWorld, first: number) {
  const { windows } = (await world.records.monitors.get(MONITOR))!;
  const { monitors, models, policy } = (await world.records.bases.get(REPOSITORY))!.repository!;
  const [monitor, model] = [monitors[0]!, models.find(({ name }) => name === 'bought')!];
  const watched = { repository: REPOSITORY, monitor, allow: policy.data.allow };
  const span = { from: first * DAY, to: windows.at(-1)!.to };
  const history = await readHistory(world.drift, watched, { model, reference: fakeReference(2000), ...span });
  const replayed = createReplay(history)(monitor).windows;
  return {
    server: shown(sinceReference(windows, monitor), first),
    replay: shown(sinceReference(replayed, monitor), first),
  };
}

/** What only they know who looked on is left out: which rows came late, and what estimates were worth by then. */
function shown(windows: DriftWindow[], first: number) {
  return windows.map(({ from, rows, version, waits = false, merged = 0, labelled, malformed, verdict }) => ({
    day: from / DAY - first,
    rows,
    version: rows > 0 ? version : '',
    waits,
    merged,
    labelled,
    malformed,
    verdict: withoutPast(verdict),
  }));
}

function withoutPast(verdict: WindowVerdict): WindowVerdict {
  const estimates = verdict.estimates.map(({ pastError, ...estimate }) => estimate);
  return { ...verdict, estimates, quality: verdict.quality.filter(({ check }) => check !== 'late') };
}

const letters = (windows: ReturnType<typeof shown>) =>
  windows.map(({ waits, merged, version, verdict }) =>
    `${waits ? '?' : verdict.verdict}${merged || ''} ${version}`.trim(),
  );

test('of short windows, two versions at once, late labels and a step', async () => {
  const world = await live(() => spec);
  const first = await play(world);
  const { server, replay } = await both(world, first);
  expect(letters(server)).toEqual([
    'good 1.0.0',
    '? 1.0.0',
    'bad1 1.0.0',
    '? 1.0.0',
    'good1 1.0.0',
    '? 1.0.0',
    '? 1.1.0',
    'no-data',
    'good1 1.1.0',
    'good 1.0.0',
    'good 1.1.0',
    'bad 1.1.0',
    'bad 1.1.0',
    'bad 1.1.0',
    '? 1.1.0',
    'bad1 1.1.0',
    'no-data',
    'no-data',
    'no-data',
  ]);
  expect(replay).toEqual(server);
});

test('of production that was accepted', async () => {
  const world = await live(() => spec);
  const first = await play(world);
  const day = (at: number) => new Date((first + at) * DAY).toISOString().slice(0, 10);
  await declare(world, {
    [SPEC]: spec.replace('reference: training', `reference: { from: "${day(16)}", to: "${day(24)}" }`),
  });
  await look(world);
  const { server, replay } = await both(world, first);
  expect(letters(server)).toEqual([
    '? 1.1.0',
    'good 1.0.0',
    'good 1.1.0',
    'bad 1.1.0',
    'bad 1.1.0',
    'bad 1.1.0',
    '? 1.1.0',
    'bad1 1.1.0',
    'no-data',
    'no-data',
    'no-data',
  ]);
  expect(replay).toEqual(server);
});

test('of windows that more rows are asked of now: what is known of theirs is read again', async () => {
  const world = await live(() => spec);
  const first = await play(world);
  await declare(world, { [SPEC]: spec.replace('reference: training', 'reference: training\nminRows: 5000') });
  const { server, replay } = await both(world, first);
  expect(server.some(({ merged, labelled }) => merged > 1 && labelled > 0)).toBe(true);
  expect(replay).toEqual(server);
});

test('of so few rows a day that more windows wait than are kept', async () => {
  const world = await live(() => spec.replace('window: 2d', 'window: 1d'));
  const first = today(world);
  for (let at = 0; at < 130; at += 1)
    world.drift.add(first + at, at < 117 ? 'few-bad' : 'few', { rows: 3, ...labelled(3, 1 / 3) });
  for (let passed = 0; passed < 130; passed += 10) await pass(world, 10 * DAY);
  const { server, replay } = await both(world, first);
  expect(server.filter(({ waits }) => !waits)).toMatchObject([
    { day: 116, merged: 116, verdict: { verdict: 'bad', performance: [{ metric: 'accuracy', rows: 351 }, {}] } },
  ]);
  expect(replay.slice(-server.length)).toEqual(server);
});

test('of windows that are judged again when those before them are not looked at any more', async () => {
  const daily = spec.replace('window: 2d', 'window: 1d');
  const world = await live(() => daily);
  const first = today(world);
  for (let at = 0; at < 81; at += 1) world.drift.add(first + at, 'good', { rows: at < 22 ? 2000 : 400 });
  for (let passed = 0; passed < 70; passed += 10) await pass(world, 10 * DAY);
  // Their truth comes when the windows of three weeks before are not kept any more.
  for (const at of [27, 28]) change(world, first + at, labelled(390, 0.9));
  await pass(world, 11 * DAY);
  const { windows } = (await world.records.monitors.get(MONITOR))!;
  const again = windows.filter(({ labelled }) => labelled > 0);
  expect(again.map(({ from, verdict, revised }) => [from / DAY - first, verdict.verdict, revised])).toEqual([
    [27, 'bad', 1],
    [28, 'bad', 1],
  ]);
  const known = await both(world, first);
  expect(known.replay.slice(-known.server.length)).toEqual(known.server);
  await declare(world, { [SPEC]: daily.replace('reference: training', 'reference: training\neffect: 0.2') });
  const { server, replay } = await both(world, first);
  expect(server.map(({ verdict }) => verdict.verdict)).toEqual(known.server.map(({ verdict }) => verdict.verdict));
  expect(replay.slice(-server.length)).toEqual(server);
});

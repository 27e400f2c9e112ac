// What was posted is kept as long as its monitor may read it again.
import { expect, it } from 'vitest';
import { AppError } from '../../src/domain/errors.ts';
import { DAY } from '../fakes/fake-drift-source.ts';
import { days, declare, issues, live, pass, SPEC } from './monitored.ts';
import { smallShop } from './story.ts';

const posted = (text: string) => `${text}\nsource: observations\n`;

it('needs its windows and what is its reference', async () => {
  const world = await live(posted);
  await days(world, 'good');
  const first = Math.floor(world.clock.now() / DAY) * DAY - DAY;
  await pass(world, 200 * DAY);
  const ago = world.drift.needed.map(({ since }) => (first - since) / DAY);
  // In the end sixty windows and a margin; of the first one there is a record until then.
  expect(Math.max(...ago)).toBeLessThan(75);
  expect(world.clock.now() - world.drift.needed.at(-1)!.since).toBeLessThan(75 * DAY);
  const spec = posted(smallShop()[SPEC]!);
  const reference = 'reference: { from: "2024-03-01", to: "2024-03-02" }';
  await declare(world, { [SPEC]: spec.replace('reference: training', reference) });
  await pass(world, DAY);
  expect(world.drift.needed.at(-1)?.besides).toEqual({ from: Date.UTC(2024, 2, 1), to: Date.UTC(2024, 2, 2) });
});

it('is looked at all the same where nothing can be removed', async () => {
  const world = await live(posted);
  world.drift.prune = async () => {
    throw new AppError('external/storage', 'the disk is read-only');
  };
  await days(world, 'good', 'bad', 'bad');
  expect(issues(world)).toEqual(['#2 open monitor/bought-live']);
});

it('says nothing of other sources, which are others to keep', async () => {
  const world = await live();
  await days(world, 'good', 'good');
  expect(world.drift.needed).toEqual([]);
});

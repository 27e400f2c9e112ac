import { expect, it } from 'vitest';
import { resyncKeys } from '../../src/flows/resync-keys.ts';
import { approvedBetter, openBetter } from './story.ts';
import { REPOSITORY } from './world.ts';

it('looks again at everything of which a webhook may have been lost', async () => {
  const { world, number } = await openBetter();
  await world.settle();
  world.github.push('other', { 'README.md': '# Another\n' });
  const unheard = world.github.openPull('other');
  const [job] = await world.deps.store.jobs.list({});
  expect((await resyncKeys(world.deps, world.records)).sort()).toEqual(
    [
      `branch:${REPOSITORY}@main`,
      `job:${job?.id}`,
      `pull:${REPOSITORY}#${number}`,
      `pull:${REPOSITORY}#${unheard}`,
    ].sort(),
  );
});

it('ships what was merged while nobody heard of it, and asks no more afterwards', async () => {
  const { world, number } = await approvedBetter();
  world.github.mergePull(number);
  for (const key of await resyncKeys(world.deps, world.records)) await world.look(key);
  await world.finish();
  expect(world.github.tags.map(({ name }) => name)).toContain('bought@v1.0.0');
  expect(await resyncKeys(world.deps, world.records)).toEqual([`branch:${REPOSITORY}@main`]);
});

it('leaves alone what the app was taken from', async () => {
  const { world, key } = await openBetter();
  await world.records.repositories.update(REPOSITORY, (record) => record && { ...record, removed: true });
  await world.settle();
  await world.look(key);
  await world.settle();
  expect(world.github.checkRuns).toEqual([]);
  expect(await resyncKeys(world.deps, world.records)).toEqual([]);
});

import { afterEach, beforeEach, expect, test } from 'vitest';
import { profilePartitions } from '../../../src/adapters/drift-source/profile-partitions.ts';
import { makeProfile } from '../../../src/domain/drift/make-profile.ts';
import type { ReferenceProfile, WindowProfile } from '../../../src/domain/drift/profile.ts';
import { DAY, filesOf, MAY, model, openWorld, reference, rowsSql, type World } from './source-world.ts';

let world: World;
beforeEach(async () => {
  world = await openWorld();
});
afterEach(() => world.close());

const TOGETHER = 'inputs.reconstruction';
const columns = ['distance', 'p'].map((column) => ({ column, mean: 0, deviation: 1 }));
const together: ReferenceProfile = {
  ...reference,
  columns: [
    ...reference.columns,
    {
      ...makeProfile(TOGETHER, [1], { kind: 'numeric', low: 0, width: 0.01 }),
      measure: { of: 'reconstruction', columns, components: [[0.6, 0.8]] },
    },
  ],
};
const window = { from: MAY, to: MAY + DAY };

test('columns together are counted for a monitor that watches them, and only then', async () => {
  await world.parquet('log/a.parquet', rowsSql(10, '2001-05-01 10:00:00'));
  const watched = (multivariate: boolean) => {
    const { monitor, ...rest } = world.watch(filesOf('file:log/*.parquet'));
    return { ...rest, monitor: { ...monitor, multivariate } };
  };
  const isCounted = ({ columns }: WindowProfile) => columns.some(({ column }) => column === TOGETHER);
  const here = async (multivariate: boolean) =>
    isCounted((await world.source.observe(watched(multivariate), window, together, model)).profile);
  const pending = (multivariate: boolean) => world.source.pending(watched(multivariate), window, together);
  const inJob = async (multivariate: boolean) => {
    const about = { ...watched(multivariate), dataRoot: world.places.dataRoot, reference: together, model };
    const partitions = await pending(multivariate);
    const stop = new AbortController().signal;
    return profilePartitions({ ...about, partitions, folder: world.root, stop });
  };
  expect(await here(false)).toBe(false);
  // What is kept without them is not taken for what they are in.
  expect(await pending(false)).toEqual([]);
  expect(await pending(true)).toHaveLength(1);
  expect(await here(true)).toBe(true);
  expect(await here(false)).toBe(false);
  await world.parquet('log/a.parquet', rowsSql(20, '2001-05-01 10:00:00'));
  for (const multivariate of [false, true]) {
    const made = await inJob(multivariate);
    expect(made.flatMap(({ windows }) => windows.map(({ profile }) => isCounted(profile)))).toEqual([multivariate]);
    await world.source.accept(watched(multivariate), window, together, made);
    expect(await pending(multivariate)).toEqual([]);
    expect(await here(multivariate)).toBe(multivariate);
  }
});

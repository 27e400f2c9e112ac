import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { needsJobs, shardPartitions } from '../../../src/domain/drift/shard-partitions.ts';

const MIB = 2 ** 20;
const files = (...sizes: number[]) => sizes.map((bytes, index) => ({ uri: `file:${index}`, bytes }));

it.each([
  ['few small files', files(1, 1, 1), false],
  ['eight files of 256 MiB together', files(...new Array(8).fill(32 * MIB)), false],
  ['nine files', files(...new Array(9).fill(1)), true],
  ['one file of more than 256 MiB', files(256 * MIB + 1), true],
  ['none', [], false],
])('needs jobs for %s: %#', (_what, partitions, wanted) => {
  expect(needsJobs(partitions)).toBe(wanted);
});

describe('shardPartitions', () => {
  it('spreads bytes evenly, in parts that are worth a job', () => {
    const shards = shardPartitions(files(600 * MIB, 300 * MIB, 200 * MIB, 90 * MIB, 80 * MIB, 10 * MIB));
    const sizes = shards.map((shard) => shard.reduce((sum, { bytes }) => sum + bytes, 0) / MIB);
    expect(sizes.sort((a, b) => a - b)).toEqual([90, 90, 200, 300, 600]);
  });

  it('makes one job of eight small files each', () => {
    expect(shardPartitions(files(...new Array(100).fill(1))).map((shard) => shard.length)).toEqual([
      ...new Array(9).fill(8),
      ...new Array(4).fill(7),
    ]);
  });

  it('loses and doubles nothing, makes at most 64 parts and none empty, whatever the order', () => {
    const partitions = fc.uniqueArray(fc.record({ uri: fc.string(), bytes: fc.nat(2 ** 33) }), {
      selector: ({ uri }) => uri,
      minLength: 1,
      maxLength: 300,
    });
    fc.assert(
      fc.property(partitions, (some) => {
        const shards = shardPartitions(some);
        expect(shards.length).toBeLessThanOrEqual(64);
        expect(shards.every((shard) => shard.length > 0)).toBe(true);
        expect(new Set(shards.flat())).toEqual(new Set(some));
        expect(shards.flat()).toHaveLength(some.length);
        expect(shardPartitions([...some].reverse())).toEqual(shards);
      }),
      { numRuns: 50 },
    );
  });
});

/** A file of a monitor's source that is not profiled yet. */
type Partition = { uri: string; bytes: number };

/** Less is read faster than a job has started. */
const FEW_BYTES = 256 * 2 ** 20;
const FEW_FILES = 8;
const MOST_JOBS = 64;

/** Whether it is too much for the machine that does everything else. */
export function needsJobs(partitions: readonly Partition[]): boolean {
  return partitions.length > FEW_FILES || bytesOf(partitions) > FEW_BYTES;
}

/**
 * As many parts as jobs are worth it, at most 64, with about the same bytes each: the largest file goes where least is
 * (LPT, Graham 1969). The same partitions make the same parts, in whatever order they come.
 */
export function shardPartitions<P extends Partition>(partitions: readonly P[]): P[][] {
  const worth = Math.max(Math.ceil(bytesOf(partitions) / FEW_BYTES), Math.ceil(partitions.length / FEW_FILES));
  const count = Math.min(MOST_JOBS, partitions.length, worth);
  const shards = Array.from({ length: count }, () => ({ bytes: 0, partitions: [] as P[] }));
  for (const partition of [...partitions].sort((a, b) => b.bytes - a.bytes || byUri(a, b))) {
    const least = shards.reduce((best, one) => (weight(one) < weight(best) ? one : best));
    least.partitions.push(partition);
    least.bytes += partition.bytes;
  }
  return shards.map((shard) => shard.partitions.sort(byUri));
}

/** Opening a file costs about as much as reading so many bytes of one that is open. */
const OPENING_BYTES = 2 ** 20;

const weight = ({ bytes, partitions }: { bytes: number; partitions: unknown[] }): number =>
  bytes + partitions.length * OPENING_BYTES;

const bytesOf = (partitions: readonly Partition[]): number => partitions.reduce((sum, { bytes }) => sum + bytes, 0);

const byUri = (a: Partition, b: Partition): number => (a.uri < b.uri ? -1 : a.uri > b.uri ? 1 : 0);

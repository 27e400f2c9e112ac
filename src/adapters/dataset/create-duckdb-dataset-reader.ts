import { AppError } from '../../domain/errors.ts';
import type { Dataset } from '../../domain/spec/valid.ts';
import type { DatasetReader } from '../../ports/dataset.ts';
import { DEFAULT_LIMITS, type SessionLimits } from './duckdb-session.ts';
import type { DigestMemory } from './file-digest.ts';
import { inspect, type PreviousDataset } from './inspect.ts';
import { locateSource, type Places } from './locate-source.ts';
import { materialise } from './materialise.ts';
import { matches, scan } from './scan.ts';
import { sourceDigest } from './source-digest.ts';

/** Datasets in files below `dataRoot` (`file:`) or in a checkout, read by DuckDB within this process. */
export function createDuckdbDatasetReader(places: Places & { limits?: SessionLimits }): DatasetReader {
  const limits = places.limits ?? DEFAULT_LIMITS;
  const memory: DigestMemory = new Map();
  const verified = async (dataset: Dataset) => {
    const file = await locateSource(dataset, places);
    if (dataset.source.sha256 !== undefined) await sourceDigest(dataset, file, memory);
    return file;
  };
  /** Whoever pins newer data often removes the older, or has put them in its place. */
  const before = async (dataset: Dataset): Promise<PreviousDataset> => {
    try {
      return { dataset, file: await verified(dataset) };
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      return { dataset, gone: error.message };
    }
  };
  return {
    digest: async (dataset) => sourceDigest(dataset, await locateSource(dataset, places), memory),
    materialise: async (dataset, split, target, apartFrom) =>
      materialise(dataset, split, await verified(dataset), target, limits, apartFrom),
    scan: (file, columns, batchRows, set = {}) => scan(file, columns, batchRows, set, limits),
    matches: (file, where) => matches(file, where, limits),
    inspect: async (dataset, previous) =>
      inspect(
        { dataset, file: await verified(dataset) },
        previous === undefined ? undefined : await before(previous),
        limits,
      ),
  };
}

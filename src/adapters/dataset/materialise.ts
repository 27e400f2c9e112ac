import { rename, rm } from 'node:fs/promises';
import { AppError } from '../../domain/errors.ts';
import type { Dataset } from '../../domain/spec/valid.ts';
import { datasetQuery } from './dataset-query.ts';
import { type SessionLimits, withSession } from './duckdb-session.ts';
import { quoteName, quoteText } from './sql-text.ts';

/** Writes one split of `file` as Parquet: exactly the declared columns, rows in the order of the source. */
export async function materialise(
  dataset: Dataset,
  split: string,
  file: string,
  target: string,
  limits: SessionLimits,
  apartFrom = split === 'train' ? 'holdout' : 'train',
): Promise<{ rows: number }> {
  const part = `${target}.part`;
  try {
    const rows = await withSession([file, part], limits, async (session) => {
      const query = await datasetQuery(session, dataset, file, { lenient: false });
      const condition = query.splits.get(split);
      if (condition === undefined) {
        throw new AppError('config/invalid-input', `dataset ${dataset.name} has no split ${split}`);
      }
      const columns = dataset.columns.map((column) => quoteName(column.name)).join(', ');
      // What trains or tunes must not judge.
      const shared = await session.query(
        `SELECT count(*) FILTER (WHERE ${condition} AND ${query.splits.get(apartFrom)}) AS shared FROM (${query.rows}) AS rows`,
        `comparing the splits of dataset ${dataset.name}`,
      );
      if (Number(shared[0]?.shared) > 0) {
        throw new AppError(
          'config/data-invalid',
          `dataset ${dataset.name}: ${Number(shared[0]?.shared)} rows are in both ${split} and ${apartFrom}`,
        );
      }
      const written = await session.query(
        `COPY (SELECT ${columns} FROM (${query.rows}) AS rows WHERE ${condition}) TO ${quoteText(part)} (FORMAT parquet${rowGroups(dataset)})`,
        `reading split ${split} of dataset ${dataset.name}`,
      );
      return Number(written[0]?.Count);
    });
    await rename(part, target);
    return { rows };
  } finally {
    await rm(part, { force: true });
  }
}

/** Numbers of a row group, which are in memory at once: 64 MiB as doubles. */
const GROUP_NUMBERS = 2 ** 23;

/** DuckDB's own 122,880 rows would be gigabytes where each holds a picture. */
function rowGroups(dataset: Dataset): string {
  const sizes = dataset.columns.flatMap(({ shape }) =>
    shape ? [shape.reduce((product, size) => product * size, 1)] : [],
  );
  if (sizes.length === 0) return '';
  const rows = Math.floor(GROUP_NUMBERS / sizes.reduce((sum, size) => sum + size, 0));
  return `, ROW_GROUP_SIZE ${Math.max(1, Math.min(122_880, rows))}`;
}

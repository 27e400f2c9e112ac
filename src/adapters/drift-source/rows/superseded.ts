import { identifier, type Session } from '../session.ts';
import { errorSql } from './error-sql.ts';
import type { RowNames } from './locate-rows.ts';
import type { RowMapping } from './source-rows.ts';

/** Up to so many rows every id is compared with every other. */
const EXACT_ROWS = 1_000_000;
/** Of more rows, one id in so many: where those show no duplicate, there are next to none. */
const SAMPLED = 64;

export type Superseded = {
  some: boolean;
  /** WHERE clause that leaves them out of the located source; '' when there are none. */
  where: string;
  /** `time`: SQL of a row's event time. */
  byWindow(windowMs: number, time: string): Promise<Map<number, number>>;
};

export const NONE: Superseded = { some: false, where: '', byWindow: async () => new Map() };

/**
 * Finds rows whose id comes again in the same file: the one that was received last counts, else the last one. A request
 * that failed and one that was answered are two. `located`: with the columns of `names`.
 */
export async function findSuperseded(
  session: Session,
  located: string,
  names: RowNames,
  mapping: RowMapping,
  types: Map<string, string>,
  severalFiles: boolean,
): Promise<Superseded> {
  if (mapping.id === undefined || !types.has(mapping.id)) return NONE;
  const id = identifier(mapping.id);
  const [file, number] = [identifier(names.file), identifier(names.row)];
  const answered =
    mapping.error !== undefined && types.has(mapping.error) ? `${errorSql(identifier(mapping.error))} IS NULL` : 'true';
  const key = `${severalFiles ? `${file}, ` : ''}${id}, ${answered}`;
  const [{ n } = { n: 0 }] = await session.query(`SELECT count(*) AS n FROM (${located})`);
  const sample = Number(n) > EXACT_ROWS ? `AND hash(${id}) % ${SAMPLED} = 0` : '';
  const [{ doubled } = { doubled: 0 }] = await session.query(
    `SELECT count(*) - count(DISTINCT hash(${key})) AS doubled FROM (${located}) WHERE ${id} IS NOT NULL ${sample}`,
  );
  if (Number(doubled) === 0) return NONE;
  const received =
    mapping.received !== undefined && types.has(mapping.received) ? identifier(mapping.received) : 'NULL';
  await session.connection.run(
    `CREATE OR REPLACE TEMP TABLE superseded AS
     SELECT f, r FROM (
       SELECT ${file} AS f, ${number} AS r, row_number() OVER (
         PARTITION BY ${key} ORDER BY ${received} DESC NULLS LAST, ${file} DESC, ${number} DESC) AS place
       FROM (${located}) WHERE ${id} IS NOT NULL
     ) WHERE place > 1`,
  );
  const among = `(${file}, ${number}) IN (SELECT f, r FROM superseded)`;
  return {
    some: true,
    where: `WHERE NOT ${among}`,
    async byWindow(windowMs, time) {
      const rows = await session.query(
        `SELECT epoch_ms(moment) // ${Math.trunc(windowMs)} AS w, count(*) AS n
         FROM (SELECT ${time} AS moment FROM (${located}) WHERE ${among}) WHERE moment IS NOT NULL GROUP BY w`,
      );
      return new Map(rows.map((row) => [Number(row.w) * windowMs, Number(row.n)]));
    },
  };
}

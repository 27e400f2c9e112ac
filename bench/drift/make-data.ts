/** Rows of a production log as they are: measurements of full precision, rounded amounts, counts, and categories. */
import { DuckDBInstance } from '@duckdb/node-api';

export const NUMBERS = Array.from({ length: 20 }, (_, k) => `n${k}`);
export const TEXTS = Array.from({ length: 5 }, (_, k) => `t${k}`);
const CATEGORIES = [5, 20, 50, 200, 800];

export async function makeData(
  file: string,
  rows: number,
  compression: 'zstd' | 'snappy',
  seed: number,
): Promise<void> {
  const instance = await DuckDBInstance.create(':memory:', { threads: '2', memory_limit: '1GB' });
  const connection = await instance.connect();
  // Of the row and the column, so that the data are the same each time: Box–Muller of two uniform numbers.
  const uniform = (k: number) =>
    `((CAST(hash(i + ${seed * 1e9} + ${k * 7_919}) >> 11 AS DOUBLE) + 0.5::DOUBLE) / 9007199254740992::DOUBLE)`;
  const normal = (k: number) => `sqrt(-2 * ln(${uniform(k)})) * cos(2 * pi() * ${uniform(k + 100)})`;
  const numbers = NUMBERS.map((name, k) => {
    if (k < 8) return `${normal(k)} * ${k + 1} + ${k} AS ${name}`;
    if (k < 12) return `round(exp(${normal(k)}) * 20, 2) AS ${name}`;
    if (k < 16) return `round(${normal(k)} * ${k} + ${k}, 3) AS ${name}`;
    return `floor(-ln(${uniform(k)}) * ${k * 5}) AS ${name}`;
  });
  const texts = TEXTS.map(
    (name, k) =>
      `'category ' || CAST(floor(${CATEGORIES[k]} * ${uniform(k + 50)} * ${uniform(k + 60)}) AS INTEGER) AS ${name}`,
  );
  const all = [...numbers, ...texts].join(', ');
  await connection.run(
    `COPY (SELECT ${all} FROM range(${rows}) t(i)) TO '${file}' (FORMAT parquet, COMPRESSION ${compression})`,
  );
  connection.closeSync();
  instance.closeSync();
}

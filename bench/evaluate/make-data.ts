/** A holdout for the benchmark: 19 numbers and a category, and whether something came that depends on them. */
import { DuckDBInstance } from '@duckdb/node-api';

export const NUMBERS = Array.from({ length: 19 }, (_, index) => `n${index}`);
export const SEGMENTS = 50;

/** Writes `rows` rows as Parquet; the same rows every time, each depending on its number alone. */
export async function makeData(file: string, rows: number): Promise<void> {
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  // float32 values kept as doubles: what the model sees is then what everybody else computes with
  const uniform = (salt: number) => `(hash(i * 128 + ${salt}) / 18446744073709551616.0)`;
  const numbers = NUMBERS.map((name, index) => `CAST(CAST(${uniform(index)} * 2 - 1 AS FLOAT) AS DOUBLE) AS ${name}`);
  const signal = '1.5 * n0 - n1 * n2 + 0.8 * sin(3 * n3) + (n4 > 0.3)::INT - n5 * n5 + 0.3 * n6 - 0.4';
  await connection.run(`
    COPY (
      SELECT *, 1 / (1 + exp(-(${signal}))) > noise AS came FROM (
        SELECT ${numbers.join(', ')},
          's' || CAST(floor(${uniform(98)} * ${SEGMENTS}) AS INT) AS segment,
          ${uniform(99)} AS noise
        FROM range(${rows}) AS source(i)
      )
    ) TO '${file}' (FORMAT parquet, COMPRESSION zstd)`);
  connection.closeSync();
  instance.closeSync();
}

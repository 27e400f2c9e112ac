/**
 * The warehouse that the demo's dataset points to: the flights of `vega-datasets`, as they are, but for one injected
 * fault: from one day on the distance arrives in kilometres.
 */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { DuckDBInstance } from '@duckdb/node-api';

export const FAULT_DAY = '2001-02-04';
export const KILOMETRES_PER_MILE = 1.609344;

export type Warehouse = { root: string; file: string; sha256: string; rows: number };

export async function prepareWarehouse(root: string): Promise<Warehouse> {
  const folder = path.join(root, 'flights');
  await mkdir(folder, { recursive: true });
  const file = path.join(folder, 'flights.parquet');
  // The package exports its code only; the data lie beside it.
  const entry = createRequire(import.meta.url).resolve('vega-datasets');
  const source = path.join(path.dirname(entry), '..', 'data', 'flights-3m.parquet');
  const instance = await DuckDBInstance.create(':memory:', { threads: '2' });
  const connection = await instance.connect();
  try {
    await connection.run(
      `COPY (
         SELECT * REPLACE (CASE WHEN date >= TIMESTAMP '${FAULT_DAY}' THEN round(distance * ${KILOMETRES_PER_MILE})::INTEGER ELSE distance END AS distance)
         FROM read_parquet('${source.replaceAll("'", "''")}')
       ) TO '${file.replaceAll("'", "''")}' (FORMAT parquet, COMPRESSION zstd)`,
    );
    const counted = await connection.runAndReadAll(
      `SELECT count(*)::DOUBLE FROM read_parquet('${file.replaceAll("'", "''")}')`,
    );
    return { root, file, sha256: await sha256Of(file), rows: Number(counted.getRows()[0]![0]) };
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

async function sha256Of(file: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash);
  return hash.digest('hex');
}

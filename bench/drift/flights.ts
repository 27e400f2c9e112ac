/** Three million flights of the first half of 2001, as vega-datasets has them. */
import { stat } from 'node:fs/promises';
import path from 'node:path';
import { describeColumns } from '../../src/adapters/drift-source/count-columns.ts';
import { quote, withSession } from '../../src/adapters/drift-source/session.ts';

const FILE = path.join(import.meta.dirname, '../../node_modules/vega-datasets/data/flights-3m.parquet');

export async function flightsFile(): Promise<string | undefined> {
  return stat(FILE).then(
    () => FILE,
    () => undefined,
  );
}

/** Writes those of January; SQL of a flight's time in epoch ms. */
export async function januaryFlights(file: string, target: string): Promise<string> {
  return withSession(async (session) => {
    const types = await describeColumns(session, `read_parquet(${quote(file)})`);
    const time = [...types].find(([, type]) => /^TIMESTAMP/.test(type))?.[0];
    const where = time === undefined ? '' : `WHERE month("${time}") = 1`;
    await session.connection.run(
      `COPY (SELECT * FROM read_parquet(${quote(file)}) ${where}) TO ${quote(target)} (FORMAT parquet)`,
    );
    return time === undefined ? '0' : `epoch_ms("${time}")`;
  });
}

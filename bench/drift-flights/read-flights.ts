/** The three million flights that `vega-datasets` holds: January to June 2001, by departure. */
import { createRequire } from 'node:module';
import path from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';

export type Flights = {
  rows: number;
  /** Epoch ms of the departure, ascending; the clock of the place, taken for UTC. */
  at: Float64Array;
  /** Minutes. */
  delay: Float64Array;
  /** Miles. */
  distance: Float64Array;
  /** Numbers of airports. */
  origin: Uint16Array;
  destination: Uint16Array;
  airports: string[];
};

export async function readFlights(): Promise<Flights> {
  // The package exports its code only; the data lie beside it.
  const entry = createRequire(import.meta.url).resolve('vega-datasets');
  const file = path.join(path.dirname(entry), '..', 'data', 'flights-3m.parquet').replaceAll("'", "''");
  const instance = await DuckDBInstance.create(':memory:', { threads: '2' });
  const connection = await instance.connect();
  try {
    const counted = await connection.runAndReadAll(`SELECT count(*)::DOUBLE FROM read_parquet('${file}')`);
    const rows = Number(counted.getRows()[0]![0]);
    const flights = empty(rows);
    const places = new Map<string, number>();
    const airport = (code: unknown) => {
      const known = places.get(code as string) ?? places.size;
      places.set(code as string, known);
      return known;
    };
    const streamed = await connection.stream(
      `SELECT epoch_ms(date)::DOUBLE, delay::DOUBLE, distance::DOUBLE, origin, destination FROM read_parquet('${file}') ORDER BY date`,
    );
    let row = 0;
    for (
      let chunk = await streamed.fetchChunk();
      chunk !== null && chunk.rowCount > 0;
      chunk = await streamed.fetchChunk()
    ) {
      const [at, delay, distance, origin, destination] = [0, 1, 2, 3, 4].map((column) =>
        chunk!.getColumnValues(column),
      );
      for (let i = 0; i < chunk.rowCount; i += 1, row += 1) {
        flights.at[row] = at![i] as number;
        flights.delay[row] = delay![i] as number;
        flights.distance[row] = distance![i] as number;
        flights.origin[row] = airport(origin![i]);
        flights.destination[row] = airport(destination![i]);
      }
    }
    return { ...flights, airports: [...places.keys()] };
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

function empty(rows: number): Omit<Flights, 'airports'> {
  return {
    rows,
    at: new Float64Array(rows),
    delay: new Float64Array(rows),
    distance: new Float64Array(rows),
    origin: new Uint16Array(rows),
    destination: new Uint16Array(rows),
  };
}

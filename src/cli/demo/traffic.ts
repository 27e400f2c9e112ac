/** Production: flights of a day sent through the inference server; the truth follows when they have landed. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { NAME, OWNER } from './world.ts';

export type Flight = {
  id: string;
  at: string;
  hour: number;
  weekday: number;
  distance: number;
  origin: string;
  destination: string;
  late: boolean;
};

export type Traffic = {
  flightsOf(day: string, rows: number): Promise<Flight[]>;
  close(): void;
};

/** `file` is the warehouse; flights are sampled by a hash of the row, so that every run sends the same ones. */
export async function openTraffic(file: string): Promise<Traffic> {
  const instance = await DuckDBInstance.create(':memory:', { threads: '2' });
  const connection = await instance.connect();
  return {
    flightsOf: async (day, rows) => {
      const answer = await connection.runAndReadAll(
        `SELECT strftime(date, '%Y-%m-%dT%H:%M:%SZ') AS at, hour(date)::INTEGER AS hour, isodow(date)::INTEGER AS weekday,
                distance::INTEGER AS distance, origin, destination, delay > 15 AS late
         FROM read_parquet($file)
         WHERE date >= $day::TIMESTAMP AND date < $day::TIMESTAMP + INTERVAL 1 DAY
         ORDER BY hash(date, origin, destination, distance, delay), date, origin, destination LIMIT ${Math.trunc(rows)}`,
        { file, day },
      );
      return answer.getRowObjectsJS().map((row, index) => ({ id: `${day}-${index}`, ...row })) as Flight[];
    },
    close: () => {
      connection.closeSync();
      instance.closeSync();
    },
  };
}

const INPUTS = [
  { name: 'hour', datatype: 'INT64' },
  { name: 'weekday', datatype: 'INT64' },
  { name: 'distance', datatype: 'FP32' },
  { name: 'origin', datatype: 'BYTES' },
  { name: 'destination', datatype: 'BYTES' },
] as const;

export type Answer = { version: string; probabilities: number[] };

/** One Open Inference Protocol request with the inputs that the live model takes. */
export async function infer(url: string, model: string, flights: Flight[]): Promise<Answer> {
  const wanted = await inputsOf(url, model);
  const response = await fetch(`${url}/v2/models/${model}/infer`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      id: flights[0]?.id,
      parameters: { ids: flights.map((flight) => flight.id), timestamps: flights.map((flight) => flight.at) },
      inputs: INPUTS.filter((input) => wanted.has(input.name)).map((input) => ({
        ...input,
        shape: [flights.length, 1],
        data: flights.map((flight) => flight[input.name]),
      })),
    }),
  });
  if (!response.ok) throw new Error(`inference answered ${response.status}: ${await response.text()}`);
  const answer = (await response.json()) as { model_version: string; outputs: { data: number[] }[] };
  return { version: answer.model_version, probabilities: answer.outputs[0]?.data ?? [] };
}

async function inputsOf(url: string, model: string): Promise<Set<string>> {
  const response = await fetch(`${url}/v2/models/${model}`);
  if (!response.ok) throw new Error(`the inference server answered ${response.status} for ${model}`);
  const metadata = (await response.json()) as { inputs: { name: string }[] };
  return new Set(metadata.inputs.map((input) => input.name));
}

/** The inference server's own token: whoever may read its folder may tell it the truth. */
export async function controlToken(folder: string): Promise<string> {
  const about = path.join(folder, 'server', 'serving', OWNER, NAME, 'flight-delay-production', 'process.json');
  return (JSON.parse(await readFile(about, 'utf8')) as { token: string }).token;
}

/** Who landed late is known afterwards. */
export async function sendLabels(url: string, token: string, flights: Flight[]): Promise<void> {
  const response = await fetch(`${url}/labels`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    body: JSON.stringify({
      labels: flights.map((flight) => ({ id: flight.id, label: flight.late ? 1 : 0, at: flight.at })),
    }),
  });
  if (!response.ok) throw new Error(`the labels were answered with ${response.status}: ${await response.text()}`);
}

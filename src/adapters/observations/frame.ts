/**
 * A batch as it lies in a segment: a line that says how long it is, then its rows as JSON lines. The rows have the names
 * of the inference log, so that they need not be taken apart to become Parquet.
 */
import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import type { ObservationBatch } from '../../domain/monitor/observation-batch.ts';

export type FrameHead = {
  kind: 'batch';
  id: string;
  /** Of the content, whenever it came and however it was written; names in the order in which they were sent. */
  digest: string;
  /** Of the rows below. */
  bytes: number;
  crc: number;
};

/** What is in rows, as far as files made of them need to know. */
export type RowFacts = {
  predictions: number;
  labels: number;
  /** SQL type by input; '' for one with nothing but nulls. */
  inputs: Map<string, string>;
  /** YYYY-MM-DD */
  days: Set<string>;
};

export type Frame = { id: string; digest: string; buffer: Buffer; facts: RowFacts };

const DAY_MS = 86_400_000;

/** Thirteen digits of epoch ms; it stands at the same place of each row. */
const RECEIVED = '{"received_at":';
const SOMETIME = '0000000000000';

export function encodeFrame(batch: ObservationBatch, receivedAt: number): Frame {
  const types = inputTypes(batch);
  const days = new Set<number>();
  let text = '';
  for (const { id, at, prediction, version, confidence, error, latencyMs, inputs } of batch.observations) {
    days.add(Math.floor(at / DAY_MS));
    const row = { id, at, prediction, version, confidence, error, latency_ms: latencyMs, inputs };
    text += `${RECEIVED}${SOMETIME},"kind":"predictions",${JSON.stringify(row).slice(1)}\n`;
  }
  for (const row of batch.labels) {
    text += `${RECEIVED}${SOMETIME},"kind":"labels",${JSON.stringify(row).slice(1)}\n`;
  }
  const rows = Buffer.from(text);
  const digest = createHash('sha256').update(rows).digest('hex');
  stamp(rows, receivedAt);
  const head: FrameHead = { kind: 'batch', id: batch.id, digest, bytes: rows.length, crc: crc32(rows) };
  return {
    id: batch.id,
    digest,
    buffer: Buffer.concat([Buffer.from(`${JSON.stringify(head)}\n`), rows]),
    facts: {
      predictions: batch.observations.length,
      labels: batch.labels.length,
      inputs: types,
      days: new Set(Array.from(days, (day) => dayOf(day * DAY_MS))),
    },
  };
}

/** Writes the time into every row: the digest is of what was sent, whenever it came. */
function stamp(rows: Buffer, receivedAt: number): void {
  const time = String(Math.trunc(receivedAt)).padStart(SOMETIME.length, ' ');
  for (let row = 0; row < rows.length; row = rows.indexOf(10, row) + 1)
    rows.write(time, row + RECEIVED.length, 'latin1');
}

function inputTypes(batch: ObservationBatch): Map<string, string> {
  const types = new Map<string, string>();
  for (const { inputs } of batch.observations) {
    for (const name of Object.keys(inputs)) {
      const before = types.get(name);
      const type = joinTypes(before, sqlType(inputs[name]));
      if (type !== before) types.set(name, type);
    }
  }
  return types;
}

export function sqlType(value: unknown): string {
  switch (typeof value) {
    case 'number':
      return 'DOUBLE';
    case 'boolean':
      return 'BOOLEAN';
    case 'string':
      return 'VARCHAR';
    default:
      return '';
  }
}

/** A column with values of several kinds is text. */
export function joinTypes(one: string | undefined, other: string): string {
  if (one === undefined || one === '' || one === other) return other || one || '';
  return other === '' ? one : 'VARCHAR';
}

/** YYYY-MM-DD in UTC. */
export const dayOf = (at: number): string => new Date(at).toISOString().slice(0, 10);

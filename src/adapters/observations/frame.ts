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
  /** Of the content, whenever it came and whatever the order of names in it. */
  digest: string;
  /** Of the rows below. */
  bytes: number;
  crc: number;
};

/** What is in rows, as far as files made of them need to know. */
export type RowFacts = {
  predictions: number;
  labels: number;
  /** SQL type by column; '' for one with nothing but nulls. */
  inputs: Map<string, string>;
  /** YYYY-MM-DD */
  days: Set<string>;
};

export type Frame = { id: string; digest: string; buffer: Buffer; facts: RowFacts };

const DAY_MS = 86_400_000;

export function encodeFrame(batch: ObservationBatch, deployment: string, receivedAt: number): Frame {
  const inputs = inputTypes(batch);
  const keys = [...inputs.keys()].sort().map((name) => [name, `,${JSON.stringify(name)}:`] as const);
  const columns = keys.map(([name, key]) => [name.slice('in_'.length), key] as const);
  const days = new Set<number>();
  let content = '';
  for (const { id, at, version, prediction, confidence, error, latencyMs, inputs: values } of batch.observations) {
    days.add(Math.floor(at / DAY_MS));
    content += `\n{"kind":"predictions","id":${JSON.stringify(id)},"at":${at},"prediction":${prediction}`;
    if (version !== undefined) content += `,"version":${JSON.stringify(version)}`;
    if (confidence !== undefined) content += `,"confidence":${confidence}`;
    if (error !== undefined) content += `,"error":${JSON.stringify(error)}`;
    if (latencyMs !== undefined) content += `,"latency_ms":${latencyMs}`;
    for (const [name, key] of columns) {
      const value = values[name];
      if (typeof value === 'string') content += key + JSON.stringify(value);
      // what is no value of the row is inherited by every object
      else if (typeof value === 'number' || typeof value === 'boolean' || value === null) content += key + value;
    }
    content += '}';
  }
  for (const { id, label, at } of batch.labels) {
    content += `\n{"kind":"labels","id":${JSON.stringify(id)},"label":${JSON.stringify(label)}`;
    content += at === undefined ? '}' : `,"at":${at}}`;
  }
  const digest = createHash('sha256').update(content).digest('hex');
  // A line break in a value is written as \n, so each of these begins a row.
  const marks = `\n{"received_at":${receivedAt},"deployment":${JSON.stringify(deployment)},`;
  const rows = `${content.replaceAll('\n{', marks).slice(1)}\n`;
  return {
    id: batch.id,
    digest,
    buffer: frameOf({ id: batch.id, digest }, rows),
    facts: {
      predictions: batch.observations.length,
      labels: batch.labels.length,
      inputs,
      days: new Set(Array.from(days, (day) => dayOf(day * DAY_MS))),
    },
  };
}

function frameOf(named: Pick<FrameHead, 'id' | 'digest'>, rows: string): Buffer {
  const body = Buffer.from(rows);
  const head: FrameHead = { kind: 'batch', ...named, bytes: body.length, crc: crc32(body) };
  return Buffer.concat([Buffer.from(`${JSON.stringify(head)}\n`), body]);
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
  return new Map(Array.from(types, ([name, type]) => [`in_${name}`, type]));
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

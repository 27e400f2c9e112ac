import { cp, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openInferenceLog, openLabelLog } from '../../../src/adapters/inference-log/inference-log.ts';
import type { LoggedPrediction } from '../../../src/ports/inference-log.ts';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'sluice-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const DAY = 86_400_000;
const MAY = Date.UTC(2001, 4, 1);

function prediction(
  id: string,
  at = MAY,
  inputs: LoggedPrediction['inputs'] = { hour: 7, origin: 'ATL' },
): LoggedPrediction {
  return {
    id,
    at,
    receivedAt: MAY + 5,
    deployment: 'production',
    version: 'v1.0.0',
    inputs,
    prediction: 0.25,
    latencyMs: 1.5,
  };
}

async function query(sql: string): Promise<Record<string, unknown>[]> {
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  const result = await connection.runAndReadAll(sql.replaceAll('$F', folder));
  connection.closeSync();
  instance.closeSync();
  return result.getRowObjectsJson() as Record<string, unknown>[];
}

const ids = async () =>
  (await query(`FROM read_parquet('$F/log/*/part-*.parquet') SELECT id ORDER BY id`)).map((row) => row.id);

describe('the prediction log', () => {
  it('becomes Parquet by day of the event, one column an input', async () => {
    const log = await openInferenceLog(folder);
    await log.append([prediction('a'), prediction('b', MAY + DAY - 1), prediction('c', MAY + DAY)]);
    await log.close();
    expect((await readdir(path.join(folder, 'log'))).sort()).toEqual(['dt=2001-05-01', 'dt=2001-05-02']);
    expect(await query(`SELECT * EXCLUDE (dt) FROM read_parquet('$F/log/*/*.parquet') ORDER BY id LIMIT 1`)).toEqual([
      {
        id: 'a',
        at: '2001-05-01 00:00:00',
        received_at: '2001-05-01 00:00:00.005',
        deployment: 'production',
        version: 'v1.0.0',
        prediction: 0.25,
        confidence: null,
        error: null,
        latency_ms: 1.5,
        in_hour: 7,
        in_origin: 'ATL',
      },
    ]);
    expect(await readdir(path.join(folder, 'segments/predictions'))).toEqual([]);
  });

  it('keeps how sure an answer was, and rows without one', async () => {
    const log = await openInferenceLog(folder);
    await log.append([
      { ...prediction('a'), confidence: 0.75 },
      { ...prediction('b'), prediction: null, error: 'config/invalid-input', inputs: {} },
    ]);
    await log.close();
    expect(
      await query(`SELECT id, prediction, confidence, error FROM read_parquet('$F/log/*/*.parquet') ORDER BY id`),
    ).toEqual([
      { id: 'a', prediction: 0.25, confidence: 0.75, error: null },
      { id: 'b', prediction: null, confidence: null, error: 'config/invalid-input' },
    ]);
  });

  it('is as private as the segments are', async () => {
    const log = await openInferenceLog(folder);
    await log.append([prediction('a')]);
    await log.close();
    const day = path.join(folder, 'log/dt=2001-05-01');
    const [file] = await readdir(day);
    expect((await stat(path.join(day, file!))).mode & 0o777).toBe(0o600);
  });

  it('types inputs by what they are: text that looks like a number or a date stays text', async () => {
    const log = await openInferenceLog(folder);
    await log.append([
      prediction('a', MAY, { code: '007', day: '2001-05-01', 'o\'dd "name"': 1, flag: true, gone: null }),
    ]);
    await log.append([prediction('b', MAY, { code: '8', day: null, mixed: 1 }), prediction('c', MAY, { mixed: 'x' })]);
    await log.close();
    const types = await query(
      `SELECT column_name AS c, column_type AS t FROM (DESCRIBE FROM read_parquet('$F/log/*/*.parquet')) WHERE c LIKE 'in_%'`,
    );
    expect(Object.fromEntries(types.map(({ c, t }) => [c, t]))).toEqual({
      in_code: 'VARCHAR',
      in_day: 'VARCHAR',
      'in_o\'dd "name"': 'DOUBLE',
      in_flag: 'BOOLEAN',
      in_gone: 'BOOLEAN',
      in_mixed: 'VARCHAR',
    });
    expect(await query(`SELECT in_code FROM read_parquet('$F/log/*/*.parquet') ORDER BY id LIMIT 1`)).toEqual([
      { in_code: '007' },
    ]);
  });

  it('keeps every row of many appends at once, and of appends during a flush', async () => {
    const log = await openInferenceLog(folder, { maxRows: 40 });
    const work: Promise<void>[] = [];
    for (let i = 0; i < 300; i++) {
      work.push(log.append([prediction(`r${String(i).padStart(3, '0')}`)]));
      if (i % 50 === 0) {
        work.push(log.flush());
        await work.at(-2);
      }
    }
    await Promise.all(work);
    await log.close();
    expect(await ids()).toEqual(Array.from({ length: 300 }, (_, i) => `r${String(i).padStart(3, '0')}`));
  });

  it('finishes a segment by itself after its age', async () => {
    const log = await openInferenceLog(folder, { maxAgeMs: 50 });
    await log.append([prediction('a')]);
    await expect
      .poll(() => readdir(path.join(folder, 'log')).catch(() => []), { timeout: 5000 })
      .toEqual(['dt=2001-05-01']);
    await log.close();
  });
});

describe('after a crash', () => {
  it('compacts what was left, without the line that was half written', async () => {
    const segments = path.join(folder, 'segments/predictions');
    const log = await openInferenceLog(folder);
    await log.append([prediction('a'), prediction('b')]);
    const [file] = await readdir(segments);
    const killed = await mkdtemp(path.join(os.tmpdir(), 'sluice-'));
    await cp(segments, path.join(killed, 'segments/predictions'), { recursive: true });
    await log.close();
    await writeFile(path.join(killed, 'segments/predictions', file!), '{"id":"torn","at":98', { flag: 'a' });
    await rm(folder, { recursive: true });
    folder = killed;
    await (await openInferenceLog(folder)).close();
    expect(await ids()).toEqual(['a', 'b']);
  });

  it('does not double rows when it died between the Parquet file and the removal of the segment', async () => {
    const segments = path.join(folder, 'segments/predictions');
    const log = await openInferenceLog(folder);
    await log.append([prediction('a'), prediction('b', MAY + DAY)]);
    const copy = path.join(folder, 'copy');
    await cp(segments, copy, { recursive: true });
    await log.close();
    await cp(copy, segments, { recursive: true });
    await rm(copy, { recursive: true });
    await (await openInferenceLog(folder)).close();
    expect(await ids()).toEqual(['a', 'b']);
  });
});

it('keeps labels as text, with the moment they became known', async () => {
  const labels = await openLabelLog(folder);
  await labels.append([
    { id: 'a', label: true, at: MAY, receivedAt: MAY },
    { id: 'b', label: 'JFK', at: MAY, receivedAt: MAY },
    { id: 'c', label: 12.5, at: MAY, receivedAt: MAY },
  ]);
  await labels.close();
  expect(await query(`SELECT id, label FROM read_parquet('$F/labels/*.parquet') ORDER BY id`)).toEqual([
    { id: 'a', label: 'true' },
    { id: 'b', label: 'JFK' },
    { id: 'c', label: '12.5' },
  ]);
});

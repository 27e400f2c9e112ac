import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { tableFromArrays, tableToIPC } from 'apache-arrow';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { profilePair } from '../../../src/adapters/drift-source/profile-pair.ts';

let folder: string;
const file = (name: string) => path.join(folder, name);

beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'sluice-'));
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  const rows = `SELECT (i * 7919 % 1009) / 10 AS x, (i * 7919 % 1009) * 2 + i % 7 AS y, sin(i) AS z, ['ATL', 'SFO'][1 + i % 2] AS origin,
    'row ' || i || ' of many others' AS note, make_timestamp(i * 1000000) AS seen, [sin(i), 2 * sin(i)] AS vector, {'a': i} AS nested
    FROM range(3000) t(i)`;
  await connection.run(`COPY (${rows}) TO '${file('all.parquet')}'`);
  await connection.run(`COPY (SELECT x, origin, seen FROM (${rows})) TO '${file('some.csv')}'`);
  await connection.run(`COPY (SELECT x, origin, seen FROM (${rows})) TO '${file('some.jsonl')}' (FORMAT json)`);
  const result = await connection.runAndReadAll(`SELECT x, origin FROM (${rows})`);
  const [x, origin] = result.getColumnsJS() as [number[], string[]];
  await writeFile(file('some.arrow'), tableToIPC(tableFromArrays({ x: Float64Array.from(x), origin }), 'file'));
  connection.closeSync();
  instance.closeSync();
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('two files', () => {
  it.each(['some.csv', 'some.jsonl', 'some.arrow'])('are profiled on one grid, whatever they are: %s', async (name) => {
    const { reference, current } = await profilePair(file('all.parquet'), file(name));
    const [x, origin] = ['x', 'origin'].map((column) => reference.columns.find((one) => one.column === column)!);
    expect(current.columns.map(({ column }) => column)).toEqual(expect.arrayContaining(['origin', 'x']));
    for (const { measure, ...wanted } of [x!, origin!]) {
      expect(current.columns.find(({ column }) => column === wanted.column)).toEqual(wanted);
    }
    expect(current).toMatchObject({ version: 1, rows: 3000, errors: 0, groups: [] });
  });

  it('are watched as a reference is: prose by its words, vectors by their directions, numbers together', async () => {
    const { reference, current, leftOut } = await profilePair(file('all.parquet'), file('all.parquet'));
    expect(reference.columns.map(({ column, measure }) => [column, measure.of])).toEqual([
      ['x', 'value'],
      ['y', 'value'],
      ['z', 'value'],
      ['origin', 'value'],
      ['note.length', 'length'],
      ['note.words', 'words'],
      ['vector.norm', 'norm'],
      ['vector.pc1', 'component'],
      ['inputs.reconstruction', 'reconstruction'],
    ]);
    expect(leftOut).toEqual(['seen', 'nested']);
    expect(current.columns).toHaveLength(reference.columns.length);
  });

  it('that cannot be read are bad input', async () => {
    await writeFile(file('broken.parquet'), 'nothing');
    await expect(profilePair(file('broken.parquet'), file('all.parquet'))).rejects.toMatchObject({
      code: 'config/invalid-input',
    });
    await expect(profilePair(file('all.parquet'), file('gone.csv'))).rejects.toMatchObject({
      code: 'config/invalid-input',
    });
  });
});

import { execFileSync } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { profilePair } from '../../src/adapters/drift-source/profile-pair.ts';
import { driftCommand } from '../../src/cli/commands/drift.ts';

let folder: string;
const file = (name: string) => path.join(folder, name);

beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'sluice-'));
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  const rows = (count: number, distance: string) =>
    `SELECT ${distance} AS distance, ['ATL','ORD','SFO'][1 + i % 3] AS origin, make_timestamp(i) AS seen FROM (SELECT i, (i * 7919) % 2000 AS d FROM range(${count}) t(i))`;
  await connection.run(`COPY (${rows(5000, 'd')}) TO '${file('reference.parquet')}'`);
  await connection.run(`COPY (${rows(1000, 'd')}) TO '${file('same.csv')}'`);
  await connection.run(`COPY (${rows(1000, 'd * 1.609')}) TO '${file('kilometres.jsonl')}' (FORMAT json)`);
  await connection.run(`COPY (SELECT * EXCLUDE (origin) FROM (${rows(1000, 'd')})) TO '${file('lacking.parquet')}'`);
  await connection.run(`COPY (${rows(50, 'd')}) TO '${file('few.parquet')}'`);
  // Every third row is of ATL.
  const inAtlanta = 'CASE WHEN i % 3 = 0 THEN d * 1.609 ELSE d END';
  await connection.run(`COPY (${rows(3000, inAtlanta)}) TO '${file('atlanta.parquet')}'`);
  connection.closeSync();
  instance.closeSync();
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const drift = (current: string, more: { effect?: number; ignore?: string[]; by?: string[]; html?: string } = {}) =>
  driftCommand({ profilePair }, { reference: file('reference.parquet'), current: file(current), effect: 0.1, ...more });

test('files of the same kind: exit 0, times are not compared', async () => {
  const result = await drift('same.csv');
  expect(result).toMatchObject({ exitCode: 0, json: { verdict: 'good', leftOut: ['seen'] } });
  expect(result.text).toMatch(/^No drift\n\n1,000 rows of same\.csv against 5,000 of reference\.parquet\.$/m);
  expect(result.text).toContain('Not compared: seen');
});

test('kilometres for miles: exit 1, the column is named; not when it is ignored', async () => {
  const result = await drift('kilometres.jsonl');
  expect(result).toMatchObject({
    exitCode: 1,
    json: { verdict: 'bad', columns: [{ column: 'distance', drifted: true }, { drifted: false }] },
  });
  expect(result.text).toMatch(/^Drift: distance moved by 0\.3\d\n/);
  expect(result.text).toMatch(/^distance .* D 0\.3\d\d +3\.\d ×/m);
  expect(result.text).toMatch(/now +▁.*95 %: above 19\d\d/);
  expect((await drift('kilometres.jsonl', { ignore: ['distance'] })).exitCode).toBe(0);
});

describe('apart by the values of a category', () => {
  test('it is said where a column moved most, in text, JSON and on the page', async () => {
    const html = file('atlanta.html');
    const { json, text } = await drift('atlanta.parquet', { by: ['origin'], html });
    expect(json).toMatchObject({
      parts: [{ by: 'origin', compared: 3, values: 3 }],
      segments: [{ by: 'origin', key: 'ATL', column: 'distance', rows: 1000 }],
    });
    expect(text).toContain('Apart by origin: 3 of 3 values (those with 350 rows in both files).');
    expect(text).toMatch(/^origin = ATL +distance +0\.3\d\d +1,000$/m);
    expect(await readFile(html, 'utf8')).toMatch(/Where it moved most.*Apart by <code>origin<\/code>: 3 of 3 values/s);
    expect((await drift('atlanta.parquet')).json).toMatchObject({ parts: [], segments: [] });
  });

  test.each([
    ['same.csv', 0],
    ['lacking.parquet', 0],
  ])('%s has too few rows for it, or none', async (name, compared) => {
    const { json, text } = await drift(name, { by: ['origin'] });
    expect(json).toMatchObject({ parts: [{ by: 'origin', compared, values: 3 }], segments: [] });
    expect(text).toContain('Apart by origin: 0 of 3 values (those with 350 rows in both files).');
  });

  test('where all moved alike, that is said', async () => {
    const { text } = await drift('reference.parquet', { by: ['origin', 'origin'] });
    expect(text.match(/Apart by .*/g)).toEqual([
      'Apart by origin: 3 of 3 values (those with 350 rows in both files); in none of them a column moved by more than in all rows.',
    ]);
  });

  test.each(['distance', 'seen', 'nowhere'])('%s is no category', async (by) => {
    await expect(drift('same.csv', { by: [by] })).rejects.toMatchObject({
      code: 'config/invalid-input',
      message: `--by ${by}: the reference has no such category; there are origin`,
    });
  });
});

test('a column that is gone: exit 1', async () => {
  expect(await drift('lacking.parquet')).toMatchObject({
    exitCode: 1,
    json: { reasons: ['origin: the column is missing'] },
  });
});

test('texts, vectors and numbers together are judged as a reference is', async () => {
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  // Three numbers go together, or y as before by itself; a note has other words and as many letters.
  const word = (seed: number) =>
    `['red', 'tan', 'sky', 'ash', 'oak', 'elm', 'fog', 'sun'][1 + (hash(i + ${seed}) % 8)::INT]`;
  const rows = (count: number, { y = 'i', first = word(1), vector = 'sin(i)' } = {}) =>
    `SELECT hash(i) % 1000 AS x, hash(${y}) % 1000 + 0.5 AS y, hash(i) % 1000 + hash(i + 7) % 50 AS z,
      concat_ws(' ', ${first}, ${word(2)}, ${word(3)}, ${word(4)}, ${word(5)}) AS note, [${vector}, 2 * ${vector}] AS vector FROM range(${count}) t(i)`;
  const changes = { apart: { y: 'i + 99991' }, words: { first: "'new'" }, vectors: { vector: '3 * sin(i)' }, same: {} };
  await connection.run(`COPY (${rows(4000)}) TO '${file('training.parquet')}'`);
  for (const [name, change] of Object.entries(changes))
    await connection.run(`COPY (${rows(2000, change)}) TO '${file(name)}.parquet'`);
  connection.closeSync();
  instance.closeSync();
  const moved = async (name: string) => {
    const options = { reference: file('training.parquet'), current: file(`${name}.parquet`), effect: 0.1 };
    const { json, text } = await driftCommand({ profilePair }, options);
    const { columns } = json as { columns: { column: string; drifted: boolean }[] };
    return { columns: columns.filter(({ drifted }) => drifted).map(({ column }) => column), text };
  };
  expect(await moved('same')).toMatchObject({ columns: [] });
  const { columns, text } = await moved('apart');
  expect(columns).toEqual(['inputs.reconstruction']);
  expect(text).toMatch(/^Drift: the columns together moved by 0\.\d\d\n/);
  expect(await moved('words')).toMatchObject({ columns: ['note.words'] });
  expect((await moved('vectors')).columns.sort()).toEqual(['vector.norm', 'vector.pc1']);
});

test('too few rows: exit 2, it cannot be told', async () => {
  expect(await drift('few.parquet')).toMatchObject({ exitCode: 2, json: { verdict: 'cannot-tell' } });
});

test('a page with everything, pictures too', async () => {
  const html = file('drift.html');
  expect(await drift('kilometres.jsonl', { html })).toMatchObject({ exitCode: 1 });
  const page = await readFile(html, 'utf8');
  expect(page).toContain('<h1>Drift: distance moved by 0.3');
  expect(page.split('<figure>').length - 1).toBeGreaterThanOrEqual(2);
  expect(page).not.toMatch(/<script|src=|https?:\/\/(?!www\.w3\.org)/);
  await expect(drift('same.csv', { html: file('drift.txt') })).rejects.toMatchObject({ code: 'config/invalid-input' });
});

test('what is no table is bad input', async () => {
  await writeFile(file('words.parquet'), 'words');
  await expect(drift('words.parquet')).rejects.toMatchObject({ code: 'config/invalid-input' });
  await expect(drift('nowhere.parquet')).rejects.toMatchObject({ code: 'config/invalid-input' });
  await expect(drift('same.csv', { effect: 2 })).rejects.toMatchObject({ code: 'config/invalid-input' });
});

test('as a command it prints JSON and sets the exit code', () => {
  const main = path.resolve(import.meta.dirname, '../../src/cli/main.ts');
  const args = ['drift', '--reference', file('reference.parquet'), '--current', file('same.csv'), '--json'];
  const text = execFileSync(process.execPath, ['--import', 'tsx', main, ...args], { encoding: 'utf8' });
  expect(JSON.parse(text)).toMatchObject({ verdict: 'good', rows: { reference: 5000, current: 1000 } });
});

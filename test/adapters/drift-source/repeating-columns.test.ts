import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { repeatingColumns } from '../../../src/adapters/drift-source/rows/repeating-columns.ts';
import { withSession } from '../../../src/adapters/drift-source/session.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'sluice-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

it('are those of which every part of a file is a small dictionary', async () => {
  const found = await withSession(async (session) => {
    const file = path.join(folder, 'rows.parquet');
    await session.connection.run(`COPY (SELECT
        i % 500 AS count, (i % 3)::INTEGER AS small, round((hash(i) % 5000) / 7, 2)::DOUBLE AS amount,
        hash(i) / 1e9::DOUBLE AS measured, CASE WHEN i < 150000 THEN 1 ELSE hash(i) / 1e9 END::DOUBLE AS late,
        i AS id, 't' || (i % 5) AS text
      FROM range(300000) t(i)) TO '${file}' (FORMAT parquet)`);
    const other = path.join(folder, 'other.parquet');
    await session.connection.run(
      `COPY (SELECT hash(i) / 1e9::DOUBLE AS amount, i % 500 AS count FROM range(200000) t(i)) TO '${other}' (FORMAT parquet)`,
    );
    return [await repeatingColumns(session, [file]), await repeatingColumns(session, [file, other])];
  });
  expect(found.map((names) => [...names].sort())).toEqual([
    ['amount', 'count', 'small'],
    ['count', 'small'],
  ]);
});

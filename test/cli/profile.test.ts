import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { profileFile } from '../../src/adapters/drift-source/profile-file.ts';
import { profileCommand } from '../../src/cli/commands/profile.ts';

let folder: string;
const file = (name: string) => path.join(folder, name);
const profile = (files: string[], more: { reference?: string; output?: string; merge?: boolean } = {}) =>
  profileCommand({ profileFile }, files.map(file), more);

beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'sluice-'));
  const row = (i: number) =>
    `${(i * 7919) % 2000},${i % 10 === 0 ? '' : ['ATL', 'ORD', 'SFO'][i % 3]},2024-01-0${1 + (i % 9)}`;
  const rows = Array.from({ length: 3000 }, (_, i) => row(i));
  const write = (name: string, part: string[]) => writeFile(file(name), `distance,origin,day\n${part.join('\n')}\n`);
  await write('whole.csv', rows);
  await write('first.csv', rows.slice(0, 1200));
  await write('second.csv', rows.slice(1200));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

test('a file on its own grids: kind, missing values, quantiles from the grid, frequent categories', async () => {
  const { exitCode, text, json } = await profile(['whole.csv']);
  expect(exitCode).toBe(0);
  expect(json).toMatchObject({ version: 1, rows: 3000 });
  expect(text).toMatch(/^3,000 rows$/m);
  // numpy 2.4.6, np.quantile of the same values: 19.99, 502, 1003.5, 1501.25, 1980; a bin of the grid is 2 wide.
  const row = /^distance +numeric +3,000 +0\.0 % +([\d. ·]+)/m.exec(text)?.[1]?.split(' · ').map(Number);
  [19.99, 502, 1003.5, 1501.25, 1980].forEach((value, at) => {
    expect(Math.abs(row![at]! - value)).toBeLessThan(2);
  });
  expect(text).toMatch(/^origin +categorical +3,000 +10\.0 % +(ATL|ORD|SFO) 33\.\d %/m);
  expect(text).toContain('Not profiled: day');
});

test('parts on the grids of a reference, merged, are the whole to the byte', async () => {
  await profile(['whole.csv'], { output: file('reference.json') });
  const reference = file('reference.json');
  await profile(['whole.csv'], { reference, output: file('whole.json') });
  await profile(['first.csv'], { reference, output: file('first.json') });
  await profile(['second.csv'], { reference, output: file('second.json') });
  await profile(['second.json', 'first.json'], { merge: true, output: file('merged.json') });
  await profile(['first.csv', 'second.csv'], { reference, output: file('together.json') });
  const whole = await readFile(file('whole.json'), 'utf8');
  expect(await readFile(file('merged.json'), 'utf8')).toBe(whole);
  expect(await readFile(file('together.json'), 'utf8')).toBe(whole);
});

test('what cannot be added up or read is bad input', async () => {
  await profile(['first.csv'], { output: file('own.json') });
  await profile(['whole.csv'], { output: file('other.json') });
  await writeFile(file('odd.json'), '{"version": 7}');
  const invalid = { code: 'config/invalid-input' };
  await expect(profile(['own.json', 'other.json'], { merge: true })).rejects.toMatchObject(invalid);
  await expect(profile(['odd.json'], { merge: true })).rejects.toMatchObject(invalid);
  await expect(profile(['whole.csv'], { reference: file('odd.json') })).rejects.toMatchObject(invalid);
  await expect(profile(['nowhere.csv'])).rejects.toMatchObject(invalid);
  await expect(profile([])).rejects.toMatchObject(invalid);
});

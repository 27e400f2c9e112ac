/** The commands about a monitor as a user runs them: a working tree, a reference, and files that production wrote. */
import { execFile, execFileSync } from 'node:child_process';
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { profileFile } from '../../src/adapters/drift-source/profile-file.ts';
import type { ReferenceProfile } from '../../src/domain/drift/profile.ts';
import { selfCommand } from '../../src/self-command.ts';

const run = promisify(execFile);
const DAY = 86_400_000;
const FIRST = Date.UTC(2024, 2, 1);
let folder: string;

const MONITOR = `apiVersion: sluice/v1
kind: Monitor
name: bought-live
deployment: bought-production
source:
  uri: file:log/dt=*/part.csv
  format: csv
  timestamp: at
window: 1d
reference: training
open: { after: 2 }
close: { after: 3 }
`;

const visit = (i: number, older: boolean) => [18 + ((i * 37) % 60) + (older ? 25 : 0), ((i * 91) % 300) / 10];

beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'sluice-'));
  await cp(path.resolve(import.meta.dirname, '../../fixtures/tiny'), folder, { recursive: true });
  await writeFile(path.join(folder, 'monitors/bought-live.yaml'), MONITOR);
  const policy = await readFile(path.join(folder, 'sluice.yaml'), 'utf8');
  await writeFile(
    path.join(folder, 'sluice.yaml'),
    policy.replace('allow: ["data/"]', 'allow: ["data/", "file:log/"]'),
  );
  execFileSync('git', ['init', '-q'], { cwd: folder });

  const training = Array.from({ length: 5000 }, (_, i) => visit(i, false).join(','));
  await writeFile(path.join(folder, 'training.csv'), `age,minutes\n${training.join('\n')}\n`);
  const { rows, columns } = await profileFile(path.join(folder, 'training.csv'));
  const watched = columns.filter(({ column }) => column === 'age' || column === 'minutes');
  const prediction = { ...watched[0]!, column: 'prediction', measure: { of: 'value', column: 'prediction' } as const };
  const reference: ReferenceProfile = { version: 2, rows, columns: watched, prediction, groups: [], promised: [] };
  await writeFile(path.join(folder, 'reference.json'), JSON.stringify(reference));

  for (let day = 0; day < 12; day++) {
    const at = (i: number) => new Date(FIRST + day * DAY + i * 60_000).toISOString();
    const lines = Array.from({ length: 800 }, (_, i) => `${at(i)},${visit(i, day >= 6 && day < 9).join(',')}`);
    const part = path.join(folder, `log/dt=${at(0).slice(0, 10)}`);
    await mkdir(part, { recursive: true });
    await writeFile(path.join(part, 'part.csv'), `at,age,minutes\n${lines.join('\n')}\n`);
  }
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function monitor(command: string, ...more: string[]) {
  const places = ['--reference', 'reference.json', '--state', path.join(folder, '.sluice'), '--data-root', '.'];
  const [program, ...args] = selfCommand('monitor', command, 'bought-live', ...places, '--json', ...more) as string[];
  const ended = await run(program!, args, { cwd: folder }).catch(
    (error: { code: number; stdout: string; stderr: string }) => error,
  );
  const code = 'code' in ended ? ended.code : 0;
  return { code, json: ended.stdout === '' ? undefined : JSON.parse(ended.stdout), stderr: ended.stderr };
}

test('files of twelve days: three of them are bad, and backfill says so', { timeout: 60_000 }, async () => {
  const { code, json, stderr } = await monitor('backfill');
  expect(code, stderr).toBe(0);
  expect(json.windows.map((window: { verdict: { verdict: string } }) => window.verdict.verdict)).toEqual([
    ...Array(6).fill('good'),
    ...Array(3).fill('bad'),
    ...Array(3).fill('good'),
  ]);
  expect(json.issues).toMatchObject([{ since: '2024-03-07T00:00:00.000Z', closed: '2024-03-13T00:00:00.000Z' }]);
  expect(json.windows[6].verdict.columns[0]).toMatchObject({ column: 'age', drifted: true });
});

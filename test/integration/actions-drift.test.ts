import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { program, runAction, sluiceProgram } from '../actions/action-process.ts';

// Each starts several processes, beside those of other tests.
vi.setConfig({ testTimeout: 60_000 });

let folder: string;
let programs: string[];
const file = (name: string) => path.join(folder, name);

beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'sluice-'));
  programs = [await sluiceProgram(folder)];
  const rows = (count: number, scale: number) =>
    Array.from({ length: count }, (_, i) => `${((i * 7919) % 2000) * scale},${['ATL', 'ORD', 'SFO'][i % 3]}`).join(
      '\n',
    );
  await writeFile(file('reference.csv'), `distance,origin\n${rows(4000, 1)}\n`);
  await writeFile(file('same.csv'), `distance,origin\n${rows(1000, 1)}\n`);
  await writeFile(file('kilometres.csv'), `distance,origin\n${rows(1000, 1.609)}\n`);
  await writeFile(file('few.csv'), `distance,origin\n${rows(20, 1)}\n`);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const drift = (inputs: Record<string, string>) =>
  runAction({ name: 'drift', folder, programs, inputs: { reference: 'reference.csv', ...inputs } });

test('nothing moved', async () => {
  const run = await drift({ current: 'same.csv', 'fail-on-drift': 'true' });
  expect(run).toMatchObject({
    code: 0,
    annotations: [],
    outputs: { drifted: 'false', verdict: 'good', columns: '[]' },
  });
  expect(run.summary).toMatch(/^## ✅ No drift\n\n1,000 rows of `same.csv` against 4,000 of `reference.csv`\./);
});

test('a column moved: a warning, or a failure where that is asked for; the report has the figures', async () => {
  const run = await drift({ current: 'kilometres.csv', report: 'reports/drift.md' });
  expect(run).toMatchObject({ code: 0, outputs: { drifted: 'true', verdict: 'bad', columns: '["distance"]' } });
  expect(run.annotations).toEqual([expect.stringMatching(/^warning::Drift in distance/)]);
  expect(run.outputs.report).toBe(file('reports/drift.md'));
  const report = await readFile(run.outputs.report!, 'utf8');
  expect(report).toMatch(/\| ❌ \| `distance` \| CDF distance \| 0\.3\d\d \| 0\.1 \|/);
  expect(report).toMatch(/\| ✅ \| `origin` \|/);
  expect(run.summary.trimEnd()).toBe(report.trimEnd());
  expect(await readFile(run.outputs.page!, 'utf8')).toMatch(/<h1>Drift: distance moved by 0\.3\d<\/h1>[\s\S]*<svg /);

  const failed = await drift({ current: 'kilometres.csv', 'fail-on-drift': 'true' });
  expect(failed).toMatchObject({ code: 1, annotations: [expect.stringMatching(/^error::Drift in distance/)] });
});

test('where it moved most is said of the values of a category', async () => {
  const rows = await readFile(file('same.csv'), 'utf8');
  const moved = rows.replace(/^(\d+),SFO$/gm, (_, distance) => `${Number(distance) + 1500},SFO`).repeat(2);
  await writeFile(file('sfo.csv'), `distance,origin\n${moved.replaceAll('distance,origin\n', '')}`);
  const run = await drift({ current: 'sfo.csv', by: 'origin' });
  expect(run).toMatchObject({ code: 0, outputs: { verdict: 'bad', columns: '["distance"]' } });
  expect(run.summary).toMatch(/Where it moved most:\n\n- `distance` by 0\.\d+ where `origin` is `SFO` \(666 rows\)/);
});

test('what is left out does not count, nor does a shift below the effect', async () => {
  expect((await drift({ current: 'kilometres.csv', ignore: ' distance\n' })).outputs.drifted).toBe('false');
  expect((await drift({ current: 'kilometres.csv', effect: '0.9' })).outputs.drifted).toBe('false');
});

test('too few rows: it cannot be told, and that is no drift', async () => {
  const run = await drift({ current: 'few.csv', 'fail-on-drift': 'true' });
  expect(run).toMatchObject({ code: 0, outputs: { drifted: 'false', verdict: 'cannot-tell' } });
  expect(run.annotations).toEqual([expect.stringMatching(/^warning::Whether few.csv drifted cannot be told/)]);
});

test('bad input fails with its words and no outputs', async () => {
  const away = await drift({ current: 'nowhere.csv', 'fail-on-drift': 'false' });
  expect(away).toMatchObject({ code: 2, outputs: {}, summary: '' });
  expect(away.annotations).toEqual([
    expect.stringMatching(/^error::Comparing nowhere.csv with reference.csv: .*nowhere/),
  ]);
  expect(await drift({})).toMatchObject({
    code: 1,
    annotations: [expect.stringContaining('The input "current" is missing')],
  });
  expect(await drift({ current: 'same.csv', effect: '7' })).toMatchObject({
    code: 2,
    annotations: [expect.stringContaining('--effect')],
  });
  const odd = await drift({ current: 'same.csv', 'fail-on-drift': 'yes' });
  expect(odd).toMatchObject({ code: 1, annotations: [expect.stringContaining('must be true or false')] });
});

test('an input is an argument, never a command; the program gets none of the step’s secrets', async () => {
  const answer = JSON.stringify({
    verdict: 'no-data',
    rows: { reference: 0, current: 0 },
    reasons: ['a|b`c'],
    columns: [],
    segments: [],
    leftOut: [],
  });
  const script = `for one in "$@"; do echo "[$one]" >>'${folder}/arguments'; done; env >'${folder}/environment'; echo '::error::from a file' >&2; echo '${answer}'; exit 2`;
  const run = await runAction({
    name: 'drift',
    folder,
    programs: [await program(file('odd'), 'sluice', script)],
    inputs: { reference: '$(touch x); "y', current: "--json'", page: 'page.html' },
    env: { ACTIONS_RUNTIME_TOKEN: 'secret-a', ACTIONS_ID_TOKEN_REQUEST_TOKEN: 'secret-b', GITHUB_TOKEN: 'secret-c' },
  });
  expect(await readFile(file('arguments'), 'utf8')).toBe(
    [
      ...['drift', '--json', '--reference', '$(touch x); "y', '--current', "--json'", '--effect', '0.1'],
      ...['--html', path.join(folder, 'page.html')],
    ]
      .map((one) => `[${one}]\n`)
      .join(''),
  );
  expect(await readFile(file('environment'), 'utf8')).not.toMatch(/secret-|^INPUT_|^GITHUB_(ENV|OUTPUT|PATH)/m);
  expect(run).toMatchObject({
    code: 0,
    outputs: { verdict: 'no-data' },
    annotations: [expect.stringMatching(/^warning::/)],
  });
  expect(run.summary).toContain('- `a?b?c`');
});

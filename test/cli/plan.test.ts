import { execFileSync } from 'node:child_process';
import { chmod, cp, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { plan } from '../../src/cli/commands/plan.ts';
import { validate } from '../../src/cli/commands/validate.ts';
import { readCommit, readWorkTree } from '../../src/cli/work-tree.ts';

const FLIGHTS = path.join(import.meta.dirname, '../domain/spec/flights');
let folder: string;

const run = (...args: string[]): string =>
  execFileSync('git', ['-c', 'user.name=author', '-c', 'user.email=author@example.com', '-C', folder, ...args], {
    encoding: 'utf8',
  }).trim();
const write = (file: string, text: string) => writeFile(path.join(folder, file), text);
const edit = async (file: string, from: string, to: string) => {
  const { readFile } = await import('node:fs/promises');
  await write(file, (await readFile(path.join(folder, file), 'utf8')).replace(from, to));
};

const MODEL = 'models/flight-delay/model.yaml';

beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'sluice-'));
  await cp(FLIGHTS, folder, { recursive: true });
  await write('models/flight-delay/train.mjs', 'train()\n');
  await write('.gitignore', 'ignored/\n');
  run('init', '-q', '-b', 'main');
  run('add', '-A');
  run('commit', '-q', '-m', 'Start');
});

afterEach(() => rm(folder, { recursive: true, force: true }));

describe('validate', () => {
  test('new files of a folder below the root of its repository', async () => {
    await cp(FLIGHTS, path.join(folder, 'below'), { recursive: true });
    expect(await validate(path.join(folder, 'below'))).toMatchObject({ exitCode: 0, json: { valid: true } });
  });

  test('a sound repository', async () => {
    expect(await validate(folder)).toMatchObject({ exitCode: 0, text: '5 files are valid', json: { valid: true } });
  });

  test('a broken spec, named as editors make links of it', async () => {
    await edit(MODEL, 'seed: 7', 'sead: 7');
    const { exitCode, text } = await validate(folder);
    expect(exitCode).toBe(1);
    expect(text).toBe(`${MODEL}:13:3: error: unknown key "sead"; did you mean "seed"?\n1 error in 5 files`);
  });

  test('no policy, no repository, no folder: bad input', async () => {
    await rm(path.join(folder, 'sluice.yaml'));
    await expect(validate(folder)).rejects.toMatchObject({
      code: 'config/invalid-input',
      message: expect.stringMatching(/no sluice.yaml/),
    });
    await rm(path.join(folder, '.git'), { recursive: true });
    await expect(validate(folder)).rejects.toMatchObject({ code: 'config/invalid-input' });
    await expect(validate(path.join(folder, 'nowhere'))).rejects.toMatchObject({ code: 'config/invalid-input' });
  });
});

describe('plan', () => {
  test('nothing changed', async () => {
    await write('README.md', 'words');
    expect(await plan(folder)).toMatchObject({ exitCode: 0, text: 'Nothing of ours changes' });
  });

  test('uncommitted, committed and new files all count, ignored ones do not', async () => {
    run('checkout', '-q', '-b', 'change');
    await edit(MODEL, 'epochs: 3', 'epochs: 30');
    run('commit', '-q', '-a', '-m', 'Longer');
    await edit('models/flight-delay/train.mjs', 'train', 'train_better');
    await write('models/flight-delay/new.mjs', '');
    const { text, json } = await plan(folder);
    expect(text.split('\n').slice(0, 4)).toEqual([
      'model flight-delay: changed',
      '  code: models/flight-delay/new.mjs (new)',
      '  code: models/flight-delay/train.mjs',
      '  params.epochs 3 → 30',
    ]);
    expect(json).toMatchObject({
      base: run('rev-parse', 'main'),
      plan: { models: [{ parts: { code: true, params: true } }] },
    });
  });

  test('what the base has done since does not count', async () => {
    run('checkout', '-q', '-b', 'change');
    await edit(MODEL, 'epochs: 3', 'epochs: 30');
    run('commit', '-q', '-a', '-m', 'Longer');
    run('checkout', '-q', 'main');
    await edit(MODEL, 'seed: 7', 'seed: 8');
    run('commit', '-q', '-a', '-m', 'Other seed');
    run('checkout', '-q', 'change');
    expect((await plan(folder, { base: 'main' })).text).not.toContain('seed');
  });

  test('the policy of the base governs', async () => {
    await edit('sluice.yaml', '"file:flights/"', '"file:"');
    await edit('data/flights.yaml', 'file:flights/flights.parquet', 'file:secrets/flights.parquet');
    const { exitCode, text } = await plan(folder);
    expect(exitCode).toBe(2);
    expect(text).toContain('is not allowed by data.allow');
  });

  test('a repository that has no policy yet: everything is new', async () => {
    run('rm', '-q', '--cached', 'sluice.yaml');
    run('commit', '-q', '-m', 'Without');
    expect((await plan(folder, { base: 'HEAD' })).text).toContain('model flight-delay: new');
  });

  test('a base that is none is bad input, whatever it looks like', async () => {
    for (const base of ['nowhere', '--upload-pack=touch x', 'main;id']) {
      await expect(plan(folder, { base })).rejects.toMatchObject({ code: 'config/invalid-input' });
    }
  });
});

test('the work tree has the very entries that git gives the commit of it', async () => {
  await write('models/flight-delay/run.sh', 'exit 0\n');
  await chmod(path.join(folder, 'models/flight-delay/run.sh'), 0o755);
  await symlink('../sluice.yaml', path.join(folder, 'data/link'));
  await edit(MODEL, 'epochs: 3', 'epochs: 30');
  await rm(path.join(folder, 'monitors/flight-delay-live.yaml'));
  await write('wörter und mehr.txt', 'ü');
  const byPath = (a: { path: string }, b: { path: string }) => (a.path < b.path ? -1 : 1);
  const before = (await readWorkTree(folder)).entries.sort(byPath);
  run('add', '-A');
  run('commit', '-q', '-m', 'All of it');
  const commit = await readCommit(folder, run('rev-parse', 'HEAD'));
  expect(before).toEqual([...commit.entries].sort(byPath));
  const texts = await commit.read(['wörter und mehr.txt', MODEL, 'nowhere']);
  expect([...texts.keys()]).toEqual(['wörter und mehr.txt', MODEL]);
  expect(texts.get('wörter und mehr.txt')).toBe('ü');
});

test('a folder below the root of its repository is a repository of its own', async () => {
  const root = folder;
  folder = path.join(root, 'data');
  await expect(validate(folder)).rejects.toMatchObject({ message: expect.stringMatching(/no sluice.yaml/) });
  expect((await readWorkTree(folder)).entries.map((entry) => entry.path)).toEqual(['flights.yaml']);
  folder = root;
});

import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, open, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createSourceVersions } from '../../../src/adapters/dataset/create-source-versions.ts';
import { findNewest } from '../../../src/adapters/dataset/find-newest.ts';
import type { Dataset } from '../../../src/domain/spec/valid.ts';

// Tests may run as root, to whom every file opens.
vi.mock('node:fs/promises', async (original) => {
  const real = await original<typeof import('node:fs/promises')>();
  return { ...real, open: vi.fn(real.open) };
});

let folder: string;
let root: string;

beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'sluice-'));
  root = path.join(folder, 'data');
  await mkdir(root);
});

afterEach(() => rm(folder, { recursive: true, force: true }));

const at = (uri: string): Dataset => ({
  kind: 'Dataset',
  name: 'flights',
  path: 'data/flights.yaml',
  source: { uri, format: 'csv', sha256: 'ab'.repeat(32) },
  columns: [],
  splits: { train: 'true', holdout: 'false' },
  checks: [],
});

/** Files that were written an hour ago. */
async function put(...names: string[]): Promise<void> {
  for (const name of names) {
    const file = path.join(folder, name);
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(file, name);
    await age(name, 3600);
  }
}

async function age(name: string, seconds: number): Promise<void> {
  const at = Date.now() / 1000 - seconds;
  await utimes(path.join(folder, name), at, at);
}

const newest = (uri: string, ...allow: string[]) =>
  createSourceVersions({ dataRoot: root }).newest(at(uri), allow.length > 0 ? allow : ['file:']);

describe('the newest version of a file', () => {
  it('is in the same folder', async () => {
    await put('data/f/2001-01.csv', 'data/f/2001-02.csv', 'data/f/2001-03.csv.tmp', 'data/g/2001-04.csv');
    expect(await newest('file:f/2001-01.csv')).toBe('file:f/2001-02.csv');
    expect(await newest('file:f/2001-02.csv')).toBeUndefined();
  });

  it('is in a folder that is called alike, however deep', async () => {
    await put(
      'data/f/y=2001/m=12/all.csv',
      'data/f/y=2002/m=1/all.csv',
      'data/f/y=2002/m=2/other.csv',
      'data/f/y=2000/m=31/all.csv',
    );
    await mkdir(path.join(root, 'f/y=2003/m=1'), { recursive: true });
    expect(await newest('file:f/y=2001/m=12/all.csv')).toBe('file:f/y=2002/m=1/all.csv');
    expect(await newest('file:f/y=2002/m=1/all.csv')).toBeUndefined();
  });

  it('is below the longest prefix that allows the pinned one: its digits are no version', async () => {
    await put('data/team1/v1.csv', 'data/team1/v2.csv', 'data/team2/v3.csv');
    expect(await newest('file:team1/v1.csv')).toBe('file:team2/v3.csv');
    expect(await newest('file:team1/v1.csv', 'file:', 'file:team1/')).toBe('file:team1/v2.csv');
    expect(await newest('file:team1/v1.csv', 'file:team1')).toBe('file:team1/v2.csv');
    expect(await newest('file:team1/v1.csv', 'file:team1/v1.csv')).toBeUndefined();
    await expect(newest('file:team1/v1.csv', 'file:team2/')).rejects.toMatchObject({ code: 'config/data-not-allowed' });
  });

  it('is no folder, no empty file, and nothing that could not be written in a spec', async () => {
    await put('data/f/v2.csv');
    await mkdir(path.join(root, 'f/v3.csv'));
    await writeFile(path.join(root, 'f/v4.csv'), '');
    expect(await newest('file:f/v1.csv')).toBe('file:f/v2.csv');
    await put('data/g/a 1/v.csv');
    expect(await newest('file:g/a 1/v.csv').catch((error) => error.code)).toBe('config/data-not-allowed');
  });

  it('is no link to what is not allowed, and a link to what is', async () => {
    await put('data/f/v1.csv', 'data/f/kept/v3.csv', 'data/secret/v.csv', 'secret/v.csv', 'data/secret/d9/v.csv');
    await symlink(path.join(root, 'secret/v.csv'), path.join(root, 'f/v5.csv'));
    await symlink(path.join(folder, 'secret/v.csv'), path.join(root, 'f/v6.csv'));
    await symlink(path.join(root, 'f/kept/v3.csv'), path.join(root, 'f/v3.csv'));
    expect(await newest('file:f/v1.csv', 'file:f/')).toBe('file:f/v3.csv');
    await put('data/h/d1/v.csv');
    await symlink(path.join(root, 'secret/d9'), path.join(root, 'h/d9'));
    expect(await newest('file:h/d1/v.csv', 'file:h/')).toBeUndefined();
    expect(await newest('file:h/d1/v.csv', 'file:h/', 'file:secret/')).toBe('file:h/d9/v.csv');
  });

  it('is not looked for where nothing is', async () => {
    expect(await newest('file:none/v1.csv')).toBeUndefined();
    await expect(newest('s3://bucket/v1.csv', 's3://bucket/')).rejects.toThrow('not s3:');
  });

  it('is given up among too many names', async () => {
    await put('data/f/v1.csv', 'data/f/v2.csv', 'data/f/README', 'data/f/LICENSE');
    expect(await findNewest(at('file:f/v1.csv'), root, ['file:'], 5)).toBe('file:f/v2.csv');
    await expect(findNewest(at('file:f/v1.csv'), root, ['file:'], 4)).rejects.toThrow('too many names beside');
  });
});

describe('what a file holds', () => {
  const describe = (uri: string, mostBytes?: number) =>
    createSourceVersions({ dataRoot: root, ...(mostBytes && { mostBytes }) }).describe(at(uri), ['file:f/']);

  it('is its size and digest, whatever is declared', async () => {
    await put('data/f/v1.csv');
    const sha256 = createHash('sha256').update('data/f/v1.csv').digest('hex');
    expect(await describe('file:f/v1.csv')).toEqual({ sha256, bytes: 13 });
    expect(await describe('file:f/v2.csv')).toBeUndefined();
  });

  it('is not told while it may still be written, which a wrong clock of its writer does not make for ever', async () => {
    await put('data/f/v1.csv');
    for (const seconds of [0, 50, -50]) {
      await age('data/f/v1.csv', seconds);
      await expect(describe('file:f/v1.csv')).rejects.toMatchObject({
        code: 'config/data-invalid',
        message: 'file:f/v1.csv was written to less than a minute ago, and may not be whole yet; ask again in a minute',
      });
    }
    for (const seconds of [61, -3600]) {
      await age('data/f/v1.csv', seconds);
      expect(await describe('file:f/v1.csv')).toMatchObject({ bytes: 13 });
    }
  });

  it.each([
    ['EACCES', 'config/environment', 'reading file:f/v1.csv: the server is not permitted to'],
    ['EIO', 'external/data', 'reading file:f/v1.csv: EIO'],
  ])('is not told where the file cannot be opened: %s', async (code, answer, message) => {
    await put('data/f/v1.csv');
    vi.mocked(open).mockRejectedValueOnce(Object.assign(new Error(`${code}, open '${root}/f/v1.csv'`), { code }));
    await expect(describe('file:f/v1.csv')).rejects.toMatchObject({ code: answer, message });
    expect(await describe('file:f/v1.csv')).toMatchObject({ bytes: 13 });
  });

  it('is not read where it is too large or not allowed', async () => {
    await put('data/f/v1.csv', 'data/g/v1.csv');
    await expect(describe('file:f/v1.csv', 12)).rejects.toThrow('pin it in data/flights.yaml by hand');
    await expect(describe('file:g/v1.csv')).rejects.toMatchObject({ code: 'config/data-not-allowed' });
  });
});

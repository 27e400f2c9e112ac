import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkOutputNames, writeReport } from '../../src/cli/commands/write-report.ts';
import { evaluation, gates } from '../render/sample-evaluation.ts';

let folder: string;
const facts = { evaluation, gates, model: 'flight-delay' };

beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'sluice-'));
});

afterAll(() => rm(folder, { recursive: true, force: true }));

describe('writeReport', () => {
  it('writes a page by itself, that knows where the predictions are', async () => {
    await writeReport(path.join(folder, 'report.HTML'), facts, path.join(folder, 'kept', 'all.parquet'));
    expect(await readdir(folder)).toEqual(['report.HTML']);
    const page = await readFile(path.join(folder, 'report.HTML'), 'utf8');
    expect(page).toMatch(/^<!doctype html>/);
    expect(page).toContain('<a href="kept/all.parquet">');
    await rm(path.join(folder, 'report.HTML'));
  });

  it('writes Markdown that shows the pictures beside it', async () => {
    await writeReport(path.join(folder, 'report.md'), facts);
    const files = await readdir(folder);
    const text = await readFile(path.join(folder, 'report.md'), 'utf8');
    const shown = [...text.matchAll(/!\[[^\]]*\]\(([^)]*)\)/g)].map(([, url]) => url as string);
    expect(shown).toHaveLength(5);
    expect(files.sort()).toEqual([...shown, 'report.md'].sort());
  });
});

describe('checkOutputNames', () => {
  it.each([
    [{ report: 'report.pdf' }, 'a report is a page (.html) or Markdown (.md): report.pdf ends in neither'],
    [{ report: 'report' }, 'a report is a page (.html) or Markdown (.md): report ends in neither'],
    [{ predictions: 'p.csv' }, 'predictions are written as Parquet: p.csv does not end in .parquet'],
  ])('refuses %j', (names, message) => {
    expect(() => checkOutputNames(names)).toThrow(expect.objectContaining({ code: 'config/invalid-input', message }));
  });

  it('takes what it can write', () => {
    expect(() => checkOutputNames({ report: 'a.htm', predictions: 'p.PARQUET' })).not.toThrow();
  });
});

import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { stageArtifact } from '../../src/cli/stage-artifact.ts';
import { modelOf } from '../agent/evaluate/function-models.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'sluice-'));
  await mkdir(path.join(folder, 'out'));
  for (const name of ['any.onnx', 'check.parquet', 'notes.txt']) await writeFile(path.join(folder, 'out', name), name);
});
afterAll(() => rm(folder, { recursive: true }));

it('an artifact is taken with the predictions that it is checked with, which are not served', async () => {
  const staged = await stageArtifact(path.join(folder, 'out', 'any.onnx'), modelOf(), path.join(folder, 'staged'));
  expect((await readdir(staged.folder)).sort()).toEqual(['check.parquet', 'model.onnx']);
  expect(staged.sizeBytes).toBe('any.onnx'.length);
});

import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { collectArtifact } from '../../src/agent/collect-artifact.ts';

let output: string;
beforeEach(async () => {
  output = await mkdtemp(path.join(os.tmpdir(), 'sluice-'));
  await mkdir(path.join(output, 'model'));
  await writeFile(path.join(output, 'model', 'model.onnx'), 'external: weights.bin');
  for (const name of ['weights.bin', 'notes.txt']) await writeFile(path.join(output, 'model', name), name);
});
afterEach(() => rm(output, { recursive: true }));

const collected = async () =>
  (await collectArtifact(output, { path: 'model/model.onnx', format: 'onnx' })).map((file) => file.path);

it('an artifact is its main file and what that names', async () => {
  expect(await collected()).toEqual(['model/model.onnx', 'model/weights.bin']);
});

it('the predictions that it is checked with come along', async () => {
  await writeFile(path.join(output, 'model', 'check.parquet'), 'x');
  expect(await collected()).toEqual(['model/check.parquet', 'model/model.onnx', 'model/weights.bin']);
});

it('but not where they are a link', async () => {
  await symlink('/etc/passwd', path.join(output, 'model', 'check.parquet'));
  await expect(collected()).rejects.toThrow('model/check.parquet is part of the artifact but is missing, a link');
});

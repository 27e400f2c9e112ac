import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { encodeFrame } from '../../../src/adapters/observations/frame.ts';
import { readSegment } from '../../../src/adapters/observations/read-segment.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'sluice-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const frame = (id: string) =>
  encodeFrame({ id, observations: [{ id, at: 1e12, inputs: { a: 1 }, prediction: 0.5 }], labels: [] }, 1.7e12).buffer;

async function left(content: Buffer) {
  const file = path.join(folder, 'segment.jsonl');
  await writeFile(file, content);
  const { batches, damaged } = await readSegment(file);
  return { ids: batches.map(({ id }) => id), damaged, files: (await readdir(folder)).sort() };
}

it('takes what is cut off at the end for a write that never ended', async () => {
  const whole = Buffer.concat([frame('one'), frame('two')]);
  const torn = { ids: ['one'], damaged: false, files: ['segment.jsonl'] };
  expect(await left(whole.subarray(0, whole.length - 10))).toEqual(torn);
  expect(await left(whole.subarray(0, frame('one').length + 20))).toEqual(torn);
});

it('takes a last batch that is whole but another one for damage', async () => {
  const whole = Buffer.concat([frame('one'), frame('two')]);
  whole.writeUInt8(whole.readUInt8(whole.length - 10) ^ 1, whole.length - 10);
  expect(await left(whole)).toEqual({ ids: ['one'], damaged: true, files: ['segment.jsonl', 'segment.jsonl.damaged'] });
});

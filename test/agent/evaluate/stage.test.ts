import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { createStageFile, readStage, watched } from '../../../src/agent/evaluate/stage.ts';
import { functionModel } from './function-models.ts';

const folder = mkdtempSync(path.join(os.tmpdir(), 'sluice-'));
afterAll(() => rmSync(folder, { recursive: true }));

it('the stage says at any moment which model is at work, the oldest question first', async () => {
  const file = path.join(folder, 'stage.json');
  expect(readStage(file)).toBeUndefined();
  const stages = createStageFile(file);
  stages.enter('scoring');
  const end = stages.begin('champion', 'loading');
  let during: ReturnType<typeof readStage>;
  const model = watched(
    functionModel(['a'], () => {
      during = readStage(file);
      return [1];
    }),
    'candidate',
    stages,
  );
  await model.predict({ rows: 2_000, columns: {} });
  expect(during).toMatchObject({
    doing: 'scoring',
    models: [
      { who: 'champion', doing: 'loading' },
      { who: 'candidate', doing: 'answering 2,000 rows' },
    ],
  });
  expect(readStage(file)?.models).toMatchObject([{ who: 'champion' }]);
  end();
  stages.enter('x'.repeat(10_000));
  expect(readStage(file)).toMatchObject({ doing: 'x'.repeat(200), models: [] });
});

it('a model that throws is not at work any more', async () => {
  const file = path.join(folder, 'thrown.json');
  const stages = createStageFile(file);
  const model = watched(
    functionModel([], () => {
      throw new Error('no');
    }),
    'candidate',
    stages,
  );
  await expect(model.predict({ rows: 1, columns: {} })).rejects.toThrow('no');
  expect(readStage(file)?.models).toEqual([]);
});

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runEvaluator } from '../../../src/agent/evaluate/run-evaluator.ts';
import type { TaskRun } from '../../../src/agent/task-run.ts';
import { createUsageMeter } from '../../../src/agent/usage-meter.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'sluice-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const stage = (models: string) =>
  `fs.writeFileSync('${folder}/stage.json', JSON.stringify({ doing: 'scored 10 of 20', models: ${models} }));`;
const at = (who: string, doing: string) => `[{ who: '${who}', doing: '${doing}', since: Date.now() }]`;
const FOREVER = 'for (;;);';

/** The program of an evaluator, with a second to do its work in. */
async function play(program: string, more: { hasChampion?: boolean; seconds?: number } = {}) {
  await rm(path.join(folder, 'stage.json'), { force: true });
  const file = path.join(folder, 'evaluator.cjs');
  await writeFile(file, `const fs = require('node:fs');\n${program}`);
  const seconds = more.seconds ?? 1;
  const run = {
    folder,
    name: 'job.1',
    limits: { timeoutSeconds: seconds },
    evaluateCommand: [process.execPath, file],
    stop: new AbortController().signal,
    log: () => {},
    usage: createUsageMeter(60_000),
  } as unknown as TaskRun<'evaluate'>;
  const place = { inputFile: 'in', output: folder, stageFile: path.join(folder, 'stage.json') };
  const end = await runEvaluator(
    run,
    { ...place, hasChampion: more.hasChampion ?? true },
    performance.now() + seconds * 1000,
  );
  return end.kind === 'failed' ? `${end.error.code}: ${end.error.message}` : end;
}

describe('an evaluator that ends before its time', () => {
  it('says which model was at work, and with what', async () => {
    expect(await play(`${stage(at('candidate', 'answering 10,000 rows'))} ${FOREVER}`)).toBe(
      'config/model-invalid: The candidate took too long while answering 10,000 rows',
    );
    expect(await play(`${stage(at('champion', 'loading'))} process.kill(process.pid, 'SIGSEGV')`)).toEqual({
      kind: 'champion-broke-it',
      how: 'broke the evaluator down (SIGSEGV) while loading',
    });
  });

  it('blames nobody but the candidate where there is no champion', async () => {
    const program = `${stage(at('champion', 'loading'))} process.abort()`;
    expect(await play(program, { hasChampion: false })).toMatch(/^config\/model-invalid: The candidate broke the eval/);
  });

  it('says what was being done where no model was at work', async () => {
    expect(await play(`${stage('[]')} console.error('TypeError: a bug'); process.exit(1)`)).toBe(
      'bug/invariant: The evaluator failed: it ended with exit status 1 at "scored 10 of 20": TypeError: a bug',
    );
    expect(await play('process.abort()')).toMatch(
      /^config\/model-invalid: The candidate broke the evaluator down \(SIGABRT\)/,
    );
  });

  it('does not wait for the end of its time where one answer of the champion takes a quarter of it', async () => {
    const started = performance.now();
    const end = await play(`${stage(at('champion', 'loading'))} ${FOREVER}`, { seconds: 4 });
    expect(end).toEqual({ kind: 'champion-broke-it', how: 'took too long while loading' });
    expect(performance.now() - started).toBeLessThan(3_500);
  });
});

import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { evaluateCommand } from '../../src/cli/commands/evaluate.ts';
import { readReference } from '../../src/cli/read-reference.ts';
import { evaluatorParts } from '../../src/compose-parts.ts';
import { selfCommand } from '../../src/self-command.ts';
import { lateModel, writeLateFlights } from '../harness/late-flights.ts';

const run = promisify(execFile);
const MODELS = path.resolve('test/adapters/model-runtime/models');
let folder: string;
let root: string;

const POLICY = `apiVersion: sluice/v1
kind: Policy
specs: ["models/**/model.yaml", "data/*.yaml"]
runners: {local: {type: local}}
data: {allow: ["data/"]}
owners: {default: ["owner"]}
`;

beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'sluice-'));
  root = path.join(folder, 'repository');
  await writeLateFlights(root, POLICY);
  await run('git', ['init', '-q', root]);
});

afterAll(() => rm(folder, { recursive: true, force: true }));

async function specWith(gates: string): Promise<string> {
  const spec = path.join(root, 'models/late/model.yaml');
  await writeFile(spec, `${lateModel()}${gates}\n`);
  return spec;
}

/** As a user runs it. */
async function evaluate(gates: string, ...more: string[]) {
  const spec = await specWith(gates);
  const [program, ...args] = selfCommand('evaluate', '--spec', spec, ...more) as [string, ...string[]];
  const ended = await run(program, args).catch((error: { code: number; stdout: string; stderr: string }) => error);
  return { code: 'code' in ended ? ended.code : 0, stdout: ended.stdout, stderr: ended.stderr };
}

/** Within the test, without the processes that measure memory. */
async function evaluateHere(gates: string, model: string, more: { reference?: string } = {}) {
  const parts = { ...(await evaluatorParts()), probeCommand: ['false'] };
  const spec = await specWith(gates);
  return evaluateCommand(parts, { spec, model: path.join(MODELS, model), dataRoot: '.', ...more });
}

describe('sluice evaluate', () => {
  it('compares two artifacts and leaves a report and the predictions', async () => {
    const out = path.join(folder, 'out');
    const artifact = path.join(folder, 'artifact');
    await mkdir(out);
    await mkdir(artifact);
    await cp(path.join(MODELS, 'matrix.onnx'), path.join(artifact, 'model.onnx'));
    const gates = '  - {metric: roc_auc, min: 0.6}\n  - {metric: roc_auc, against: champion, noWorseThan: 0.01}';
    const models = ['--model', path.join(MODELS, 'matrix.onnx'), '--champion', artifact];
    const predictions = path.join(out, 'predictions.parquet');
    const { code, stdout } = await evaluate(
      gates,
      ...models,
      '--report',
      path.join(out, 'report.md'),
      '--predictions',
      predictions,
    );
    expect(stdout).toMatch(
      /^All 2 gates pass: late on 500 rows of flights against champion artifact\n.*\n {2}roc_auc ↑ +0\.\d+ +0\.\d+ \[.*\] +0 \[0, 0\] +=.same\n/,
    );
    expect(stdout).toMatch(/\n {2}1 {2}pass +roc_auc ≥ 0\.6: /);
    expect(stdout).toMatch(/\nverdict: pass\n$/);
    expect(code).toBe(0);
    const files = (await readdir(out)).sort();
    const pictures = files.filter((file) => file.endsWith('.svg'));
    expect(pictures).toContain('report.roc.svg');
    expect(files).toEqual(['predictions.parquet', ...pictures, 'report.md'].sort());
    const report = await readFile(path.join(out, 'report.md'), 'utf8');
    for (const picture of pictures) expect(report).toContain(`](${picture})`);
    expect(report).toContain('[Predictions (Parquet)](predictions.parquet)');
    expect((await readFile(predictions)).subarray(0, 4).toString()).toBe('PAR1');
  });

  it('answers 1 when a gate fails, with all of it as JSON', async () => {
    const reference = path.join(folder, 'reference.json');
    const { exitCode, json } = await evaluateHere('  - {metric: roc_auc, min: 0.99}', 'matrix.onnx', { reference });
    expect(await readReference(reference)).toMatchObject({ version: 2, promised: expect.any(Array) });
    expect(exitCode).toBe(1);
    expect(json).toMatchObject({
      verdict: 'fail',
      gates: [{ gate: 'roc_auc ≥ 0.99', verdict: 'fail' }],
      evaluation: { rows: 500 },
    });
  });

  it('refuses a model that does not fit, or a spec that is wrong', async () => {
    await expect(evaluateHere('  - {size: 1MB}', 'columns.onnx')).rejects.toMatchObject({
      code: 'config/model-invalid',
      message: expect.stringContaining('its inputs do not fit the signature'),
    });
    const wrong = await evaluate('  - {metric: rmse, min: 0.6}', ...['--model', path.join(MODELS, 'matrix.onnx')]);
    expect(wrong).toMatchObject({ code: 2, stderr: expect.stringContaining('models/late/model.yaml:') });
  });
});

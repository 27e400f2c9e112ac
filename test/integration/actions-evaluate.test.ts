import { execFileSync } from 'node:child_process';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { program, ROOT, runAction, sluiceProgram } from '../actions/action-process.ts';
import { lateModel, writeLateFlights } from '../harness/late-flights.ts';

const MODELS = path.join(ROOT, 'test/adapters/model-runtime/models');
const SPEC = 'models/late/model.yaml';
// Each starts several processes, beside those of other tests.
vi.setConfig({ testTimeout: 60_000 });

let folder: string;
let repository: string;
let programs: string[];

const POLICY = `apiVersion: sluice/v1
kind: Policy
data: {allow: ["data/"]}
`;
const MODEL = lateModel(', resamples: 100');

beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'sluice-'));
  programs = [await sluiceProgram(folder)];
  repository = path.join(folder, 'repository');
  await writeLateFlights(repository, POLICY);
  await cp(path.join(MODELS, 'matrix.onnx'), path.join(repository, 'candidate.onnx'));
  await mkdir(path.join(repository, 'champion'));
  await cp(path.join(MODELS, 'matrix.onnx'), path.join(repository, 'champion/model.onnx'));
  execFileSync('git', ['init', '-q', repository]);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function evaluate(gates: string, inputs: Record<string, string> = {}) {
  await writeFile(path.join(repository, SPEC), `${MODEL}${gates}\n`);
  const all = { spec: SPEC, model: 'candidate.onnx', ...inputs };
  return runAction({ name: 'evaluate', folder, programs, cwd: repository, inputs: all });
}

test('the gates pass: the verdict, the figures, and the report as the summary of the run', async () => {
  const gates = '  - {metric: roc_auc, min: 0.6}\n  - {metric: roc_auc, against: champion, noWorseThan: 0.01}';
  const run = await evaluate(gates, { champion: 'champion' });
  expect(run).toMatchObject({ code: 0, annotations: [], outputs: { verdict: 'pass' } });
  const metrics = JSON.parse(run.outputs.metrics!) as { metric: string; difference?: { value: number } }[];
  expect(metrics.map(({ metric }) => metric)).toEqual(['roc_auc', 'accuracy']);
  expect(metrics[0]).toMatchObject({ candidate: { value: expect.any(Number) }, difference: { value: 0 } });
  expect(run.outputs.report).toBe(path.join(folder, 'temp/sluice-report/evaluation.md'));
  const report = await readFile(run.outputs.report!, 'utf8');
  expect(report).toContain('](evaluation.roc.svg)');
  expect(run.summary.trimEnd()).toBe(report.replace(/!\[.*\]\(evaluation\..*\.svg\)\n\n/g, '').trimEnd());
  expect(await readdir(path.dirname(run.outputs.report!))).toContain('evaluation.roc.svg');
});

test('a gate does not pass: the step fails with an annotation on the spec, unless it is told not to', async () => {
  const gate = '  - {metric: roc_auc, min: 0.99}';
  const run = await evaluate(gate);
  expect(run).toMatchObject({ code: 1, outputs: { verdict: 'fail' } });
  expect(run.annotations).toEqual([
    expect.stringMatching(/^error title=roc_auc ≥ 0\.99: fail,file=models\/late\/model\.yaml::/),
  ]);
  const told = await evaluate(gate, { 'fail-on-gate': 'false' });
  expect(told).toMatchObject({
    code: 0,
    outputs: { verdict: 'fail' },
    annotations: [expect.stringMatching(/^warning /)],
  });
});

test('a person has to decide: a warning, no failure', async () => {
  const run = await evaluate('  - {metric: roc_auc, min: 0.99, onFail: approval}');
  expect(run).toMatchObject({ code: 0, outputs: { verdict: 'needs-approval' } });
  expect(run.annotations).toEqual([expect.stringMatching(/^warning title=roc_auc ≥ 0\.99: needs approval,/)]);
});

test('a spec that is wrong: annotated on its line; nothing is scored', async () => {
  const run = await evaluate('  - {metric: rmse, min: 0.6}');
  expect(run).toMatchObject({ code: 2, outputs: {}, summary: '' });
  const line = MODEL.split('\n').length;
  expect(run.annotations[0]).toMatch(new RegExp(`^error file=${SPEC},line=${line},col=\\d+::.*rmse`));
  expect(run.annotations.at(-1)).toMatch(/^error::Evaluating candidate.onnx: the specs are not valid/);
});

test('what is not there, and what is missing', async () => {
  const away = await evaluate('  - {size: 1MB}', { model: 'away.onnx' });
  expect(away).toMatchObject({ code: 2, outputs: {}, annotations: [expect.stringContaining('away.onnx')] });
  const missing = await evaluate('  - {size: 1MB}', { model: '' });
  expect(missing).toMatchObject({ code: 1, annotations: [expect.stringContaining('The input "model" is missing')] });
});

test('a sluice that dies says nothing good', async () => {
  const all = { spec: SPEC, model: 'candidate.onnx' };
  const dead = [await program(path.join(folder, 'dead'), 'sluice', 'echo "{\\"verdict\\": \\"pass\\""; kill -9 $$')];
  const run = await runAction({ name: 'evaluate', folder, programs: dead, cwd: repository, inputs: all });
  expect(run).toMatchObject({
    code: 137,
    outputs: {},
    annotations: [expect.stringContaining('sluice ended with 137')],
  });
});

// A model that is really trained, served by the command as people start it, judged by what it logged.
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { cp, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createDriftSource } from '../../src/adapters/drift-source/create-drift-source.ts';
import { makeReference } from '../../src/adapters/drift-source/make-reference.ts';
import { judgePerformance } from '../../src/domain/drift/judge-performance.ts';
import { judgeWindow } from '../../src/domain/drift/judge-window.ts';
import type { Column, Dataset, Model } from '../../src/domain/spec/valid.ts';
import { monitorOf } from '../adapters/drift-source/source-world.ts';

const ROOT = path.resolve(import.meta.dirname, '../..');
const MAY = Date.UTC(2001, 4, 1);
const DAY = 86_400_000;
const column = (name: string, type: Column['type']): Column => ({ name, type, nullable: false, pii: false });
const dataset: Dataset = {
  kind: 'Dataset',
  name: 'visits',
  path: 'data/visits.yaml',
  source: { uri: 'data/visits.csv', format: 'csv' },
  columns: [column('age', 'integer'), column('minutes', 'float'), { ...column('bought', 'boolean'), role: 'label' }],
  splits: { train: 'true', holdout: 'true' },
  checks: [],
};
type Visit = { age: number; minutes: number; bought: boolean };

let folder: string;
let serving: string;
let visits: Visit[];
let child: ChildProcess | undefined;

const sluice = (...args: string[]) => [path.join(ROOT, 'src/cli/main.ts'), ...args];
const env = { PATH: process.env.PATH, SLUICE_CONTROL_TOKEN: 'token' };

/** Starts the command and answers where it listens. */
async function start(...more: string[]): Promise<string> {
  const args = ['--import', 'tsx', ...sluice('serve', '--folder', serving, '--port', '0', '--json', ...more)];
  child = spawn(process.execPath, args, { cwd: ROOT, env, stdio: ['ignore', 'pipe', 'inherit'] });
  let text = '';
  for await (const chunk of child.stdout!) {
    text += chunk;
    if (text.includes('\n')) return (JSON.parse(text) as { url: string }).url;
  }
  throw new Error(`It ended: ${text}`);
}

async function stop(signal: NodeJS.Signals): Promise<number | null> {
  const ended = new Promise<number | null>((resolve) => child!.once('exit', resolve));
  child!.kill(signal);
  return ended;
}

beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'sluice-'));
  serving = path.join(folder, 'serving/acme/shop/production');
  await cp(path.join(ROOT, 'fixtures/tiny'), path.join(folder, 'tree'), { recursive: true });
  // Beside the tree, so that its trainer finds its packages and the tree stays as it is.
  await symlink(path.join(ROOT, 'node_modules'), path.join(folder, 'node_modules'));
  execFileSync('git', ['init', '-q', path.join(folder, 'tree')]);
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  const csv = path.join(folder, 'tree/data/visits.csv');
  await connection.run(`COPY (SELECT * FROM read_csv('${csv}')) TO '${path.join(folder, 'train.parquet')}'`);
  const found = await connection.runAndReadAll(
    `SELECT age::DOUBLE AS age, minutes::DOUBLE AS minutes, bought FROM read_csv('${csv}') LIMIT 1200`,
  );
  visits = found.getRowObjectsJS() as unknown as Visit[];
  connection.closeSync();
  instance.closeSync();
  await mkdir(path.join(folder, 'output'));
  const params = {
    label: 'bought',
    kind: 'binary',
    features: ['age', 'minutes'],
    epochs: 60,
    learningRate: 0.5,
    pauseMs: 0,
  };
  await writeFile(path.join(folder, 'params.json'), JSON.stringify(params));
  execFileSync('node', ['lib/train.mjs'], {
    cwd: path.join(folder, 'tree'),
    env: {
      PATH: process.env.PATH,
      SLUICE_PARAMS: path.join(folder, 'params.json'),
      SLUICE_TRAIN: path.join(folder, 'train.parquet'),
      SLUICE_OUTPUT: path.join(folder, 'output'),
      SLUICE_SEED: '7',
    },
  });
});

afterAll(async () => {
  if (child && child.exitCode === null && child.signalCode === null) await stop('SIGKILL');
  await rm(folder, { recursive: true, force: true });
});

function ask(url: string, rows: Visit[], first: number, at: number) {
  const shape = [rows.length];
  return fetch(`${url}/v2/models/bought/infer`, {
    method: 'POST',
    body: JSON.stringify({
      parameters: { ids: rows.map((_, i) => `visit-${first + i}`), timestamp: at },
      inputs: [
        { name: 'age', shape, datatype: 'FP32', data: rows.map((row) => row.age) },
        { name: 'minutes', shape, datatype: 'FP32', data: rows.map((row) => row.minutes) },
      ],
    }),
  });
}

test('serve: answers, survives being killed, and what it logged tells drift and performance', async () => {
  const artifact = path.join(folder, 'output/model.onnx');
  let url = await start('--model', artifact, '--spec', path.join(folder, 'tree/models/bought/model.yaml'));
  expect((await fetch(`${url}/v2/health/ready`)).status).toBe(200);
  const first = visits.slice(0, 600);
  const answer = (await (await ask(url, first, 0, MAY)).json()) as {
    model_version: string;
    outputs: { data: number[] }[];
  };
  expect(answer.model_version).toBe('local');
  expect(answer.outputs[0]!.data.every((p) => p > 0 && p < 1)).toBe(true);
  await stop('SIGKILL');

  url = await start();
  // The next day somebody counts seconds for minutes.
  const second = visits.slice(600, 1200).map((visit) => ({ ...visit, minutes: visit.minutes * 60 }));
  expect((await ask(url, second, 600, MAY + DAY)).status).toBe(200);
  const labels = visits.map((visit, i) => ({ id: `visit-${i}`, label: visit.bought, at: MAY + 2 * DAY }));
  const stored = await fetch(`${url}/labels`, {
    method: 'POST',
    headers: { authorization: 'Bearer token' },
    body: JSON.stringify({ labels }),
  });
  expect(await stored.json()).toEqual({ stored: 1200 });

  const model = await servedModel(url);
  const reference = await makeReference({
    trainFile: path.join(folder, 'train.parquet'),
    holdoutFile: path.join(folder, 'train.parquet'),
    model,
    dataset,
    predictions: Float64Array.from(answer.outputs[0]!.data),
    labels: Float64Array.from(first, ({ bought }) => Number(bought)),
    promised: [{ metric: 'roc_auc', value: 0.7, lower: null, upper: null }],
  });
  const source = createDriftSource({
    servingRoot: path.join(folder, 'serving'),
    observationsRoot: path.join(folder, 'observations'),
    dataRoot: folder,
    cacheFolder: path.join(folder, 'cache'),
  });
  const monitor = monitorOf({ kind: 'serving' });
  const watched = { repository: 'acme/shop', monitor, allow: [] };
  // Asked while it serves: what is not Parquet yet is written out first.
  expect(await source.extent(watched)).toEqual({ first: MAY, last: MAY + DAY });
  const verdicts = [];
  for (const from of [MAY, MAY + DAY]) {
    const span = { from, to: from + DAY };
    const seen = await source.observe(watched, span, reference, model);
    expect(seen).toMatchObject({ profile: { rows: 600, errors: 0, versions: [['local', 600]] }, malformed: [] });
    const metrics = [{ metric: 'roc_auc', noWorseThan: 0.05 }];
    const performance = judgePerformance(seen.labelled, reference.promised, metrics, model);
    const settings = { ...monitor, ignore: [] };
    const about = { trailing: [], quality: [], performance, estimates: [], settings, ...span };
    verdicts.push(judgeWindow({ reference, window: seen.profile, ...about }));
  }
  expect(verdicts[0]).toMatchObject({
    verdict: 'good',
    performance: [{ metric: 'roc_auc', rows: 600, verdict: 'kept' }, {}],
  });
  expect(verdicts[1]!.verdict).toBe('bad');
  const drifted = verdicts[1]!.columns.filter((column) => column.drifted).map(({ column }) => column);
  expect(drifted).toContain('minutes');
  expect(drifted).not.toContain('age');
  expect(await stop('SIGTERM')).toBe(0);
});

async function servedModel(url: string): Promise<Model> {
  const response = await fetch(`${url}/control/state`, { headers: { authorization: 'Bearer token' } });
  return ((await response.json()) as { state: { versions: { model: Model }[] } }).state.versions[0]!.model;
}

test('serve refuses a model without its spec, and a port that is none', () => {
  const run = (...args: string[]) => {
    try {
      execFileSync(process.execPath, ['--import', 'tsx', ...sluice('serve', '--folder', serving, ...args)], {
        cwd: ROOT,
        env,
        stdio: 'pipe',
      });
      return 0;
    } catch (error) {
      return (error as { status: number }).status;
    }
  };
  expect(run('--model', 'x.onnx')).toBe(2);
  expect(run('--port', '99999')).toBe(2);
});

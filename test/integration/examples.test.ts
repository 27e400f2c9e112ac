/**
 * The Python examples with their real frameworks, from PyPI: trained by real agents, judged by our evaluator, and their
 * ONNX files compared with what the frameworks themselves answered.
 */
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, readlink, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createDuckdbDatasetReader } from '../../src/adapters/dataset/create-duckdb-dataset-reader.ts';
import type { Job } from '../../src/domain/jobs/job.ts';
import { type ExampleWorld, openExampleWorld } from '../fixtures/example-world.ts';
import { openPythonEnv, type PythonEnv } from './python/python-env.ts';

const run = promisify(execFile);
const fixtures = path.resolve(import.meta.dirname, '../../fixtures');
const INSTALL_MS = 600_000;

type Example = { name: string; python: PythonEnv; world: ExampleWorld; folder: string };

async function openExample(name: string): Promise<Example> {
  const requirements = (await readFile(path.join(fixtures, name, 'requirements.txt'), 'utf8')).split('\n');
  const python = await openPythonEnv(requirements);
  console.log(`${name}: packages ${python.how} in ${python.seconds.toFixed(0)} s`);
  const world = await openExampleWorld(name, python.env);
  return { name, python, world, folder: await mkdtemp(path.join(os.tmpdir(), 'sluice-')) };
}

async function closeExample({ world, folder }: Example): Promise<void> {
  await world.close();
  await rm(folder, { recursive: true, force: true });
}

/** Runs the training without an agent, so that it may say what its own framework predicts; answers that and the file. */
async function trainByHand({ name, python, world, folder }: Example, program: string) {
  const { model, dataset } = await world.commit();
  const output = path.join(folder, 'output');
  await mkdir(output, { recursive: true });
  const params = path.join(folder, 'params.json');
  await writeFile(params, JSON.stringify({ ...model.train.params, samplePredictions: true }));
  const checkout = path.join(fixtures, name);
  const split = path.join(folder, 'train.parquet');
  const reader = createDuckdbDatasetReader({ dataRoot: folder, checkout, allow: ['data/'] });
  await reader.materialise(dataset, 'train', split);
  await run(python.python, [program], {
    cwd: checkout,
    env: {
      ...python.env,
      PYTHONDONTWRITEBYTECODE: '1',
      SLUICE_PARAMS: params,
      SLUICE_TRAIN: split,
      SLUICE_OUTPUT: output,
      SLUICE_SEED: String(model.train.seed),
    },
  });
  const sample = JSON.parse(await readFile(path.join(output, 'sample-predictions.json'), 'utf8')) as {
    inputs: number[][];
    [answers: string]: number[] | number[][];
  };
  return { sample, file: await readFile(path.join(output, 'model.onnx')) };
}

async function predict(file: Buffer, inputs: number[][], output: string): Promise<number[]> {
  const session = await InferenceSession.create(file);
  const features = new Tensor('float32', Float32Array.from(inputs.flat()), [inputs.length, inputs[0]!.length]);
  return [...((await session.run({ features }))[output]!.data as Float32Array)];
}

const furthest = (some: number[], others: number[]): number =>
  Math.max(...some.map((value, index) => Math.abs(value - others[index]!)));

describe('scikit-learn', () => {
  let example: Example;
  beforeAll(async () => {
    example = await openExample('sklearn');
  }, INSTALL_MS);
  afterAll(() => closeExample(example));

  test('is trained by an agent, twice to the same file, and is judged', async () => {
    const { world } = example;
    const at = await world.commit();
    const job = await world.train(at);
    expect((await world.train(at)).result).toEqual(job.result);
    const log = await world.logOf(job);
    expect(log).toContainEqual(expect.stringMatching(/^wrote model\.onnx/));
    expect(log.join('\n')).not.toContain('installing');
    const curve = (await world.metricsOf(job)).filter(({ metric }) => metric === 'validation_loss');
    expect(curve.map(({ step }) => step)).toEqual([5, 10, 15, 20, 25, 30, 35, 40, 45, 50, 55, 60]);

    const evaluation = await world.evaluate(at, job);
    expect(evaluation.rows).toBe(197);
    const auc = evaluation.metrics.find(({ metric }) => metric === 'roc_auc')!;
    expect(auc.candidate.lower).toBeGreaterThan(0.9);
  });

  test('answers in ONNX what it answers in Python', async () => {
    const { sample, file } = await trainByHand(example, 'models/tumour/train.py');
    const both = await predict(file, sample.inputs, 'probabilities');
    const positive = both.filter((_, index) => index % 2 === 1);
    expect(positive.length).toBeGreaterThan(70);
    expect(new Set(positive).size).toBeGreaterThan(30);
    expect(furthest(positive, sample.probabilities as number[])).toBeLessThan(1e-5);

    const trained = await example.world.train(await example.world.commit());
    expect((await example.world.fileOf(trained, 'model.onnx')).equals(file)).toBe(true);
  });

  test('has the rows of scikit-learn', async () => {
    const program = `
import csv, sys
from sklearn.datasets import load_breast_cancer
source = load_breast_cancer()
names = [name.replace(" ", "_") for name in source.feature_names]
rows = list(csv.DictReader(open(sys.argv[1])))
assert len(rows) == len(source.data) == 569
for number, (row, values, benign) in enumerate(zip(rows, source.data, source.target), 1):
    assert row.pop("id") == str(number) and row.pop("malignant") == ("false" if benign else "true")
    assert len(row) == 10
    assert all(float(text) == values[names.index(name)] for name, text in row.items())
`;
    await run(example.python.python, ['-c', program, path.join(fixtures, 'sklearn/data/tumours.csv')]);
  });

  test('brings missing packages along', async () => {
    const folder = path.join(example.folder, 'elsewhere');
    await mkdir(folder);
    const tool = await readFile(path.join(fixtures, 'sklearn/with_packages.py'));
    await writeFile(path.join(folder, 'with_packages.py'), tool);
    await writeFile(
      path.join(folder, 'requirements.txt'),
      '# one, small\npackaging==24.2 # not the one that is here\n',
    );
    const program = 'import packaging, sys; print(packaging.__version__, sys.argv[1:])';
    await writeFile(path.join(folder, 'program.py'), program);
    const start = () =>
      run(example.python.python, [path.join(folder, 'with_packages.py'), path.join(folder, 'program.py'), 'a b'], {
        env: { ...process.env, TMPDIR: folder },
      });
    const { stdout } = await start();
    expect(stdout).toBe("installing requirements.txt: packaging==24.2 not here\n24.2 ['a b']\n");
    await writeFile(path.join(folder, 'requirements.txt'), 'packaging==25.0\n');
    expect((await start()).stdout).toBe("25.0 ['a b']\n");
  });
});

describe('PyTorch', () => {
  let example: Example;
  let unbroken: Job['result'];
  beforeAll(async () => {
    example = await openExample('pytorch');
  }, INSTALL_MS);
  afterAll(() => closeExample(example));

  test('is trained by an agent, twice to the same file, and is judged', async () => {
    const { world } = example;
    const at = await world.commit();
    const job = await world.train(at);
    expect((await world.train(at)).result).toEqual(job.result);
    expect(await world.logOf(job)).toContainEqual(expect.stringMatching(/PyTorch 2\.11\.0\S* on /));
    const errors = (await world.metricsOf(job)).filter(({ metric }) => metric === 'validation_rmse');
    expect(errors.map(({ step }) => step)).toEqual(Array.from({ length: 120 }, (_, index) => index + 1));
    expect(errors.at(-1)!.value).toBeLessThan(errors[0]!.value);

    const evaluation = await world.evaluate(at, job);
    expect(evaluation.rows).toBe(365);
    const share = evaluation.metrics.find(({ metric }) => metric === 'r2')!;
    expect(share.candidate.lower).toBeGreaterThan(0.8);
  });

  test('answers in ONNX what it answers in Python', async () => {
    const { sample, file } = await trainByHand(example, 'models/warmth/train.py');
    const values = await predict(file, sample.inputs, 'temp_max');
    expect(values.length).toBeGreaterThan(150);
    const own = sample.values as number[];
    expect(furthest(values, own) / Math.max(...own.map(Math.abs))).toBeLessThan(1e-5);
  });

  test.each([
    { how: 'SIGKILL' as const, checkpointEvery: 20 },
    { how: 'SIGTERM' as const, checkpointEvery: 100_000 },
  ])(
    'goes on where it was when its machine went away with $how, to the same file',
    async ({ how, checkpointEvery }) => {
      const { world } = example;
      const params = {
        epochs: 120,
        learningRate: 0.01,
        hidden: [8],
        batchSize: 1024,
        validation: 0.15,
        checkpointEvery,
      };
      const spec = 'models/warmth/model.yaml';
      const program = 'models/warmth/train.py';
      const text = await readFile(path.join(fixtures, 'pytorch', spec), 'utf8');
      const whole = await readFile(path.join(fixtures, 'pytorch', program), 'utf8');
      // An epoch takes milliseconds: the attempt that is to be broken waits, or it may have ended before anyone looks.
      const loop = /^for epoch in .*$/m;
      expect(whole).toMatch(loop);
      const waiting = whole
        .replace(loop, '$&\n    while epoch == 80 and state is None and not ending: time.sleep(0.05)')
        .replace('import sys', 'import sys\nimport time');
      const changed = text.replace(/params: \{.*\}/, `params: ${JSON.stringify(params)}`);
      const at = await world.commit({ [spec]: changed, [program]: waiting });
      const { model, dataset, policy, sha } = at;
      const first = await world.createJob(sha, { kind: 'train', model, dataset, allow: policy.data.allow });
      const agent = world.startAgent(first);
      await until(async () => {
        const metrics = await world.metricsOf(first);
        const { checkpoint } = (await world.store.jobs.get(first.id))!;
        return metrics.some(({ step }) => step > 60) && (how === 'SIGTERM' || checkpoint !== undefined);
      });
      agent.process.kill(how);
      await agent.ended;
      await endOrphans(world);

      await world.store.jobs.update(
        first.id,
        ({ agent: _, ...job }) => ({ ...job, status: 'queued', attempt: 2 }) as Job,
      );
      const done = await world.finish((await world.store.jobs.get(first.id))!);
      const log = (await world.logOf(done)).join('\n');
      expect(Number(/going on after epoch (\d+)/.exec(log)?.[1]), log).toBeGreaterThan(19);

      // how often it saves makes no difference to what comes out
      unbroken ??= (await world.train(await world.commit({ [program]: whole }))).result;
      expect(done.result).toEqual(unbroken);
    },
  );
});

/** What a killed agent leaves behind; the server's reaper does this on a real machine. */
async function endOrphans(world: ExampleWorld): Promise<void> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  for (const pid of pids) {
    const cwd = await readlink(`/proc/${pid}/cwd`).catch(() => '');
    if (cwd.startsWith(path.join(world.folder, 'work'))) process.kill(Number(pid), 'SIGKILL');
  }
}

async function until(what: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 120_000;
  while (!(await what())) {
    if (Date.now() > deadline) throw new Error('it did not happen within two minutes');
    await sleep(100);
  }
}

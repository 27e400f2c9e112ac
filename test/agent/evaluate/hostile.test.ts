/** What a broken or malicious artifact comes to, through the process that evaluates: an error that says which and why. */
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createModelRuntime } from '../../../src/adapters/model-runtime/create-model-runtime.ts';
import { runEvaluator } from '../../../src/agent/evaluate/run-evaluator.ts';
import type { TaskRun } from '../../../src/agent/task-run.ts';
import type { EvaluationInput } from '../../../src/agent/tasks/evaluate.ts';
import { createUsageMeter } from '../../../src/agent/usage-meter.ts';
import { toColumn } from '../../../src/domain/data/batch-values.ts';
import type { Column, Model } from '../../../src/domain/spec/valid.ts';
import {
  floats,
  type Graph,
  graph,
  integers,
  node,
  onnxModel,
  tensor,
  value,
} from '../../adapters/model-runtime/onnx-writer.ts';
import { datasetOf, modelOf } from './function-models.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'sluice-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const ports = { inputs: [value('x', 'float32', ['n', 1])], outputs: [value('y', 'float32', ['n', 1])] };
const sound: Graph = { nodes: [node('Identity', ['x'], ['y'])], ...ports };
/** x + w, with whatever `w` is. */
const withWeight = (w: Buffer[]): Graph => ({ nodes: [node('Add', ['x', 'w'], ['y'])], ...ports, constants: [w] });
const external = (location: string, length = 4, dims: number[] = [1]) =>
  onnxModel(withWeight(tensor('w', 'float32', dims, { location, length })));
/** What comes out has as many values as `size`, before it is brought down to one a row. */
const inflated = (size: bigint): Graph => ({
  nodes: [
    node('Shape', ['x'], ['shape']),
    node('Mul', ['shape', 'size'], ['large']),
    node('Expand', ['x', 'large'], ['expanded']),
    node('ReduceMax', ['expanded'], ['y'], { axes: [1], keepdims: 1 }),
  ],
  ...ports,
  constants: [tensor('size', 'int64', [2], integers(1, size))],
});
const endless: Graph = {
  nodes: [
    node('Loop', ['', 'go', 'x'], ['y'], {
      body: {
        graph: graph({
          nodes: [node('Identity', ['go_in'], ['go_out']), node('Identity', ['x_in'], ['x_out'])],
          inputs: [value('turn', 'int64', []), value('go_in', 'bool', []), value('x_in', 'float32', ['n', 1])],
          outputs: [value('go_out', 'bool', []), value('x_out', 'float32', ['n', 1])],
        }),
      },
    }),
  ],
  ...ports,
  constants: [tensor('go', 'bool', [], Buffer.from([1]))],
};

const truncated = (content: Buffer) => content.subarray(0, content.length - 9);

describe('an ONNX file', () => {
  const rows = { rows: 2, columns: { x: toColumn([1, -2]) } };

  /** Loads it and asks it, in this process: onnxruntime refuses all these by itself. */
  async function attempt(content: Buffer, files: Record<string, string | { link: string }> = {}) {
    const place = await mkdtemp(path.join(folder, 'model-'));
    await mkdir(path.join(place, 'artifact'));
    await writeFile(path.join(place, 'secret.bin'), floats(42));
    await writeFile(path.join(place, 'artifact/model.onnx'), content);
    for (const [name, of] of Object.entries(files)) {
      const file = path.join(place, 'artifact', name);
      if (typeof of === 'string') await writeFile(file, of);
      else await symlink(path.join(place, of.link), file);
    }
    const model = await createModelRuntime().load({
      folder: path.join(place, 'artifact'),
      path: 'model.onnx',
      format: 'onnx',
      signature: { inputs: [{ name: 'x', column: 'x', type: 'float' }], output: { name: 'y' } },
      task: 'regression',
    });
    return model.predict(rows).finally(() => model.close());
  }

  it('that is sound is answered', async () => {
    expect((await attempt(onnxModel(sound))).values).toEqual(Float64Array.of(1, -2));
  });

  it.each([
    ['truncated', () => attempt(truncated(onnxModel(sound))), 'it is no ONNX file, or a part of it is missing'],
    ['garbage', () => attempt(Buffer.from('GIF89a not a model at all')), 'it is no ONNX file'],
    ['empty', () => attempt(Buffer.alloc(0)), 'it is empty: an ONNX file without a graph'],
    [
      'of an opset to come',
      () => attempt(onnxModel(sound, 99)),
      /its opset is 99, and only those up to \d+ are known here: export it with an older one/,
    ],
    [
      'with an operator of its own',
      () => attempt(onnxModel({ ...sound, nodes: [node('Evil', ['x'], ['y'], {}, 'com.evil')] })),
      "No opset import for domain 'com.evil'",
    ],
    [
      'with NaN answers',
      () => attempt(onnxModel({ ...sound, nodes: [node('Log', ['x'], ['y'])] })),
      'output y answers NaN for row 2',
    ],
    [
      'with endless answers',
      () => attempt(onnxModel(withWeight(tensor('w', 'float32', [1], floats(Number.POSITIVE_INFINITY))))),
      'output y answers Infinity for row 1',
    ],
    [
      'with fewer rows than asked',
      () => attempt(onnxModel({ ...sound, nodes: [node('ReduceSum', ['x'], ['y'])] })),
      'output y has shape [1, 1] for 2 rows',
    ],
    [
      'that declares ten gigabytes',
      () => attempt(onnxModel(withWeight(tensor('w', 'float32', [2_500_000_000], floats(1))))),
      "Initializer 'w' declares a size of 10000000000 bytes",
    ],
    [
      'that declares more than there are addresses',
      () => attempt(onnxModel(withWeight(tensor('w', 'float32', [2n ** 40n, 2n ** 40n], floats(1))))),
      'a tensor in it is declared larger than any memory',
    ],
    ['without its external data', () => attempt(external('none.bin')), 'its external data none.bin is missing'],
    [
      'with less external data than declared',
      () => attempt(external('model.onnx', 1e10, [2.5e9])),
      'size to read: 10000000000',
    ],
    [
      'with external data above its folder',
      () => attempt(external('../secret.bin')),
      'its external data ../secret.bin is outside of its folder',
    ],
    [
      'with external data at an absolute path',
      () => attempt(external('/etc/hostname')),
      'its external data is at an absolute path, outside of its folder',
    ],
    [
      'with external data behind a link',
      () => attempt(external('weights.bin'), { 'weights.bin': { link: 'secret.bin' } }),
      'its external data weights.bin is outside of its folder',
    ],
  ] as [string, () => Promise<unknown>, string | RegExp][])('%s is refused with the reason', async (_, ask, why) => {
    const error = await ask().then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    expect(error).toMatchObject({ code: 'config/model-invalid' });
    expect((error as Error).message).toMatch(why);
    expect((error as Error).message).not.toContain(folder);
  });
});

describe.concurrent('a model that would take all there is', () => {
  const column = (name: string, more: Partial<Column> = {}): Column => ({
    name,
    type: 'float',
    nullable: true,
    pii: false,
    ...more,
  });
  const model: Model = {
    ...modelOf({
      task: 'regression',
      signature: { inputs: [{ name: 'x', column: 'x', type: 'float' }], output: { name: 'y' } },
    }),
  };

  async function evaluate(content: Buffer, seconds: number) {
    const place = await mkdtemp(path.join(folder, 'task-'));
    const at = (name: string) => path.join(place, name);
    for (const name of ['output', 'candidate', 'data', 'home', 'tmp']) await mkdir(at(name));
    await writeFile(at('candidate/model.onnx'), content);
    await writeFile(at('data/rows.csv'), 'x,label\n1,1\n2,2\n3,3\n4,4\n');
    const task = {
      kind: 'evaluate',
      model,
      dataset: {
        ...datasetOf([column('x'), column('label', { role: 'label' })], { train: 'x < 3', holdout: 'x >= 3' }),
        source: { uri: 'file:rows.csv', format: 'csv' },
      },
      allow: ['file:'],
      candidate: { digest: 'sha256:00', files: [] },
    } as unknown as EvaluationInput['task'];
    const input: EvaluationInput = {
      task,
      candidateFolder: at('candidate'),
      repeatFolders: [],
      stageFile: at('stage.json'),
      dataRoot: at('data'),
    };
    await writeFile(at('input.json'), JSON.stringify(input));
    const run = {
      folder: place,
      name: 'job.1',
      limits: { timeoutSeconds: seconds },
      evaluateCommand: [process.execPath, '--import', 'tsx', path.resolve('src/cli/main.ts'), 'evaluate-task'],
      stop: new AbortController().signal,
      log: () => {},
      usage: createUsageMeter(60_000),
    } as unknown as TaskRun<'evaluate'>;
    const files = {
      inputFile: at('input.json'),
      output: at('output'),
      stageFile: at('stage.json'),
      hasChampion: false,
    };
    const end = await runEvaluator(run, files, performance.now() + seconds * 1000);
    return end.kind === 'failed' ? `${end.error.code}: ${end.error.message}` : end.kind;
  }

  it.runIf(process.platform === 'linux')(
    'is not given the memory, and the node that asks for it is named',
    async ({ expect }) => {
      expect(await evaluate(onnxModel(inflated(3_000_000_000n)), 60)).toBe(
        'config/model-invalid: the model cannot be used: its node expanded_node (Expand) asks for 24000000000 bytes of ' +
          'memory, which there are not',
      );
    },
  );

  it('is ended when its time is over', async ({ expect }) => {
    const before = performance.now();
    expect(await evaluate(onnxModel(endless), 5)).toMatch(/^config\/model-invalid: The candidate took too long/);
    expect(performance.now() - before).toBeLessThan(15_000);
  });
});

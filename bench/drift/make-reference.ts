/** `make-reference.ts TRAIN OUT`: a reference of every column of a Parquet file, as an evaluation makes it. */
import { writeFile } from 'node:fs/promises';
import { describeColumns } from '../../src/adapters/drift-source/count-columns.ts';
import { makeReference } from '../../src/adapters/drift-source/make-reference.ts';
import { quote, withSession } from '../../src/adapters/drift-source/session.ts';
import type { Dataset, Model } from '../../src/domain/spec/valid.ts';

const [train = '', out = ''] = process.argv.slice(2);
const types = await withSession((session) => describeColumns(session, `read_parquet(${quote(train)})`));
const inputs = [...types].filter(([, type]) => !/^(TIMESTAMP|DATE)/.test(type));
const dataset: Dataset = {
  kind: 'Dataset',
  name: 'bench',
  path: 'bench.yaml',
  source: { uri: `file:${train}`, format: 'parquet' },
  columns: [...types].map(([name, type]) => ({
    name,
    type: /^(TIMESTAMP|DATE)/.test(type) ? 'timestamp' : type === 'VARCHAR' ? 'category' : 'float',
    nullable: true,
    pii: false,
  })),
  splits: { train: 'true', holdout: 'true' },
  checks: [],
};
const model: Model = {
  kind: 'Model',
  name: 'bench',
  path: 'bench.yaml',
  task: 'regression',
  dataset: 'bench',
  train: {
    runner: 'local',
    command: [],
    code: [],
    params: {},
    resources: { gpu: 0, memoryBytes: 0, timeoutSeconds: 0 },
    seed: 0,
    repeats: 1,
  },
  artifact: { path: 'model.onnx', format: 'onnx' },
  signature: {
    inputs: inputs.map(([column, type]) => ({ name: column, column, type: type === 'VARCHAR' ? 'string' : 'float' })),
    output: { name: 'y' },
  },
  evaluate: {
    split: 'holdout',
    metrics: [],
    slices: [],
    threshold: 0.5,
    custom: [],
    invariances: [],
    resamples: 0,
    confidence: 0.95,
  },
  gates: [],
};
const started = performance.now();
const none = new Float64Array(0);
const reference = await makeReference({
  trainFile: train,
  holdoutFile: train,
  places: new Int32Array(0),
  model,
  dataset,
  predictions: none,
  labels: none,
  promised: [],
});
const text = JSON.stringify(reference);
await writeFile(out, text);
console.log(
  JSON.stringify({
    seconds: (performance.now() - started) / 1000,
    bytes: text.length,
    peakMb: process.resourceUsage().maxRSS / 1024,
  }),
);

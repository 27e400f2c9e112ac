import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { canonicalJson } from '../../../src/domain/fingerprint/canonical-json.ts';
import { splitIdentity } from '../../../src/domain/fingerprint/data-identity.ts';
import { artifactDigest, digestOf } from '../../../src/domain/fingerprint/digest.ts';
import { fingerprintEvaluation } from '../../../src/domain/fingerprint/fingerprint-evaluation.ts';
import { fingerprintRun, type RunInputs } from '../../../src/domain/fingerprint/fingerprint-run.ts';
import { inputsOf } from '../../../src/domain/plan/plan-model.ts';
import { DATASET, type Edits, MODEL, snapshotOf, TRAINER } from '../spec/flights.ts';

function runOf(edits: Edits = {}, policyEdits: Edits = {}): RunInputs {
  const snapshot = snapshotOf(edits, policyEdits);
  return inputsOf(snapshot.repository.models[0]!, snapshot);
}

const fingerprint = (edits: Edits = {}, policyEdits: Edits = {}) => fingerprintRun(runOf(edits, policyEdits));

test('the digest is SHA-256 of canonical JSON', () => {
  // printf '{"a":[1,true,null],"b":"é"}' | sha256sum
  expect(digestOf({ b: 'é', a: [1, true, null], c: undefined })).toBe(
    'sha256:6eab153701ef60c995351765c772011bca6739878254f313acc3f11e1fef476b',
  );
});

test('the order of keys never counts, that of a list does', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (value) => {
      const reversed = Object.fromEntries(Object.entries(value).reverse());
      return canonicalJson(value) === canonicalJson(reversed);
    }),
  );
  expect(canonicalJson([1, 2])).not.toBe(canonicalJson([2, 1]));
});

test('canonical JSON is JSON of the same value', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      expect(JSON.parse(canonicalJson(value))).toEqual(JSON.parse(JSON.stringify(value)));
    }),
  );
});

test('what JSON cannot hold is a bug, not a digest', () => {
  for (const value of [Number.NaN, 1n, () => 1, [undefined]])
    expect(() => canonicalJson(value)).toThrow(/canonical JSON/);
});

test('the order of files never counts', () => {
  const run = runOf();
  fc.assert(
    fc.property(fc.shuffledSubarray([...run.tree], { minLength: run.tree.length }), (tree) => {
      expect(fingerprintRun({ ...run, tree })).toBe(fingerprintRun(run));
    }),
    { numRuns: 20 },
  );
  const files = [
    { path: 'b', digest: 'sha256:2', size: 2 },
    { path: 'a', digest: 'sha256:1', size: 1 },
  ];
  expect(artifactDigest(files)).toBe(artifactDigest([...files].reverse()));
  expect(artifactDigest(files)).not.toBe(artifactDigest(files.slice(1)));
});

describe('changes with', () => {
  test.each<[string, Edits]>([
    ['a parameter', { [MODEL]: [['epochs: 3', 'epochs: 4']] }],
    ['a new parameter', { [MODEL]: [['epochs: 3', 'epochs: 3, dropout: 0.1']] }],
    ['the code', { [TRAINER]: 'process.exit(0)\n' }],
    ['a new file of code', { 'models/flight-delay/lib/new.mjs': '' }],
    ['the command', { [MODEL]: [['train.mjs]', 'train.mjs, --fast]']] }],
    ['the seed', { [MODEL]: [['seed: 7', 'seed: 8']] }],
    ['the artifact', { [MODEL]: [['model.onnx', 'out.onnx']] }],
    ['the window', { [DATASET]: [[/to: "[^"]*"/, 'to: "2001-02-15"']] }],
    ['the training split', { [DATASET]: [['train: "date < window_to', 'train: "date + INTERVAL 1 DAY < window_to']] }],
    ['the definition of a column', { [DATASET]: [['delay > 15', 'delay > 30']] }],
    ['the digest of the data', { [DATASET]: [[/sha256: \w+/, `sha256: ${'ab'.repeat(32)}`]] }],
  ])('%s', (_what, edits) => {
    expect(fingerprint(edits)).not.toBe(fingerprint());
  });

  test('the image of the runner', () => {
    const farm = (image: string): Edits => ({
      'sluice.yaml': [['{ type: local }', `{ type: kubernetes, namespace: ml, image: "${image}" }`]],
    });
    const image = (digit: string) => `registry.example/train@sha256:${digit.repeat(64)}`;
    expect(fingerprint({}, farm(image('1')))).not.toBe(fingerprint({}, farm(image('2'))));
  });

  test('the mode of a file', () => {
    const run = runOf();
    const tree = run.tree.map((entry) => (entry.path === TRAINER ? { ...entry, mode: '100755' } : entry));
    expect(fingerprintRun({ ...run, tree })).not.toBe(fingerprintRun(run));
  });

  test('the blobs of data in the repository', () => {
    const edits: Edits = { [DATASET]: [['file:flights/flights.parquet', 'data/rows.parquet']] };
    const policy: Edits = { 'sluice.yaml': [['"file:flights/"', '"data/"']] };
    const with1 = fingerprint({ ...edits, 'data/rows.parquet': '1' }, policy);
    expect(fingerprint({ ...edits, 'data/rows.parquet': '2' }, policy)).not.toBe(with1);
  });
});

describe('stays with', () => {
  test.each<[string, Edits]>([
    ['another README', { 'README.md': 'words', 'models/flight-delay/README.md': 'words' }],
    ['a comment in the spec', { [MODEL]: [['seed: 7', 'seed: 7 # lucky']] }],
    ['other gates', { [MODEL]: [[/roc_auc, min: [.\d]+/, 'roc_auc, min: 0.99']] }],
    ['other slices', { [MODEL]: [['1500', '2500']] }],
    ['other resources', { [MODEL]: [[/timeout: \w+/, 'timeout: 9m']] }],
    ['another range of a column', { [DATASET]: [['max: 10000', 'max: 20000']] }],
    ['another holdout', { [DATASET]: [['holdout: "date >= window_to', 'holdout: "date > window_to']] }],
    ['a file that training does not name', { 'notebooks/look.py': 'print()' }],
  ])('%s', (_what, edits) => {
    expect(fingerprint(edits)).toBe(fingerprint());
  });
});

test('an evaluation is another one with another artifact, question, seed or code of a metric, not with another limit', () => {
  const evaluation = (edits: Edits, more: Partial<Parameters<typeof fingerprintEvaluation>[0]> = {}) => {
    const { model, dataset } = runOf(edits);
    const { gates } = model;
    return fingerprintEvaluation({
      ...{ model, dataset, gates, candidateDigest: 'sha256:1', repeats: [], metricsTree: [] },
      ...more,
    });
  };
  const same = evaluation({});
  expect(evaluation({ [MODEL]: [[/roc_auc, min: [.\d]+/, 'roc_auc, min: 0.99']] })).toBe(same);
  expect(evaluation({}, { candidateDigest: 'sha256:2' })).not.toBe(same);
  expect(evaluation({}, { repeats: [{ seed: 8, digest: 'sha256:2' }] })).not.toBe(same);
  expect(evaluation({ [MODEL]: [['1500', '2500']] })).not.toBe(same);
  expect(evaluation({ [DATASET]: [['holdout: "date >= window_to', 'holdout: "date > window_to']] })).not.toBe(same);
  const { gates } = runOf({}).model;
  expect(evaluation({}, { gates: gates.slice(1) })).not.toBe(same);

  const [custom] = [
    { name: 'cost', command: ['python', 'metrics/cost.py'], code: ['metrics/**'], better: 'lower' as const },
  ];
  const { model } = runOf({});
  const judgedBy = (sha: string) =>
    evaluation(
      {},
      {
        model: { ...model, evaluate: { ...model.evaluate, custom: [custom] } },
        metricsTree: [
          { path: 'metrics/cost.py', mode: '100644', sha },
          { path: 'models/x.py', mode: '100644', sha: `not its code, at ${sha}` },
        ],
      },
    );
  expect(judgedBy('a')).toBe(judgedBy('a'));
  expect(judgedBy('a')).not.toBe(judgedBy('b'));
});

test('a split is the same one whatever else is declared, and another one with other rows or labels', () => {
  const identity = (edits: Edits) => digestOf(splitIdentity(runOf(edits).dataset, 'holdout', []));
  const same = identity({});
  expect(identity({ [DATASET]: [['max: 10000', 'max: 20000']] })).toBe(same);
  expect(identity({ [MODEL]: [['1500', '2500']] })).toBe(same);
  expect(identity({ [DATASET]: [['holdout: "date >= window_to', 'holdout: "date > window_to']] })).not.toBe(same);
});

import { describe, expect, it } from 'vitest';
import type { Dataset, Model } from '../../src/domain/spec/valid.ts';
import { type ModelCardView, renderModelCard } from '../../src/render/model-card.ts';
import { evaluation, gates, monstrous } from './sample-evaluation.ts';

const dataset = {
  kind: 'Dataset',
  name: 'flights',
  path: 'data/flights.yaml',
  source: { uri: 's3://data/flights.parquet', format: 'parquet' },
  columns: [],
  splits: { train: 'month <= 9', holdout: 'month > 9' },
  checks: [],
} satisfies Dataset;

const model = {
  kind: 'Model',
  name: 'flight-delay',
  task: 'binary-classification',
  signature: { inputs: [{ name: 'hour', column: 'hour', type: 'float' }], output: { name: 'p', positive: 1 } },
  train: { params: { depth: 6 }, seed: 7 },
} as unknown as Model;

const view: ModelCardView = {
  model,
  dataset,
  version: '1.3.0',
  commit: 'c'.repeat(40),
  fingerprint: `sha256:${'f'.repeat(64)}`,
  artifact: {
    digest: `sha256:${'a'.repeat(64)}`,
    files: [{ path: 'model.onnx', digest: `sha256:${'d'.repeat(64)}`, size: 7015 }],
  } as ModelCardView['artifact'],
  evaluation,
  gates: gates.filter((gate) => gate.verdict !== 'fail' && gate.verdict !== 'cannot-tell'),
  pull: { number: 12, url: 'https://github.com/acme/models/pull/12' },
  approvedBy: ['owner'],
};

describe('renderModelCard', () => {
  it('says what was measured, where it is weak, and what it was made from', async () => {
    await expect(`${renderModelCard(view)}\n`).toMatchFileSnapshot('golden/model-card.md');
  });

  it('asks nobody for a waiver', () => {
    expect(renderModelCard(view)).not.toContain('/waive');
  });

  it('is bounded, and whole to its end', () => {
    const card = renderModelCard({ ...view, ...monstrous() });
    expect(card.length).toBeLessThan(100_000);
    expect(card).not.toContain('Cut here');
    expect(card).toContain('## Made from');
  });
});

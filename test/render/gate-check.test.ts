import { describe, expect, it } from 'vitest';
import { type GateView, renderGateCheck } from '../../src/render/gate-check.ts';
import { gates, monstrous } from './sample-evaluation.ts';

const passed = gates.filter((gate) => gate.verdict === 'pass' || gate.verdict === 'waived');
const view: GateView = {
  state: { kind: 'failed', reasons: ['flight-delay: 1 gate failed'] },
  models: [
    { name: 'flight-delay', gates },
    { name: 'fare', gates: [] },
  ],
  approvals: [{ by: 'owner', stale: true }],
};

describe('renderGateCheck', () => {
  it('shows every gate with its number, and who let it through', async () => {
    const { title, summary } = renderGateCheck(view);
    await expect(`${title}\n\n---\n\n${summary}\n`).toMatchFileSnapshot('golden/gate-check.md');
  });

  it('counts the waived apart from the passed', () => {
    const models = [{ name: 'flight-delay', gates: passed }];
    expect(renderGateCheck({ state: { kind: 'passed' }, models, approvals: [] }).title).toBe('1 gate passed, 1 waived');
  });

  it('keeps to GitHub’s limit with many models', () => {
    const models = Array.from({ length: 20 }, (_, at) => ({ name: `model-${at}`, gates: monstrous().gates }));
    const reasons = Array.from({ length: 500 }, (_, at) => `model-${at}: ${'gate '.repeat(100)}`);
    const { summary } = renderGateCheck({ state: { kind: 'failed', reasons }, models, approvals: view.approvals });
    expect(Buffer.byteLength(summary)).toBeLessThanOrEqual(65_535);
    expect(summary).toContain('### `model-19`');
    expect(summary).toMatch(/\*\*Approvals:\*\* owner/);
  });
});

import { describe, expect, it } from 'vitest';
import { evaluationLines } from '../../src/render/evaluation-text.ts';
import { evaluation, gates, monstrous } from './sample-evaluation.ts';

describe('evaluationLines', () => {
  it('shows verdict, table, gates, what could not be told, and the slices that matter', async () => {
    const lines = evaluationLines({ evaluation, gates, model: 'flight-delay' });
    await expect(`${lines.join('\n')}\n`).toMatchFileSnapshot('golden/evaluation.txt');
  });

  it('counts what is too much for a terminal', () => {
    const lines = evaluationLines({ ...monstrous(), model: 'flight-delay' });
    expect(lines.length).toBeLessThan(400);
    expect(lines.at(-1)).toMatch(/^ {2}and \d+ more$/);
  });
});

import { describe, expect, it } from 'vitest';
import type { Job, JobStatus } from '../../src/domain/jobs/job.ts';
import type { Sweep } from '../../src/domain/spec/valid.ts';
import { stepSweep, type TrialResult } from '../../src/domain/sweep/step-sweep.ts';
import { sweepSize } from '../../src/domain/sweep/sweep-size.ts';
import { trialsOf } from '../../src/domain/sweep/trials-of.ts';
import { createPictures } from '../../src/render/pictures.ts';
import { renderSweepCheck, type SweepView } from '../../src/render/sweep.ts';

const spec: Sweep = {
  metric: 'validation_auc',
  goal: 'maximize',
  params: { depth: { kind: 'values', values: [3, 5, '@acme|<b>'] }, rate: { kind: 'values', values: [0.1, 0.2] } },
  search: { type: 'grid' },
  halving: { param: 'epochs', min: 2, max: 8, factor: 2 },
};

const STATUS: Record<TrialResult['state'], JobStatus> = { running: 'running', done: 'succeeded', failed: 'failed' };
const done = (value: number): TrialResult => ({ state: 'done', value });
const running: TrialResult = { state: 'running' };

function view(results: Record<string, TrialResult>, more: Partial<SweepView> & { live?: Record<string, number> } = {}) {
  const { live = {}, ...rest } = more;
  const step = stepSweep(spec, trialsOf(spec, 0), new Map(Object.entries(results)));
  const jobs = Object.fromEntries(
    Object.entries(results).map(([id, { state }]) => {
      const spent = state === 'running' ? undefined : { seconds: 30, gpuSeconds: 60, price: 0.1 };
      return [id, { id, status: STATUS[state], spent } as Job];
    }),
  );
  const curves = [{ id: '0.1', points: [[1, 0.6] as [number, number], [2, 0.7] as [number, number]] }];
  const sweep = { spec, size: sweepSize(spec), step, jobs, live, curves: '0.1' in results ? curves : [] };
  const shown = { model: 'credit', fingerprint: `sha256:${'ab'.repeat(32)}`, runner: 'gpu', reused: false };
  const pictures = createPictures('https://sluice.example');
  return renderSweepCheck({ ...shown, log: [], ahead: 0, stopped: false, sweep, ...rest }, pictures);
}

const rung0 = {
  '0.0': done(0.61),
  '0.1': done(0.7),
  '0.2': { state: 'failed', reason: 'out of memory' } as const,
  '0.3': done(0.65),
};

describe('a sweep in its check', () => {
  it('while the first rung runs', async () => {
    const text = view({ ...rung0, '0.4': running }, { live: { '0.4': 0.812 } });
    expect(text.title).toBe('Sweep: 4 of 6 trials done, epochs 2, best validation_auc 0.7 at depth=3, rate=0.2');
    expect(text.images.map(({ alt }) => alt)).toEqual([
      'validation\\_auc of credit by trial',
      'validation\\_auc of credit by step, best trials',
    ]);
    await expect(text.summary).toMatchFileSnapshot('./golden/sweep-live.md');
  });

  it('in a later rung', () => {
    const first = { ...rung0, '0.4': done(0.8), '0.5': done(0.1) };
    expect(view({ ...first, '1.1': running }).title).toBe(
      'Sweep: 0 of 3 trials done, epochs 4, best validation_auc 0.8 at depth=@acme|<b>, rate=0.1',
    );
    expect(view({ ...first, '1.1': done(0.75), '1.4': running }).title).toBe(
      'Sweep: 1 of 3 trials done, epochs 4, best validation_auc 0.75 at depth=3, rate=0.2',
    );
  });

  it.each<[string, Record<string, TrialResult>, Partial<SweepView>]>([
    ['Waiting to start', {}, {}],
    ['Cancelled: 4 of 6 trials done', rung0, { stopped: true }],
    [
      'Sweep failed: all trials failed, each with: out of memory',
      Object.fromEntries([0, 1, 2, 3, 4, 5].map((index) => [`0.${index}`, rung0['0.2']])),
      {},
    ],
  ])('%s', (title, results, more) => expect(view(results, more).title).toBe(title));

  it('lets nothing of the parameters out of its cell', () => {
    const { summary } = view({ ...rung0, '0.4': done(0.9), '0.5': running });
    expect(summary).toContain('`depth=@acme\\|<b>, rate=0.1`');
    expect(summary.replace(/`[^`]*`/g, '')).not.toContain('@acme');
  });
});

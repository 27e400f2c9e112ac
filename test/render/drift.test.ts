import { describe, expect, it } from 'vitest';
import { type AlertState, NO_ALERT, type WindowVerdict } from '../../src/domain/drift/alert.ts';
import { judgeWindow } from '../../src/domain/drift/judge-window.ts';
import { type Grid, makeProfile, numericGrid } from '../../src/domain/drift/make-profile.ts';
import type { PerformanceFinding } from '../../src/domain/drift/performance.ts';
import type { ReferenceProfile } from '../../src/domain/drift/profile.ts';
import type { Monitor } from '../../src/domain/spec/valid.ts';
import { renderDriftIssue, renderDriftTransition } from '../../src/render/drift.ts';
import type { DriftWindow } from '../../src/render/drift-plots.ts';
import { driftPlots } from '../../src/render/drift-plots.ts';

const none: ReadonlySet<string> = new Set();
const DAY = 86_400_000;
const MAY = Date.UTC(2001, 4, 1);

const monitor: Monitor = {
  kind: 'Monitor',
  name: 'flight-delay-live',
  path: 'monitors/flight-delay-live.yaml',
  deployment: 'flight-delay-production',
  scheduleSeconds: 86_400,
  windowSeconds: 86_400,
  reference: 'training',
  columns: { ignore: [] },
  effect: 0.1,
  performance: [{ metric: 'roc_auc', noWorseThan: 0.05 }],
  open: { after: 2 },
  close: { after: 3 },
  issue: { labels: ['drift'], assign: 'owners' },
  retrain: 'suggest',
};

const grids: Record<string, Grid> = {
  distance: numericGrid(0, 2000),
  origin: { kind: 'categorical', categories: ['ATL', 'ORD', 'SFO'], open: false },
  prediction: numericGrid(0, 1),
};

function observe(rows: number, factor: number) {
  const all = Array.from({ length: rows }, (_, i) => i);
  return {
    rows,
    columns: [
      makeProfile(
        'distance',
        all.map((i) => ((i * 7919) % 2000) * factor),
        grids.distance!,
      ),
      makeProfile(
        'origin',
        all.map((i) => ['ATL', 'ORD', 'SFO'][i % 3]!),
        grids.origin!,
      ),
    ],
    prediction: makeProfile(
      'prediction',
      all.map((i) => ((i * 7) % 1000) / 1000),
      grids.prediction!,
    ),
  };
}

const reference: ReferenceProfile = {
  version: 1,
  ...observe(6000, 1),
  promised: [{ metric: 'roc_auc', value: 0.68, lower: 0.67, upper: 0.69 }],
};

const measured = (value: number, verdict: PerformanceFinding['verdict']): PerformanceFinding => ({
  metric: 'roc_auc',
  rows: 880,
  measured: { value, lower: value - 0.03, upper: value + 0.03 },
  promised: { value: 0.68, lower: 0.67, upper: 0.69 },
  noWorseThan: 0.05,
  verdict,
});

function day(index: number, factor: number, performance: PerformanceFinding[], rows = 900): DriftWindow {
  const verdict: WindowVerdict = judgeWindow(reference, observe(rows, factor), performance, {
    effect: 0.1,
    ignore: [],
  });
  return {
    from: MAY + index * DAY,
    to: MAY + (index + 1) * DAY,
    rows,
    labelled: Math.max(0, rows - 20),
    version: '1.1.0',
    verdict,
  };
}

const windows = [
  day(0, 1, [measured(0.68, 'kept')]),
  day(1, 1.609, [measured(0.66, 'kept')]),
  day(2, 1, [], 0),
  { ...day(3, 1.609, [measured(0.56, 'broken')]), malformed: 1 },
];
const alert: AlertState = { ...NO_ALERT, status: 'open', since: MAY + DAY, badWindows: 2, until: MAY + 4 * DAY };
const view = {
  monitor,
  model: 'flight-delay',
  version: '1.1.0',
  alert,
  windows,
  since: MAY + DAY,
  pulls: [12],
  plots: [{ alt: 'Distribution of distance', url: 'https://sluice.example/plots/abc.svg' }],
  privateColumns: none,
};

describe('the issue of a monitor', () => {
  it('while it is open', async () => {
    const { title, body } = renderDriftIssue(view);
    expect(title).toBe('flight-delay-live: distance changed, roc_auc worse than promised since 2001-05-02');
    await expect(body).toMatchFileSnapshot('golden/drift-issue-open.txt');
  });

  it('when it is over', async () => {
    const good = [4, 5, 6].map((index) => day(index, 1, [measured(0.68, 'kept')]));
    const { title, body } = renderDriftIssue({ ...view, alert: NO_ALERT, windows: [...windows, ...good] });
    expect(title).toBe('flight-delay-live: distance changed, roc_auc worse than promised since 2001-05-02');
    await expect(body).toMatchFileSnapshot('golden/drift-issue-closed.txt');
  });

  it('shows no value of personal data', () => {
    const privateColumns = new Set(['distance']);
    const row = /^\| `distance`.*$/m;
    const shown = row.exec(renderDriftIssue(view).body)?.[0].split('|').at(-2)?.trim();
    expect(shown).toMatch(/→/);
    expect(
      row
        .exec(renderDriftIssue({ ...view, privateColumns }).body)?.[0]
        .split('|')
        .at(-2)
        ?.trim(),
    ).toBe('private');
    const plots = driftPlots({ reference, observed: observe(900, 1.609), windows, monitor, privateColumns });
    expect(plots.map(({ name }) => name)).toEqual(['effect-timeline', 'metric-roc_auc']);
  });

  it('escapes what comes from data', () => {
    const hostile = day(3, 1.609, []);
    hostile.verdict.columns[0]!.column = '@owner [x](https://evil.example)';
    hostile.verdict.reasons = ['@owner [x](https://evil.example) closes #1'];
    const { title, body } = renderDriftIssue({ ...view, windows: [hostile] });
    expect(title).not.toContain('@');
    expect(body).not.toMatch(/(?<!`)@owner/);
    expect(body).not.toMatch(/(?<!`@owner )\[x\]\(https/);
  });
});

describe('the comments', () => {
  it('say what opened it', async () => {
    const text = renderDriftTransition({ kind: 'opened', window: windows[3]! }, monitor, '1.1.0');
    await expect(text).toMatchFileSnapshot('golden/drift-opened.txt');
  });

  it('say that it closed', async () => {
    const text = renderDriftTransition({ kind: 'closed', window: windows[0]! }, monitor, '1.1.0');
    await expect(text).toMatchFileSnapshot('golden/drift-closed.txt');
  });
});

describe('the plots', () => {
  it('show what moved, the effects and the metric by window', async () => {
    const plots = driftPlots({ reference, observed: observe(900, 1.609), windows, monitor, privateColumns: none });
    expect(plots.map(({ name }) => name)).toEqual(['distribution-distance', 'effect-timeline', 'metric-roc_auc']);
    for (const { svg, alt } of plots) {
      expect(svg).toMatch(/^<svg /);
      expect(alt.length).toBeGreaterThan(20);
    }
    await expect(plots[0]!.svg).toMatchFileSnapshot('golden/drift-distribution.svg');
  });

  it('do not name categories of few rows', () => {
    const names = Array.from({ length: 900 }, (_, i) => (i < 5 ? 'RARE' : i < 600 ? 'ATL' : 'ORD'));
    const grid: Grid = { kind: 'categorical', categories: ['ATL', 'ORD', 'RARE', 'SFO'], open: false };
    const origin = makeProfile('origin', names, grid);
    const before = makeProfile(
      'origin',
      Array.from({ length: 900 }, (_, i) => ['ATL', 'ORD', 'SFO'][i % 3]),
      grid,
    );
    const small: ReferenceProfile = { ...reference, columns: [before] };
    const observed = { ...observe(900, 1), columns: [origin] };
    const verdict = judgeWindow(small, observed, [], { effect: 0.1, ignore: [] });
    const bad: DriftWindow = { ...windows[0]!, verdict };
    const [plot] = driftPlots({ reference: small, observed, windows: [bad], monitor, privateColumns: none });
    expect(plot!.svg).toContain('SFO');
    expect(plot!.svg).not.toContain('RARE');
  });

  it('are none when nothing moved and nothing was measured', () => {
    expect(
      driftPlots({ reference, observed: undefined, windows: [day(0, 1, [])], monitor, privateColumns: none }),
    ).toEqual([]);
  });
});

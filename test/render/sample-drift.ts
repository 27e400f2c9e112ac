/** A month of a monitor on flights: distances come in kilometres from the 20th on, and a carrier is new. */
import type { AlertState, ExternalAlert } from '../../src/domain/drift/alert.ts';
import { type Grid, makeProfile, numericGrid } from '../../src/domain/drift/make-profile.ts';
import type { ColumnProfile, ReferenceProfile, WindowProfile } from '../../src/domain/drift/profile.ts';
import type { ColumnFinding, EffectTest, PerformanceFinding, WindowVerdict } from '../../src/domain/drift/verdict.ts';
import type { Monitor } from '../../src/domain/spec/valid-monitor.ts';
import type { DriftIssueView, DriftWindow } from '../../src/render/drift-view.ts';

export const DAY = 86_400_000;
export const MAY = Date.UTC(2001, 4, 1);
const BROKE = 19;

export const monitor: Monitor = {
  kind: 'Monitor',
  name: 'flight-delay-live',
  path: 'monitors/flight-delay-live.yaml',
  deployment: 'flight-delay-production',
  source: { kind: 'serving' },
  scheduleSeconds: 86_400,
  windowSeconds: 86_400,
  settleSeconds: 3600,
  reference: 'training',
  seasonality: 'none',
  columns: { ignore: [] },
  effect: 0.1,
  minRows: 350,
  falseDiscoveryRate: 0.05,
  multivariate: true,
  checks: { freshnessSeconds: 21_600, latency: { p99Ms: 200 } },
  performance: [{ metric: 'roc_auc', noWorseThan: 0.05 }],
  open: { after: 2, graceSeconds: 604_800 },
  close: { after: 3 },
  issue: { labels: ['drift'], assign: 'owners' },
  retrain: 'suggest',
};

const GRIDS: Record<string, Grid> = {
  distance: numericGrid(0, 2500),
  carrier: { kind: 'categorical', categories: ['AA', 'DL', 'UA', 'WN'], open: false },
  delay: numericGrid(-20, 600, { quantiles: [-18, -12, -5, 0, 12, 90, 250] }),
  prediction: numericGrid(0, 1),
};

const wave = (i: number, step: number) => ((i * step) % 1009) / 1009;

export function observe(rows: number, kilometres: boolean): WindowProfile & { prediction: ColumnProfile } {
  const all = Array.from({ length: rows }, (_, i) => i);
  const distance = (i: number) => (100 + 2000 * wave(i, 7) ** 2) * (kilometres ? 1.609 : 1);
  const carrier = (i: number) => (kilometres && i % 9 === 0 ? 'B6' : ['AA', 'DL', 'UA', 'WN', 'WN'][i % 5]);
  const delay = (i: number) => (i % 50 === 3 ? null : -18 + Math.exp(6 * wave(i, 11)));
  return {
    version: 1,
    rows,
    columns: [
      makeProfile('carrier', all.map(carrier), GRIDS.carrier!),
      makeProfile('delay', all.map(delay), GRIDS.delay!),
      makeProfile('distance', all.map(distance), GRIDS.distance!),
    ],
    prediction: makeProfile(
      'prediction',
      all.map((i) => wave(i, 13) ** (kilometres ? 2 : 3)),
      GRIDS.prediction!,
    ),
    errors: 0,
    versions: [['1.1.0', rows]],
    types: [],
    groups: [],
  };
}

const seen = observe(6000, false);
export const reference: ReferenceProfile = {
  version: 2,
  rows: seen.rows,
  columns: seen.columns.map((column) => ({ ...column, measure: { of: 'value', column: column.column } })),
  prediction: { ...seen.prediction, measure: { of: 'value', column: 'prediction' } },
  groups: [],
  promised: [{ metric: 'roc_auc', value: 0.68, lower: 0.67, upper: 0.69 }],
};

export function test(measure: EffectTest['measure'], effect: number, drifted: boolean): EffectTest {
  return { measure, effect, threshold: 0.1, p: drifted ? 1e-9 : 0.8, adjusted: drifted ? 4e-9 : 1 };
}

export function finding(column: string, effect: number, more: Partial<ColumnFinding> = {}): ColumnFinding {
  const drifted = effect > 0.1;
  return {
    column,
    kind: 'numeric',
    of: 'value',
    rows: { reference: 6000, window: 900 },
    values: test('cdf-distance', effect, drifted),
    missing: { ...test('psi', 0, false), reference: 0, window: 0 },
    drifted,
    ...(drifted ? { pattern: 'step' } : {}),
    ...more,
  };
}

export const measured = (value: number, verdict: PerformanceFinding['verdict']): PerformanceFinding => ({
  metric: 'roc_auc',
  rows: 880,
  outOf: 900,
  measured: { value, lower: value - 0.03, upper: value + 0.03 },
  promised: { value: 0.68, lower: 0.67, upper: 0.69 },
  noWorseThan: 0.05,
  verdict,
});

export const GOOD: WindowVerdict = {
  verdict: 'good',
  severe: false,
  clear: true,
  quality: [],
  columns: [finding('distance', 0.031), finding('delay', 0.022), finding('carrier', 0.012, { kind: 'categorical' })],
  prediction: finding('prediction', 0.021),
  performance: [measured(0.683, 'kept')],
  estimates: [],
  segments: [],
  reasons: [],
};

export const BAD: WindowVerdict = {
  ...GOOD,
  verdict: 'bad',
  clear: false,
  quality: [
    { check: 'late', level: 'note', text: '31 rows came more than an hour late and count from now on' },
    { check: 'volume', level: 'bad', text: '900 rows; windows before had 2,100 to 2,400' },
  ],
  columns: [
    finding('distance', 0.283, {
      lossEffect: 0.0121,
      atLeast: 0.24,
      explain: { psi: 0.81, jensenShannon: 0.29, wasserstein: 0.61, meanReference: 766.2, meanWindow: 1232.8 },
    }),
    finding('carrier', 0.18, {
      kind: 'categorical',
      values: test('psi', 0.18, true),
      lossEffect: 0.0013,
      unseen: 0.111,
      explain: { psi: 0.2, jensenShannon: 0.19 },
    }),
    finding('delay', 0.02, {
      lossEffect: -0.0001,
      missing: { ...test('psi', 0, false), reference: 0.02, window: 0.021 },
      explain: { psi: 0.01, jensenShannon: 0.03, wasserstein: 0.02, meanReference: 47.3, meanWindow: 47.9 },
    }),
  ],
  prediction: finding('prediction', 0.12, {
    pattern: 'slow',
    explain: { psi: 0.09, jensenShannon: 0.1, wasserstein: 0.2, meanReference: 0.25, meanWindow: 0.33 },
  }),
  performance: [],
  estimates: [
    { metric: 'roc_auc', value: 0.651, promised: 0.68, pastError: { mean: 0.008, largest: 0.021, windows: 18 } },
  ],
  segments: [{ by: 'origin', key: 'ATL', column: 'distance', effect: 0.41, rows: 212 }],
  cause: { kind: 'unit', text: 'distance is 1.61 times what it was at every quantile: kilometres for miles?' },
  reasons: [
    'distance: distance of the distributions 0.283, more than 0.1',
    'carrier: population stability index 0.180, more than 0.1',
  ],
};

export function day(index: number, verdict: WindowVerdict, more: Partial<DriftWindow> = {}): DriftWindow {
  return {
    from: MAY + index * DAY,
    to: MAY + (index + 1) * DAY,
    rows: 900,
    labelled: verdict.performance.length > 0 ? 880 : 0,
    version: '1.1.0',
    verdict,
    ...more,
  };
}

const bad = (effect: number): WindowVerdict => ({
  ...BAD,
  columns: BAD.columns.map((one, at) => (at === 0 ? { ...one, values: test('cdf-distance', effect, true) } : one)),
});
const EMPTY: WindowVerdict = { ...GOOD, verdict: 'no-data', columns: [], performance: [], reasons: ['no rows'] };

export const windows: DriftWindow[] = [
  ...Array.from({ length: BROKE }, (_, at) => {
    const moved = finding('distance', 0.02 + 0.01 * (at % 4));
    return day(at, { ...GOOD, columns: [moved, ...GOOD.columns.slice(1)] }, at === 4 ? { revised: 1 } : {});
  }),
  day(BROKE, { ...bad(0.271), performance: [measured(0.612, 'cannot-tell')], estimates: [] }),
  day(BROKE + 1, { ...EMPTY }, { rows: 0 }),
  day(BROKE + 2, bad(0.264), { merged: 1, malformed: 1 }),
  day(BROKE + 3, bad(0.283)),
];

export const alert: AlertState = {
  status: 'open',
  recent: [],
  clearInRow: 0,
  since: MAY + BROKE * DAY,
  badWindows: 3,
  until: MAY + (BROKE + 4) * DAY,
};

export const view: DriftIssueView = {
  monitor,
  model: 'flight-delay',
  version: '1.1.0',
  alert,
  windows,
  since: MAY + BROKE * DAY,
  newer: 'window',
  pulls: [{ number: 12, outcome: 'closed without merging' }, { number: 14 }],
  plots: [{ alt: 'Distribution of distance', url: 'https://sluice.example/plots/abc.svg' }],
  privateColumns: new Set(),
  alerts: [],
  related: [{ monitor: 'flight-price-live', issue: 31 }, { monitor: 'gate-live' }],
  links: [{ text: 'release 1.1.0', url: 'https://github.example/releases/1.1.0' }],
};

export const firing: ExternalAlert = {
  fingerprint: 'f1',
  name: 'HighErrorRate',
  status: 'firing',
  startsAt: MAY + BROKE * DAY + 3_600_000,
  labels: { severity: 'page' },
  annotations: { summary: '4 % of the requests fail' },
  url: 'https://prometheus.example/graph',
};

export const resolved: ExternalAlert = {
  fingerprint: 'f2',
  name: 'SlowAnswers',
  status: 'resolved',
  startsAt: MAY + 18 * DAY,
  endsAt: MAY + 18 * DAY + 7_200_000,
  labels: {},
  annotations: {},
};

import { describe, expect, test } from 'vitest';
import { buildPlan } from '../../../src/domain/plan/build-plan.ts';
import { committedPrice, estimate } from '../../../src/domain/plan/estimate.ts';
import { mayConcernUs, watchedGlobs } from '../../../src/domain/plan/may-concern-us.ts';
import type { Plan } from '../../../src/domain/plan/plan.ts';
import { sampleJob } from '../../contract/store.ts';
import { DATASET, DEPLOYMENT, type Edits, flightFiles, MODEL, MONITOR, snapshotOf, TRAINER } from '../spec/flights.ts';

const base = snapshotOf();
const planOf = (edits: Edits, policyEdits: Edits = {}): Plan =>
  buildPlan({ base, head: snapshotOf(edits, policyEdits) });

test('nothing of ours changed: nothing planned', () => {
  const plan = planOf({
    'README.md': 'words',
    'models/flight-delay/README.md': 'words',
    [MODEL]: [['seed: 7', 'seed:  7']],
  });
  expect(plan).toMatchObject({ empty: true, datasets: [], models: [], deployments: [], monitors: [], removed: [] });
});

test('without a base everything is new, in the order of the graph', () => {
  const plan = buildPlan({ head: base });
  expect(
    [plan.datasets, plan.models, plan.deployments, plan.monitors].map((things) => things.map(({ change }) => change)),
  ).toEqual([['new'], ['new'], ['new'], ['new']]);
  expect(plan).toMatchObject({ empty: false, policyChanged: false });
});

describe('says in plain words why', () => {
  const PARTS = { code: false, data: false, params: false, signature: false, evaluation: false };
  test.each<[string, Edits, string[], Partial<typeof PARTS>]>([
    ['a parameter', { [MODEL]: [['epochs: 3', 'epochs: 30']] }, ['params.epochs 3 → 30'], { params: true }],
    [
      'a new parameter',
      { [MODEL]: [['epochs: 3', 'epochs: 3, dropout: 0.1']] },
      ['params.dropout added'],
      { params: true },
    ],
    [
      'code',
      { [TRAINER]: 'x', 'models/flight-delay/new.mjs': '', 'models/flight-delay/features.mjs': null },
      [
        'code: models/flight-delay/features.mjs (removed)',
        'code: models/flight-delay/new.mjs (new)',
        'code: models/flight-delay/train.mjs',
      ],
      { code: true },
    ],
    ['a seed', { [MODEL]: [['seed: 7', 'seed: 8']] }, ['seed 7 → 8'], { code: true }],
    [
      'the window',
      { [DATASET]: [[/to: "[^"]*"/, 'to: "2001-02-15"']] },
      ['dataset flights: window.to 2001-02-01 → 2001-02-15'],
      { data: true },
    ],
    [
      'the signature',
      { [MODEL]: [['name: probability', 'name: chance']] },
      ['signature.output.name probability → chance'],
      { signature: true },
    ],
    [
      'a slice',
      { [MODEL]: [['1500', '2500']] },
      ['evaluate.slices.long-haul.where distance > 1500 → distance > 2500'],
      { evaluation: true },
    ],
    [
      'the holdout',
      { [DATASET]: [['holdout: "date >= window_to - INTERVAL 7 DAY"', 'holdout: "date > window_to"']] },
      ['dataset flights: splits.holdout date >= window_to - INTERVAL 7 DAY → date > window_to'],
      { evaluation: true },
    ],
  ])('%s', (_what, edits, reasons, parts) => {
    const [model] = planOf(edits).models;
    expect(model).toMatchObject({
      name: 'flight-delay',
      path: MODEL,
      change: 'changed',
      parts: { ...PARTS, ...parts },
    });
    expect(model!.reasons).toEqual(reasons);
  });

  test('long lists of files are cut', () => {
    const files = Array.from({ length: 30 }, (_, index) => [`models/flight-delay/f${index}.mjs`, ''] as const);
    const { reasons } = planOf(Object.fromEntries(files)).models[0]!;
    expect(reasons).toHaveLength(11);
    expect(reasons[10]).toBe('code: 20 more files');
  });
});

test('a change of the evaluation alone keeps the fingerprint and rolls nothing out', () => {
  const plan = planOf({ [MODEL]: [['1500', '2500']] });
  expect(plan.models[0]!.fingerprint).toBe(buildPlan({ head: base }).models[0]!.fingerprint);
  expect(plan.deployments).toEqual([]);
});

test('what builds on a changed thing is affected, along the graph', () => {
  const plan = planOf({ [DATASET]: [[/to: "[^"]*"/, 'to: "2001-02-15"']] });
  expect(plan.datasets).toMatchObject([
    {
      name: 'flights',
      change: 'changed',
      previous: { window: { to: '2001-02-01' } },
      reasons: [expect.stringContaining('window.to')],
    },
  ]);
  expect(plan.deployments).toEqual([
    { name: 'flight-delay-production', path: DEPLOYMENT, change: 'affected', reasons: ['model flight-delay changes'] },
  ]);
  expect(plan.monitors).toEqual([
    {
      name: 'flight-delay-live',
      path: MONITOR,
      change: 'affected',
      reasons: ['deployment flight-delay-production changes'],
    },
  ]);
});

test('a check of the data concerns the dataset only', () => {
  const plan = planOf({ [DATASET]: [['max: 10000', 'max: 20000']] });
  expect(plan.datasets).toMatchObject([{ reasons: ['dataset flights: columns.distance.max 10000 → 20000'] }]);
  expect(plan.models).toEqual([]);
});

test('a changed deployment says what changed', () => {
  const plan = planOf({ [DEPLOYMENT]: [['[10, 50, 100]', '[100]']] });
  expect(plan.deployments).toMatchObject([{ change: 'changed', reasons: ['strategy.canary [10,50,100] → [100]'] }]);
});

test('a moved spec is no change, a renamed thing is one removed and one new', () => {
  const moved = flightFiles().get(MONITOR)!;
  expect(planOf({ [MONITOR]: null, 'monitors/other.yaml': moved }).empty).toBe(true);
  const plan = planOf({ [MONITOR]: [['name: flight-delay-live', 'name: other']] });
  expect(plan.removed).toEqual([{ kind: 'Monitor', name: 'flight-delay-live', path: MONITOR }]);
  expect(plan.monitors).toMatchObject([{ name: 'other', change: 'new' }]);
});

test('a change of the policy is shown even when its meaning stays', () => {
  expect(planOf({}, { 'sluice.yaml': [['required: 1', 'required: 0']] })).toMatchObject({
    empty: false,
    policyChanged: true,
  });
  expect(planOf({ 'sluice.yaml': [['required: 1', 'required:  1']] })).toMatchObject({
    empty: false,
    policyChanged: true,
  });
});

describe('the digest', () => {
  const digest = (edits: Edits) => planOf(edits).digest;
  const change: Edits = { [MODEL]: [['epochs: 3', 'epochs: 30']] };
  test('is that of what is planned, not of how it differs', () => {
    const other = snapshotOf({ [MODEL]: [['epochs: 3', 'epochs: 4']] });
    expect(buildPlan({ base: other, head: snapshotOf(change) }).digest).toBe(digest(change));
    expect(digest({ ...change, 'README.md': 'words' })).toBe(digest(change));
  });
  test('changes with parameters, code, gates, windows and targets', () => {
    const digests = [
      {},
      change,
      { ...change, [TRAINER]: 'x' },
      {
        [MODEL]: [
          ['epochs: 3', 'epochs: 30'],
          [/size: \w+/, 'size: 6MB'],
        ] as [string | RegExp, string][],
      },
      { ...change, [DATASET]: [[/to: "[^"]*"/, 'to: "2001-02-15"']] as [RegExp, string][] },
      { ...change, [DEPLOYMENT]: [['[10, 50, 100]', '[100]']] as [string, string][] },
    ].map(digest);
    expect(new Set(digests).size).toBe(digests.length);
  });
});

describe('warns', () => {
  test('when the command runs what the code does not cover', () => {
    const { warnings } = planOf({
      [MODEL]: [['models/flight-delay/train.mjs]', './tools/train.mjs]']],
      'tools/train.mjs': '',
    });
    expect(warnings).toEqual([
      expect.stringContaining('the command uses tools/train.mjs, but train.code does not cover it'),
    ]);
  });
  test('when no file matches the code', () => {
    const { warnings } = planOf({ [MODEL]: [['"models/flight-delay/**"', '"src/**"']] });
    expect(warnings[0]).toBe(`${MODEL}: no file matches train.code`);
  });
  test('when only resources change', () => {
    const plan = planOf({ [MODEL]: [[/timeout: \w+/, 'timeout: 9m']] });
    expect(plan.models).toEqual([]);
    expect(plan.warnings).toEqual([
      expect.stringMatching(/resources.timeoutSeconds \d+ → 540; counts from the next training on$/),
    ]);
  });
});

describe('may concern us', () => {
  const { policy } = base.repository;
  const watched = watchedGlobs(base.repository);
  test.each<[string[] | 'too-many', boolean]>([
    [['README.md', 'docs/x.md'], false],
    [['sluice.yaml'], true],
    [['monitors/new.yaml'], true],
    [[TRAINER], true],
    ['too-many', true],
  ])('%j: %s', (paths, expected) => expect(mayConcernUs(paths, policy, watched)).toBe(expected));
  test('anything may while the base is not known', () =>
    expect(mayConcernUs(['README.md'], policy, undefined)).toBe(true));
});

describe('the estimate', () => {
  const priced = {
    'sluice.yaml': [
      ['{ type: local }', '{ type: local, pricePerHour: 3.6 }'],
      ['approvals:', 'budget: { perPullRequest: 0.2, perMonth: 1 }\napprovals:'],
    ] as [string, string][],
  };
  const head = snapshotOf({ [MODEL]: [['epochs: 3', 'epochs: 30']] }, priced);
  const plan = buildPlan({ base: snapshotOf({}, priced), head });
  const { policy } = head.repository;
  const timeout = head.repository.models[0]!.train.resources.timeoutSeconds;

  test('is the last training, or the timeout when there was none', () => {
    const known = estimate(plan, new Map([['flight-delay', 100]]), policy);
    expect(known).toMatchObject({ seconds: 100, budget: { verdict: 'within' }, models: [{ basis: 'history' }] });
    expect(known.cost).toBeCloseTo(0.1);
    expect(estimate(plan, new Map(), policy)).toMatchObject({ seconds: timeout, models: [{ basis: 'timeout' }] });
  });
  test('of a sweep is that of all its trainings, one with part of the resource counted as that part', () => {
    const sweep = `seed: 7
  sweep:
    metric: auc
    goal: maximize
    params: { depth: { values: [1, 2, 3, 4] } }
    halving: { param: epochs, min: 2, max: 16 }`;
    const swept = snapshotOf({ [MODEL]: [['seed: 7', sweep]] }, priced);
    const whole = buildPlan({ base: snapshotOf({}, priced), head: swept });
    // 4 × 2/16 + 2 × 4/16 + 1 × 16/16 trainings of 100 s.
    const known = estimate(whole, new Map([['flight-delay', 100]]), policy);
    expect(known).toMatchObject({ seconds: 200, budget: { verdict: 'within' } });
    expect(known.cost).toBeCloseTo(0.2);
    expect(estimate(whole, new Map([['flight-delay', 101]]), policy).budget.verdict).toBe('over');
  });
  test('of a run that is there already is nothing', () => {
    const trained = new Map([[plan.models[0]!.fingerprint, 1]]);
    expect(estimate(plan, new Map(), policy, { trained })).toMatchObject({
      seconds: 0,
      cost: 0,
      models: [{ basis: 'reused' }],
    });
  });
  test('of repeats is that of those which are not there yet', () => {
    const repeated = buildPlan({
      base: snapshotOf({}, priced),
      head: snapshotOf({ [MODEL]: [['seed: 7', 'seed: 7\n  repeats: 4']] }, priced),
    });
    const [model] = repeated.models;
    expect(model).toMatchObject({ repeats: 4, parts: { params: false, evaluation: true } });
    expect(model!.reasons).toEqual(['repeats 1 → 4']);
    const seconds = (trained?: number) =>
      estimate(repeated, new Map([['flight-delay', 100]]), policy, {
        ...(trained && { trained: new Map([[model!.fingerprint, trained]]) }),
      }).seconds;
    expect([seconds(), seconds(1), seconds(2), seconds(4)]).toEqual([300, 300, 200, 0]);
  });
  test('counts what is under way for others, by what it took before, else by what it may take', () => {
    const task = (name: string) =>
      ({ kind: 'train', model: { name, train: { resources: { timeoutSeconds: 3_600 } } } }) as never;
    const place = { name: 'gpu', type: 'local' as const, pricePerHour: 2, maxHours: 6 };
    const jobs = [
      sampleJob({ task: task('known'), place }),
      sampleJob({ task: task('new'), place, status: 'running' }),
      sampleJob({ task: task('new'), place, status: 'succeeded' }),
      sampleJob({ place }),
    ];
    const committed = committedPrice(jobs, new Map([['known', 1_800]]));
    expect(committed).toBe(3);
    const cheap = new Map([['flight-delay', 1]]);
    expect(estimate(plan, cheap, policy, { committed }).budget).toMatchObject({ verdict: 'over' });
    expect(estimate(plan, cheap, policy).budget).toEqual({ verdict: 'within' });
  });
  test('over the budget says which', () => {
    expect(estimate(plan, new Map([['flight-delay', 250]]), policy).budget).toMatchObject({
      reason: '0.25 is more than 0.2 a pull request',
    });
    const month = estimate(plan, new Map([['flight-delay', 100]]), policy, {
      spent: { month: '2001-02', total: { seconds: 1, gpuSeconds: 0, price: 0.95 }, models: [] },
    });
    expect(month.budget).toMatchObject({ verdict: 'over', reason: '0.1 on top of 0.95 is more than 1 a month' });
  });
});

import { describe, expect, test } from 'vitest';
import { CATALOGUE } from '../../../src/domain/spec/metric-catalogue.ts';
import { SPEC_SCHEMAS } from '../../../src/domain/spec/schemas.ts';
import type { Model } from '../../../src/domain/spec/valid.ts';
import { DATASET, DEPLOYMENT, type Edits, flightFiles, MODEL, MONITOR, validate } from './flights.ts';

/** The example's model with these lines instead of its own `evaluate` and `gates`. */
function written(evaluate: string, gates: string[] = [], more: [string | RegExp, string][] = []): Edits {
  const text = flightFiles().get(MODEL)!;
  const head = text.slice(0, text.indexOf('evaluate:'));
  const listed = gates.map((gate) => `  - ${gate}\n`).join('');
  const personal = '  - { name: tail, type: text, pii: true }\n';
  const edited = more.reduce((one, [from, to]) => one.replace(from, to), head);
  return {
    [DATASET]: [['splits:', `${personal}splits:`]],
    [MODEL]: `${edited}${evaluate === '' ? '' : `evaluate: ${evaluate}\n`}${gates.length === 0 ? '' : `gates:\n${listed}`}`,
  };
}

function modelOf(edits: Edits): Model {
  const { repository, problems } = validate(edits);
  if (!repository) throw new Error(JSON.stringify(problems));
  return repository.models[0]!;
}

/** `text in the file: message`, the text being where the problem points. */
function problems(edits: Edits): string[] {
  const files = flightFiles(edits);
  return validate(edits).problems.map(({ path, line, column, message }) => {
    const rest = files
      .get(path)!
      .split('\n')
      [line - 1]!.slice(column - 1);
    return `${/^["{[]?[^\s,:}\]]+/.exec(rest)?.[0]}: ${message}`;
  });
}

test('the schema completes every metric of the catalogue', () => {
  const schema = SPEC_SCHEMAS.Model as { definitions: { metric: { anyOf: [{ enum: string[] }] } } };
  expect(schema.definitions.metric.anyOf[0].enum).toEqual(Object.keys(CATALOGUE));
});

const SLICES = 'slices: [hour, { column: distance, quantiles: 4 }]';
const base = { onFail: 'block', onCannotTell: 'approval' };
const judged = { ...base, confidence: 0.95 };

describe('a gate', () => {
  test.each([
    ['{ metric: roc_auc, min: 0.6 }', { ...judged, kind: 'absolute', metric: 'roc_auc', min: 0.6 }],
    [
      '{ metric: f_beta@2, min: 0.6, confidence: 0.9 }',
      { ...base, kind: 'absolute', metric: 'f_beta@2', min: 0.6, confidence: 0.9 },
    ],
    [
      '{ metric: roc_auc, against: champion, noWorseThan: 0.01 }',
      { ...judged, kind: 'champion', metric: 'roc_auc', noWorseThan: 0.01, better: false },
    ],
    [
      '{ metric: roc_auc, against: champion, within: 0.01 }',
      { ...judged, kind: 'champion', metric: 'roc_auc', within: 0.01, better: false },
    ],
    [
      '{ metric: roc_auc, against: champion, better: true, onFail: approval }',
      { ...judged, onFail: 'approval', kind: 'champion', metric: 'roc_auc', better: true },
    ],
    [
      '{ metric: profit, against: champion, noWorseThan: 3 }',
      { ...judged, kind: 'champion', metric: 'profit', noWorseThan: 3, better: false },
    ],
    [
      '{ metric: accuracy, slice: hour=7, min: 0.6 }',
      { ...judged, kind: 'slice', metric: 'accuracy', slice: 'hour=7', minRows: 500, min: 0.6 },
    ],
    [
      '{ metric: accuracy, slice: "*", noWorseThan: 0.02, minRows: 900 }',
      { ...judged, kind: 'slice', metric: 'accuracy', slice: '*', minRows: 900, noWorseThan: 0.02 },
    ],
    [
      '{ metric: accuracy, slice: discovered, noWorseThan: 0.02 }',
      { ...judged, kind: 'discovered', metric: 'accuracy', noWorseThan: 0.02 },
    ],
    [
      '{ fairness: selection_rate, by: hour, maxDifference: 0.1 }',
      { ...judged, kind: 'fairness', rate: 'selection_rate', by: 'hour', maxDifference: 0.1, minRows: 500 },
    ],
    [
      '{ fairness: true_positive_rate, by: hour, minRatio: 0.8 }',
      { ...judged, kind: 'fairness', rate: 'true_positive_rate', by: 'hour', minRatio: 0.8, minRows: 500 },
    ],
    [
      '{ latency: p99, max: 5ms, maxRatio: 1.2 }',
      { ...judged, kind: 'latency', quantile: 'p99', max: 5, maxRatio: 1.2 },
    ],
    [
      '{ throughput: 1000, min: 50000, minRatio: .8 }',
      { ...judged, kind: 'throughput', batch: 1000, min: 50_000, minRatio: 0.8 },
    ],
    ['{ size: 50MB }', { ...judged, kind: 'size', max: 50_000_000 }],
    ['{ size: { max: 50MB, maxRatio: 2 } }', { ...judged, kind: 'size', max: 50_000_000, maxRatio: 2 }],
    ['{ memory: { maxRatio: 2 } }', { ...judged, kind: 'memory', maxRatio: 2 }],
    ['{ coldStart: 2s }', { ...judged, kind: 'cold-start', max: 2000 }],
    ['{ invariance: "*", maxShare: 0.05 }', { ...judged, kind: 'invariance', name: '*', maxShare: 0.05 }],
    ['{ invariance: a-mile-more }', { ...judged, kind: 'invariance', name: 'a-mile-more', maxShare: 0.01 }],
    ['{ behaviour: missing }', { ...base, kind: 'behaviour', check: 'missing' }],
    ['{ agreement: 1e-4 }', { ...base, kind: 'agreement', max: 1e-4 }],
    ['{ predictionDrift: .1 }', { ...base, kind: 'prediction-drift', max: 0.1 }],
    ['{ metric: roc_auc, seedVariance: .01 }', { ...judged, kind: 'seed-variance', metric: 'roc_auc', max: 0.01 }],
    [
      '{ metric: roc_auc, seedVariance: .01, confidence: .9 }',
      { ...base, kind: 'seed-variance', metric: 'roc_auc', max: 0.01, confidence: 0.9 },
    ],
  ])('%s', (gate, expected) => {
    const evaluate = `
  custom: [{ name: profit, command: [python, profit.py], code: ["metrics/**"], better: higher }]
  discover: true
  invariances: [{ name: a-mile-more, set: { distance: distance + 1 } }]
  ${SLICES}`;
    expect(modelOf(written(evaluate, [gate], [['seed: 7', 'seed: 7\n  repeats: 3']])).gates).toEqual([expected]);
  });

  test.each([
    [
      '{ min: 3 }',
      '',
      [
        '{: a gate needs "metric" with min, max, against, slice or seedVariance; or one of fairness, latency, throughput, size, memory, coldStart, invariance, behaviour, agreement, predictionDrift',
      ],
    ],
    ['{ metric: roc_acu, min: 0.5 }', '', ['roc_acu: there is no metric "roc_acu"; did you mean "roc_auc"?']],
    [
      '{ metric: "ROC AUC", min: 0.5 }',
      '',
      [
        '"ROC: "ROC AUC" is not allowed here: A metric of the task, with its parameter after an @ where it takes one (f_beta@2), or one of evaluate.custom.',
      ],
    ],
    [
      '{ metric: f_beta, min: 0.5 }',
      '',
      [
        'f_beta: f_beta needs a parameter, as in f_beta@2, a number from 0.01 to 100: how many times recall counts as much as precision',
      ],
    ],
    ['{ metric: roc_auc@2, min: 0.5 }', '', ['roc_auc@2: roc_auc takes no parameter']],
    ['{ metric: ece@2.5, max: 0.5 }', '', ['ece@2.5: ece@ takes a whole number from 2 to 100: bins; 2.5 is not']],
    ['{ metric: mcc, min: -2 }', '', ['-2: mcc lies between -1 and 1; -2 does not']],
    ['{ metric: log_loss, max: -1 }', '', ['-1: log_loss lies at 0 or above; -1 does not']],
    [
      '{ metric: expected_cost, max: 1 }',
      '',
      ['expected_cost: expected_cost needs evaluate.costs: what each decision costs'],
    ],
    [
      '{ metric: roc_auc, against: champion }',
      '',
      ['{: against the champion: one of "noWorseThan", "within" and "better: true"'],
    ],
    [
      '{ metric: roc_auc, against: champion, within: 0.1, better: true }',
      '',
      ['{: against the champion: one of "noWorseThan", "within" and "better: true"'],
    ],
    [
      '{ metric: calibration_slope, against: champion, noWorseThan: 0.1 }',
      '',
      [
        'calibration_slope: calibration_slope takes "min" and "max" only: neither higher nor lower is better, it has a value to be near to',
      ],
    ],
    [
      '{ metric: accuracy, slice: discovered, noWorseThan: 0.02 }',
      '',
      ['discovered: the model discovers no slices: add evaluate.discover, for example "discover: true"'],
    ],
    [
      '{ metric: accuracy, slice: discovered, minRows: 9 }',
      '{ discover: true }',
      [
        '{: a gate on discovered slices needs "noWorseThan"',
        'minRows: "minRows" does not belong in a gate on discovered slices: it stands in evaluate.discover',
      ],
    ],
    [
      '{ fairness: selection_rate, by: hour, maxDifference: 0.1 }',
      '',
      ['hour: "hour" is no column of evaluate.slices: add it to evaluate.slices'],
    ],
    [
      '{ fairness: selection_rate, by: hourr }',
      `{ ${SLICES} }`,
      [
        '{: a fairness gate needs "maxDifference" or "minRatio"',
        'hourr: "hourr" is no column of evaluate.slices; did you mean "hour"?',
      ],
    ],
    [
      '{ fairness: selection_rate, by: tail, minRatio: 1.2 }',
      '',
      ['tail: "tail" is personal data: its groups must not be shown', '1.2: the lower rate to the higher is at most 1'],
    ],
    [
      '{ fairness: selection_rates, by: hour }',
      '',
      [
        'selection_rates: "selection_rates" is not one of selection_rate, true_positive_rate, false_positive_rate; did you mean "selection_rate"?',
      ],
    ],
    [
      '{ fairness: selection_rate, by: distance, minRatio: 0.8 }',
      `{ ${SLICES} }`,
      ['distance: "distance" is cut into bins: a fairness gate compares the values of a column'],
    ],
    [
      '{ fairness: selection_rate, by: hour, minRatio: 0.8 }\n  - { fairness: selection_rate, by: hour, minRatio: 0.8, minRows: 9 }',
      `{ ${SLICES} }`,
      ['9: another gate on selection_rate by hour has minRows 500: they share the groups'],
    ],
    ['{ latency: p99 }', '', ['{: a latency gate needs "max", a duration such as 5ms, or "maxRatio"']],
    [
      '{ latency: p99, max: 5ms, confidence: 0.9 }',
      '',
      ['confidence: "confidence" needs a ratio: a fixed limit is not read by an interval'],
    ],
    [
      '{ latency: p99, maxRatio: 2, against: champion }',
      '',
      ['against: "against" does not belong in a latency gate: a ratio is against the champion already'],
    ],
    ['{ throughput: 8 }', '', ['{: a throughput gate needs "min", in rows a second, or "minRatio"']],
    ...['memory: { maxRatio: 2 }', 'coldStart: { maxRatio: 2 }', 'size: 5MB'].map(
      (gate): [string, string, string[]] => [
        `{ ${gate}, confidence: 0.9 }`,
        '',
        [expect.stringContaining('confidence: "confidence" does not belong in')],
      ],
    ),
    ['{ memory: much }', '', ['much: "much" is no size such as 50MB or 8Gi']],
    ['{ coldStart: { max: soon } }', '', ['soon: "soon" is no duration such as 500ms or 2s']],
    ['{ size: { maximum: 3 } }', '', ['maximum: unknown key "maximum"; known keys: max, maxRatio']],
    ['{ invariance: x }', '', ['x: the model declares no invariances: add them to evaluate.invariances']],
    [
      '{ behaviour: mising }',
      '',
      ['mising: "mising" is not one of missing, out-of-range, determinism; did you mean "missing"?'],
    ],
    [
      '{ agreement: 1e-4, min: 2 }',
      '',
      ['min: "min" does not belong in a gate on agreement: it takes agreement, onFail, onCannotTell'],
    ],
    ['{ seedVariance: 0.1 }', '', ['{: the metric is missing: {metric, seedVariance}']],
    [
      '{ metric: roc_auc, seedVariance: 0.1 }',
      '',
      ['seedVariance: "seedVariance" needs train.repeats: trainings with 2 seeds or more'],
    ],
  ])('is refused as %s', (gate, evaluate, expected) => {
    expect(problems(written(evaluate, [gate])).sort()).toEqual([...expected].sort());
  });
});

describe('evaluate', () => {
  test('fills in what is not said', () => {
    expect(modelOf(written('{ discover: true }'))).toMatchObject({
      train: { repeats: 1 },
      evaluate: {
        threshold: 0.5,
        custom: [],
        invariances: [],
        slices: [],
        discover: { columns: ['hour', 'distance'], minRows: 500 },
      },
    });
    expect(modelOf(written('{ discover: false }')).evaluate.discover).toBeUndefined();
  });

  test('reads slices, costs, a choice of the threshold and metrics of the model', () => {
    const { evaluate } = modelOf(
      written(
        `
  metrics: [expected_cost, lift@0.05]
  custom: [{ name: profit, command: [python, profit.py], code: ["metrics/**"], better: higher }]
  threshold: { choose: f_beta@2, split: train }
  costs: { falsePositive: 1, falseNegative: 5, truePositive: -2 }
  slices: [{ column: distance, bins: [500, 1000] }, { column: hour, quantiles: 4 }, { name: far, where: "distance > 1" }]
  discover: { columns: [hour], minRows: 100 }
  invariances: [{ name: nearly, set: { distance: "distance + 1" }, tolerance: 0.01 }]`,
      ),
    );
    expect(evaluate).toMatchObject({
      metrics: ['expected_cost', 'lift@0.05', 'profit'],
      threshold: 0.5,
      chooseThreshold: { metric: 'f_beta@2', split: 'train' },
      costs: [
        [0, 1],
        [5, -2],
      ],
      slices: [
        { kind: 'bins', column: 'distance', edges: [500, 1000] },
        { kind: 'quantiles', column: 'hour', count: 4 },
        { kind: 'where', name: 'far', where: 'distance > 1' },
      ],
      discover: { columns: ['hour'], minRows: 100 },
      invariances: [{ name: 'nearly', set: { distance: 'distance + 1' }, tolerance: 0.01 }],
    });
  });

  test.each([
    [
      '{ threshold: { choose: roc_auc, split: tune } }',
      [
        'roc_auc: no threshold is best in roc_auc; choose by one of accuracy, balanced_accuracy, f1, f_beta, mcc, cohen_kappa, expected_cost',
        'tune: dataset "flights" has no split "tune"; splits: train, holdout',
      ],
    ],
    [
      '{ threshold: { choose: profit, split: train }, custom: [{ name: profit, command: [x], code: ["metrics/**"], better: higher }] }',
      [
        'profit: profit is a metric of your own: it is not computed at every threshold; choose by one of accuracy, balanced_accuracy, f1, f_beta, mcc, cohen_kappa, expected_cost',
        'train: on rows that it was trained on a model is too sure of itself: a split of its own is better',
      ],
    ],
    [
      '{ threshold: { choose: f1, split: holdout } }',
      ['holdout: a threshold is not chosen on rows that models are judged on: "holdout" is such a split'],
    ],
    [
      '{ threshold: { choos: f1, split: tune } }',
      ['choos: unknown key "choos"; did you mean "choose"?', 'threshold: "choose" is missing'],
    ],
    ['{ threshold: 2 }', ['2: must be < 1, not 2']],
    ['{ threshold: high }', ['high: must be a number or a mapping, not "high"']],
    [
      '{ costs: { falsePositive: 1, falseNegative: 5 } }',
      ['costs: "costs" has no effect without the metric expected_cost'],
    ],
    ['{ costs: { falsePositive: 1 } }', ['costs: "falseNegative" is missing']],
    ['{ costs: [[0, 1], [2, 0]] }', ['[[0: the costs of a binary decision are {falsePositive, falseNegative}']],
    [
      '{ custom: [{ name: f1, command: [a], code: ["../x"], better: higher }] }',
      ['f1: there is a metric f1 already', '"../x": "../x" must not leave the repository with ..'],
    ],
    [
      '{ slices: [{ column: distance }] }',
      ['{: a slice is a column, {name, where}, {column, bins} or {column, quantiles}'],
    ],
    ['{ slices: [{ column: distance, bins: [5, 3] }] }', ['3: the edges must rise: 3 does not']],
    [
      '{ slices: [{ column: origin, quantiles: 3 }] }',
      ['origin: "origin" is category: quantiles are of integer and float columns'],
    ],
    [
      '{ slices: [tail, { column: tail, bins: [3] }] }',
      [
        'tail: "tail" is personal data: its values must not be shown as slices',
        'tail: "tail" is text: give a slice as {name, where} instead',
        '{: slice "tail" is declared twice',
        'tail: "tail" is personal data: its values must not be shown as slices',
        'tail: "tail" is text: bins are of integer and float columns',
      ],
    ],
    [
      '{ slices: [{ name: discovered, where: "true" }] }',
      ['{: "discovered" means the slices that the search found: take another'],
    ],
    [
      '{ discover: { columns: [hourr, late, date, tail] } }',
      [
        'hourr: the dataset has no column "hourr"; did you mean "hour"?',
        'late: "late" is the label: what is hard is no slice',
        'date: "date" is timestamp: slices are searched for in category, boolean, integer, float columns',
        'tail: "tail" is personal data: its values must not be shown as slices',
        'tail: "tail" is text: slices are searched for in category, boolean, integer, float columns',
      ],
    ],
    [
      '{ invariances: [{ name: a, set: { distanze: "1", origin: "1" } }, { name: a, set: { hour: "1" } }] }',
      [
        '"1": the dataset has no column "distanze"; did you mean "distance"?',
        'origin: "origin" is no input of the model: its change could change nothing',
        'a: invariance "a" is declared twice',
      ],
    ],
  ])('is refused as %s', (evaluate, expected) => {
    expect(problems(written(evaluate)).sort()).toEqual([...expected].sort());
  });
});

describe('a task', () => {
  test('of ranking needs a column of groups, and has metrics of its own', () => {
    const ranking: [string, string] = ['task: binary-classification', 'task: ranking'];
    const output: [RegExp, string] = [/output: .*/, 'output: { name: score }'];
    const label: [string, string] = [
      'type: boolean, sql: "delay > 15", role: label',
      'type: integer, sql: "delay", role: label',
    ];
    const model = written('', ['{ metric: ndcg@5, min: 0.3 }'], [ranking, output]);
    const dataset = flightFiles()
      .get(DATASET)!
      .replace(...label);
    expect(problems({ ...model, [DATASET]: dataset, [DEPLOYMENT]: null, [MONITOR]: null })).toEqual([
      'ranking: ranking needs a column of role group in dataset "flights": the query of a row',
    ]);
  });

  test('does not repeat a sweep', () => {
    const sweep = 'repeats: 2\n  sweep: { metric: auc, goal: maximize, params: { a: { values: [1, 2] } } }\n  seed: 7';
    expect(problems(written('', [], [['seed: 7', sweep]]))).toEqual([
      'repeats: "repeats" does not go with "sweep": repeat the winner, with its params',
    ]);
  });
});

import { describe, expect, test } from 'vitest';
import { fingerprintRun } from '../../../src/domain/fingerprint/fingerprint-run.ts';
import { buildPlan } from '../../../src/domain/plan/build-plan.ts';
import { inputsOf } from '../../../src/domain/plan/plan-model.ts';
import { type Edits, flightFiles, MODEL, problemsOf, snapshotOf, validate } from './flights.ts';

const PARAMS = `depth: { values: [3, 5, 7] }
      leaves: { min: 8, max: 64, step: 8 }`;

const sweepText = (params: string, more = 'search: { type: grid }', metric = 'validation_auc') => `seed: 7
  sweep:
    metric: ${metric}
    goal: maximize
    params:
      ${params}
    ${more}`;

const edits = (params: string, more?: string): Edits => ({ [MODEL]: [['seed: 7', sweepText(params, more)]] });

test('a sweep is valid, with its defaults filled in', () => {
  const { repository, problems } = validate(
    edits(
      `${PARAMS}\n      learningRate: { min: 0.001, max: 0.1, scale: log }`,
      `search: { type: random, trials: 20 }\n    halving: { param: epochs, min: 2, max: 16 }\n    parallel: 4`,
    ),
  );
  expect(problems).toEqual([]);
  expect(repository!.models[0]!.train.sweep).toEqual({
    metric: 'validation_auc',
    goal: 'maximize',
    params: {
      depth: { kind: 'values', values: [3, 5, 7] },
      leaves: { kind: 'range', min: 8, max: 64, step: 8, integer: true, scale: 'linear' },
      learningRate: { kind: 'range', min: 0.001, max: 0.1, integer: false, scale: 'log' },
    },
    search: { type: 'random', trials: 20 },
    halving: { param: 'epochs', min: 2, max: 16, factor: 2 },
    parallel: 4,
  });
  expect(validate(edits(PARAMS, '')).repository!.models[0]!.train.sweep!.search).toEqual({ type: 'grid' });
});

describe('says on the line', () => {
  test.each<[what: string, params: string, more: string | undefined, at: string, message: string]>([
    ['no kind', 'depth: {}', undefined, 'depth: {}', 'a swept parameter needs "values", or "min" and "max"'],
    ['an unknown key', 'depth: { valeus: [1] }', undefined, 'valeus', 'unknown key "valeus"; did you mean "values"?'],
    ['half a range', 'depth: { min: 1 }', undefined, 'depth: { min', '"max" is missing'],
    [
      'a list and a range',
      'depth: { values: [1, 2], max: 3 }',
      undefined,
      'max: 3',
      '"max" does not belong beside "values": either a list or a range',
    ],
    ['a value twice', 'depth: { values: [1, 2, 1] }', undefined, '1] }', '"1" is there twice'],
    [
      'a grid over a range',
      'rate: { min: 0.1, max: 1 }',
      undefined,
      'rate',
      'a grid needs "values" or "step" of rate; a range alone is for "search: {type: random, trials: …}"',
    ],
    ['an empty range', 'rate: { min: 3, max: 3, step: 1 }', undefined, '3, max', 'min 3 of rate is not below max 3'],
    [
      'a step that leads nowhere',
      'rate: { min: 1, max: 3, step: 9 }',
      undefined,
      '9 }',
      'step 9 is more than the range from 1 to 3',
    ],
    [
      'a log scale from nothing',
      'rate: { min: 0, max: 0.5, scale: log }',
      'search: { type: random, trials: 2 }',
      '0, max',
      'a log scale needs a min above 0, not 0',
    ],
    [
      'steps on a log scale',
      'rate: { min: 1, max: 9, step: 2, scale: log }',
      undefined,
      'step: 2',
      'steps are of equal size: none on a log scale',
    ],
    [
      'an integer that is none',
      'rate: { min: 0.5, max: 9, type: integer }',
      'search: { type: random, trials: 2 }',
      '0.5',
      '0.5 is no whole number, and the type is integer',
    ],
    [
      'too large a grid',
      'a: { min: 1, max: 100, step: 1 }\n      b: { min: 1, max: 11, step: 1 }',
      undefined,
      'params:\n      a',
      'the grid has 1100 combinations; at most 1000. Fewer values, or a random search',
    ],
    [
      'too many trials',
      'a: { min: 0.1, max: 1 }',
      'search: { type: random, trials: 1001 }',
      '1001',
      '1001 trials are too many: at most 1000',
    ],
    [
      'more trials than there are',
      'a: { values: [1, 2] }',
      'search: { type: random, trials: 3 }',
      '3 }',
      'there are only 2 combinations to draw 3 trials from: a grid tries all',
    ],
    [
      'a random search of no size',
      'a: { values: [1, 2] }',
      'search: { type: random }',
      'search',
      '"trials" is missing',
    ],
    [
      'an unknown search',
      'a: { values: [1, 2] }',
      'search: { type: bayes }',
      'bayes',
      '"bayes" is not one of grid, random',
    ],
    [
      'a resource that is swept, too',
      'epochs: { values: [1, 2] }',
      'halving: { param: epochs, min: 2, max: 16 }',
      'epochs, min',
      'epochs is in sweep.params, too: halving sets it, from 2 to 16',
    ],
    [
      'a resource that does not grow',
      'a: { values: [1, 2] }',
      'halving: { param: epochs, min: 16, max: 16 }',
      '16, max',
      'min 16 is not below max 16',
    ],
    [
      'one trial to halve',
      'a: { values: [1] }',
      'halving: { param: epochs, min: 2, max: 16 }',
      'halving',
      'one trial cannot be halved; params: a',
    ],
    [
      'a factor of one',
      'a: { values: [1, 2] }',
      'halving: { param: e, min: 2, max: 16, factor: 1 }',
      '1 }',
      'must be >= 2, not 1',
    ],
    [
      'a name that cannot be',
      '9a: { values: [1, 2] }',
      undefined,
      '9a',
      '"9a" is no parameter name: letters, digits, _ . -',
    ],
  ])('%s', (_what, params, more, at, message) => {
    const changed = edits(params, more);
    const text = flightFiles(changed).get(MODEL)!;
    const start = text.indexOf(at, text.indexOf('sweep:'));
    const before = text.slice(0, start).split('\n');
    const place = `${MODEL}:${before.length}:${before.at(-1)!.length + 1}`;
    expect(problemsOf(changed)).toEqual([`${place} ${message}`]);
  });

  test('a range of two whole numbers, with a warning', () => {
    const changed = edits('dropout: { min: 0, max: 1 }', 'search: { type: random, trials: 2 }');
    expect(validate(changed).problems).toMatchObject([
      { level: 'warning', message: 'only 0 and 1 are tried; between them with "type: float"' },
    ]);
    expect(
      problemsOf(edits('dropout: { min: 0, max: 1, type: float }', 'search: { type: random, trials: 9 }')),
    ).toEqual([]);
  });
});

describe('what a change of it means', () => {
  const runOf = (text: Edits) => {
    const snapshot = snapshotOf(text);
    return fingerprintRun(inputsOf(snapshot.repository.models[0]!, snapshot));
  };

  test('another training, unless only more run at once', () => {
    const now = runOf(edits(PARAMS));
    expect(runOf(edits(PARAMS))).toBe(now);
    expect(runOf({})).not.toBe(now);
    expect(runOf(edits(PARAMS, 'parallel: 9'))).toBe(now);
    expect(runOf(edits(PARAMS.replace('7]', '8]')))).not.toBe(now);
    expect(runOf(edits(PARAMS, 'halving: { param: epochs, min: 2, max: 16 }'))).not.toBe(now);
  });

  test('the plan says what it takes and what changed', () => {
    const base = snapshotOf(edits(PARAMS));
    const [model] = buildPlan({ base, head: snapshotOf(edits(PARAMS.replace('step: 8', 'step: 4'))) }).models;
    expect(model!.reasons).toEqual(['sweep.params.leaves.step 8 → 4']);
    expect(model!.sweep).toMatchObject({ trials: 45, runs: 45, text: '45 trials, every combination' });
    const [added] = buildPlan({ base: snapshotOf(), head: base }).models;
    expect(added).toMatchObject({ reasons: ['sweep added'], parts: { params: true, code: false } });
    const wider = buildPlan({ base, head: snapshotOf(edits(PARAMS, 'parallel: 2')) });
    expect(wider.models).toEqual([]);
    expect(wider.warnings).toEqual([expect.stringContaining('parallel added; counts from the next training on')]);
  });
});

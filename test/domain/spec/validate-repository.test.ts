import { describe, expect, test } from 'vitest';
import { DATASET, DEPLOYMENT, type Edits, flightFiles, MODEL, MONITOR, problemsOf, validate } from './flights.ts';

test('the example repository is valid and every default is filled in', () => {
  const { repository, problems } = validate({});
  expect(problems).toEqual([]);
  const [model] = repository!.models;
  expect(model!.train.resources).toMatchObject({ gpu: 0, memoryBytes: 2 * 2 ** 30 });
  expect(model!.evaluate).toMatchObject({ split: 'holdout', threshold: 0.5, resamples: 1000, confidence: 0.95 });
  expect(model!.gates.map(({ kind }) => kind)).toEqual(['absolute', 'champion', 'slice', 'latency', 'size']);
  expect(model!.gates[0]).toMatchObject({ metric: 'roc_auc', onFail: 'block', onCannotTell: 'approval' });
  expect(model!.gates[3]).toMatchObject({ quantile: 'p99', max: expect.any(Number) });
  expect(model!.gates[4]).toMatchObject({ kind: 'size', max: expect.any(Number) });
  expect(repository!.monitors[0]).toMatchObject({ windowSeconds: 86_400, scheduleSeconds: 86_400, effect: 0.1 });
  expect(repository!.deployments[0]!.strategy).toEqual({ canary: [10, 50, 100], intervalSeconds: 2 });
});

/** The text in the edited file at which the problem must point, and what it says. */
type Expected = [file: string, at: string, message: string];

const NAMED = 'kind: Model\nname: ';

const BROKEN: [what: string, edits: Edits, expected: Expected[]][] = [
  [
    'an unknown key, with what was meant',
    { [MODEL]: [['seed: 7', 'sead: 7']] },
    [[MODEL, 'sead', 'unknown key "sead"; did you mean "seed"?']],
  ],
  ['a missing key', { [MODEL]: [['task: binary-classification\n', '']] }, [[MODEL, 'apiVersion', '"task" is missing']]],
  [
    'a wrong type',
    { [MODEL]: [['seed: 7', 'seed: seven']] },
    [[MODEL, 'seven', 'must be a whole number, not "seven"']],
  ],
  [
    'an unknown task',
    { [MODEL]: [['binary-classification', 'binary-clasification']] },
    [
      [
        MODEL,
        'binary-clasification',
        '"binary-clasification" is not one of binary-classification, multiclass-classification, regression, ranking; did you mean "binary-classification"?',
      ],
    ],
  ],
  [
    'an unknown dataset',
    { [MODEL]: [['dataset: flights', 'dataset: flihgts']] },
    [[MODEL, 'flihgts', 'there is no dataset "flihgts"; did you mean "flights"?']],
  ],
  [
    'a runner that the policy does not have',
    { [MODEL]: [['runner: local', 'runner: gpu']] },
    [[MODEL, 'gpu', 'sluice.yaml has no runner "gpu"; runners: local']],
  ],
  [
    'code outside of the repository',
    { [MODEL]: [['["models/flight-delay/**"]', '["../secrets/**", "/etc/passwd"]']] },
    [
      [MODEL, '"../secrets', '"../secrets/**" must not leave the repository with ..'],
      [MODEL, '"/etc', '"/etc/passwd" must be relative to the root of the repository'],
    ],
  ],
  [
    'an artifact path that leaves its folder',
    { [MODEL]: [['path: model.onnx', 'path: ../model.onnx']] },
    [[MODEL, '../model.onnx', '"../model.onnx" must not leave the repository with ..']],
  ],
  [
    'a timeout beyond what the runner allows',
    { [MODEL]: [[/timeout: \w+/, 'timeout: 90d']] },
    [[MODEL, '90d', '"90d" is too long: runner local allows 24 h']],
  ],
  [
    'the label as a feature',
    { [MODEL]: [['{ name: distance, column: distance, type: float }', '{ name: late, type: boolean }']] },
    [[MODEL, '{ name: late', '"late" is the label: a model must not see it']],
  ],
  [
    'a feature that is no column',
    { [MODEL]: [['column: distance', 'column: distanze']] },
    [[MODEL, 'distanze', 'the dataset has no column "distanze"; did you mean "distance"?']],
  ],
  [
    'a metric of another task',
    { [MODEL]: [[/\{ metric: roc_auc, min: [.\d]+ \}/, '{ metric: rmse, max: 3 }']] },
    [
      [
        MODEL,
        'rmse',
        'rmse does not fit binary-classification; metrics of it: roc_auc, pr_auc, log_loss, brier, accuracy, balanced_accuracy, precision, recall, specificity, f1, f_beta, mcc and 5 more',
      ],
    ],
  ],
  [
    'two gates in one',
    { [MODEL]: [['against: champion, noWorseThan', 'against: champion, min: 0.6, noWorseThan']] },
    [[MODEL, 'min: 0.6,', '"min" does not belong in a gate against the champion: a fixed value is a gate of its own']],
  ],
  [
    'a share in percent',
    { [MODEL]: [[/roc_auc, min: [.\d]+/, 'roc_auc, min: 55']] },
    [[MODEL, '55 }', 'roc_auc lies between 0 and 1; 55 does not']],
  ],
  [
    'a latency without a unit',
    { [MODEL]: [[/p99, max: \w+/, 'p99, max: 77']] },
    [[MODEL, '77', 'a latency gate needs "max", a duration such as 5ms']],
  ],
  [
    'a slice that is not declared',
    { [MODEL]: [['slice: "*"', 'slice: long-hall']] },
    [[MODEL, 'long-hall', 'the model has no slice "long-hall"; did you mean "long-haul"?']],
  ],
  [
    'a split that does not exist',
    { [MODEL]: [['split: holdout', 'split: test']] },
    [[MODEL, 'test', 'dataset "flights" has no split "test"; splits: train, holdout']],
  ],
  [
    'data that the policy does not allow',
    { [DATASET]: [['file:flights/', 'file:secrets/']] },
    [
      [
        DATASET,
        '"file:secrets/',
        '"file:secrets/flights.parquet" is not allowed by data.allow of sluice.yaml; allowed: file:flights/',
      ],
    ],
  ],
  [
    'data by a way round the prefix',
    { [DATASET]: [['file:flights/', 'file:flights/../']] },
    [[DATASET, '"file:flights/../', '"file:flights/../flights.parquet" must not hold . or .. segments']],
  ],
  [
    'no label',
    { [DATASET]: [[', role: label', '']] },
    [[DATASET, 'columns:', 'no column is the label: give one of them "role: label"']],
  ],
  [
    'two labels',
    { [DATASET]: [['name: delay, type: integer,', 'name: delay, type: integer, role: label,']] },
    [[DATASET, 'label }', 'there is a label column already; a dataset has exactly one']],
  ],
  [
    'an empty window',
    { [DATASET]: [[/to: "[^"]*"/, 'to: "1999-02-01"']] },
    [[DATASET, '"1999-02-01"', 'the window is empty: to 1999-02-01 is not after from 2001-01-01']],
  ],
  [
    'a date that is none',
    { [DATASET]: [[/to: "[^"]*"/, 'to: "2001-02-30"']] },
    [[DATASET, '"2001-02-30"', '"2001-02-30" is no ISO date or timestamp']],
  ],
  [
    'shares that do not rise',
    { [DEPLOYMENT]: [['[10, 50, 100]', '[50, 10]']] },
    [[DEPLOYMENT, '[50, 10]', 'the shares must rise and end with 100']],
  ],
  [
    'a deployment that waits for itself',
    { [DEPLOYMENT]: [['environment: production', 'environment: production\nafter:  flight-delay-production']] },
    [
      [
        DEPLOYMENT,
        ' flight-delay-production\ntarget',
        'the deployments wait for each other: flight-delay-production → flight-delay-production',
      ],
    ],
  ],
  [
    'a target of an unknown type',
    { [DEPLOYMENT]: [['{ type: local }', '{ type: lokal }']] },
    [[DEPLOYMENT, 'lokal', '"lokal" is not one of local, gitops; did you mean "local"?']],
  ],
  [
    'a monitor of nothing',
    { [MONITOR]: [['deployment: flight-delay-production', 'deployment: credit']] },
    [[MONITOR, 'credit', 'there is no deployment "credit"; deployments: flight-delay-production']],
  ],
  [
    'a schedule that is none',
    { [MONITOR]: [['"@daily"', '"@dayly"']] },
    [[MONITOR, '"@dayly"', '"@dayly" is not @hourly, @daily, @weekly or a duration such as 30m']],
  ],
  [
    'an unknown kind',
    { [MONITOR]: [['kind: Monitor', 'kind: Monitr']] },
    [[MONITOR, 'Monitr', '"Monitr" is no kind: one of Dataset, Model, Deployment, Monitor; did you mean "Monitor"?']],
  ],
  [
    'a second policy',
    { 'data/policy.yaml': 'kind: Policy\n' },
    [['data/policy.yaml', 'Policy', 'the policy of a repository is sluice.yaml; there is no second one']],
  ],
  [
    'a hostile name',
    { [MODEL]: [[`${NAMED}flight-delay`, `${NAMED}"$(rm -rf ~)"`]] },
    [[MODEL, '"$(rm', '"$(rm -rf ~)" is not allowed here: Lower-case words joined by - or _, at most 64 characters.']],
  ],
  [
    'the same name twice, with where the other one is',
    { 'monitors/a.yaml': 'kind: Monitor\nname: flight-delay-live\ndeployment: flight-delay-production\nwindow: 1h\n' },
    [[MONITOR, 'flight-delay-live', 'monitor "flight-delay-live" is declared in monitors/a.yaml already']],
  ],
];

describe('names file, line, column and a remedy for', () => {
  test.each(BROKEN)('%s', (_what, edits, expected) => {
    expect(problemsOf(edits)).toEqual(expected.map((problem) => located(edits, problem)));
  });
});

/** `path:line:column message` of the place where the text first stands, blanks before it not counted. */
function located(edits: Edits, [file, at, message]: Expected): string {
  const text = flightFiles(edits).get(file)!;
  const offset = text.indexOf(at) + (at.length - at.trimStart().length);
  const before = text.slice(0, offset).split('\n');
  return `${file}:${before.length}:${before.at(-1)!.length + 1} ${message}`;
}

test('all problems of all files at once, in the order of the files', () => {
  const edits: Edits = {
    [MODEL]: [
      ['runner: local', 'runner: gpu'],
      [/size: \w+/, 'size: 5 megs'],
    ],
    [DATASET]: [['type: category', 'type: categorie']],
    [MONITOR]: [['window: 1d', 'window: soon']],
  };
  expect(problemsOf(edits).map((problem) => problem.replace(/:\d+:\d+/, ''))).toEqual([
    `${DATASET} "categorie" is not one of integer, float, boolean, category, text, timestamp, tensor; did you mean "category"?`,
    `${MODEL} sluice.yaml has no runner "gpu"; runners: local`,
    `${MODEL} "5 megs" is no size such as 50MB or 8Gi`,
    `${MONITOR} "soon" is no duration such as 1h or 1d`,
  ]);
});

test('a file that cannot be read does not make those that refer to it wrong', () => {
  const problems = problemsOf({ [MODEL]: 'kind: Model\nname: [flight-delay\n' });
  expect(problems.map((problem) => problem.split(':')[0])).toEqual([MODEL]);
});

test('a suspicious bound is a warning and stops nothing', () => {
  const { repository, problems } = validate({ [MODEL]: [[/roc_auc, min: [.\d]+/, 'roc_auc, max: 0.55']] });
  expect(repository).toBeDefined();
  expect(problems).toMatchObject([{ level: 'warning', message: expect.stringContaining('did you mean "min"') }]);
});

describe('warns on its line of what is accepted and has no effect in this version', () => {
  const ACCEPTED: [what: string, edits: Edits, policyEdits: Edits, expected: Expected][] = [
    [
      'a target of another type',
      {
        [DEPLOYMENT]: [['{ type: local }', '{ type: gitops, repository: acme/cluster, path: serving, kind: kserve }']],
      },
      {},
      [DEPLOYMENT, 'gitops', 'this version deploys to no target of type gitops: nothing will be rolled out'],
    ],
    [
      'data whose change nobody would notice',
      { [DATASET]: [[/\n {2}sha256: \w+/, '']] },
      {},
      [DATASET, '"file:', 'without "sha256", new content under the same name counts as the same data'],
    ],
    [
      'data in a bucket',
      { [DATASET]: [['file:flights/', 's3://acme-data/']] },
      { 'sluice.yaml': [['file:flights/', 's3://acme-data/']] },
      [DATASET, '"s3:', 'this version reads no s3: locations: jobs that need the dataset will fail'],
    ],
  ];

  test.each(ACCEPTED)('%s', (_what, edits, policyEdits, expected) => {
    const { repository, problems } = validate(edits, policyEdits);
    expect(repository).toBeDefined();
    expect(problems.map(({ level }) => level)).toEqual(['warning']);
    expect(problemsOf(edits, policyEdits)).toEqual([located(edits, expected)]);
  });
});

test('a time limit counts for a runner that is not named, too', () => {
  const policyEdits: Edits = { 'sluice.yaml': [['{ type: local }', '{ type: local, maxHours: 1 }']] };
  const edits: Edits = {
    [MODEL]: [
      ['  runner: local\n', ''],
      [/timeout: \w+/, 'timeout: 2h'],
    ],
  };
  expect(problemsOf(edits, policyEdits)).toEqual([
    located(edits, [MODEL, '2h', '"2h" is too long: runner local allows 1 h']),
  ]);
});

test('metrics that gates name are computed even when the author does not list them', () => {
  const { repository } = validate({ [MODEL]: [[/metrics: \[.*\]/, 'metrics: [f1]']] });
  expect(repository!.models[0]!.evaluate.metrics).toEqual(['f1', 'roc_auc']);
});

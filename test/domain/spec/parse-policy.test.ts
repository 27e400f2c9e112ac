import { expect, test } from 'vitest';
import { parsePolicy } from '../../../src/domain/spec/parse-policy.ts';
import { specPaths } from '../../../src/domain/spec/spec-paths.ts';

const policyOf = (text: string) =>
  parsePolicy({ path: 'sluice.yaml', text: `apiVersion: sluice/v1\nkind: Policy\n${text}` });

test('the shortest policy has every default', () => {
  expect(policyOf('').policy).toEqual({
    kind: 'Policy',
    path: 'sluice.yaml',
    specs: ['models/**/model.yaml', 'data/*.yaml', 'deployments/*.yaml', 'monitors/*.yaml'],
    runners: [{ name: 'local', type: 'local', pricePerHour: 0, maxHours: 24 }],
    artifacts: { type: 'folder' },
    registry: { type: 'folder' },
    data: { allow: [] },
    budget: {},
    owners: [{ pattern: '**', owners: [] }],
    approvals: { required: 1, allowAuthor: false },
  });
});

test('every type of runner has its defaults, owners get their @', () => {
  const image = `ghcr.io/acme/train@sha256:${'12'.repeat(32)}`;
  const { policy } = policyOf(
    [
      'runners:',
      `  farm: {type: kubernetes, namespace: ml, image: "${image}", pricePerHour: 2.1, maxHours: 6, volumes: [{claim: d, mountPath: /d}]}`,
      '  gpu: {type: actions, workflow: sluice-train.yml, startWithin: 1h, maxConcurrent: 2}',
      '  ray: {type: ray, address: "https://ray.example/"}',
      'owners: {default: [owner, "@acme/ml"], "models/credit/**": ["@acme/risk"]}',
    ].join('\n'),
  );
  const priced = { pricePerHour: 0, maxHours: 24 };
  expect(policy!.runners).toEqual([
    {
      name: 'farm',
      type: 'kubernetes',
      pricePerHour: 2.1,
      maxHours: 6,
      namespace: 'ml',
      image,
      gpu: 0,
      nodeSelector: {},
      tolerations: [],
      volumes: [{ claim: 'd', mountPath: '/d', readOnly: true }],
    },
    {
      name: 'gpu',
      type: 'actions',
      ...priced,
      maxConcurrent: 2,
      workflow: 'sluice-train.yml',
      runsOn: ['ubuntu-latest'],
      startWithinMs: 3_600_000,
    },
    { name: 'ray', type: 'ray', ...priced, address: 'https://ray.example', agent: ['sluice', 'agent'], cpus: 1 },
  ]);
  expect(policy!.owners).toEqual([
    { pattern: '**', owners: ['@owner', '@acme/ml'] },
    { pattern: 'models/credit/**', owners: ['@acme/risk'] },
  ]);
});

test.each([
  ['artifacts: {type: s3, bucket: acme}', '"s3" has no effect in this version: the server\'s state folder is used'],
  [
    'registry: {type: oci, repository: ghcr.io/acme/models}',
    '"oci" has no effect in this version: the server\'s state folder is used',
  ],
])('%s is accepted with a warning', (text, message) => {
  const { policy, problems } = policyOf(text);
  expect(policy).toBeDefined();
  expect(problems).toMatchObject([{ level: 'warning', line: 3, message }]);
});

test.each([
  ['specs: ["../x/*.yaml"]', '"../x/*.yaml" must not leave the repository with ..'],
  ['specs: ["+(a|a)*.yaml"]', '"+(a|a)*.yaml" must use *, **, ?, [a-z] and {a,b} only'],
  ['runners: {gpu: {type: local, pricePerHuor: 1}}', 'unknown key "pricePerHuor"; did you mean "pricePerHour"?'],
  ['runners: {gpu: {workflow: a.yml}}', '"type" is missing: one of local, actions, kubernetes, ray'],
  ['runners: {gpu: {type: actions, workflow: a.yml, startWithin: soon}}', '"soon" is no duration such as 10m or 1h'],
  ['runners: {"a b": {type: local}}', '"a b" is no name: lower-case words joined by - or _'],
  ['owners: {default: ["a b"]}', '"a b" is no owner: @login or @org/team'],
  ['data: {allow: ["../"]}', '"../" must not hold . or .. segments'],
  ['data: {allow: ["http://169.254.169.254/"]}', /must be a path of the repository, file:… below the data root, or s3/],
  ['approvals: {required: -1}', 'must be >= 0, not -1'],
])('%s', (text, message) => {
  const { policy, problems } = policyOf(text);
  expect(policy).toBeUndefined();
  expect(problems.map((problem) => problem.message)).toEqual([
    typeof message === 'string' ? message : expect.stringMatching(message),
  ]);
  expect(problems[0]!.line).toBe(3);
});

test('a whole bucket or the whole data root may be allowed', () => {
  expect(policyOf('data: {allow: ["s3://acme-data", "file:", "data/"]}').policy!.data.allow).toHaveLength(3);
});

test('specs are found by glob, dot folders included, the policy left out', () => {
  const { policy } = policyOf('specs: ["**/*.yaml"]');
  expect(specPaths(policy!, ['sluice.yaml', 'a/.b/c.yaml', 'README.md', 'x.yaml'])).toEqual(['a/.b/c.yaml', 'x.yaml']);
});

test.each(['ghcr.io/acme/train', 'train:1', 'train@sha256:12ab', `train@sha256:${'AB'.repeat(32)}`])(
  'the image %s of a Kubernetes runner has no digest: said on its line, with the way to get it',
  (image) => {
    const { policy, problems } = policyOf(
      ['runners:', '  farm:', '    type: kubernetes', '    namespace: ml', `    image: "${image}"`].join('\n'),
    );
    expect(policy).toBeUndefined();
    expect(problems).toEqual([
      expect.objectContaining({
        level: 'error',
        line: 7,
        message: expect.stringContaining(`docker buildx imagetools inspect ${image.replace(/@.*/, '')}\``),
      }),
    ]);
  },
);

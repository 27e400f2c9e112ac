import { describe, expect, test } from 'vitest';
import { type Edits, MONITOR, problemsOf, validate } from './flights.ts';

const withSource = (source: string): Edits => ({ [MONITOR]: [['window: 1d', `window: 1d\nsource: ${source}`]] });
const withLine = (line: string): Edits => ({ [MONITOR]: [['window: 1d', `window: 1d\n${line}`]] });
const POLICY: Edits = { 'sluice.yaml': [[/allow: \[[^\]]*\]/, 'allow: ["s3://acme-logs/", "file:flights/"]']] };

const monitorOf = (edits: Edits) => {
  const { repository, problems } = validate(edits, POLICY);
  expect(problems).toEqual([]);
  return repository!.monitors[0]!;
};

describe('what a monitor watches', () => {
  test('by default the log of the inference server, with the rule of the design', () => {
    expect(monitorOf({})).toMatchObject({
      source: { kind: 'serving' },
      settleSeconds: 0,
      seasonality: 'none',
      minRows: 350,
      falseDiscoveryRate: 0.05,
      multivariate: true,
      checks: {},
      open: { after: 2, graceSeconds: 604_800 },
    });
  });

  test('what is posted to it', () => {
    expect(monitorOf(withSource('observations')).source).toEqual({ kind: 'observations' });
  });

  test('files, with their labels', () => {
    const source = `
  uri: s3://acme-logs/flights/dt=*/*.parquet
  timestamp: event time
  timezone: Europe/Berlin
  columns: { id: request_id, latency: took }
  labels: { uri: "file:flights/truth/*.arrows", key: request_id, label: late }`;
    expect(monitorOf(withSource(source)).source).toEqual({
      kind: 'files',
      uri: 's3://acme-logs/flights/dt=*/*.parquet',
      format: 'parquet',
      timestamp: 'event time',
      timezone: 'Europe/Berlin',
      columns: { id: 'request_id', latency: 'took' },
      labels: { uri: 'file:flights/truth/*.arrows', format: 'arrow', key: 'request_id', label: 'late' },
    });
  });

  test('limits, seasons and a span of production as the reference', () => {
    const lines = `settle: 2h
seasonality: hour-of-week
minRows: 1000
multivariate: false
checks: { rows: { min: 10 }, freshness: 3h, latency: { p99: 50ms }, errors: { max: 0.01 } }
runner: local`;
    const edits = {
      [MONITOR]: [
        ['window: 1d', `window: 1d\n${lines}`],
        ['reference: training', 'reference: { from: 2026-01-01, to: 2026-01-08 }'],
        ['open: { after: 2 }', 'open: { after: 1, grace: 1d }'],
      ],
    } satisfies Edits;
    expect(monitorOf(edits)).toMatchObject({
      settleSeconds: 7_200,
      seasonality: 'hour-of-week',
      minRows: 1000,
      multivariate: false,
      checks: { rows: { min: 10 }, freshnessSeconds: 10_800, latency: { p99Ms: 50 }, errors: { max: 0.01 } },
      reference: { from: '2026-01-01', to: '2026-01-08' },
      open: { after: 1, graceSeconds: 86_400 },
      runner: 'local',
    });
  });
});

const BROKEN: [what: string, edits: Edits, words: string][] = [
  ['a path of the repository', withSource('{ uri: logs/a.csv, timestamp: at }'), 'must begin with file: or s3://'],
  [
    'a place that is not allowed',
    withSource('{ uri: "s3://other/a.csv", timestamp: at }'),
    'is not allowed by data.allow',
  ],
  ['a format that nothing tells', withSource('{ uri: "file:flights/a", timestamp: at }'), '"format" is missing'],
  ['a zone', withSource('{ uri: "file:flights/a.csv", timestamp: at, timezone: Mars/Base }'), 'is no time zone'],
  ['a source of no kind', withSource('prometheus'), 'serving'],
  [
    'a key of a source',
    withSource('{ uri: "file:flights/a.csv", timestamp: at, time_zone: UTC }'),
    'did you mean "timezone"',
  ],
  ['a duration', withLine('settle: soon'), 'is no duration'],
  ['a latency', withLine('checks: { latency: { p99: fast } }'), 'is no duration such as 50ms'],
  ['limits that leave nothing', withLine('checks: { rows: { min: 5, max: 4 } }'), 'min 5 is more than max 4'],
  ['a runner', withLine('runner: gpu'), 'the policy has no runner "gpu"'],
  [
    'an empty span',
    { [MONITOR]: [['reference: training', 'reference: { from: 2026-01-08, to: 2026-01-08 }']] },
    'is empty',
  ],
  ['a metric that no log can tell', { [MONITOR]: [['roc_auc', 'expected_cost']] }, 'needs more of an answer'],
];

test.each(BROKEN)('says what is wrong with %s', (_what, edits, words) => {
  const problems = problemsOf(edits, POLICY);
  expect(problems).toHaveLength(1);
  expect(problems[0]).toContain(MONITOR);
  expect(problems[0]).toContain(words);
});

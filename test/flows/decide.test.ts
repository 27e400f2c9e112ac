import { beforeAll, describe, expect, it } from 'vitest';
import type { Approval } from '../../src/domain/approvals/approval.ts';
import type { GivenWaiver } from '../../src/domain/approvals/standing-waivers.ts';
import type { DataReport } from '../../src/domain/data/data-report.ts';
import type { Evaluation } from '../../src/domain/evaluate/evaluation.ts';
import type { Job, JobStatus } from '../../src/domain/jobs/job.ts';
import type { Plan } from '../../src/domain/plan/plan.ts';
import { parsePolicy } from '../../src/domain/spec/parse-policy.ts';
import { specPaths } from '../../src/domain/spec/spec-paths.ts';
import type { Gate, Repository } from '../../src/domain/spec/valid.ts';
import { validateRepository } from '../../src/domain/spec/validate-repository.ts';
import { decidePull } from '../../src/flows/pull-request/decide.ts';
import { EMPTY_PULL } from '../../src/flows/pull-request/empty-pull.ts';
import type { PullObservation } from '../../src/flows/pull-request/observe.ts';
import type { DatasetStage, ModelStage } from '../../src/flows/pull-request/stage.ts';
import type { RepeatsStage } from '../../src/flows/pull-request/stage-repeats.ts';
import { madeEvaluation } from './made-evaluation.ts';
import { tinyFiles } from './world.ts';

type Planned = Extract<PullObservation, { kind: 'planned' }>;

let declared: Repository;

beforeAll(() => {
  const files = tinyFiles();
  const policy = parsePolicy({ path: 'sluice.yaml', text: files['sluice.yaml']! }).policy!;
  const specs = new Map(specPaths(policy, Object.keys(files)).map((path) => [path, files[path]!]));
  declared = validateRepository({ policy, files: specs }).repository!;
});

const HEAD = 'a'.repeat(40);
const artifact = { digest: 'sha256:artifact', format: 'onnx' as const, files: [] };
const consequences = { onFail: 'block', onCannotTell: 'block' } as const;
const atLeast = (more: Partial<Gate> = {}): Gate =>
  ({ ...consequences, kind: 'absolute', metric: 'roc_auc', min: 0.6, confidence: 0.95, ...more }) as Gate;

function job(status: JobStatus, more: Partial<Job> = {}): Job {
  return {
    id: more.key ?? 'job',
    key: 'train:1',
    task: { kind: 'train' } as Job['task'],
    repository: 'acme/shop',
    sha: HEAD,
    pull: 1,
    runner: 'local',
    status,
    attempt: 1,
    maxAttempts: 3,
    createdAt: 1,
    cancelRequested: false,
    ...(status === 'failed' ? { error: { code: 'config/train-failed', message: 'it broke' } } : {}),
    ...more,
  };
}

const evaluation = (lower: number, upper: number): Evaluation =>
  madeEvaluation({ auc: { value: (lower + upper) / 2, lower, upper }, candidate: artifact.digest });

const progress = { log: [], ahead: 0 };

function model(
  more: {
    train?: Job;
    done?: boolean;
    evaluate?: Job;
    result?: Evaluation;
    gates?: Gate[];
    waivers?: GivenWaiver[];
    repeats?: RepeatsStage;
  } = {},
): ModelStage {
  const bought = declared.models.find(({ name }) => name === 'bought')!;
  const done = more.done || more.evaluate !== undefined || more.result !== undefined;
  return {
    planned: {
      name: 'bought',
      path: bought.path,
      change: 'changed',
      reasons: [],
      fingerprint: 'sha256:run',
      parts: { code: false, data: false, params: true, signature: false, evaluation: false },
      runner: 'local',
      timeoutSeconds: 60,
    },
    model: bought,
    dataset: declared.datasets.find(({ name }) => name === 'bought')!,
    gates: more.gates ?? [atLeast()],
    gatesProposed: false,
    train: {
      key: 'train:1',
      job: more.train ?? (done ? job('succeeded') : undefined),
      reused: false,
      ...(done ? { artifact } : {}),
      ...(more.repeats && { repeats: more.repeats }),
      ...progress,
      curve: [],
    },
    ...(done
      ? {
          evaluate: {
            key: 'evaluate:1',
            job: more.evaluate ?? (more.result ? job('succeeded', { key: 'evaluate:1' }) : undefined),
            ...(more.result
              ? { evaluation: more.result, evaluationDigest: 'sha256:evaluation', referenceDigest: 'sha256:reference' }
              : {}),
            waivers: more.waivers ?? [],
            ...progress,
          },
        }
      : {}),
  };
}

function dataset(more: { job?: Job; violations?: string[] } = {}): DatasetStage {
  const bought = declared.datasets.find(({ name }) => name === 'bought')!;
  return {
    planned: { name: 'bought', path: bought.path, change: 'changed', reasons: [] },
    dataset: bought,
    key: 'data:1',
    job: more.job ?? (more.violations ? job('succeeded', { key: 'data:1' }) : undefined),
    ...(more.violations ? { report: { rows: 1, violations: more.violations } as unknown as DataReport } : {}),
  };
}

function observed(more: {
  models?: ModelStage[];
  datasets?: DatasetStage[];
  record?: Partial<NonNullable<Planned['record']>>;
  live?: Job[];
  plan?: Partial<Plan>;
  fork?: boolean;
  draft?: boolean;
  over?: boolean;
  required?: number;
}): Planned {
  const models = more.models ?? [];
  const plan: Plan = {
    digest: 'sha256:plan',
    empty: models.length === 0 && !more.datasets && !more.plan,
    policyChanged: false,
    datasets: (more.datasets ?? []).map(({ planned }) => planned),
    models: models.map(({ planned }) => planned),
    deployments: [],
    monitors: [],
    removed: [],
    warnings: [],
    ...more.plan,
  };
  const approvals = { required: more.required ?? 1, allowAuthor: false };
  return {
    kind: 'planned',
    pull: {
      number: 1,
      title: '',
      author: 'author',
      state: 'open',
      draft: more.draft ?? false,
      merged: false,
      head: { sha: HEAD, branch: 'better', fromFork: more.fork ?? false },
      base: { sha: 'b'.repeat(40), branch: 'main' },
      url: '',
    },
    record: more.record && { ...EMPTY_PULL, ...more.record },
    plan,
    policy: { ...declared.policy, approvals },
    head: declared,
    problems: [],
    datasets: more.datasets ?? [],
    models,
    live: more.live ?? [],
    estimate: {
      models: [],
      seconds: 0,
      cost: 0,
      budget: more.over ? { verdict: 'over', reason: '60 is more than 50 a pull request' } : { verdict: 'within' },
    },
  };
}

const passing = () => model({ result: evaluation(0.7, 0.8) });

/** What an approval given now would be bound to. */
function approvalOf(given: Planned, by = 'owner'): Approval {
  const { planDigest, evidenceDigest } = decidePull(given);
  return { by, at: 1, headSha: HEAD, planDigest, evidenceDigest };
}

function summary(given: Planned) {
  const { gate, submit, models } = decidePull(given);
  const said = gate.kind === 'working' ? gate.what : 'reasons' in gate ? gate.reasons.join(' | ') : '';
  return {
    states: models.map(({ state }) => state).join(),
    gate: `${gate.kind}${said ? `: ${said}` : ''}`,
    submit: submit.map(({ key }) => key).join(),
  };
}

describe('where a model stands, what is asked for, what the gate says', () => {
  const queued = () => model();
  it.each<[string, () => Parameters<typeof observed>[0], string, string, string]>([
    ['nothing planned', () => ({}), '', 'passed', ''],
    ['no job yet', () => ({ models: [queued()] }), 'queued', 'working: queued bought', 'train:1'],
    ['queued', () => ({ models: [model({ train: job('queued') })] }), 'queued', 'working: queued bought', ''],
    ['training', () => ({ models: [model({ train: job('running') })] }), 'training', 'working: training bought', ''],
    [
      'train failed',
      () => ({ models: [model({ train: job('failed') })] }),
      'train-failed',
      'failed: bought: training failed: it broke',
      '',
    ],
    ['trained', () => ({ models: [model({ done: true })] }), 'evaluating', 'working: evaluating bought', 'evaluate:1'],
    [
      'evaluating',
      () => ({ models: [model({ evaluate: job('running') })] }),
      'evaluating',
      'working: evaluating bought',
      '',
    ],
    [
      'evaluation failed',
      () => ({ models: [model({ evaluate: job('failed') })] }),
      'evaluate-failed',
      'failed: bought: evaluation failed: it broke',
      '',
    ],
    [
      'evaluation ended without a report',
      () => ({ models: [model({ evaluate: job('succeeded') })] }),
      'evaluate-failed',
      'failed: bought: evaluation failed: unknown reason',
      '',
    ],
    [
      'gates fail',
      () => ({ models: [model({ result: evaluation(0.5, 0.55) })] }),
      'judged',
      'failed: bought: roc_auc ≥ 0.6: 0.525 [',
      '',
    ],
    [
      'a gate cannot tell',
      () => ({ models: [model({ result: evaluation(0.55, 0.65) })] }),
      'judged',
      'failed: bought: roc_auc ≥ 0.6: cannot tell',
      '',
    ],
    [
      'data not checked',
      () => ({ models: [queued()], datasets: [dataset()] }),
      'waiting-for-data',
      'working: checking data bought, waiting-for-data bought',
      'data:1',
    ],
    [
      'data being checked',
      () => ({ models: [queued()], datasets: [dataset({ job: job('running') })] }),
      'waiting-for-data',
      'working: checking data bought, waiting-for-data bought',
      '',
    ],
    [
      'data broken',
      () => ({ models: [queued()], datasets: [dataset({ violations: ['too few rows'] })] }),
      'waiting-for-data',
      'failed: data bought: too few rows',
      '',
    ],
    [
      'data unreadable',
      () => ({ models: [queued()], datasets: [dataset({ job: job('failed') })] }),
      'waiting-for-data',
      'failed: data bought: it broke',
      '',
    ],
    [
      'data good',
      () => ({ models: [queued()], datasets: [dataset({ violations: [] })] }),
      'queued',
      'working: queued bought',
      'train:1',
    ],
    [
      'a fork',
      () => ({ models: [queued()], datasets: [dataset()], fork: true }),
      'cancelled',
      'blocked: The head is a fork: its code is planned, not run.',
      '',
    ],
    [
      'a draft',
      () => ({ models: [queued()], datasets: [dataset()], draft: true }),
      'cancelled',
      'blocked: A draft is planned, not run. It starts when it is ready for review.',
      '',
    ],
    [
      'over the budget',
      () => ({ models: [queued()], over: true }),
      'cancelled',
      'blocked: Over the budget: 60 is more than 50 a pull request. The policy of the base branch sets it.',
      '',
    ],
    [
      'cancelled',
      () => ({ models: [queued()], record: { cancelled: { by: 'owner', headSha: HEAD } } }),
      'cancelled',
      'blocked: Cancelled by `owner`; `/retrain` starts again.',
      '',
    ],
    [
      'cancelled with only data',
      () => ({ datasets: [dataset()], record: { cancelled: { by: 'owner', headSha: HEAD } } }),
      '',
      'blocked: Cancelled by `owner`; `/retrain` starts again.',
      '',
    ],
    [
      'cancelled for another head',
      () => ({ models: [queued()], record: { cancelled: { by: 'owner', headSha: 'other' } } }),
      'queued',
      'working: queued bought',
      'train:1',
    ],
  ])('%s', (_, given, states, gate, submit) => {
    const found = summary(observed(given()));
    expect(found).toMatchObject({ states, submit });
    expect(found.gate.startsWith(gate), found.gate).toBe(true);
  });
});

describe('approval', () => {
  const waiting = /^blocked: Waiting for the approval of an owner \(`owner`\)/;

  it('is missing, valid or stale', () => {
    const given = observed({ models: [passing()] });
    expect(summary(given).gate).toMatch(waiting);
    const approval = approvalOf(given);
    const judge = (one: Partial<Approval>) =>
      summary(observed({ models: [passing()], record: { approvals: [{ ...approval, ...one }] } })).gate;
    expect(judge({})).toBe('passed');
    expect(judge({ headSha: 'before' })).toMatch(waiting);
    expect(judge({ planDigest: 'before' })).toMatch(waiting);
    expect(judge({ evidenceDigest: 'before' })).toMatch(waiting);
    expect(judge({ by: 'stranger' })).toMatch(waiting);
  });

  it('covers the artifact, its figures and its gates', () => {
    const digests = [
      passing(),
      model({ result: evaluation(0.7, 0.8), gates: [atLeast({ min: 0.5 } as Partial<Gate>)] }),
      { ...passing(), train: { ...passing().train, artifact: { ...artifact, digest: 'sha256:other' } } },
    ].map((stage) => decidePull(observed({ models: [stage] })).evidenceDigest);
    expect(new Set(digests).size).toBe(3);
    expect(decidePull(observed({ models: [model()] })).evidenceDigest).toBe('');
  });

  it.each<[string, () => Parameters<typeof observed>[0], RegExp]>([
    ['is not asked for where the policy asks for none', () => ({ models: [passing()], required: 0 }), /^passed$/],
    [
      'is asked for by a gate that leaves it to people',
      () => ({
        models: [model({ result: evaluation(0.5, 0.55), gates: [atLeast({ onFail: 'approval' })] })],
        required: 0,
      }),
      waiting,
    ],
    [
      'is asked for by a gate that cannot tell and leaves it to people',
      () => ({
        models: [model({ result: evaluation(0.55, 0.65), gates: [atLeast({ onCannotTell: 'approval' })] })],
        required: 0,
      }),
      waiting,
    ],
    ['is asked for by a change of the policy', () => ({ plan: { policyChanged: true }, required: 0 }), waiting],
  ])('%s', (_, given, gate) => {
    expect(summary(observed(given())).gate).toMatch(gate);
  });

  it('is bound to what was found, not to what was waived of it', () => {
    const gates = [atLeast({ onFail: 'approval' })];
    const asking = model({ result: evaluation(0.5, 0.55), gates });
    const approvals = [approvalOf(observed({ models: [asking] }))];
    const { bound } = decidePull(observed({ models: [asking] })).models[0]!.unwaived[0]!;
    const waivers = [{ bound, by: 'owner', reason: 'agreed', at: 1, teams: [] }];
    const waived = observed({
      models: [model({ result: evaluation(0.5, 0.55), gates, waivers })],
      record: { approvals },
    });
    const { models, approvals: judged, ready } = decidePull(waived);
    expect(models[0]!.gates[0]).toMatchObject({ verdict: 'waived', waiver: { by: 'owner', reason: 'agreed' } });
    expect(judged).toMatchObject({ valid: approvals, missing: [] });
    expect(ready?.[0]?.gates[0]?.verdict).toBe('waived');
  });

  it('does not help against a hold', () => {
    const record = {
      approvals: [approvalOf(observed({ models: [passing()] }))],
      hold: { by: 'owner', reason: '`@all` **now**' },
    };
    const { gate, ready } = decidePull(observed({ models: [passing()], record }));
    expect(gate).toEqual({
      kind: 'blocked',
      reasons: ['On hold by `owner`: `` `@all` **now** ``; `/unhold` lets it go.'],
    });
    expect(ready).toBeUndefined();
  });
});

it('what may ship is named only where the gate passed, by digest', () => {
  const approvals = [approvalOf(observed({ models: [passing()] }))];
  expect(decidePull(observed({ models: [passing()], record: { approvals } })).ready).toEqual([
    expect.objectContaining({
      name: 'bought',
      fingerprint: 'sha256:run',
      artifact,
      evaluationDigest: 'sha256:evaluation',
      referenceDigest: 'sha256:reference',
    }),
  ]);
  expect(decidePull(observed({ models: [passing()] })).ready).toBeUndefined();
});

describe('trainings with other seeds', () => {
  const repeats = (together: boolean, ...jobs: (Job | undefined)[]): RepeatsStage => ({
    runs: jobs.map((one, index) => ({ seed: 8 + index, key: `train:1:repeat:${index + 1}`, ...(one && { job: one }) })),
    together,
    givenUp: 0,
  });
  const submitted = (stage: ModelStage) =>
    decidePull(observed({ models: [stage] })).submit.map(({ key, group }) => [key, group]);

  it('begin with the first, in a cluster as one', () => {
    const keys = ['train:1', 'train:1:repeat:1', 'train:1:repeat:2'];
    expect(submitted(model({ repeats: repeats(false, undefined, undefined) }))).toEqual(
      keys.map((key) => [key, undefined]),
    );
    expect(submitted(model({ repeats: repeats(true, undefined, undefined) }))).toEqual(
      keys.map((key) => [key, 'train:1:repeats:0.0']),
    );
  });

  it('that were given up are another group', () => {
    const given = { ...repeats(true, undefined, undefined, job('succeeded')), givenUp: 2 };
    expect(submitted(model({ train: job('running'), repeats: given }))).toEqual([
      ['train:1:repeat:1', 'train:1:repeats:2.2'],
      ['train:1:repeat:2', 'train:1:repeats:2.2'],
    ]);
  });

  it('are waited for with the evaluation', () => {
    const stage = { ...model({ done: true, repeats: repeats(false, job('running')) }), evaluate: undefined } as never;
    expect(summary(observed({ models: [stage] }))).toEqual({
      states: 'training',
      gate: 'working: training bought',
      submit: '',
    });
  });
});

describe('jobs', () => {
  const live = [job('running', { key: 'train:1' }), job('running', { key: 'train:0' })];

  it('of an earlier head are cancelled, those still wanted are not', () => {
    const { cancel } = decidePull(observed({ models: [model({ train: live[0]! })], live }));
    expect(cancel.map(({ key }) => key)).toEqual(['train:0']);
  });

  it.each(['fork', 'draft', 'over'] as const)('are all cancelled: %s', (why) => {
    expect(decidePull(observed({ models: [model({ train: live[0]! })], live, [why]: true })).cancel).toHaveLength(2);
  });

  it('of another pull request are waited for, not started twice', () => {
    const { submit, watches } = decidePull(observed({ models: [model({ train: job('running', { pull: 9 }) })] }));
    expect({ submit, watches }).toEqual({ submit: [], watches: true });
    expect(decidePull(observed({ models: [model({ train: job('running') })] })).watches).toBe(false);
  });

  it('for evaluation carry the gates that govern, for training what it may read', () => {
    const [evaluate] = decidePull(observed({ models: [model({ done: true })] })).submit;
    expect(evaluate?.task).toMatchObject({ kind: 'evaluate', candidate: artifact, model: { gates: [atLeast()] } });
    const [train] = decidePull(observed({ models: [model()] })).submit;
    expect(train).toMatchObject({ runner: 'local', task: { kind: 'train', allow: ['data/'] } });
  });
});

it('decides the same twice', () => {
  const given = observed({ models: [passing()], datasets: [dataset({ violations: [] })] });
  expect(decidePull(given)).toEqual(decidePull(structuredClone(given)));
});

/** A repository with models on a GitHub of plain data, and everything of Sluice's flows around it. */
import fs from 'node:fs';
import path from 'node:path';
import type { Evaluation } from '../../src/domain/evaluate/evaluation.ts';
import { commentAsked } from '../../src/domain/events/asked.ts';
import { isTrial, type Job, TRIAL_LOOK_MS } from '../../src/domain/jobs/job.ts';
import { addSpent } from '../../src/domain/jobs/spent.ts';
import { receiveAction, receiveComment } from '../../src/flows/command/receive.ts';
import type { FlowDeps } from '../../src/flows/deps.ts';
import { reconcile } from '../../src/flows/reconcile.ts';
import { openRecords, type Records } from '../../src/flows/records.ts';
import { createFakeArtifacts } from '../fakes/fake-artifacts.ts';
import { createFakeDeployer, type FakeDeployer } from '../fakes/fake-deployer.ts';
import { createFakeDriftSource, type FakeDriftSource, fakeReference } from '../fakes/fake-drift-source.ts';
import { createFakeGitHub, type FakeGitHub } from '../fakes/fake-github.ts';
import { createFakeRegistry } from '../fakes/fake-registry.ts';
import { createFakeRunner } from '../fakes/fake-runner.ts';
import { Crash, createFaults, type Faults } from '../fakes/faults.ts';
import { createMemoryStore } from '../fakes/memory-store.ts';
import { madeEvaluation } from './made-evaluation.ts';

export const REPOSITORY = 'acme/shop';
const TINY = path.resolve('fixtures/tiny');

/** Texts of the fixture; its data and code stand as short texts, nothing is run here. */
export function tinyFiles(): Record<string, string> {
  const paths = fs.readdirSync(TINY, { recursive: true, encoding: 'utf8' });
  const yaml = paths.filter((name) => name.endsWith('.yaml'));
  return {
    ...Object.fromEntries(yaml.map((name) => [name, fs.readFileSync(path.join(TINY, name), 'utf8')])),
    'data/visits.csv': 'visited,age\n',
    'lib/train.mjs': '// trains\n',
    'README.md': '# Shop\n',
  };
}

export type JobOutcome = {
  fail?: string;
  violations?: string[];
  auc?: number;
  metrics?: Record<string, number>;
  /** Digest of the rows that the evaluation scores. */
  holdout?: string;
};

export type FlowWorld = {
  deps: FlowDeps;
  records: Records;
  github: FakeGitHub;
  faults: Faults;
  registry: ReturnType<typeof createFakeRegistry>;
  deployer: FakeDeployer;
  drift: FakeDriftSource;
  clock: { now(): number; advance(ms: number): void };
  /** Looks at everything that is due, as the workers do; starts again after a crash. */
  settle(): Promise<void>;
  crashes(): number;
  /** What an agent would hand in for every job that runs. Answers the kinds of the jobs it ended. */
  work(outcome?: (job: Job) => JobOutcome): Promise<string[]>;
  /** Settles and works until nothing is left to do. */
  finish(outcome?: (job: Job) => JobOutcome): Promise<void>;
  say(number: number, by: string, body: string): Promise<number>;
  press(number: number, check: string, identifier: string, by: string): Promise<void>;
  look(key: string): Promise<void>;
};

export async function createFlowWorld(files: Record<string, string> = tinyFiles()): Promise<FlowWorld> {
  let time = Date.parse('2024-03-01T08:00:00Z');
  const clock = {
    now: () => time,
    advance: (ms: number) => {
      time += ms;
    },
  };
  const faults = createFaults();
  const github = createFakeGitHub(files, faults);
  const inner = createMemoryStore(clock.now);
  const store = {
    ...inner,
    documents: faults.around('documents', inner.documents),
    jobs: faults.around('jobs', inner.jobs),
    queue: { ...inner.queue, ...faults.around('queue', { request: inner.queue.request }) },
  };
  const artifacts = createFakeArtifacts();
  const registry = createFakeRegistry();
  const deployer = createFakeDeployer();
  const drift = createFakeDriftSource();
  const deps: FlowDeps = {
    github,
    store,
    artifacts,
    registry: faults.around('registry', registry),
    deployers: { local: faults.around('deployer', deployer) },
    runners: { local: createFakeRunner() },
    jobLimits: { local: 1, perRepository: 50 },
    issueToken: () => 'token',
    drift,
    sourceVersions: { newest: async () => undefined, describe: async () => undefined },
    clock,
    monitorClock: clock,
    publicUrl: 'https://sluice.example',
    log: { info: () => undefined, warn: () => undefined },
  };
  const records = openRecords(store.documents);
  await records.repositories.update(REPOSITORY, () => ({ installationId: 1, defaultBranch: 'main' }));
  await reconcile(deps, records, `branch:${REPOSITORY}@main`);

  let crashes = 0;
  async function settle(): Promise<void> {
    for (let looks = 0; ; looks += 1) {
      if (looks > 300) throw new Error('it does not settle');
      const lease = await inner.queue.take(60_000);
      if (!lease) return;
      try {
        const again = await reconcile(deps, records, lease.key);
        if (again) await inner.queue.request(lease.key, again.at);
        await inner.queue.finish(lease);
      } catch (error) {
        if (!(error instanceof Crash)) throw error;
        crashes += 1;
        await inner.queue.finish(lease, clock.now());
      }
    }
  }

  async function work(outcome: (job: Job) => JobOutcome = () => ({})): Promise<string[]> {
    const ended: string[] = [];
    let trials = false;
    for (const job of await inner.jobs.list({ unfinished: true })) {
      if (job.attempt === 0) continue;
      const { fail, metrics = {}, ...more } = outcome(job);
      const events = Object.entries(metrics).map(([metric, value], index) => {
        const numbered = { attempt: job.attempt, seq: index + 1, at: clock.now(), step: index + 1 };
        return { ...numbered, kind: 'metric' as const, metric, value };
      });
      if (events.length > 0) await inner.jobs.appendEvents(job.id, job.attempt, events);
      const files = fail ? [] : await results(artifacts, job, more);
      await inner.jobs.update(job.id, (current) => ({
        ...addSpent({ ...current, startedAt: clock.now() - 4_000 }, clock.now()),
        finishedAt: clock.now(),
        ...(fail
          ? { status: 'failed', error: { code: 'config/train-failed', message: fail } }
          : { status: 'succeeded', result: { files } }),
      }));
      await inner.queue.request(`job:${job.id}`);
      ended.push(job.task.kind);
      if (isTrial(job)) trials = true;
    }
    // trials share a look at their pull request
    if (trials) await settle().then(() => clock.advance(TRIAL_LOOK_MS));
    return ended;
  }

  let comments = 5000;
  return {
    deps,
    records,
    github,
    faults,
    registry,
    deployer,
    drift,
    clock,
    settle,
    crashes: () => crashes,
    work,
    finish: async (outcome) => {
      for (let rounds = 0; rounds < 30; rounds += 1) {
        await settle();
        if ((await work(outcome)).length > 0) continue;
        // Whoever waits for somebody else's job looks again after a while.
        clock.advance(70_000);
        await settle();
        const live = await inner.jobs.list({ unfinished: true });
        if (live.length === 0) return;
      }
      throw new Error('the jobs do not end');
    },
    say: async (number, by, body) => {
      comments += 1;
      clock.advance(100);
      const payload = {
        action: 'created',
        comment: { id: comments, body, created_at: new Date(time).toISOString() },
        issue: { number, pull_request: {} },
        installation: { id: 1 },
        sender: { login: by },
        repository: { full_name: REPOSITORY },
      };
      const asked = commentAsked('issue_comment', payload);
      // As the inbox does: a delivery that was not handled to its end comes again.
      const hear = () => receiveComment({ store, records, clock }, asked!);
      if (asked) await hear().catch((error) => (error instanceof Crash ? hear() : Promise.reject(error)));
      const kind = github.pullRequests.some((one) => one.number === number) ? 'pull' : 'issue';
      await inner.queue.request(`${kind}:${REPOSITORY}#${number}`);
      return comments;
    },
    press: async (number, check, identifier, by) => {
      clock.advance(100);
      const run = github.checkRuns.findLast((one) => one.name === check && one.key.startsWith(`${number}/`))!;
      const { id: checkRunId, name: checkName, key: checkKey, sha } = run;
      const action = { checkRunId, checkName, checkKey, sha, identifier, by, pulls: [] };
      const at = { repository: REPOSITORY, installationId: 1 };
      await receiveAction({ store, records, clock }, { ...at, ...action, delivery: `press-${time}` });
    },
    look: (key) => inner.queue.request(key),
  };
}

type Put = { put(content: string): Promise<string> };

async function results(artifacts: Put, job: Job, { violations = [], auc = 0.8, holdout = 'sha256:0' }: JobOutcome) {
  const file = async (name: string, content: unknown) => {
    const text = typeof content === 'string' ? content : JSON.stringify(content);
    return { path: name, digest: await artifacts.put(text), size: text.length };
  };
  const { task } = job;
  if (task.kind === 'train') return [await file('model.onnx', `model ${job.key}`)];
  if (task.kind === 'data') {
    const columns = task.dataset.columns.map(({ name, type }) => ({ name, type, nulls: 0, distinct: 10 }));
    const splits = [
      { name: 'train', rows: 900 },
      { name: 'holdout', rows: 300 },
    ];
    return [await file('data.json', { rows: 1200, splits, columns, schemaChanges: [], violations })];
  }
  if (task.kind === 'profile') {
    const nothing = { windowMs: 86_400_000, windows: [], timeless: 0 };
    return [
      await file(
        'partitions.json',
        task.partitions.map((one) => ({ version: 1, ...one, ...nothing })),
      ),
    ];
  }
  const reference = fakeReference(2000);
  return [
    await file('evaluation.json', evaluationOf(task, auc, holdout)),
    await file('reference.json', reference),
    await file('predictions.parquet', `PAR1 predictions of ${task.candidate.digest} PAR1`),
  ];
}

function evaluationOf(
  task: Extract<Job['task'], { kind: 'evaluate' }>,
  auc: number,
  holdoutDigest: string,
): Evaluation {
  const { candidate, champion, dataset, model, repeats = [] } = task;
  const values = [auc, ...repeats.map((_, index) => auc - 0.001 * (index + 1))];
  return madeEvaluation({
    auc: { value: auc, lower: auc - 0.03, upper: auc + 0.03 },
    candidate: candidate.digest,
    champion: champion && { digest: champion.artifact.digest, version: champion.version },
    about: {
      model: model.name,
      task: model.task,
      dataset: dataset.name,
      holdoutDigest,
      ...(repeats.length > 0 && {
        seeds: {
          seeds: [model.train.seed, ...repeats.map(({ seed }) => seed)],
          metrics: [{ metric: 'roc_auc', values, mean: auc, deviation: 0.001 }],
        },
      }),
    },
  });
}

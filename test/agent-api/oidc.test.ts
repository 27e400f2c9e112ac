import { createHmac, randomUUID } from 'node:crypto';
import { exportSPKI, type JWTPayload } from 'jose';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createClaimsReader } from '../../src/agent-api/oidc-claims.ts';
import { oidcIssuer } from '../../src/agent-api/oidc-issuer.ts';
import { runTitle } from '../../src/domain/jobs/actions-run.ts';
import type { Job } from '../../src/domain/jobs/job.ts';
import { openRecords } from '../../src/flows/records.ts';
import type { WorkflowRun } from '../../src/ports/workflow-runs.ts';
import { sampleJob } from '../contract/store.ts';
import { type SignOptions, startIdentityProvider } from './identity-provider.ts';
import { openAgentApi } from './open-agent-api.ts';

const HEAD = 'b'.repeat(40);
const PLACE = {
  name: 'gpu',
  type: 'actions',
  workflow: 'sluice.yml',
  runsOn: ['self-hosted', 'gpu'],
  startWithinMs: 600_000,
  pricePerHour: 0,
  maxHours: 24,
} as const;

let provider: Awaited<ReturnType<typeof startIdentityProvider>>;
let api: Awaited<ReturnType<typeof openAgentApi>>;
const runs = new Map<number, WorkflowRun>();
let github: 'up' | 'down' = 'up';

beforeAll(async () => {
  provider = await startIdentityProvider();
  api = await openAgentApi({
    oidc: {
      issuer: provider.issuer,
      runs: {
        find: async (_, id) => {
          if (github === 'down') throw new Error('no connection');
          return runs.get(id);
        },
      },
    },
  });
  const { repositories } = openRecords(api.store.documents);
  await repositories.update('acme/flights', () => ({ installationId: 1, defaultBranch: 'main' }));
});
afterAll(async () => {
  await api.close();
  await provider.close();
});
beforeEach(() => {
  github = 'up';
  api.warnings.length = 0;
});

let nextRun = 1_000;

/** A job whose first attempt was dispatched; `handle: false`: and we died before we wrote down where to. */
async function dispatched(over: Partial<Job> = {}, handle = true): Promise<{ job: Job; run: WorkflowRun }> {
  const id = randomUUID();
  const runId = nextRun++;
  const url = `https://github.invalid/acme/flights/actions/runs/${runId}`;
  const job = await api.store.jobs.create({
    ...sampleJob({ attempt: 1, runner: 'gpu' }),
    task: {
      kind: 'data',
      dataset: { name: 'rows', source: { uri: 'file:a.parquet', format: 'parquet' } } as never,
      allow: [],
    },
    id,
    key: `train:${id}`,
    place: { ...PLACE, runsOn: [...PLACE.runsOn] },
    ...(handle && { handle: { runId, url, workflow: PLACE.workflow, runAttempt: 1 } }),
    ...over,
  });
  const run: WorkflowRun = {
    id: runId,
    url,
    title: runTitle({ id, attempt: 1 }),
    event: 'workflow_dispatch',
    path: '.github/workflows/sluice.yml',
    branch: 'main',
    headSha: HEAD,
    attempt: 1,
    status: 'in_progress',
    startedAt: 1,
    repositoryId: 77,
    ownerId: 5,
  };
  runs.set(runId, run);
  return { job, run };
}

/** What GitHub says of that run. */
function claimsOf(run: WorkflowRun, over: JWTPayload = {}): JWTPayload {
  const now = Math.floor(api.clock.now() / 1000);
  return {
    iss: provider.issuer,
    aud: api.url,
    sub: 'repo:acme/flights:ref:refs/heads/main',
    iat: now,
    nbf: now - 5,
    exp: now + 300,
    jti: randomUUID(),
    repository: 'acme/flights',
    repository_id: '77',
    repository_owner: 'acme',
    repository_owner_id: '5',
    event_name: 'workflow_dispatch',
    workflow_ref: 'acme/flights/.github/workflows/sluice.yml@refs/heads/main',
    ref: 'refs/heads/main',
    ref_type: 'branch',
    run_id: String(run.id),
    run_attempt: String(run.attempt),
    sha: run.headSha,
    ...over,
  };
}

async function ask(token: string | undefined, body: unknown) {
  const response = await fetch(`${api.url}/api/agent/token`, {
    method: 'POST',
    headers: token === undefined ? {} : { authorization: `Bearer ${token}` },
    body: JSON.stringify(body),
  });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

async function exchange(job: Job, claims: JWTPayload, options: SignOptions = {}) {
  return ask(await provider.sign(claims, options), { job: job.id, attempt: 1 });
}

const claim = (token: unknown, agent: string) =>
  fetch(`${api.url}/api/agent/claim`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}` },
    body: JSON.stringify({ agent }),
  });

const whys = () => api.warnings.map((warning) => (warning as { fields: { why?: string } }).fields.why ?? '');

describe('the identity token of a run', () => {
  test('becomes the token of the attempt that the run was dispatched for', async () => {
    const { job, run } = await dispatched();
    const answer = await exchange(job, claimsOf(run));
    expect(answer).toEqual({ status: 200, body: { token: expect.any(String), job: job.id, attempt: 1 } });
    expect((await claim(answer.body.token, 'agent-one')).status).toBe(200);
    expect((await api.store.jobs.get(job.id))?.status).toBe('running');
    expect(api.warnings).toEqual([]);
  });

  test('is good while we have not yet written down which run it is', async () => {
    const { job, run } = await dispatched({}, false);
    expect((await exchange(job, claimsOf(run))).status).toBe(200);
  });

  test('is for as long as the attempt may wait and then work', async () => {
    const task = {
      kind: 'train',
      model: { train: { resources: { gpu: 0, memoryBytes: 0, timeoutSeconds: 720 * 3_600 } } },
    } as unknown as Job['task'];
    const { job, run } = await dispatched({ task });
    const { token } = (await exchange(job, claimsOf(run))).body as { token: string };
    const week = 7 * 24 * 3_600_000;
    const days30 = 720 * 3_600_000;
    expect(api.tokens.verify(token, api.clock.now() + week + days30 + 800_000)).toBeDefined();
    expect(api.tokens.verify(token, api.clock.now() + week + days30 + 1_000_000)).toBeUndefined();
  });

  test('may be a few seconds off our clock', async () => {
    const { job, run } = await dispatched();
    const now = Math.floor(api.clock.now() / 1000);
    expect((await exchange(job, claimsOf(run, { nbf: now + 5 }))).status).toBe(200);
    expect((await exchange(job, claimsOf(run, { exp: now - 5 }))).status).toBe(200);
  });
});

describe('an identity token is refused', () => {
  const past = () => Math.floor(api.clock.now() / 1000) - 60;
  const future = () => Math.floor(api.clock.now() / 1000) + 60;
  const otherSha = 'c'.repeat(40);

  const badTokens: [string, () => JWTPayload, SignOptions?][] = [
    ['that has expired', () => ({ exp: past() })],
    ['that never expires', () => ({ exp: undefined })],
    ['that is not yet valid', () => ({ nbf: future() })],
    ['for another audience', () => ({ aud: 'https://elsewhere.invalid' })],
    ['for others besides us', () => ({ aud: [api.url, 'https://elsewhere.invalid'] })],
    ['for no audience', () => ({ aud: undefined })],
    ['of another issuer', () => ({ iss: 'https://token.actions.githubusercontent.com' })],
    ['signed by another key', () => ({}), { key: 'foreign' }],
    ['signed by a key that nobody published', () => ({}), { key: 'foreign', keyId: 'foreign' }],
    ['signed by another algorithm', () => ({}), { algorithm: 'RS512' }],
    ['without an id', () => ({ jti: undefined })],
    ['without a run', () => ({ run_id: undefined })],
    ['with numbers where GitHub writes text', () => ({ run_id: 7 })],
  ];
  test.each(badTokens)('%s', async (_, over, options) => {
    const { job, run } = await dispatched();
    const answer = await exchange(job, claimsOf(run, over()), options);
    expect(answer).toEqual({
      status: 401,
      body: { code: 'permission/unauthenticated', message: 'the identity token is not accepted' },
    });
    expect(whys()).toEqual([expect.stringMatching(/.+/)]);
    expect((await api.store.jobs.get(job.id))?.status).toBe('queued');
  });

  const foreignClaims: [string, JWTPayload, RegExp][] = [
    ['of another repository', { repository: 'acme/other' }, /^repository is acme\/other/],
    ['of a repository of that name before', { repository_id: '78' }, /^repository_id/],
    ['of an owner of that name before', { repository_owner_id: '6' }, /^repository_owner_id/],
    [
      'of another workflow',
      { workflow_ref: 'acme/flights/.github/workflows/other.yml@refs/heads/main' },
      /^workflow_ref/,
    ],
    [
      'of the workflow on another branch',
      { workflow_ref: 'acme/flights/.github/workflows/sluice.yml@refs/heads/topic' },
      /^workflow_ref/,
    ],
    ['of another ref', { ref: 'refs/heads/topic' }, /^ref/],
    ['of another event', { event_name: 'pull_request' }, /^event_name/],
    ['of another SHA', { sha: otherSha }, /^sha/],
    ['of another attempt of the run', { run_attempt: '2' }, /^run_attempt/],
    ['of a run that GitHub does not know', { run_id: '999999' }, /no run 999999/],
    ['of a run that is no number', { run_id: '1e3' }, /no run 1e3/],
  ];
  test.each(foreignClaims)('%s', async (_, over, why) => {
    const { job, run } = await dispatched();
    expect(await exchange(job, claimsOf(run, over))).toEqual({
      status: 403,
      body: { code: 'permission/forbidden', message: 'this run may not work on that job' },
    });
    expect(whys()).toEqual([expect.stringMatching(why)]);
  });

  const foreignRuns: [string, Partial<WorkflowRun>][] = [
    ['of another run than the job’s', { id: 5 }],
    ['of a run with another title', { title: 'sluice' }],
    ['of a run of another attempt of the job', { title: runTitle({ id: randomUUID(), attempt: 1 }) }],
    ['of a run that somebody else started', { event: 'push' }],
    ['of a run of another workflow, as GitHub has it', { path: '.github/workflows/other.yml' }],
    ['of a run on another branch, as GitHub has it', { branch: 'topic' }],
    ['of a run that is over', { status: 'completed', conclusion: 'failure' }],
  ];
  test.each(foreignRuns)('%s', async (_, over) => {
    const { job, run } = await dispatched();
    runs.set(over.id ?? run.id, { ...run, ...over });
    expect((await exchange(job, claimsOf({ ...run, ...over }))).status).toBe(403);
    expect(whys()).toHaveLength(1);
  });

  test('for the wrong job or attempt', async () => {
    const { job, run } = await dispatched();
    const { job: other } = await dispatched();
    const token = () => provider.sign(claimsOf(run));
    expect((await ask(await token(), { job: other.id, attempt: 1 })).status).toBe(403);
    expect((await ask(await token(), { job: randomUUID(), attempt: 1 })).status).toBe(403);
    expect((await ask(await token(), { job: job.id, attempt: 2 })).status).toBe(403);
    const { job: local, run: itsRun } = await dispatched({ place: { ...PLACE, type: 'local' } as never });
    expect((await exchange(local, claimsOf(itsRun))).status).toBe(403);
  });

  test('of a repository that the app was removed from', async () => {
    const { repositories } = openRecords(api.store.documents);
    const { job, run } = await dispatched();
    await repositories.update('acme/flights', (known) => known && { ...known, removed: true });
    expect((await exchange(job, claimsOf(run))).status).toBe(403);
    await repositories.update('acme/flights', () => ({ installationId: 1, defaultBranch: 'main' }));
  });

  test('the second time', async () => {
    const { job, run } = await dispatched();
    const token = await provider.sign(claimsOf(run));
    const both = await Promise.all([1, 2].map(() => ask(token, { job: job.id, attempt: 1 })));
    expect(both.map(({ status }) => status).sort()).toEqual([200, 401]);
    expect((await ask(token, { job: job.id, attempt: 1 })).status).toBe(401);
    expect(whys()).toEqual(['it was used before', 'it was used before']);
  });

  test('once an agent has the attempt: what that agent starts cannot get a token of its own', async () => {
    const { job, run } = await dispatched();
    const { body } = await exchange(job, claimsOf(run));
    expect((await exchange(job, claimsOf(run))).status).toBe(200);
    expect((await claim(body.token, 'agent-one')).status).toBe(200);
    expect((await claim(body.token, 'agent-two')).status).toBe(409);
    expect((await exchange(job, claimsOf(run))).status).toBe(403);
  });

  test('of a job that has ended in this attempt of the run', async () => {
    const { job, run } = await dispatched({ status: 'failed' });
    expect((await exchange(job, claimsOf(run))).status).toBe(403);
  });

  test('with no signature, or one made with the public key', async () => {
    const { job, run } = await dispatched();
    const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const none = `${encode({ alg: 'none', typ: 'JWT' })}.${encode(claimsOf(run))}.`;
    const unsigned = `${encode({ alg: 'HS256', typ: 'JWT', kid: 'own' })}.${encode(claimsOf(run))}`;
    const secret = await exportSPKI(provider.publicKey);
    const confused = `${unsigned}.${createHmac('sha256', secret).update(unsigned).digest('base64url')}`;
    const mine = api.tokens.issue({ jobId: job.id, attempt: 1 }, api.clock.now() + 60_000);
    for (const token of [none, confused, mine, 'x', undefined]) {
      expect((await ask(token, { job: job.id, attempt: 1 })).status, token).toBe(401);
    }
  });

  test('with a request that makes no sense', async () => {
    const { job, run } = await dispatched();
    const token = await provider.sign(claimsOf(run));
    for (const body of [{}, { job: job.id }, { job: 3, attempt: 1 }, { job: job.id, attempt: '1' }, []]) {
      expect((await ask(token, body)).status).toBe(400);
    }
  });

  test('as one of ours anywhere else', async () => {
    const { run } = await dispatched();
    expect((await claim(await provider.sign(claimsOf(run)), 'agent-one')).status).toBe(401);
  });
});

describe('while the other side is away', () => {
  test('nothing is used up, and the agent may ask again', async () => {
    const { job, run } = await dispatched();
    const token = await provider.sign(claimsOf(run));
    github = 'down';
    expect((await ask(token, { job: job.id, attempt: 1 })).status).toBe(500);
    github = 'up';
    expect((await ask(token, { job: job.id, attempt: 1 })).status).toBe(200);
  });

  test('keys are fetched again for unknown ones, but not for each of them', async () => {
    const { job, run } = await dispatched();
    const before = provider.state.fetched;
    for (let times = 0; times < 5; times += 1) {
      await exchange(job, claimsOf(run), { key: 'foreign', keyId: `unknown-${times}` });
    }
    expect(provider.state.fetched - before).toBeLessThanOrEqual(1);
  });

  test('keys that cannot be had are not the token’s fault', async () => {
    const away = await startIdentityProvider();
    away.state.down = true;
    const read = createClaimsReader({ issuer: away.issuer, audience: () => api.url, clock: api.clock });
    const token = await away.sign({ iss: away.issuer, aud: api.url });
    await expect(read(token)).rejects.toMatchObject({ code: 'external/runner' });
    away.state.down = false;
    await expect(read(token)).rejects.toMatchObject({ name: 'OidcRefusal' });
    await away.close();
    const gone = createClaimsReader({ issuer: away.issuer, audience: () => api.url, clock: api.clock });
    await expect(gone(token)).rejects.toMatchObject({ code: 'external/runner' });
  });
});

describe('a run that somebody runs again on GitHub', () => {
  async function again(over: Partial<Job> = {}) {
    const { job, run } = await dispatched(over);
    const next = { ...run, attempt: 2 };
    runs.set(run.id, next);
    return { job, run: next };
  }
  const ended: Partial<Job> = {
    status: 'failed',
    startedAt: 5,
    finishedAt: 10,
    agent: 'agent-one',
    error: { code: 'config/train-failed', message: 'exit code 1' },
    spent: { seconds: 5, gpuSeconds: 0, price: 0 },
  };

  test.each(['failed', 'cancelled'] as const)(
    'gets its %s job back as a new attempt, and again if it is asked again',
    async (status) => {
      const { job, run } = await again({ ...ended, status });
      const answer = await exchange(job, claimsOf(run));
      expect(answer).toMatchObject({ status: 200, body: { job: job.id, attempt: 2 } });
      const revived = (await api.store.jobs.get(job.id))!;
      expect(revived).toMatchObject({
        status: 'queued',
        attempt: 2,
        cancelRequested: false,
        handle: { runId: run.id, runAttempt: 2 },
        spent: { seconds: 5 },
      });
      for (const gone of ['agent', 'error', 'finishedAt', 'startedAt', 'deadline'] as const) {
        expect(revived[gone], gone).toBeUndefined();
      }
      // the answer was lost: the same agent asks again
      const repeated = await exchange(job, claimsOf(run));
      expect(repeated).toMatchObject({ status: 200, body: { attempt: 2 } });
      expect((await claim(repeated.body.token, 'agent-two')).status).toBe(200);
      expect((await exchange(job, claimsOf(run))).status).toBe(403);
      // the old attempt of the run is worth nothing
      expect((await exchange(job, claimsOf({ ...run, attempt: 1 }))).status).toBe(403);
    },
  );

  test('says so in the log of the job', async () => {
    const { job, run } = await again(ended);
    await exchange(job, claimsOf(run));
    expect(await api.store.jobs.events(job.id, {})).toMatchObject([
      { attempt: 0, seq: 1, line: 'attempt 1 has failed; somebody ran its run again on GitHub' },
    ]);
  });

  test('takes over from an agent that was lost and not missed yet', async () => {
    const { job, run } = await again({ status: 'running', agent: 'agent-one', startedAt: api.clock.now() - 5_000 });
    expect((await exchange(job, claimsOf(run))).body.attempt).toBe(2);
    expect((await api.store.jobs.get(job.id))?.spent?.seconds).toBeGreaterThanOrEqual(5);
  });

  test('counts the time of a lost agent only until it was to be heard', async () => {
    const now = api.clock.now();
    const { job, run } = await again({
      status: 'running',
      agent: 'agent-one',
      startedAt: now - 3_600_000,
      leaseUntil: now - 3_500_000,
    });
    expect((await exchange(job, claimsOf(run))).body.attempt).toBe(2);
    expect((await api.store.jobs.get(job.id))?.spent?.seconds).toBe(100);
  });

  test('is refused for a trial whose sweep went on without it', async () => {
    const trial = await again({ ...ended, key: 'train:1:trial:2' });
    const answer = await exchange(trial.job, claimsOf(trial.run));
    expect(answer).toMatchObject({ status: 409, body: { message: expect.stringMatching(/sweep.*\/retrain/) } });
    const lost = await again({ status: 'running', agent: 'agent-one', startedAt: 5, key: 'train:1:trial:3' });
    expect((await exchange(lost.job, claimsOf(lost.run))).status, 'one that is not decided').toBe(200);
  });

  test('is refused for files that their monitor has read itself since', async () => {
    const task = { kind: 'profile', monitor: { name: 'live' }, model: { name: 'm' }, partitions: [] } as never;
    const { job, run } = await again({ ...ended, task });
    const answer = await exchange(job, claimsOf(run));
    expect(answer).toMatchObject({ status: 409, body: { message: expect.stringMatching(/itself meanwhile$/) } });
    const lost = await again({ status: 'running', agent: 'agent-one', startedAt: 5, task });
    expect((await exchange(lost.job, claimsOf(lost.run))).status, 'one that is not decided').toBe(200);
  });

  test('has the pull request looked at', async () => {
    const { pulls } = openRecords(api.store.documents);
    await pulls.update('acme/flights#31', () => openPull('a'.repeat(40)));
    const { job, run } = await again({ ...ended, pull: 31 });
    expect((await exchange(job, claimsOf(run))).status).toBe(200);
    const keys: string[] = [];
    for (let lease = await api.store.queue.take(60_000); lease; lease = await api.store.queue.take(60_000)) {
      keys.push(lease.key);
    }
    expect(keys).toEqual(expect.arrayContaining([`job:${job.id}`, 'pull:acme/flights#31']));
  });

  const openPull = (headSha: string) => ({
    headSha,
    planDigest: '',
    evidenceDigest: '',
    approvals: [],
    generations: {},
    checks: {},
    notes: [],
    teams: {},
    applied: [],
  });

  const unwanted: [string, Partial<Job>, object | undefined, RegExp][] = [
    ['has succeeded', { status: 'succeeded' }, undefined, /succeeded already/],
    ['is being cancelled', { status: 'running', cancelRequested: true }, undefined, /being cancelled/],
    ['is of an unknown pull request', { pull: 41 }, undefined, /not open/],
    ['is of a closed pull request', { pull: 42 }, { closed: true }, /not open/],
    ['is of a pull request that was pushed to', { pull: 43 }, { headSha: 'd'.repeat(40) }, /another head/],
    [
      'was cancelled by a command',
      { pull: 44, status: 'cancelled' },
      { cancelled: { by: 'author', headSha: 'a'.repeat(40) } },
      /cancelled on the pull request/,
    ],
  ];
  test.each(unwanted)('is refused when the job %s', async (_, over, record, why) => {
    const { pulls } = openRecords(api.store.documents);
    if (record) await pulls.update(`acme/flights#${over.pull}`, () => ({ ...openPull('a'.repeat(40)), ...record }));
    const { job, run } = await again({ ...ended, ...over });
    const answer = await exchange(job, claimsOf(run));
    expect(answer).toMatchObject({ status: 409, body: { code: 'conflict/stale' } });
    expect(answer.body.message).toMatch(why);
    expect(answer.body.message).toContain('/retrain');
    expect(await api.store.jobs.get(job.id)).toMatchObject({ attempt: 1, status: over.status ?? 'failed' });
  });

  test('is refused when another job does the same, or took its place', async () => {
    const { job, run } = await again(ended);
    await api.store.jobs.create({ ...sampleJob(), key: job.key });
    expect((await exchange(job, claimsOf(run))).body.message).toMatch(/another job does the same/);
    const { pulls } = openRecords(api.store.documents);
    await pulls.update('acme/flights#51', () => openPull('a'.repeat(40)));
    const { job: old, run: oldRun } = await again({ ...ended, pull: 51 });
    await api.store.jobs.create({ ...sampleJob({ pull: 51, createdAt: old.createdAt + 1, task: old.task }) });
    expect((await exchange(old, claimsOf(oldRun))).body.message).toMatch(/newer job/);
  });
});

test.each([
  ['https://api.github.com', 'https://token.actions.githubusercontent.com'],
  ['https://api.acme.ghe.com', 'https://token.actions.acme.ghe.com'],
  ['https://github.acme.example/api/v3', 'https://github.acme.example/_services/token'],
  ['http://127.0.0.1:8200/api/v3', 'http://127.0.0.1:8200/_services/token'],
])('runs of %s get their identity tokens from %s', (api, issuer) => {
  expect(oidcIssuer(api)).toBe(issuer);
});

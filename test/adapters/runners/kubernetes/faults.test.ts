import { KubeConfig } from '@kubernetes/client-node';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { PlacedJob } from '../../../../src/ports/runner.ts';
import { sampleJob } from '../../../contract/store.ts';
import { type Answer, type Asked, statusOf } from './api-server.ts';
import { ACCESS, openCluster, PLACE, type TestCluster } from './open-cluster.ts';
import { until } from './until.ts';

const NOW = 1_700_000_000_000;
let cluster: TestCluster;
beforeEach(async () => {
  cluster = await openCluster({ clock: { now: () => NOW } });
  cluster.kubelet.settings.idle = true;
});
afterEach(() => cluster.close());

const jobOf = (over: Partial<PlacedJob> = {}): PlacedJob => ({ ...sampleJob({ attempt: 1 }), place: PLACE, ...over });
async function submitted(): Promise<PlacedJob> {
  const job = jobOf();
  return { ...job, handle: (await cluster.runner.submit(job, ACCESS)).handle };
}
function once(matches: (asked: Asked) => boolean, answer: Answer | 'hang up'): void {
  let used = false;
  cluster.server.faults.push((asked) => {
    if (used || !matches(asked)) return undefined;
    used = true;
    return answer;
  });
}
const is = (method: string, resource: string) => (asked: Asked) =>
  asked.method === method && asked.path.endsWith(`/${resource}`) && asked.query.get('watch') === null;
const lists = () => cluster.server.asked.filter(is('GET', 'jobs')).length;
const end = (job: PlacedJob) =>
  cluster.kubelet.setStatus(cluster.podOf(job.handle), { phase: 'Failed', reason: 'Evicted', message: 'disk' });
const learnsOfTheEnd = (job: PlacedJob) =>
  until(
    () => cluster.runner.status(job),
    ({ state }) => state === 'gone',
  );

describe('a watch', () => {
  test('tells of changes, and is not asked for what it told', async () => {
    const job = await submitted();
    await until(
      () => cluster.runner.status(job),
      () => cluster.server.watches() === 2,
    );
    cluster.changes.length = 0;
    end(job);
    await until(() => cluster.changes.length, Boolean);
    expect(new Set(cluster.changes)).toEqual(new Set([job.id]));
    await learnsOfTheEnd(job);
    const before = cluster.server.asked.length;
    for (let time = 0; time < 5; time += 1) await cluster.runner.status(job);
    expect(cluster.server.asked.length).toBe(before);
  });

  test('that breaks off is opened again where it was, and misses nothing', async () => {
    const job = await submitted();
    await until(
      () => cluster.server.watches(),
      (count) => count === 2,
    );
    const before = lists();
    cluster.server.dropWatches();
    end(job);
    expect(await learnsOfTheEnd(job)).toMatchObject({ fault: 'infrastructure' });
    expect(lists()).toBe(before);
  });

  test('whose place is forgotten (410) begins anew with a list', async () => {
    const job = await submitted();
    await until(
      () => cluster.server.watches(),
      (count) => count === 2,
    );
    const before = lists();
    cluster.server.dropWatches();
    end(job);
    cluster.server.store.compact();
    expect(await learnsOfTheEnd(job)).toMatchObject({ fault: 'infrastructure' });
    await until(lists, (count) => count > before);
  });

  test('that had bookmarks goes on from them', async () => {
    const job = await submitted();
    await until(
      () => cluster.server.watches(),
      (count) => count === 2,
    );
    for (let other = 0; other < 5; other += 1) {
      cluster.server.store.create('secrets', 'ml', {
        apiVersion: 'v1',
        kind: 'Secret',
        metadata: { name: `x${other}` },
      });
    }
    cluster.server.store.compact();
    cluster.server.bookmark();
    await new Promise((resolve) => setImmediate(resolve));
    const before = lists();
    await until(
      () => {
        cluster.server.dropWatches();
        return cluster.server.watches();
      },
      (count) => count === 0,
    );
    end(job);
    expect(await learnsOfTheEnd(job)).toMatchObject({ fault: 'infrastructure' });
    expect(lists()).toBe(before);
  });

  test('that cannot be opened is said, and the server is asked instead', async () => {
    cluster.server.faults.push((asked) =>
      asked.method === 'GET' &&
      /\/(jobs|pods)$/.test(asked.path) &&
      !asked.query.get('labelSelector')?.includes('job-name')
        ? statusOf(500, 'InternalError', 'etcdserver: leader changed')
        : undefined,
    );
    const job = await submitted();
    expect(await cluster.runner.status(job)).toMatchObject({ state: 'pending' });
    end(job);
    expect(await cluster.runner.status(job)).toMatchObject({ state: 'gone', fault: 'infrastructure' });
    expect(cluster.warnings[0]).toMatch(/watch of Kubernetes broke/);
    cluster.server.faults.length = 0;
    await until(
      () => cluster.server.watches(),
      (count) => count === 2,
    );
  });
});

test('credentials that cannot be had for a while break nothing for good', async () => {
  const kubeConfig = new KubeConfig();
  kubeConfig.loadFromClusterAndUser(
    { name: 'test', server: cluster.server.url, skipTLSVerify: true },
    { name: 'sluice', token: 'of-the-service-account' },
  );
  const authenticate = kubeConfig.applyToFetchOptions.bind(kubeConfig);
  let works = false;
  kubeConfig.applyToFetchOptions = async (options) => {
    if (!works) throw new Error('the credential plugin failed');
    return authenticate(options);
  };
  const runner = cluster.open({ kubeConfig });
  const job = jobOf();
  await runner.submit(job, ACCESS);
  expect(await runner.status(job)).toMatchObject({ state: 'pending' });
  await until(
    () => cluster.warnings.length,
    (count) => count > 0,
  );
  works = true;
  await until(
    () => cluster.server.watches(),
    (count) => count === 2,
  );
  await runner.cancel(job);
});

test('a machine that knows no cluster is told so, not sent to some port of its own', () => {
  vi.stubEnv('KUBECONFIG', '');
  vi.stubEnv('HOME', '/nonexistent');
  const kubeConfig = new KubeConfig();
  kubeConfig.loadFromDefault();
  vi.unstubAllEnvs();
  expect(() => cluster.open({ kubeConfig })).toThrow(/set KUBECONFIG/);
});

describe('handing over', () => {
  test('takes up where a crash left it: Job made, token not', async () => {
    once(is('POST', 'secrets'), 'hang up');
    const job = jobOf();
    await expect(cluster.runner.submit(job, ACCESS)).rejects.toMatchObject({ code: 'external/runner' });
    const { handle } = await cluster.runner.submit(job, ACCESS);
    expect(cluster.jobs()).toHaveLength(1);
    const [secret] = cluster.server.store.list('secrets');
    expect(secret!.metadata.ownerReferences).toMatchObject([{ kind: 'Job', uid: (handle as { uid: string }).uid }]);
    expect(Buffer.from(secret!.data.token, 'base64').toString()).toBe('token');
  });

  test('leaves the Job of another Sluice alone', async () => {
    const job = jobOf();
    await cluster.open({ owner: 'elsewhere' }).submit(job, ACCESS);
    await expect(cluster.runner.submit(job, ACCESS)).rejects.toMatchObject({
      code: 'config/environment',
      message: expect.stringContaining('is not ours: its sluice.dev/owner is elsewhere'),
    });
    expect(await cluster.runner.reap(async () => [], [{ repository: 'a/b', spec: PLACE }])).toBe(0);
    expect(cluster.jobs()).toHaveLength(1);
  });

  test.each<[string, Answer | 'hang up', object]>([
    [
      'too many requests',
      { ...statusOf(429, 'TooManyRequests', 'slow down'), headers: { 'retry-after': '7' } },
      { code: 'external/runner', retryAt: NOW + 7_000 },
    ],
    ['trouble of its own', statusOf(503, 'ServiceUnavailable', 'shutting down'), { code: 'external/runner' }],
    ['a proxy in between', { status: 502, body: 'Bad Gateway' }, { code: 'external/runner' }],
    ['a connection that is cut', 'hang up', { code: 'external/runner' }],
    [
      'credentials that it does not know',
      statusOf(401, 'Unauthorized', 'Unauthorized'),
      { code: 'permission/unauthenticated', message: expect.stringContaining('renew its service account token') },
    ],
    [
      'a Role that lacks a rule',
      statusOf(403, 'Forbidden', 'jobs.batch is forbidden: User "sluice" cannot create resource "jobs"'),
      {
        code: 'permission/forbidden',
        message: expect.stringContaining(
          'Its Role in ml needs the rule {apiGroups: ["batch"], resources: ["jobs"], verbs: ["create"]}',
        ),
      },
    ],
    [
      'a quota of Jobs',
      statusOf(403, 'Forbidden', 'jobs.batch "x" is forbidden: exceeded quota: jobs, requested: count/jobs.batch=1'),
      { code: 'external/runner', message: expect.stringContaining('exceeded quota') },
    ],
    [
      'a value that it refuses',
      statusOf(422, 'Invalid', 'Job.batch is invalid: spec.template.spec.nodeSelector: Invalid value'),
      { code: 'config/environment', message: expect.stringContaining('nodeSelector') },
    ],
  ])('says who must act on %s', async (_what, answer, expected) => {
    once(is('POST', 'jobs'), answer);
    const job = jobOf();
    await expect(cluster.runner.submit(job, ACCESS)).rejects.toMatchObject(expected);
    await cluster.runner.submit(job, ACCESS);
    expect(cluster.jobs()).toHaveLength(1);
  });

  test('says that the namespace does not exist', async () => {
    const place = { ...PLACE, namespace: 'gone' };
    const runner = cluster.open({ namespaces: ['gone'] });
    await expect(runner.submit(jobOf({ place }), ACCESS)).rejects.toMatchObject({
      code: 'config/environment',
      message: expect.stringContaining('does the namespace gone exist?'),
    });
  });

  test('reaches no namespace that the operator did not open', async () => {
    const job = jobOf({ place: { ...PLACE, namespace: 'other' } });
    await expect(cluster.runner.submit(job, ACCESS)).rejects.toMatchObject({
      code: 'config/environment',
      message: expect.stringContaining('SLUICE_KUBERNETES_NAMESPACES'),
    });
    expect(await cluster.runner.status(job)).toMatchObject({ state: 'gone', fault: 'job' });
    await cluster.runner.cancel(job);
    expect(await cluster.runner.logs(job)).toEqual([]);
    expect(await cluster.runner.reap(async () => [], [{ repository: 'a/b', spec: job.place }])).toBe(0);
    expect(cluster.server.asked.filter(({ path }) => path.includes('/other/'))).toEqual([]);
  });
});

test('reaping one namespace does not wait for another that cannot be reached', async () => {
  const runner = cluster.open({ namespaces: ['ml', 'other'] });
  await submitted();
  cluster.server.faults.push(({ path }) => (path.includes('/other/') ? 'hang up' : undefined));
  const places = ['other', 'ml'].map((namespace) => ({ repository: 'a/b', spec: { ...PLACE, namespace } }));
  expect(await runner.reap(async () => [], places)).toBe(1);
  expect(cluster.jobs()).toEqual([]);
  expect(cluster.server.store.list('secrets')).toEqual([]);
});

test('an agent that is not listed in its namespace any more does not come back after a cancel', async () => {
  const job = await submitted();
  once((asked) => asked.method === 'DELETE', statusOf(500, 'InternalError', 'etcdserver: request timed out'));
  await expect(cluster.runner.cancel(job)).rejects.toMatchObject({ code: 'external/runner' });
  await cluster.runner.cancel(job);
  expect(await cluster.runner.status(job)).toMatchObject({ state: 'gone' });
  expect(cluster.jobs()).toEqual([]);
});

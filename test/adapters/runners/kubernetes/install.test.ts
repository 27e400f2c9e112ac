import { readFile } from 'node:fs/promises';
import { Deployment } from 'kubernetes-models/apps/v1/Deployment';
import { Role } from 'kubernetes-models/rbac.authorization.k8s.io/v1/Role';
import { RoleBinding } from 'kubernetes-models/rbac.authorization.k8s.io/v1/RoleBinding';
import { PersistentVolumeClaim } from 'kubernetes-models/v1/PersistentVolumeClaim';
import { Service } from 'kubernetes-models/v1/Service';
import { ServiceAccount } from 'kubernetes-models/v1/ServiceAccount';
import { expect, test } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { sampleJob } from '../../../contract/store.ts';
import type { Asked } from './api-server.ts';
import { ACCESS, openCluster, PLACE } from './open-cluster.ts';
import { until } from './until.ts';

type Manifest = { kind: string; rules: { resources: string[]; verbs: string[] }[] };
async function manifests(file: string): Promise<Manifest[]> {
  const text = await readFile(new URL(`../../../../docs/kubernetes/${file}`, import.meta.url), 'utf8');
  return parseAllDocuments(text).map((document) => document.toJS());
}

const KINDS = { Deployment, PersistentVolumeClaim, Role, RoleBinding, Service, ServiceAccount };

test.each(['runner.yaml', 'server.yaml'])("%s is right by Kubernetes' own schemas", async (file) => {
  for (const manifest of await manifests(file)) {
    const Kind = KINDS[manifest.kind as keyof typeof KINDS];
    new Kind(manifest as never).validate();
  }
});

/** As the API server's authorizer names a request. */
function ruleOf({ method, path, query }: Asked): string {
  const [, resource, name, log] = /\/namespaces\/[^/]+\/([^/]+)(?:\/([^/]+)(\/log)?)?$/.exec(path)!;
  const verbs: Record<string, string> = { POST: 'create', PATCH: 'patch', DELETE: 'delete' };
  const reading = query.get('watch') === 'true' ? 'watch' : name === undefined ? 'list' : 'get';
  return `${verbs[method] ?? reading} ${resource}${log ?? ''}`;
}

test('the Role has a rule for all that the runner does, and none for anything else', async () => {
  const cluster = await openCluster();
  const { runner } = cluster;
  try {
    const job = { ...sampleJob({ attempt: 1 }), place: PLACE };
    const { handle } = await runner.submit(job, ACCESS);
    expect((await runner.submit(job, ACCESS)).handle).toEqual(handle);
    const trials = [1, 2].map(() => ({ ...sampleJob({ attempt: 1, group: 'sweep' }), place: PLACE }));
    const access = { serverUrl: ACCESS.serverUrl, parallel: 2 };
    await runner.submitGroup!(
      trials.map((trial) => ({ job: trial, token: 'token' })),
      access,
    );
    await until(
      () => runner.logs({ ...job, handle }),
      (lines) => lines.length > 0,
    );
    cluster.kubelet.settings.idle = true;
    const waiting = { ...sampleJob({ attempt: 1 }), place: PLACE };
    await runner.submit(waiting, ACCESS);
    expect((await runner.status(waiting)).state).toBe('pending');
    await runner.cancel(trials[0]!);
    await runner.cancel(job);
    await runner.reap(async () => [], [{ repository: 'a/b', spec: PLACE }]);
    await until(
      () => cluster.server.watches(),
      (count) => count === 2,
    );
    const role = (await manifests('runner.yaml')).find(({ kind }) => kind === 'Role')!;
    const allowed = role.rules.flatMap(({ resources, verbs }) =>
      verbs.flatMap((verb) => resources.map((resource) => `${verb} ${resource}`)),
    );
    expect([...new Set(cluster.server.asked.map(ruleOf))].sort()).toEqual([...allowed].sort());
  } finally {
    await cluster.close();
  }
});

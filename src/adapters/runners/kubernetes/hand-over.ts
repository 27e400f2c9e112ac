import { PatchStrategy, setHeaderOptions, type V1Job } from '@kubernetes/client-node';
import { AppError } from '../../../domain/errors.ts';
import type { Cluster } from './cluster.ts';
import { type clusterError, statusCode } from './cluster-error.ts';
import { tokenSecret } from './job-manifest.ts';
import { OWNER } from './names.ts';

export type Call = <Answer>(
  request: Parameters<typeof clusterError>[1],
  call: () => Promise<Answer>,
) => Promise<Answer>;

/** The Job of that name, made when there is none yet: names are unique to what they are for. */
export async function createJob(cluster: Cluster, call: Call, manifest: V1Job): Promise<V1Job> {
  const { name, namespace, labels } = manifest.metadata as { name: string; namespace: string; labels: object };
  const created = await call({ verb: 'create', resource: 'jobs', namespace }, () =>
    cluster.batch.createNamespacedJob({ namespace, body: manifest }).catch(unless(409)),
  );
  if (created) return created;
  const known = await call({ verb: 'get', resource: 'jobs', namespace }, () =>
    cluster.batch.readNamespacedJob({ namespace, name }).catch(unless(404)),
  );
  if (!known || known.metadata?.deletionTimestamp) {
    throw new AppError('external/runner', `the Job ${namespace}/${name} is just being deleted`);
  }
  const owner = known.metadata?.labels?.[OWNER];
  if (owner !== (labels as Record<string, string>)[OWNER]) {
    throw new AppError('config/environment', `the Job ${namespace}/${name} is not ours: its ${OWNER} is ${owner}`);
  }
  return known;
}

/** The pods of the Job wait for it. Given again, a token takes the place of the one before. */
export async function giveTokens(
  cluster: Cluster,
  call: Call,
  job: V1Job,
  tokens: Record<string, string>,
): Promise<void> {
  const { name, namespace } = job.metadata as { name: string; namespace: string };
  const created = await call({ verb: 'create', resource: 'secrets', namespace }, () =>
    cluster.core.createNamespacedSecret({ namespace, body: tokenSecret(job, tokens) }).catch(unless(409)),
  );
  if (created) return;
  const merge = setHeaderOptions('Content-Type', PatchStrategy.MergePatch);
  await call({ verb: 'patch', resource: 'secrets', namespace }, () =>
    cluster.core.patchNamespacedSecret({ namespace, name, body: { stringData: tokens } }, merge),
  );
}

/** For `catch`: that answer is none, every other error stays one. */
export function unless(code: number): (error: unknown) => undefined {
  return (error) => {
    if (statusCode(error) === code) return undefined;
    throw error;
  };
}

import type { V1Job, V1Pod } from '@kubernetes/client-node';
import type { Job } from '../../../domain/jobs/job.ts';
import type { Json } from '../../../domain/json.ts';
import type { PlacedJob } from '../../../ports/runner.ts';
import type { Cluster } from './cluster.ts';
import { type Call, unless } from './hand-over.ts';
import { indexOf, JOB_NAME, membersOf, nameOfAttempt, nameOfGroup } from './names.ts';
import type { NamespaceView } from './namespace-view.ts';
import type { KubernetesPlace } from './pod-template.ts';

/** `index`: of a trial in the Job of its sweep. */
export type Handle = { namespace: string; name: string; uid: string; index?: number };

export function handleOf(job: V1Job, index?: number): Handle {
  const { namespace, name, uid } = job.metadata as { namespace: string; name: string; uid: string };
  return { namespace, name, uid, ...(index !== undefined && { index }) };
}

export function readHandle(handle: Json | undefined): Handle | undefined {
  const known = handle as Partial<Handle> | null | undefined;
  return typeof known?.name === 'string' && typeof known.namespace === 'string' ? (known as Handle) : undefined;
}

export type Found = { job: V1Job; index?: number };
type World = { cluster: Cluster; call: Call; view: NamespaceView };

/** The Job of an attempt, from what the watch knows, else from the server. */
export async function findJob(world: World, job: PlacedJob, place: KubernetesPlace): Promise<Found | undefined> {
  const handle = readHandle(job.handle);
  if (handle) {
    const found = await jobNamed(world, handle.namespace, handle.name);
    return found && { job: found, ...(handle.index !== undefined && { index: handle.index }) };
  }
  const trial = await findTrial(world, job, place);
  if (trial) return trial;
  const found = await jobNamed(world, place.namespace, nameOfAttempt(job));
  return found && { job: found };
}

/** The Job of the sweep that the first attempt may be a trial of. */
export async function findTrial(world: World, job: Job, place: KubernetesPlace): Promise<Found | undefined> {
  if (job.group === undefined || job.attempt !== 1) return undefined;
  const found = await jobNamed(world, place.namespace, nameOfGroup(job.repository, job.group));
  const index = found ? (membersOf(found) ?? []).indexOf(job.id) : -1;
  return index < 0 ? undefined : { job: found!, index };
}

/** The newest pod, or all that there are. */
export async function findPods({ cluster, call, view }: World, { job, index }: Found): Promise<V1Pod[]> {
  const { namespace, name } = job.metadata as { namespace: string; name: string };
  const all = view.pods.inStep()
    ? view.pods.list()
    : await call({ verb: 'list', resource: 'pods', namespace }, async () => {
        const { items } = await cluster.core.listNamespacedPod({ namespace, labelSelector: `${JOB_NAME}=${name}` });
        return items;
      });
  const born = (pod: V1Pod) => new Date(pod.metadata?.creationTimestamp ?? 0).getTime();
  return all
    .filter((pod) => pod.metadata?.labels?.[JOB_NAME] === name && (index === undefined || indexOf(pod) === index))
    .sort((a, b) => born(b) - born(a));
}

async function jobNamed({ cluster, call, view }: World, namespace: string, name: string): Promise<V1Job | undefined> {
  const known = view.jobs.inStep() ? view.jobs.get(name) : undefined;
  if (known) return view.deleted.has(known.metadata!.uid!) ? undefined : known;
  return call({ verb: 'get', resource: 'jobs', namespace }, () =>
    cluster.batch.readNamespacedJob({ namespace, name }).catch(unless(404)),
  );
}

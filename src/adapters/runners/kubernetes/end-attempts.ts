import type { V1Job, V1Pod } from '@kubernetes/client-node';
import type { Cluster } from './cluster.ts';
import { statusCode } from './cluster-error.ts';
import { type Call, unless } from './hand-over.ts';
import { indexOf, JOB_NAME } from './names.ts';

export type Endings = {
  /** With its pods and its Secret, which the cluster removes in the background. */
  endJob(job: V1Job): Promise<void>;
  /** The Job of its sweep goes on without it, also where its pod has yet to be made. */
  endTrial(job: V1Job, index: number): Promise<void>;
  isEnded(job: V1Job, index: number): boolean;
  /** For each pod that the watch tells of. */
  endIfUnwanted(pod: V1Pod): Promise<void>;
};

const REMEMBERED = 10_000;

export function createEndings(cluster: Cluster, call: Call): Endings {
  /** `<uid of the Job>:<index>`, oldest first. */
  const unwanted = new Set<string>();
  const keyOf = (uid: string | undefined, index: number | undefined) => `${uid}:${index}`;

  async function deletePod({ metadata }: V1Pod): Promise<void> {
    const { name, namespace } = metadata as { name: string; namespace: string };
    await call({ verb: 'delete', resource: 'pods', namespace }, () =>
      cluster.core.deleteNamespacedPod({ namespace, name }).catch(unless(404)),
    );
  }

  return {
    async endJob({ metadata }) {
      const { name, namespace, uid } = metadata as { name: string; namespace: string; uid: string };
      const body = { propagationPolicy: 'Background', preconditions: { uid } };
      await call({ verb: 'delete', resource: 'jobs', namespace }, () =>
        cluster.batch
          .deleteNamespacedJob({ namespace, name, body })
          // 409: another one has its name by now
          .catch((error) => (statusCode(error) === 409 ? undefined : unless(404)(error))),
      );
    },
    async endTrial({ metadata }, index) {
      const { name, namespace, uid } = metadata as { name: string; namespace: string; uid: string };
      unwanted.add(keyOf(uid, index));
      if (unwanted.size > REMEMBERED) unwanted.delete(unwanted.values().next().value!);
      const { items } = await call({ verb: 'list', resource: 'pods', namespace }, () =>
        cluster.core.listNamespacedPod({ namespace, labelSelector: `${JOB_NAME}=${name}` }),
      );
      await Promise.all(items.filter((pod) => indexOf(pod) === index).map(deletePod));
    },
    isEnded: ({ metadata }, index) => unwanted.has(keyOf(metadata?.uid, index)),
    async endIfUnwanted(pod) {
      if (unwanted.size === 0 || pod.metadata?.deletionTimestamp) return;
      if (!unwanted.has(keyOf(pod.metadata?.ownerReferences?.[0]?.uid, indexOf(pod)))) return;
      await deletePod(pod);
    },
  };
}

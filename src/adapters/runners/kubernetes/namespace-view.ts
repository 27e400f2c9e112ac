import type { KubeConfig, V1Job, V1Pod } from '@kubernetes/client-node';
import type { Cluster } from './cluster.ts';
import { indexOf, JOB, JOB_NAME, membersOf } from './names.ts';
import { type Watched, watchKind } from './watch-kind.ts';

/** Our Jobs of one namespace and their pods, as the cluster tells of their changes. */
export type NamespaceView = {
  jobs: Watched<V1Job>;
  pods: Watched<V1Pod>;
  /** Jobs, by uid, that were deleted before they had ended. */
  deleted: Map<string, 'by us' | 'by somebody'>;
  stop(): Promise<void>;
};

type Options = {
  kubeConfig: KubeConfig;
  cluster: Cluster;
  namespace: string;
  selector: string;
  onChange(jobId: string): void;
  onPod(pod: V1Pod): void;
  onTrouble(error: unknown): void;
};

const REMEMBERED = 10_000;

export async function openNamespaceView(options: Options): Promise<NamespaceView> {
  const { cluster, namespace, selector } = options;
  const deleted: NamespaceView['deleted'] = new Map();
  const shared = { kubeConfig: options.kubeConfig, namespace, selector, onTrouble: options.onTrouble };
  const known = new Map<string, string>();

  function onJob(job: V1Job, change: 'there' | 'deleted'): void {
    const { suspend, completions } = job.spec ?? {};
    const { conditions, failedIndexes, completedIndexes } = job.status ?? {};
    const state = JSON.stringify([change, suspend, completions, conditions, failedIndexes, completedIndexes]);
    const uid = job.metadata!.uid!;
    if (change === 'deleted' && !isOver(job) && !deleted.has(uid)) remember(deleted, uid, 'by somebody');
    // counters of a sweep's Job change with every trial; each trial is told by its own pod
    if (known.get(uid) === state) return;
    if (change === 'deleted') known.delete(uid);
    else known.set(uid, state);
    const id = job.metadata?.labels?.[JOB];
    for (const member of id === undefined ? (membersOf(job) ?? []) : [id]) options.onChange(member);
  }

  function onPod(pod: V1Pod): void {
    options.onPod(pod);
    const job = jobs.get(pod.metadata?.labels?.[JOB_NAME] ?? '');
    const id = pod.metadata?.labels?.[JOB] ?? (job && membersOf(job)?.[indexOf(pod) ?? -1]);
    if (id !== undefined) options.onChange(id);
  }

  const jobs = await watchKind<V1Job>({
    ...shared,
    path: `/apis/batch/v1/namespaces/${namespace}/jobs`,
    list: () => cluster.batch.listNamespacedJob({ namespace, labelSelector: selector }),
    onChange: onJob,
  });
  const pods = await watchKind<V1Pod>({
    ...shared,
    path: `/api/v1/namespaces/${namespace}/pods`,
    list: () => cluster.core.listNamespacedPod({ namespace, labelSelector: selector }),
    onChange: onPod,
  });
  return {
    jobs,
    pods,
    deleted,
    async stop() {
      await Promise.all([jobs.stop(), pods.stop()]);
    },
  };
}

export function isOver(job: V1Job): boolean {
  return (job.status?.conditions ?? []).some(
    ({ type, status }) => status === 'True' && (type === 'Complete' || type === 'Failed'),
  );
}

/** Of the newest only: whoever was not asked about for so long never will be. */
export function remember(deleted: NamespaceView['deleted'], uid: string, who: 'by us' | 'by somebody'): void {
  deleted.set(uid, who);
  if (deleted.size > REMEMBERED) deleted.delete(deleted.keys().next().value!);
}

import type { ApiServer } from './api-server.ts';
import type { KubeObject } from './object-store.ts';

const INDEX = 'batch.kubernetes.io/job-completion-index';

export type ControllerSettings = {
  /** Why no pod can be created at present, as the quota or an admission says it. */
  refusal?: string;
  /** Jobs with a queue are suspended as they are made, as Kueue does. */
  kueue?: boolean;
};

/** Pods for Jobs, and the ends of pods as the ends of Jobs: what kube-controller-manager does. */
export function runJobController(server: ApiServer, settings: ControllerSettings): () => void {
  const { store } = server;

  function podFor(job: KubeObject, index?: number): void {
    const { name, namespace, uid } = job.metadata;
    const { template } = job.spec;
    if (settings.refusal) {
      store.create('events', namespace, {
        apiVersion: 'v1',
        kind: 'Event',
        metadata: { name: `${name}.${store.version()}` },
        involvedObject: { kind: 'Job', name, namespace, uid },
        reason: 'FailedCreate',
        type: 'Warning',
        message: `Error creating: ${settings.refusal}`,
        lastTimestamp: new Date().toISOString(),
      });
      return;
    }
    const mark: Record<string, string> = index === undefined ? {} : { [INDEX]: String(index) };
    store.create('pods', namespace, {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: {
        name: `${name}-${index === undefined ? '' : `${index}-`}${Math.random().toString(36).slice(2, 7).padEnd(5, 'x')}`,
        labels: { ...template.metadata.labels, 'batch.kubernetes.io/job-name': name, ...mark },
        annotations: mark,
        ownerReferences: [{ apiVersion: 'batch/v1', kind: 'Job', name, uid }],
      },
      spec: structuredClone(template.spec),
      status: { phase: 'Pending' },
    });
  }

  function sync(namespace: string, name: string): void {
    const job = store.get('jobs', namespace, name);
    if (!job || job.status?.conditions || job.metadata.deletionTimestamp) return;
    const owned = store
      .list('pods', namespace)
      .filter(({ metadata }) => metadata.ownerReferences?.some(({ uid }) => uid === job.metadata.uid));
    if (job.spec.suspend) {
      for (const pod of owned) store.remove('pods', namespace, pod.metadata.name);
      return;
    }
    const done = (job.status?.completedIndexes ?? '').split(',').filter(Boolean);
    const failed = (job.status?.failedIndexes ?? '').split(',').filter(Boolean);
    const indexed = job.spec.completionMode === 'Indexed';
    const wanted: number = indexed ? job.spec.completions : 1;
    if (done.length + failed.length === wanted) {
      finish(job, failed.length > 0);
      return;
    }
    const active = owned.filter(({ status }) => status.phase === 'Pending' || status.phase === 'Running');
    const taken = new Set([...done, ...failed, ...active.map((pod) => pod.metadata.labels?.[INDEX] ?? '0')]);
    const room = (indexed ? job.spec.parallelism : 1) - active.length;
    const next = [...Array(wanted).keys()].filter((index) => !taken.has(String(index))).slice(0, room);
    for (const index of next) podFor(job, indexed ? index : undefined);
  }

  function finish(job: KubeObject, isFailed: boolean): void {
    const now = new Date().toISOString();
    const reason = job.spec.completionMode === 'Indexed' ? 'FailedIndexes' : 'BackoffLimitExceeded';
    const condition = isFailed ? { type: 'Failed', reason, message: 'Job has failed' } : { type: 'Complete' };
    store.update('jobs', job, (draft) => {
      draft.status = { ...draft.status, conditions: [{ ...condition, status: 'True', lastTransitionTime: now }] };
    });
  }

  /** A pod that ended or went away; no index is tried twice (all our Jobs forbid it). */
  function settle(pod: KubeObject): void {
    const owner = pod.metadata.ownerReferences?.[0];
    const job = owner && store.get('jobs', pod.metadata.namespace, owner.name);
    if (!job || job.metadata.uid !== owner.uid || job.spec.suspend || job.status?.conditions) return;
    const index = pod.metadata.labels?.[INDEX] ?? '0';
    const list = pod.status.phase === 'Succeeded' ? 'completedIndexes' : 'failedIndexes';
    const known = [job.status?.completedIndexes, job.status?.failedIndexes].join(',').split(',');
    if (known.includes(index)) return;
    store.update('jobs', job, (draft) => {
      const before = draft.status?.[list];
      draft.status = { ...draft.status, [list]: before ? `${before},${index}` : index };
    });
  }

  return store.listen(({ type, resource, object }) => {
    const { namespace, name } = object.metadata;
    if (resource === 'jobs' && type === 'ADDED') {
      const queue = object.metadata.labels?.['kueue.x-k8s.io/queue-name'];
      if (settings.kueue && queue)
        store.update('jobs', object, (draft) => Object.assign(draft.spec, { suspend: true }));
    }
    if (resource === 'jobs' && type !== 'DELETED') sync(namespace, name);
    const over = type === 'DELETED' || /^(Failed|Succeeded)$/.test(object.status?.phase);
    if (resource === 'pods' && over) settle(object);
  });
}

import type { V1Job } from '@kubernetes/client-node';
import type { Job } from '../../../domain/jobs/job.ts';
import type { Cluster } from './cluster.ts';
import type { Call } from './hand-over.ts';
import { ATTEMPT, indexOf, JOB, JOB_NAME, membersOf } from './names.ts';
import { isOver } from './namespace-view.ts';

type Wish = {
  namespace: string;
  selector: string;
  /** Asked after the cluster was. */
  live: () => Promise<Job[]>;
  end: { job(job: V1Job): Promise<void>; trial(job: V1Job, index: number): Promise<void> };
};

/**
 * Ends what runs for nobody; answers how many agents that were. What has ended by itself stays until the cluster removes
 * it, so that its log can be read.
 */
export async function reapNamespace(cluster: Cluster, call: Call, wish: Wish): Promise<number> {
  const { namespace, selector, end } = wish;
  const list = { namespace, labelSelector: selector };
  const jobs = await call({ verb: 'list', resource: 'jobs', namespace }, () => cluster.batch.listNamespacedJob(list));
  const pods = await call({ verb: 'list', resource: 'pods', namespace }, () => cluster.core.listNamespacedPod(list));
  const wanted = new Set((await wish.live()).map(({ id, attempt }) => `${id}.${attempt}`));
  const active = pods.items.filter(
    ({ metadata, status }) => !metadata?.deletionTimestamp && !/^(Failed|Succeeded)$/.test(status?.phase ?? ''),
  );
  let reaped = 0;
  for (const job of jobs.items.filter((candidate) => !isOver(candidate) && !candidate.metadata?.deletionTimestamp)) {
    const { name, labels = {} } = job.metadata!;
    const members = membersOf(job);
    if (members === undefined) {
      if (wanted.has(`${labels[JOB]}.${labels[ATTEMPT]}`)) continue;
      await end.job(job);
      reaped += 1;
      continue;
    }
    const orphans = active
      .filter((pod) => pod.metadata?.labels?.[JOB_NAME] === name)
      .flatMap((pod) => indexOf(pod) ?? [])
      .filter((index) => !wanted.has(`${members[index]}.1`));
    reaped += orphans.length;
    if (!members.some((id) => wanted.has(`${id}.1`))) await end.job(job);
    else for (const index of orphans) await end.trial(job, index);
  }
  return reaped;
}

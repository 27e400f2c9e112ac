import { createHash } from 'node:crypto';
import type { V1Job, V1Pod } from '@kubernetes/client-node';
import type { Job } from '../../../domain/jobs/job.ts';

export const OWNER = 'sluice.dev/owner';
export const JOB = 'sluice.dev/job';
export const ATTEMPT = 'sluice.dev/attempt';
export const GROUP = 'sluice.dev/group';
/** JSON list of job ids in the order of their indexes. */
export const MEMBERS = 'sluice.dev/members';
export const MANAGED_BY = 'app.kubernetes.io/managed-by';
export const QUEUE = 'kueue.x-k8s.io/queue-name';
export const JOB_NAME = 'batch.kubernetes.io/job-name';
export const INDEX = 'batch.kubernetes.io/job-completion-index';

/** Of the container in which the agent runs. */
export const CONTAINER = 'agent';

/** Finds what this Sluice made and nothing of another one in the same cluster. */
export const selectorOf = (owner: string): string => `${MANAGED_BY}=sluice,${OWNER}=${owner}`;

/** The name of a pod is made of it with `-<index>-<5 characters>`, which must stay within 63, too. */
export const nameOfAttempt = (job: Job): string => `sluice-${job.id}-${job.attempt}`;

export const groupOf = (repository: string, group: string): string =>
  createHash('sha256').update(`${repository}\n${group}`).digest('hex').slice(0, 24);

export const nameOfGroup = (repository: string, group: string): string => `sluice-group-${groupOf(repository, group)}`;

/** Job ids by index; undefined: a Job of one attempt. */
export function membersOf(job: V1Job): string[] | undefined {
  const text = job.metadata?.annotations?.[MEMBERS];
  if (text === undefined) return undefined;
  try {
    const members: unknown = JSON.parse(text);
    return Array.isArray(members) ? members.map(String) : [];
  } catch {
    return [];
  }
}

/** Of a pod of an Indexed Job. */
export function indexOf(pod: V1Pod): number | undefined {
  const text = pod.metadata?.labels?.[INDEX] ?? pod.metadata?.annotations?.[INDEX];
  return text === undefined ? undefined : Number(text);
}

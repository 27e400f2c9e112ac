import type { V1Job, V1PodFailurePolicy, V1Secret } from '@kubernetes/client-node';
import type { PlacedJob } from '../../../ports/runner.ts';
import {
  ATTEMPT,
  CONTAINER,
  GROUP,
  groupOf,
  JOB,
  MANAGED_BY,
  MEMBERS,
  nameOfAttempt,
  nameOfGroup,
  OWNER,
  QUEUE,
} from './names.ts';
import { type KubernetesPlace, podTemplate } from './pod-template.ts';

export type ManifestOptions = { owner: string; agentImage: string; serverUrl: string; runAs: number | 'image' };

/** So long what a pod printed can still be read in the cluster. */
const KEEP_SECONDS = 3_600;

/** One attempt. */
export function jobManifest(job: PlacedJob, place: KubernetesPlace, options: ManifestOptions): V1Job {
  const name = nameOfAttempt(job);
  const labels = { ...ownLabels(options.owner), [JOB]: job.id, [ATTEMPT]: String(job.attempt) };
  return {
    ...head(name, place, labels, { 'sluice.dev/repository': job.repository }),
    spec: {
      backoffLimit: 0,
      ttlSecondsAfterFinished: KEEP_SECONDS,
      podFailurePolicy: failurePolicy('FailJob'),
      template: podTemplate({ ...options, job, place, labels, secret: name, indexed: false }),
    },
  };
}

/**
 * The first attempts of jobs that are alike but for their parameters or files: trials of a sweep, parts of a window. Index
 * i is `jobs[i]`.
 */
export function groupManifest(
  jobs: PlacedJob[],
  place: KubernetesPlace,
  options: ManifestOptions & { group: string; parallel: number },
): V1Job {
  const [first] = jobs as [PlacedJob];
  const name = nameOfGroup(first.repository, options.group);
  const labels = { ...ownLabels(options.owner), [GROUP]: groupOf(first.repository, options.group), [ATTEMPT]: '1' };
  const members = JSON.stringify(jobs.map(({ id }) => id));
  return {
    ...head(name, place, labels, { 'sluice.dev/repository': first.repository, [MEMBERS]: members }),
    spec: {
      completionMode: 'Indexed',
      completions: jobs.length,
      parallelism: Math.min(jobs.length, Math.max(1, options.parallel)),
      backoffLimitPerIndex: 0,
      maxFailedIndexes: jobs.length,
      ttlSecondsAfterFinished: KEEP_SECONDS,
      podFailurePolicy: failurePolicy('FailIndex'),
      template: podTemplate({ ...options, job: first, place, labels, secret: name, indexed: true }),
    },
  };
}

/** Goes with its Job: the garbage collector sees to it. */
export function tokenSecret(job: V1Job, tokens: Record<string, string>): V1Secret {
  const { name, namespace, uid, labels } = job.metadata!;
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    type: 'Opaque',
    metadata: {
      name: name!,
      namespace: namespace!,
      labels: { ...labels },
      ownerReferences: [{ apiVersion: 'batch/v1', kind: 'Job', name: name!, uid: uid! }],
    },
    stringData: tokens,
  };
}

function head(
  name: string,
  place: KubernetesPlace,
  labels: Record<string, string>,
  annotations: Record<string, string>,
): Pick<V1Job, 'apiVersion' | 'kind' | 'metadata'> {
  const queue: Record<string, string> = place.queue === undefined ? {} : { [QUEUE]: place.queue };
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name, namespace: place.namespace, labels: { ...labels, ...queue }, annotations },
  };
}

const ownLabels = (owner: string) => ({ [MANAGED_BY]: 'sluice', [OWNER]: owner });

/**
 * One Job is one attempt, whose token lets one agent claim it: a second pod would be refused, so that a disruption ends
 * the Job, too, and Sluice decides about another attempt.
 */
function failurePolicy(action: 'FailJob' | 'FailIndex'): V1PodFailurePolicy {
  return {
    rules: [
      { action, onPodConditions: [{ type: 'DisruptionTarget', status: 'True' }] },
      { action, onExitCodes: { containerName: CONTAINER, operator: 'NotIn', values: [0] } },
    ],
  };
}

import type { CoreV1Event, V1Job, V1Pod } from '@kubernetes/client-node';
import type { RunnerStatus } from '../../../ports/runner.ts';
import { hasIndex } from './indexes.ts';
import { CONTAINER } from './names.ts';
import { type Gone, gone, podEnd } from './pod-end.ts';
import { jobWaitsFor, podWaitsFor, waitingContainer } from './waiting-for.ts';

export type Seen = {
  job: V1Job;
  /** Of one of a group. */
  index?: number;
  /** Newest of the attempt. */
  pod?: V1Pod;
  /** The agent has claimed the job. */
  claimed: boolean;
  /** Of the pod, else of the Job; what the cluster says of things that do not begin. */
  events: CoreV1Event[];
  /** Epoch milliseconds. */
  now: number;
};

/** An image that is not there for so long will not come by itself. */
const IMAGE_PATIENCE_MS = 300_000;
/** After the moment at which a pod that is being deleted should be gone. */
const DELETION_PATIENCE_MS = 10_000;

/** What the cluster knows of an attempt. */
export function readStatus(seen: Seen): RunnerStatus {
  const { job, pod, now } = seen;
  if (pod?.status?.phase === 'Failed' || pod?.status?.phase === 'Succeeded') return podEnd(pod);
  const ended = jobEnd(seen);
  if (ended) return ended;
  if (job.spec?.suspend) {
    const waitingFor = jobWaitsFor(job, seen.events);
    if (seen.claimed) return gone('infrastructure', `the cluster suspended its Job; ${waitingFor}`);
    return { state: 'pending', ...(waitingFor && { waitingFor }) };
  }
  if (!pod) {
    const waitingFor = jobWaitsFor(job, seen.events) ?? (seen.index === undefined ? undefined : turn(job));
    return { state: 'pending', ...(waitingFor && { waitingFor }) };
  }
  const deletion = pod.metadata?.deletionTimestamp;
  if (deletion && new Date(deletion).getTime() + DELETION_PATIENCE_MS < now) {
    return gone('infrastructure', 'its pod was deleted, and its node does not answer');
  }
  if (pod.status?.reason === 'NodeLost') return gone('infrastructure', 'its node was lost');
  const agent = pod.status?.containerStatuses?.find(({ name }) => name === CONTAINER);
  if (agent?.state?.running || agent?.state?.terminated) return { state: 'running' };
  const hopeless = neverStarts(pod, now);
  if (hopeless) return hopeless;
  const waitingFor = podWaitsFor(pod, seen.events);
  return { state: 'pending', ...(waitingFor && { waitingFor }) };
}

/** How the Job, or the index of it, ended without a pod that could tell. */
function jobEnd({ job, index }: Seen): Gone | undefined {
  const lost = 'its pod is gone without a word: it was deleted, or its node was lost';
  if (index !== undefined) {
    if (hasIndex(job.status?.failedIndexes, index)) return gone('infrastructure', lost);
    if (hasIndex(job.status?.completedIndexes, index)) return gone('infrastructure', 'its agent ended');
  }
  const over = job.status?.conditions?.find(
    ({ type, status }) => status === 'True' && (type === 'Complete' || type === 'Failed'),
  );
  if (!over) return undefined;
  if (over.type === 'Complete') return gone('infrastructure', 'its agent ended');
  if (over.reason === 'DeadlineExceeded') return gone('job', `its Job ran too long: ${over.message}`);
  return gone('infrastructure', over.reason === 'BackoffLimitExceeded' ? lost : (over.message ?? lost));
}

/** What only another spec makes right. */
function neverStarts(pod: V1Pod, now: number): Gone | undefined {
  const waiting = waitingContainer(pod);
  if (!waiting) return undefined;
  if (waiting.reason === 'InvalidImageName') {
    return gone('job', `${waiting.image} is no name of an image: correct the runner's image in sluice.yaml`);
  }
  const age = now - new Date(pod.metadata?.creationTimestamp ?? now).getTime();
  if (age < IMAGE_PATIENCE_MS) return undefined;
  const pulls = waiting.reason === 'ErrImagePull' || waiting.reason === 'ImagePullBackOff';
  const absent = /not found|not exist|manifest unknown|unauthorized|denied|forbidden|no match for platform/i;
  const started = podWaitsFor(pod, []);
  if (pulls && absent.test(waiting.message ?? '')) {
    return gone('job', `${started}. Does the image exist with that digest, and may the cluster pull it?`);
  }
  if (waiting.reason === 'CreateContainerConfigError') return gone('job', started ?? waiting.reason);
  return undefined;
}

const turn = ({ spec }: V1Job): string | undefined =>
  (spec?.parallelism ?? 1) < (spec?.completions ?? 1)
    ? `waits for its turn: ${spec?.parallelism} of its group run at a time`
    : undefined;

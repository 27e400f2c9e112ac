import type { CoreV1Event, V1ContainerStatus, V1Job, V1Pod } from '@kubernetes/client-node';
import { QUEUE } from './names.ts';

const LONGEST = 300;

/** Why a Job has no pod, in plain words. */
export function jobWaitsFor(job: V1Job, events: CoreV1Event[]): string | undefined {
  if (job.spec?.suspend) {
    const queue = job.metadata?.labels?.[QUEUE];
    return queue === undefined ? 'its Job is suspended in the cluster' : `waits in the Kueue queue ${queue}`;
  }
  const refused = newest(events.filter(({ reason }) => reason === 'FailedCreate'))?.message;
  if (refused === undefined) return undefined;
  const quota = /exceeded quota: ([^,]+), requested: (.+?), used: (.+?), limited: (.+)$/.exec(refused);
  if (quota) {
    const [, name, requested, used, limited] = quota;
    return short(`the quota ${name} has no room: it asks for ${requested}, used is ${used} of ${limited}`);
  }
  return short(`the cluster refuses its pod: ${refused.replace(/^Error creating: /, '')}`);
}

/** Why a pod does not run, in plain words. */
export function podWaitsFor(pod: V1Pod, events: CoreV1Event[]): string | undefined {
  const scheduled = pod.status?.conditions?.find(({ type }) => type === 'PodScheduled');
  if (scheduled?.status === 'False') {
    if (scheduled.reason === 'SchedulingGated') return 'the cluster holds its pod back (scheduling gates)';
    return unschedulable(scheduled.message ?? 'no node fits');
  }
  const waiting = waitingContainer(pod);
  if (!waiting) return undefined;
  switch (waiting.reason) {
    case 'ErrImagePull':
    case 'ImagePullBackOff':
    case 'RegistryUnavailable':
      return short(`its node cannot pull the image ${waiting.image}: ${waiting.message ?? waiting.reason}`);
    case 'CreateContainerConfigError':
    case 'CreateContainerError':
      return short(`its container cannot be created: ${waiting.message ?? waiting.reason}`);
    default: {
      const mount = newest(events.filter(({ reason }) => reason === 'FailedMount' || reason === 'FailedAttachVolume'));
      if (mount?.message) return short(`a volume cannot be mounted: ${mount.message}`);
      const pulling = newest(events)?.reason === 'Pulling';
      return pulling ? `its node pulls the image ${waiting.image}` : 'its container is being created';
    }
  }
}

export type WaitingContainer = { image: string; reason?: string; message?: string };

/** The first container, in their order of start, that waits for something of its own. */
export function waitingContainer(pod: V1Pod): WaitingContainer | undefined {
  const all: V1ContainerStatus[] = [
    ...(pod.status?.initContainerStatuses ?? []),
    ...(pod.status?.containerStatuses ?? []),
  ];
  const found = all.find(({ state }) => state?.waiting);
  return found && { image: found.image, ...found.state!.waiting };
}

/** `0/3 nodes are available: 1 Insufficient nvidia.com/gpu, …. preemption: …` */
function unschedulable(message: string): string {
  const nodes = message.replace(/\s*preemption:.*$/s, '').replace(/\.$/, '');
  const scarce = [...new Set([...nodes.matchAll(/Insufficient ([\w./-]*\w)/g)].map(([, name]) => name))];
  return short(
    scarce.length === 0 ? `no node fits: ${nodes}` : `no node has enough free ${scarce.join(', ')}: ${nodes}`,
  );
}

function newest(events: CoreV1Event[]): CoreV1Event | undefined {
  const at = ({ lastTimestamp, eventTime, firstTimestamp }: CoreV1Event) =>
    new Date(lastTimestamp ?? eventTime ?? firstTimestamp ?? 0).getTime();
  return [...events].sort((a, b) => at(b) - at(a))[0];
}

const short = (text: string): string => (text.length > LONGEST ? `${text.slice(0, LONGEST - 1)}…` : text);

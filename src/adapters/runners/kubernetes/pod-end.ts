import type { V1ContainerStateTerminated, V1Pod } from '@kubernetes/client-node';
import type { RunnerStatus } from '../../../ports/runner.ts';
import { CONTAINER } from './names.ts';

export type Gone = Extract<RunnerStatus, { state: 'gone' }>;

export const gone = (fault: Gone['fault'], reason: string): Gone => ({ state: 'gone', fault, reason });

const LAST_WORDS = 500;

const DISRUPTIONS: Record<string, string> = {
  PreemptionByScheduler: 'the cluster preempted it for a pod of higher priority',
  DeletionByTaintManager: 'its node was lost',
  EvictionByEvictionAPI: 'its node was drained',
  DeletionByPodGC: 'its node was lost',
  TerminationByKubelet: 'its node ended it',
};

/** Why a pod is over, and who has to do something. */
export function podEnd(pod: V1Pod): Gone {
  const { reason, message } = pod.status ?? {};
  const ends = terminated(pod);
  const agent = ends.find(({ name }) => name === CONTAINER)?.end;
  if (ends.some(({ end }) => end.reason === 'OOMKilled')) return gone('job', outOfMemory(pod));
  if (reason === 'DeadlineExceeded') {
    const minutes = Math.round((pod.spec?.activeDeadlineSeconds ?? 0) / 60);
    return gone('job', `it did not end within ${minutes} min, the time that it had on its node`);
  }
  const disrupted = pod.status?.conditions?.find(
    ({ type, status }) => type === 'DisruptionTarget' && status === 'True',
  );
  if (disrupted || reason === 'Evicted') {
    const what = reason === 'Evicted' ? 'its node evicted it' : DISRUPTIONS[disrupted?.reason ?? ''];
    return gone('infrastructure', withDetail(what ?? 'its pod was disrupted', message ?? disrupted?.message));
  }
  if (agent?.reason === 'StartError' || agent?.reason === 'ContainerCannotRun') {
    return gone('job', withDetail('its image cannot run the agent', agent.message));
  }
  const copy = ends.find(({ name, end }) => name !== CONTAINER && end.exitCode !== 0)?.end;
  if (copy) return gone('infrastructure', withDetail('the agent could not be put beside its image', copy.message));
  if (agent) return gone('infrastructure', withDetail(agentEnd(agent), lastLine(agent.message), '; it last said: '));
  return gone('infrastructure', withDetail(`its pod ended${reason ? ` (${reason})` : ''}`, message));
}

function agentEnd({ exitCode, signal }: V1ContainerStateTerminated): string {
  if (exitCode === 0) return 'its agent ended';
  const by = signal || (exitCode > 128 && exitCode < 160 ? exitCode - 128 : 0);
  return by ? `its agent was ended by signal ${by}` : `its agent ended with exit code ${exitCode}`;
}

function outOfMemory(pod: V1Pod): string {
  const limit = pod.spec?.containers.find(({ name }) => name === CONTAINER)?.resources?.limits?.memory;
  return (
    `it needed more memory than its container may have${limit === undefined ? '' : ` (${limit}, with the agent's part)`}: ` +
    'let it use less, or raise train.resources.memory of the model'
  );
}

function terminated(pod: V1Pod): { name: string; end: V1ContainerStateTerminated }[] {
  const { initContainerStatuses = [], containerStatuses = [] } = pod.status ?? {};
  return [...initContainerStatuses, ...containerStatuses].flatMap(({ name, state }) =>
    state?.terminated ? [{ name, end: state.terminated }] : [],
  );
}

const lastLine = (text: string | undefined): string | undefined =>
  text
    ?.split('\n')
    .filter((line) => line.trim() !== '')
    .at(-1);

const withDetail = (what: string, detail: string | undefined, join = ': '): string =>
  detail ? `${what}${join}${detail.slice(-LAST_WORDS)}` : what;

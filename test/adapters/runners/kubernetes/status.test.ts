import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { PlacedJob, RunnerStatus } from '../../../../src/ports/runner.ts';
import { sampleJob } from '../../../contract/store.ts';
import { ACCESS, openCluster, PLACE, type TestCluster } from './open-cluster.ts';
import { until } from './until.ts';

let cluster: TestCluster;
let time: number;
beforeAll(async () => {
  cluster = await openCluster({ clock: { now: () => time } });
});
beforeEach(() => {
  time = Date.now();
  cluster.kubelet.settings.idle = true;
  cluster.controller.refusal = undefined;
  cluster.controller.kueue = false;
});
afterAll(() => cluster.close());

async function submitted(over: Partial<PlacedJob> = {}): Promise<PlacedJob> {
  const job = { ...sampleJob({ attempt: 1 }), place: PLACE, ...over };
  return { ...job, handle: (await cluster.runner.submit(job, ACCESS)).handle };
}
const told = (job: PlacedJob, isThere: (status: RunnerStatus) => boolean) =>
  until(() => cluster.runner.status(job), isThere);
/** As the watch brings it. */
const becomes = (job: PlacedJob, expected: RunnerStatus) =>
  told(job, (status) => JSON.stringify(status) === JSON.stringify(expected)).catch(async () =>
    expect(await cluster.runner.status(job)).toEqual(expected),
  );
const pending = (waitingFor: string): RunnerStatus => ({ state: 'pending', waitingFor });
const gone = (fault: 'infrastructure' | 'job' | 'cancelled', reason: string): RunnerStatus => ({
  state: 'gone',
  fault,
  reason,
});

const IMAGE = PLACE.image;
const waiting = (reason: string, message?: string) => ({
  phase: 'Pending',
  conditions: [{ type: 'PodScheduled', status: 'True' }],
  containerStatuses: [
    {
      name: 'agent',
      image: IMAGE,
      imageID: '',
      ready: false,
      restartCount: 0,
      state: { waiting: { reason, message } },
    },
  ],
});
const ended = (terminated: object, more: object = {}) => ({
  phase: 'Failed',
  ...more,
  containerStatuses: [
    { name: 'agent', image: IMAGE, imageID: '', ready: false, restartCount: 0, state: { terminated } },
  ],
});
const disrupted = (reason: string, message?: string) =>
  ended(
    { exitCode: 143, reason: 'Error' },
    { conditions: [{ type: 'DisruptionTarget', status: 'True', reason, message }] },
  );
const unscheduled = (message: string) => ({
  phase: 'Pending',
  conditions: [{ type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message }],
});

describe('what keeps a pod from running, in plain words', () => {
  // messages as kube-scheduler, kubelet and containerd write them
  test.each<[string, object, string]>([
    [
      'no free GPU',
      unscheduled(
        "0/3 nodes are available: 1 Insufficient nvidia.com/gpu, 2 node(s) didn't match Pod's node affinity/selector. preemption: 0/3 nodes are available: 3 Preemption is not helpful for scheduling.",
      ),
      "no node has enough free nvidia.com/gpu: 0/3 nodes are available: 1 Insufficient nvidia.com/gpu, 2 node(s) didn't match Pod's node affinity/selector",
    ],
    [
      'a taint',
      unscheduled('0/1 nodes are available: 1 node(s) had untolerated taint {gpu: true}.'),
      'no node fits: 0/1 nodes are available: 1 node(s) had untolerated taint {gpu: true}',
    ],
    [
      'an image that cannot be pulled yet',
      waiting('ImagePullBackOff', `Back-off pulling image "${IMAGE}": ErrImagePull: i/o timeout`),
      `its node cannot pull the image ${IMAGE}: Back-off pulling image "${IMAGE}": ErrImagePull: i/o timeout`,
    ],
    [
      'a container that cannot be created',
      waiting('CreateContainerConfigError', 'configmap "x" not found'),
      'its container cannot be created: configmap "x" not found',
    ],
    ['a container that is about to be', waiting('ContainerCreating'), 'its container is being created'],
  ])('%s', async (_what, status, expected) => {
    const job = await submitted();
    cluster.kubelet.setStatus(cluster.podOf(job.handle), status);
    await becomes(job, pending(expected));
    await cluster.runner.cancel(job);
  });

  test('a volume that is not there, from the events of the pod', async () => {
    const job = await submitted();
    const pod = cluster.podOf(job.handle);
    const { name, namespace, uid } = pod.metadata;
    cluster.server.store.create('events', namespace, {
      apiVersion: 'v1',
      kind: 'Event',
      metadata: { name: 'mount' },
      involvedObject: { kind: 'Pod', name, namespace, uid },
      reason: 'FailedMount',
      message: 'persistentvolumeclaim "data" not found',
    });
    cluster.kubelet.setStatus(pod, waiting('ContainerCreating'));
    await becomes(job, pending('a volume cannot be mounted: persistentvolumeclaim "data" not found'));
    await cluster.runner.cancel(job);
  });

  test.each<[string, string, string]>([
    [
      'a quota without room',
      'pods "sluice-1-abcde" is forbidden: exceeded quota: gpus, requested: requests.nvidia.com/gpu=1, used: requests.nvidia.com/gpu=4, limited: requests.nvidia.com/gpu=4',
      'the quota gpus has no room: it asks for requests.nvidia.com/gpu=1, used is requests.nvidia.com/gpu=4 of requests.nvidia.com/gpu=4',
    ],
    [
      'an admission that refuses it',
      'pods "sluice-1-" is forbidden: error looking up service account ml/trainer: serviceaccount "trainer" not found',
      'the cluster refuses its pod: pods "sluice-1-" is forbidden: error looking up service account ml/trainer: serviceaccount "trainer" not found',
    ],
  ])('%s, from the events of the Job', async (_what, refusal, expected) => {
    cluster.controller.refusal = refusal;
    const job = await submitted();
    expect(await cluster.runner.status(job)).toEqual(pending(expected));
    await cluster.runner.cancel(job);
  });

  test('the queue of Kueue; a job that was running when its Job was suspended is lost', async () => {
    cluster.controller.kueue = true;
    const job = await submitted({ place: { ...PLACE, queue: 'gpu-queue' } });
    await becomes(job, pending('waits in the Kueue queue gpu-queue'));
    expect(await cluster.runner.status({ ...job, status: 'running' })).toEqual(
      gone('infrastructure', 'the cluster suspended its Job; waits in the Kueue queue gpu-queue'),
    );
    cluster.kubelet.settings.idle = false;
    const [stored] = cluster.jobs();
    cluster.server.store.update('jobs', stored!, (draft) => Object.assign(draft.spec, { suspend: false }));
    await becomes(job, { state: 'running' });
    await cluster.runner.cancel(job);
  });
});

describe('how an attempt ended, and who has to do something', () => {
  test.each<[string, object, RunnerStatus]>([
    [
      'out of memory',
      ended({ exitCode: 137, reason: 'OOMKilled' }),
      gone(
        'job',
        "it needed more memory than its container may have (6656Mi, with the agent's part): let it use less, or raise train.resources.memory of the model",
      ),
    ],
    [
      'too long on its node',
      ended({ exitCode: 143, reason: 'Error' }, { reason: 'DeadlineExceeded' }),
      gone('job', 'it did not end within 50 min, the time that it had on its node'),
    ],
    [
      'evicted',
      ended(
        { exitCode: 137, reason: 'Error' },
        { reason: 'Evicted', message: 'The node was low on resource: memory.' },
      ),
      gone('infrastructure', 'its node evicted it: The node was low on resource: memory.'),
    ],
    [
      'preempted',
      disrupted('PreemptionByScheduler', 'default-scheduler: preempting'),
      gone('infrastructure', 'the cluster preempted it for a pod of higher priority: default-scheduler: preempting'),
    ],
    [
      'node lost',
      disrupted('DeletionByTaintManager', 'Taint manager: deleting due to NoExecute taint'),
      gone('infrastructure', 'its node was lost: Taint manager: deleting due to NoExecute taint'),
    ],
    ['a cause of disruption that is new', disrupted('NewReason'), gone('infrastructure', 'its pod was disrupted')],
    [
      'an image in which the agent cannot start',
      ended({ exitCode: 128, reason: 'StartError', message: 'exec: no such file or directory' }),
      gone('job', 'its image cannot run the agent: exec: no such file or directory'),
    ],
    [
      'killed',
      ended({ exitCode: 137, reason: 'Error', message: 'reading data\n' }),
      gone('infrastructure', 'its agent was ended by signal 9; it last said: reading data'),
    ],
    [
      'no way to the server',
      ended({ exitCode: 3, reason: 'Error', message: 'claim\nthe server stays away\n' }),
      gone('infrastructure', 'its agent ended with exit code 3; it last said: the server stays away'),
    ],
    [
      'a node that refuses it',
      { phase: 'Failed', reason: 'UnexpectedAdmissionError', message: 'Allocate failed due to no healthy devices' },
      gone('infrastructure', 'its pod ended (UnexpectedAdmissionError): Allocate failed due to no healthy devices'),
    ],
  ])('%s', async (_what, status, expected) => {
    const job = await submitted();
    cluster.kubelet.setStatus(cluster.podOf(job.handle), status);
    await becomes(job, expected);
    await cluster.runner.cancel(job);
  });

  test('its pod was deleted', async () => {
    const job = await submitted();
    const { name, namespace } = cluster.podOf(job.handle).metadata;
    cluster.server.store.remove('pods', namespace, name);
    await becomes(job, gone('infrastructure', 'its pod is gone without a word: it was deleted, or its node was lost'));
  });

  test('somebody deleted its Job; one that was never seen is just not there', async () => {
    const job = await submitted();
    await told(job, ({ state }) => state === 'pending');
    const { name, namespace } = job.handle as { name: string; namespace: string };
    cluster.server.store.remove('jobs', namespace, name);
    await becomes(job, gone('cancelled', `its Job ml/${name} was deleted in the cluster`));
    expect(await cluster.open().status(job)).toEqual(gone('infrastructure', 'the cluster has no Job for it'));
  });
});

describe('an image that will not come', () => {
  const missing = waiting('ImagePullBackOff', 'failed to resolve reference: registry.example/train: not found');

  test('waits five minutes for one that is not found, then it is the matter of the author', async () => {
    const job = await submitted();
    cluster.kubelet.setStatus(cluster.podOf(job.handle), missing);
    await told(job, (status) => 'waitingFor' in status && /not found/.test(status.waitingFor ?? ''));
    time += 301_000;
    expect(await cluster.runner.status(job)).toMatchObject({
      fault: 'job',
      reason: expect.stringMatching(/not found\. Does the image exist with that digest/),
    });
    await cluster.runner.cancel(job);
  });

  test('goes on waiting for a registry that is away', async () => {
    const job = await submitted();
    cluster.kubelet.setStatus(cluster.podOf(job.handle), waiting('ErrImagePull', 'dial tcp: i/o timeout'));
    time += 3_600_000;
    await told(job, (status) => 'waitingFor' in status && /i\/o timeout/.test(status.waitingFor ?? ''));
    await cluster.runner.cancel(job);
  });

  test('does not wait for a name that is none', async () => {
    const job = await submitted();
    cluster.kubelet.setStatus(cluster.podOf(job.handle), waiting('InvalidImageName'));
    await becomes(job, gone('job', `${IMAGE} is no name of an image: correct the runner's image in sluice.yaml`));
    await cluster.runner.cancel(job);
  });
});

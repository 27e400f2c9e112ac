import type { V1Job } from '@kubernetes/client-node';
import { describe, expect, test } from 'vitest';
import { groupManifest, jobManifest } from '../../../../src/adapters/runners/kubernetes/job-manifest.ts';
import type { KubernetesPlace } from '../../../../src/adapters/runners/kubernetes/pod-template.ts';
import type { PlacedJob } from '../../../../src/ports/runner.ts';
import { sampleJob } from '../../../contract/store.ts';
import { wrongWith } from './check-object.ts';
import { IMAGE, PLACE } from './open-cluster.ts';

const OPTIONS = { owner: 'here', agentImage: 'sluice@sha256:1', serverUrl: 'https://sluice.example', runAs: 10_001 };
const GIB = 2 ** 30;

function training(place: Partial<KubernetesPlace> = {}, resources: object = {}): [PlacedJob, KubernetesPlace] {
  const full = { ...PLACE, ...place };
  const limits = { gpu: 0, memoryBytes: 4 * GIB, timeoutSeconds: 3_600, ...resources };
  const task = { kind: 'train', model: { train: { resources: limits } } } as unknown as PlacedJob['task'];
  return [{ ...sampleJob({ attempt: 1, task }), place: full }, full];
}
const manifestOf = ([job, place]: [PlacedJob, KubernetesPlace]): V1Job => {
  const manifest = jobManifest(job, place, OPTIONS);
  expect(wrongWith('Job', JSON.parse(JSON.stringify(manifest)))).toBeUndefined();
  return manifest;
};
const podOf = (manifest: V1Job) => manifest.spec!.template.spec!;
const agentOf = (manifest: V1Job) => podOf(manifest).containers[0]!;

test('is named and labelled so that it is found again', () => {
  const [job, place] = training({ queue: 'gpu-queue' });
  expect(jobManifest(job, place, OPTIONS).metadata).toEqual({
    name: `sluice-${job.id}-1`,
    namespace: 'ml',
    labels: {
      'app.kubernetes.io/managed-by': 'sluice',
      'sluice.dev/owner': 'here',
      'sluice.dev/job': job.id,
      'sluice.dev/attempt': '1',
      'kueue.x-k8s.io/queue-name': 'gpu-queue',
    },
    annotations: { 'sluice.dev/repository': 'acme/flights' },
  });
});

test('is one attempt: no pod is made twice, nor kept for ever', () => {
  expect(manifestOf(training()).spec).toMatchObject({
    backoffLimit: 0,
    ttlSecondsAfterFinished: 3_600,
    podFailurePolicy: { rules: [{ action: 'FailJob' }, { action: 'FailJob' }] },
    template: { spec: { restartPolicy: 'Never' } },
  });
});

describe('resources', () => {
  test.each<[string, object, object, unknown]>([
    ['what the model asks for', { gpu: 1 }, { gpu: 4 }, '4'],
    ['else what the runner gives', { gpu: 1 }, {}, '1'],
    ['none without either', {}, {}, undefined],
  ])('GPUs of a training: %s', (_what, place, resources, expected) => {
    expect(agentOf(manifestOf(training(place, resources))).resources!.limits!['nvidia.com/gpu']).toBe(expected);
  });

  test('an evaluation has no GPU', () => {
    const [job, place] = training({ gpu: 2 }, { gpu: 2 });
    const task = { ...job.task, kind: 'evaluate' } as PlacedJob['task'];
    expect(agentOf(manifestOf([{ ...job, task }, place])).resources).toEqual({
      requests: { cpu: '1', memory: '2048Mi' },
      limits: { memory: '6656Mi' },
    });
  });

  test('counting files has no GPU and little memory', () => {
    const [job, place] = training({ gpu: 2 }, { gpu: 2 });
    const task = { ...job.task, kind: 'profile' } as PlacedJob['task'];
    expect(agentOf(manifestOf([{ ...job, task }, place])).resources).toEqual({
      requests: { cpu: '1', memory: '1536Mi' },
      limits: { memory: '1536Mi' },
    });
  });

  test('memory is that of the model with room for the agent, asked for and limited alike', () => {
    const { requests, limits } = agentOf(manifestOf(training())).resources!;
    expect([requests!.memory, limits!.memory]).toEqual(['4608Mi', '4608Mi']);
  });

  test('the time of a pod is that of the training and what is around it, never more than the runner gives', () => {
    expect(podOf(manifestOf(training())).activeDeadlineSeconds).toBe(3_600 + 1_200);
    expect(podOf(manifestOf(training({ maxHours: 0.5 }))).activeDeadlineSeconds).toBe(1_800);
  });
});

test('goes where the policy says, with its volumes and account', () => {
  const pod = podOf(
    manifestOf(
      training({
        nodeSelector: { 'nvidia.com/gpu.product': 'H200' },
        tolerations: [{ key: 'nvidia.com/gpu', operator: 'Exists', effect: 'NoSchedule' }],
        volumes: [{ claim: 'data', mountPath: '/data', readOnly: true }],
        serviceAccount: 'trainer',
        dataRoot: '/data',
      }),
    ),
  );
  expect(pod).toMatchObject({
    nodeSelector: { 'nvidia.com/gpu.product': 'H200' },
    tolerations: [{ key: 'nvidia.com/gpu', operator: 'Exists', effect: 'NoSchedule' }],
    serviceAccountName: 'trainer',
    automountServiceAccountToken: false,
  });
  expect(pod.volumes).toContainEqual({
    name: 'volume-0',
    persistentVolumeClaim: { claimName: 'data', readOnly: true },
  });
  expect(pod.containers[0]!.volumeMounts).toContainEqual({ name: 'volume-0', mountPath: '/data', readOnly: true });
  expect(pod.containers[0]!.env).toContainEqual({ name: 'SLUICE_DATA_ROOT', value: '/data' });
});

test("is the user's image with an agent beside it, and no token in sight", () => {
  const [job, place] = training();
  const manifest = manifestOf([job, place]);
  expect(agentOf(manifest)).toMatchObject({
    image: IMAGE,
    command: ['/sluice/bin/node', '/sluice/app/dist/cli/main.js'],
    args: ['agent', '--server', 'https://sluice.example', '--work', '/work'],
  });
  expect(podOf(manifest).initContainers).toMatchObject([{ image: OPTIONS.agentImage }]);
  expect(agentOf(manifest).env).toContainEqual({ name: 'SLUICE_AGENT_TOKEN_FILE', value: '/sluice-token/token' });
});

// https://kubernetes.io/docs/concepts/security/pod-security-standards/, the profile "restricted"
test('fits into a namespace with the restricted pod security standard', () => {
  const pod = podOf(manifestOf(training()));
  expect(pod.securityContext).toMatchObject({
    runAsNonRoot: true,
    runAsUser: 10_001,
    seccompProfile: { type: 'RuntimeDefault' },
  });
  for (const { securityContext } of [...pod.initContainers!, ...pod.containers]) {
    expect(securityContext).toEqual({ allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } });
  }
  const kinds = pod.volumes!.flatMap(({ name: _, ...volume }) => Object.keys(volume));
  expect(kinds.filter((kind) => !['emptyDir', 'secret', 'persistentVolumeClaim'].includes(kind))).toEqual([]);
});

test('leaves the user to the image where the operator wants that', () => {
  const [job, place] = training();
  const manifest = jobManifest(job, place, { ...OPTIONS, runAs: 'image' });
  expect(podOf(manifest).securityContext).toEqual({ seccompProfile: { type: 'RuntimeDefault' } });
});

test('a sweep of a thousand trials is a right Job, too', () => {
  const jobs = Array.from({ length: 1_000 }, () => training()[0]);
  const group = { ...OPTIONS, group: 'sweep:flight-delay:sha256', parallel: 4 };
  const manifest = groupManifest(jobs, PLACE, group);
  expect(wrongWith('Job', JSON.parse(JSON.stringify(manifest)))).toBeUndefined();
  expect(manifest.spec).toMatchObject({
    completionMode: 'Indexed',
    completions: 1_000,
    parallelism: 4,
    backoffLimitPerIndex: 0,
    maxFailedIndexes: 1_000,
  });
  // https://kubernetes.io/docs/concepts/overview/working-with-objects/annotations/: 256 KiB all together
  expect(JSON.stringify(manifest.metadata!.annotations).length).toBeLessThan(256 * 1024);
});

test.each<[string, (job: V1Job) => unknown, RegExp]>([
  ['a pod without containers', (job) => ({ ...job, spec: { template: { spec: {} } } }), /containers/],
  ['a number as text', (job) => ({ ...job, spec: { ...job.spec, backoffLimit: '0' } }), /integer|type/],
  ['a name that is too long', (job) => ({ ...job, metadata: { ...job.metadata, name: 'x'.repeat(64) } }), /DNS/],
  ['a limit per index without indexes', (job) => ({ ...job, spec: { ...job.spec, backoffLimitPerIndex: 0 } }), /Index/],
])('the judge of these manifests refuses %s', (_what, spoil, problem) => {
  const [job, place] = training();
  const spoilt = JSON.parse(JSON.stringify(spoil(jobManifest(job, place, OPTIONS))));
  expect(wrongWith('Job', spoilt)).toMatch(problem);
});

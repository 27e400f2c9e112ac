import type { V1EnvVar, V1PodTemplateSpec, V1Toleration, V1Volume, V1VolumeMount } from '@kubernetes/client-node';
import { reservedGpus } from '../../../domain/jobs/spent.ts';
import type { RunnerSpec } from '../../../domain/spec/valid.ts';
import type { PlacedJob } from '../../../ports/runner.ts';
import { limitsOf } from './limits.ts';
import { CONTAINER, INDEX } from './names.ts';

export type KubernetesPlace = Extract<RunnerSpec, { type: 'kubernetes' }>;

export type PodWish = {
  job: PlacedJob;
  place: KubernetesPlace;
  serverUrl: string;
  agentImage: string;
  /** Numeric user of the container; `image`: the one that the image names. */
  runAs: number | 'image';
  labels: Record<string, string>;
  /** Of the Secret with the token. */
  secret: string;
  /** One pod of many: its token is that of its index. */
  indexed: boolean;
};

/** Where Node.js, git and (in `app`) Sluice are in the user's container; in the agent's image /app is apart. */
const HOME = '/sluice';
const WORK = '/work';
const TOKEN = '/sluice-token';
/** For the agent to end its command and to hand in what it has; it is gone sooner when it needs less. */
const GRACE_SECONDS = 60;

/** The user's image with an agent that is copied beside it: the image itself needs nothing of ours. */
export function podTemplate(wish: PodWish): V1PodTemplateSpec {
  const { job, place, labels, runAs } = wish;
  const { memory, requestedMemory, deadlineSeconds } = limitsOf(job);
  const gpus = reservedGpus(job);
  const container = {
    allowPrivilegeEscalation: false,
    capabilities: { drop: ['ALL'] },
  };
  const limits = { ...(memory && { memory }), ...(gpus > 0 && { 'nvidia.com/gpu': String(gpus) }) };
  return {
    metadata: { labels },
    spec: {
      restartPolicy: 'Never',
      // counted from the moment a node has the pod: waiting for a GPU is not paid for with the time to train
      activeDeadlineSeconds: deadlineSeconds,
      terminationGracePeriodSeconds: GRACE_SECONDS,
      automountServiceAccountToken: false,
      enableServiceLinks: false,
      ...(place.serviceAccount && { serviceAccountName: place.serviceAccount }),
      nodeSelector: place.nodeSelector,
      tolerations: place.tolerations as V1Toleration[],
      securityContext: {
        seccompProfile: { type: 'RuntimeDefault' },
        ...(runAs !== 'image' && {
          runAsNonRoot: true,
          runAsUser: runAs,
          runAsGroup: runAs,
          fsGroup: runAs,
          fsGroupChangePolicy: 'OnRootMismatch',
        }),
      },
      initContainers: [
        {
          name: 'agent-files',
          image: wish.agentImage,
          command: ['cp', '-R', `${HOME}/.`, '/app', '/target/'],
          volumeMounts: [{ name: 'agent', mountPath: '/target' }],
          securityContext: container,
          resources: { requests: { cpu: '100m', memory: '64Mi' }, limits: { memory: '512Mi' } },
        },
      ],
      containers: [
        {
          name: CONTAINER,
          image: place.image,
          command: [`${HOME}/bin/node`, `${HOME}/app/dist/cli/main.js`],
          args: ['agent', '--server', wish.serverUrl, '--work', WORK],
          workingDir: WORK,
          env: environment(wish),
          volumeMounts: mounts(wish),
          securityContext: container,
          resources: { requests: { cpu: '1', ...(requestedMemory && { memory: requestedMemory }) }, limits },
          terminationMessagePolicy: 'FallbackToLogsOnError',
        },
      ],
      volumes: volumes(wish),
    },
  };
}

function environment({ job, place, indexed }: PodWish): V1EnvVar[] {
  const index = { fieldRef: { fieldPath: `metadata.annotations['${INDEX}']` } };
  return [
    { name: 'SLUICE_AGENT_TOKEN_FILE', value: `${TOKEN}/token` },
    { name: 'SLUICE_GIT', value: `${HOME}/bin/git` },
    { name: 'HOME', value: WORK },
    ...(place.dataRoot === undefined ? [] : [{ name: 'SLUICE_DATA_ROOT', value: place.dataRoot }]),
    indexed
      ? { name: 'JOB_COMPLETION_INDEX', valueFrom: index }
      : { name: 'SLUICE_JOB', value: `${job.id}.${job.attempt}` },
  ];
}

function mounts({ place, indexed }: PodWish): V1VolumeMount[] {
  // a trial sees its own token alone: those of its siblings are in the same Secret
  const own = indexed
    ? { mountPath: `${TOKEN}/token`, subPathExpr: 'token-$(JOB_COMPLETION_INDEX)' }
    : { mountPath: TOKEN };
  return [
    { name: 'agent', mountPath: HOME, readOnly: true },
    { name: 'work', mountPath: WORK },
    { name: 'token', readOnly: true, ...own },
    // PyTorch's data loaders share memory; a container has 64 MiB of it otherwise
    { name: 'shared-memory', mountPath: '/dev/shm' },
    ...place.volumes.map(({ mountPath, readOnly }, at) => ({ name: `volume-${at}`, mountPath, readOnly })),
  ];
}

function volumes({ place, secret }: PodWish): V1Volume[] {
  return [
    { name: 'agent', emptyDir: {} },
    { name: 'work', emptyDir: {} },
    { name: 'shared-memory', emptyDir: { medium: 'Memory' } },
    { name: 'token', secret: { secretName: secret, defaultMode: 0o444 } },
    ...place.volumes.map(({ claim, readOnly }, at) => ({
      name: `volume-${at}`,
      persistentVolumeClaim: { claimName: claim, readOnly },
    })),
  ];
}

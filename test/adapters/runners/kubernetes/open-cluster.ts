import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { KubeConfig } from '@kubernetes/client-node';
import {
  createKubernetesRunner,
  type KubernetesRunnerOptions,
} from '../../../../src/adapters/runners/kubernetes/create-kubernetes-runner.ts';
import type { RunnerSpec } from '../../../../src/domain/spec/valid.ts';
import { startApiServer } from './api-server.ts';
import { type ControllerSettings, runJobController } from './job-controller.ts';
import { runKubelet } from './kubelet.ts';

type Place = Extract<RunnerSpec, { type: 'kubernetes' }>;

export const IMAGE = `registry.example/train@sha256:${'12'.repeat(32)}`;
export const PLACE: Place = {
  name: 'farm',
  type: 'kubernetes',
  pricePerHour: 2,
  maxHours: 6,
  namespace: 'ml',
  image: IMAGE,
  gpu: 0,
  nodeSelector: {},
  tolerations: [],
  volumes: [],
};
export const ACCESS = { serverUrl: 'https://sluice.example', token: 'token' };

/** A cluster of one node on this machine: API server, Job controller and kubelet, each with its faults to be had. */
export async function openCluster(over: Partial<KubernetesRunnerOptions> = {}) {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'sluice-'));
  const controller: ControllerSettings = {};
  let server: Awaited<ReturnType<typeof startApiServer>>;
  const kubelet = runKubelet(() => server, folder);
  server = await startApiServer({ namespaces: ['ml', 'other'], readLog: kubelet.readLog });
  const detach = [kubelet.attach(), runJobController(server, controller)];
  const changes: string[] = [];
  const warnings: string[] = [];
  const opened: { close(): Promise<void> }[] = [];

  function open(options: Partial<KubernetesRunnerOptions> = {}) {
    const kubeConfig = new KubeConfig();
    kubeConfig.loadFromClusterAndUser(
      { name: 'test', server: server.url, skipTLSVerify: true },
      { name: 'sluice', token: 'of-the-service-account' },
    );
    const runner = createKubernetesRunner({
      kubeConfig,
      namespaces: ['ml'],
      agentImage: `registry.example/sluice@sha256:${'34'.repeat(32)}`,
      owner: 'here',
      onChange: (id) => changes.push(id),
      log: { warn: (_fields, message) => warnings.push(message) },
      ...over,
      ...options,
    });
    opened.push(runner);
    return runner;
  }

  return {
    server,
    kubelet,
    controller,
    changes,
    warnings,
    open,
    runner: open(),
    jobs: () => server.store.list('jobs'),
    pods: () => server.store.list('pods'),
    podOf: (handle: unknown) => {
      const { name, index } = handle as { name: string; index?: number };
      const found = server.store
        .list('pods')
        .find(
          ({ metadata }) =>
            metadata.labels?.['batch.kubernetes.io/job-name'] === name &&
            metadata.labels?.['batch.kubernetes.io/job-completion-index'] === index?.toString(),
        );
      if (!found) throw new Error(`no pod of ${name}`);
      return found;
    },
    async close() {
      for (const runner of opened) await runner.close();
      for (const stop of detach) stop();
      await kubelet.stop();
      await server.close();
      await rm(folder, { recursive: true, force: true });
      if (server.violations.length > 0) throw new Error(server.violations.join('\n'));
    },
  };
}

export type TestCluster = Awaited<ReturnType<typeof openCluster>>;

import { type ChildProcess, spawn } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { ApiServer } from './api-server.ts';
import type { KubeObject } from './object-store.ts';

const IDLE = path.join(import.meta.dirname, 'idle-container.mjs');

/** What a container runs as a process here; by default: something that waits to be ended. */
export type Container = (spec: { command: string[]; args: string[] }, env: Record<string, string>) => Process;
type Process = { argv: string[]; env: Record<string, string | undefined> };

/** Runs the container of each pod as a process of this machine, with the environment and the token of its spec. */
export function runKubelet(server: () => ApiServer, folder: string) {
  const running = new Map<string, ChildProcess>();
  const output = new Map<string, string>();
  const started = new Set<string>();
  /** Pods stay as the test says. */
  const settings: { idle: boolean; container?: Container } = { idle: false };

  const current = (pod: KubeObject) => server().store.get('pods', pod.metadata.namespace, pod.metadata.name);

  function setStatus(pod: KubeObject, status: object): void {
    const known = current(pod);
    if (known) server().store.update('pods', known, (draft) => Object.assign(draft, { status }));
  }

  function containerStatus(pod: KubeObject, state: object) {
    const { image } = pod.spec.containers[0];
    return [{ name: 'agent', image, imageID: image, ready: true, restartCount: 0, state }];
  }

  async function start(pod: KubeObject): Promise<void> {
    const { uid, namespace, annotations } = pod.metadata;
    const [container] = pod.spec.containers;
    const volume = pod.spec.volumes.find(({ name }: { name: string }) => name === 'token');
    const secret = server().store.get('secrets', namespace, volume.secret.secretName);
    if (!secret || started.has(uid) || settings.idle) return;
    started.add(uid);
    type Variable = { name: string; value?: string; valueFrom?: { fieldRef: { fieldPath: string } } };
    const env: Record<string, string> = {};
    for (const { name, value, valueFrom } of container.env as Variable[]) {
      const field = /^metadata\.annotations\['(.+)'\]$/.exec(valueFrom?.fieldRef.fieldPath ?? '')?.[1];
      env[name] = field === undefined ? value! : annotations![field]!;
    }
    const mount = container.volumeMounts.find(({ name }: { name: string }) => name === 'token');
    const key = mount.subPathExpr?.replace(/\$\((\w+)\)/g, (_: string, name: string) => env[name]) ?? 'token';
    const file = path.join(folder, uid, key);
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(file, Buffer.from(secret.data[key], 'base64'));
    if (!current(pod)) return;
    env.SLUICE_AGENT_TOKEN_FILE = file;
    const run = settings.container?.(container, env) ?? { argv: [IDLE], env };
    const child = spawn(process.execPath, run.argv, { stdio: ['ignore', 'pipe', 'pipe'], env: run.env });
    running.set(uid, child);
    output.set(uid, '');
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (data) => output.set(uid, output.get(uid) + String(data)));
    }
    const startedAt = new Date().toISOString();
    setStatus(pod, { phase: 'Running', containerStatuses: containerStatus(pod, { running: { startedAt } }) });
    child.once('close', (code, signal) => {
      running.delete(uid);
      const exitCode = code ?? (signal === 'SIGKILL' ? 137 : 143);
      const terminated = { exitCode, reason: exitCode ? 'Error' : 'Completed', message: output.get(uid) };
      const phase = exitCode ? 'Failed' : 'Succeeded';
      setStatus(pod, { phase, containerStatuses: containerStatus(pod, { terminated }) });
    });
  }

  return {
    settings,
    setStatus,
    containerStatus,
    readLog: (pod: KubeObject) => output.get(pod.metadata.uid),
    count: () => running.size,
    kill: (pod: KubeObject) => running.get(pod.metadata.uid)?.kill('SIGKILL'),
    attach: (): (() => void) =>
      server().store.listen(({ type, resource, object }) => {
        if (resource === 'pods' && type === 'ADDED') void start(object);
        if (resource === 'pods' && type === 'DELETED') {
          running.get(object.metadata.uid)?.kill('SIGKILL');
          running.delete(object.metadata.uid);
        }
        if (resource !== 'secrets' || type !== 'ADDED') return;
        for (const pod of server().store.list('pods', object.metadata.namespace)) {
          if (pod.metadata.ownerReferences?.[0]?.uid === object.metadata.ownerReferences?.[0]?.uid) void start(pod);
        }
      }),
    async stop() {
      const ended = [...running.values()].map((child) => new Promise((resolve) => child.once('close', resolve)));
      for (const child of running.values()) child.kill('SIGKILL');
      await Promise.all(ended);
    },
  };
}

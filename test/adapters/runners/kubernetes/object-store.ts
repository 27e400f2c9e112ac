import { randomUUID } from 'node:crypto';

export type Meta = {
  name: string;
  namespace: string;
  uid: string;
  resourceVersion: string;
  creationTimestamp: string;
  deletionTimestamp?: string;
  labels?: Record<string, string>;
  annotations?: Record<string, string>;
  ownerReferences?: { uid: string; name: string; kind: string; apiVersion: string }[];
};
// biome-ignore lint/suspicious/noExplicitAny: objects of many kinds, whose shape Kubernetes' own schemas check
export type KubeObject = { apiVersion: string; kind: string; metadata: Meta; [field: string]: any };
export type Change = { type: 'ADDED' | 'MODIFIED' | 'DELETED'; resource: string; object: KubeObject };

/** What etcd is to a real API server: objects with versions, and the changes since the last compaction. */
export function createObjectStore() {
  const objects = new Map<string, KubeObject>();
  const changes: { version: number; change: Change }[] = [];
  const waiting: Change[] = [];
  const listeners = new Set<(change: Change) => void>();
  let version = 1_000;
  let compacted = 0;
  const keyOf = (resource: string, namespace: string, name: string) => `${resource}/${namespace}/${name}`;

  function commit(type: Change['type'], resource: string, object: KubeObject): KubeObject {
    version += 1;
    const stored = structuredClone(object);
    stored.metadata.resourceVersion = String(version);
    const key = keyOf(resource, stored.metadata.namespace, stored.metadata.name);
    if (type === 'DELETED') objects.delete(key);
    else objects.set(key, stored);
    const change: Change = { type, resource, object: stored };
    changes.push({ version, change });
    waiting.push(change);
    if (waiting.length === 1) tellAll();
    return stored;
  }

  /** One after the other: what a listener changes is told after what it was told of. */
  function tellAll(): void {
    for (; waiting.length > 0; waiting.shift()) for (const listener of [...listeners]) listener(waiting[0]!);
  }

  return {
    version: () => version,
    compacted: () => compacted,
    /** Changes up to now are forgotten: who asks for them is told 410. */
    compact() {
      version += 1;
      compacted = version;
      changes.length = 0;
    },
    since: (from: number) => changes.filter((entry) => entry.version > from).map(({ change }) => change),
    listen(listener: (change: Change) => void): () => void {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    get: (resource: string, namespace: string, name: string) => objects.get(keyOf(resource, namespace, name)),
    list: (resource: string, namespace?: string): KubeObject[] =>
      [...objects.entries()]
        .filter(([key]) => key.startsWith(namespace === undefined ? `${resource}/` : `${resource}/${namespace}/`))
        .map(([, object]) => object),
    create(resource: string, namespace: string, body: Omit<KubeObject, 'metadata'> & { metadata: Partial<Meta> }) {
      return commit('ADDED', resource, {
        ...body,
        metadata: {
          ...body.metadata,
          name: body.metadata.name!,
          namespace,
          uid: randomUUID(),
          resourceVersion: '',
          creationTimestamp: new Date().toISOString().replace(/\.\d+Z$/, 'Z'),
        },
      } as KubeObject);
    },
    update(resource: string, object: KubeObject, change: (draft: KubeObject) => void): KubeObject {
      const draft = structuredClone(object);
      change(draft);
      return commit('MODIFIED', resource, draft);
    },
    /** With everything that it owns, as the garbage collector does in the background. */
    remove(resource: string, namespace: string, name: string): KubeObject | undefined {
      const object = objects.get(keyOf(resource, namespace, name));
      if (!object) return undefined;
      commit('DELETED', resource, object);
      for (const [key, owned] of [...objects]) {
        if (!owned.metadata.ownerReferences?.some(({ uid }) => uid === object.metadata.uid)) continue;
        this.remove(key.slice(0, key.indexOf('/')), namespace, owned.metadata.name);
      }
      return object;
    },
  };
}

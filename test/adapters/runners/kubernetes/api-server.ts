import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { wrongWith } from './check-object.ts';
import { createObjectStore, type KubeObject } from './object-store.ts';

export type Answer = { status: number; body: unknown; headers?: Record<string, string> };
export type Asked = { method: string; path: string; query: URLSearchParams; body: unknown };
/** `undefined`: not this one. `hang up`: the connection is cut without an answer. */
export type Fault = (asked: Asked) => Answer | 'hang up' | undefined;

const KINDS: Record<string, { kind: string; apiVersion: string }> = {
  jobs: { kind: 'Job', apiVersion: 'batch/v1' },
  pods: { kind: 'Pod', apiVersion: 'v1' },
  secrets: { kind: 'Secret', apiVersion: 'v1' },
  events: { kind: 'Event', apiVersion: 'v1' },
};
const PATH =
  /^(?:\/api\/v1|\/apis\/batch\/v1)\/namespaces\/([^/]+)\/(jobs|pods|secrets|events)(?:\/([^/]+)(?:\/(log))?)?$/;

export function statusOf(code: number, reason: string, message: string): Answer {
  const body = { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message, reason, code };
  return { status: code, body };
}

/** As much of a Kubernetes API server as the runner talks to; every body that comes or goes is held against its schema. */
export async function startApiServer(options: { namespaces: string[]; readLog(pod: KubeObject): string | undefined }) {
  const store = createObjectStore();
  const asked: Asked[] = [];
  const faults: Fault[] = [];
  const watches = new Set<ServerResponse>();
  /** Of our own answers: a test's world must not be wrong itself. */
  const violations: string[] = [];

  const server = createServer((request, response) => {
    handle(request, response).catch((error) => {
      violations.push(String(error));
      response.destroy();
    });
  });

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url!, 'http://cluster');
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const text = Buffer.concat(chunks).toString();
    const one: Asked = {
      method: request.method!,
      path: url.pathname,
      query: url.searchParams,
      body: text === '' ? undefined : JSON.parse(text),
    };
    asked.push(one);
    for (const fault of faults) {
      const answer = fault(one);
      if (answer === 'hang up') return void request.socket.destroy();
      if (answer) return send(response, answer);
    }
    if (one.query.get('watch') === 'true') return watch(one, response);
    send(response, answerTo(one, request.headers['content-type'] ?? ''));
  }

  function send(response: ServerResponse, { status, body, headers = {} }: Answer): void {
    if (typeof body === 'string')
      return void response.writeHead(status, { 'content-type': 'text/plain', ...headers }).end(body);
    const { kind } = body as { kind: string };
    const listed = kind.endsWith('List') ? (body as { items: unknown[] }).items : [body];
    const problem = listed.map((object) => wrongWith(kind.replace(/List$/, ''), object)).find((found) => found);
    if (problem) violations.push(`answer: ${problem}`);
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
  }

  function answerTo({ method, path, query, body }: Asked, contentType: string): Answer {
    const [, namespace = '', resource = '', name, log] = PATH.exec(path) ?? [];
    const type = KINDS[resource];
    if (!type) return statusOf(404, 'NotFound', `the server could not find the requested resource ${path}`);
    const known = name === undefined ? undefined : store.get(resource, namespace, name);
    const missing = () => statusOf(404, 'NotFound', `${resource} "${name}" not found`);
    switch (method) {
      case 'GET': {
        if (name === undefined) {
          const items = store.list(resource, namespace).filter((object) => selects(query, object));
          const metadata = { resourceVersion: String(store.version()) };
          return { status: 200, body: { kind: `${type.kind}List`, apiVersion: type.apiVersion, metadata, items } };
        }
        if (!known) return missing();
        if (!log) return { status: 200, body: known };
        const text = options.readLog(known);
        if (text === undefined) {
          return statusOf(400, 'BadRequest', `container "agent" in pod "${name}" is waiting to start: PodInitializing`);
        }
        const tail = Number(query.get('tailLines') ?? Number.MAX_SAFE_INTEGER);
        return { status: 200, body: `${text.trimEnd().split('\n').slice(-tail).join('\n')}\n` };
      }
      case 'POST': {
        if (!options.namespaces.includes(namespace)) {
          return statusOf(404, 'NotFound', `namespaces "${namespace}" not found`);
        }
        const wrong = wrongWith(type.kind, body);
        if (wrong) return statusOf(422, 'Invalid', `${type.kind}.${type.apiVersion} is invalid: ${wrong}`);
        const wanted = body as KubeObject;
        if (store.get(resource, namespace, wanted.metadata.name)) {
          return statusOf(409, 'AlreadyExists', `${resource} "${wanted.metadata.name}" already exists`);
        }
        return { status: 201, body: store.create(resource, namespace, encoded(wanted)) };
      }
      case 'PATCH': {
        if (!known) return missing();
        if (contentType !== 'application/merge-patch+json') return statusOf(415, 'UnsupportedMediaType', contentType);
        const patch = encoded(body as KubeObject);
        const merged = (draft: KubeObject) => Object.assign(draft, { data: { ...draft.data, ...patch.data } });
        return { status: 200, body: store.update(resource, known, merged) };
      }
      case 'DELETE': {
        if (!known) return missing();
        const uid = (body as { preconditions?: { uid?: string } } | undefined)?.preconditions?.uid;
        if (uid !== undefined && uid !== known.metadata.uid) {
          return statusOf(409, 'Conflict', `Precondition failed: UID in precondition: ${uid}`);
        }
        const wrong = body === undefined ? undefined : wrongWith('DeleteOptions', body);
        if (wrong) return statusOf(422, 'Invalid', wrong);
        store.remove(resource, namespace, name!);
        return { status: 200, body: { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success' } };
      }
      default:
        return statusOf(405, 'MethodNotAllowed', method);
    }
  }

  function watch({ path, query }: Asked, response: ServerResponse): void {
    const [, namespace, resource] = PATH.exec(path)!;
    const from = Number(query.get('resourceVersion'));
    response.writeHead(200, { 'content-type': 'application/json' });
    response.flushHeaders();
    const write = (type: string, object: unknown) => response.write(`${JSON.stringify({ type, object })}\n`);
    if (from < store.compacted()) {
      write('ERROR', statusOf(410, 'Expired', `too old resource version: ${from} (${store.compacted()})`).body);
      return void response.end();
    }
    const tell = (change: ReturnType<typeof store.since>[number]) => {
      const { metadata } = change.object;
      if (change.resource !== resource || metadata.namespace !== namespace || !selects(query, change.object)) return;
      write(change.type, change.object);
    };
    for (const change of store.since(from)) tell(change);
    const forget = store.listen(tell);
    watches.add(response);
    response.once('close', () => {
      forget();
      watches.delete(response);
    });
  }

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    store,
    asked,
    faults,
    violations,
    watches: () => watches.size,
    /** In the middle of whatever they say. */
    dropWatches() {
      for (const response of watches) response.destroy();
    },
    bookmark() {
      const object = { kind: 'Job', apiVersion: 'batch/v1', metadata: { resourceVersion: String(store.version()) } };
      for (const response of watches) response.write(`${JSON.stringify({ type: 'BOOKMARK', object })}\n`);
    },
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

export type ApiServer = Awaited<ReturnType<typeof startApiServer>>;

function encoded({ stringData, ...object }: KubeObject): KubeObject {
  if (!stringData) return object as KubeObject;
  const data = Object.entries<string>(stringData).map(([key, value]) => [key, Buffer.from(value).toString('base64')]);
  return { ...object, data: { ...object.data, ...Object.fromEntries(data) } } as KubeObject;
}

function selects(query: URLSearchParams, object: KubeObject): boolean {
  const pairs = (text: string | null) =>
    text ? text.split(',').map((part) => part.split('=') as [string, string]) : [];
  const field = (path: string) => path.split('.').reduce<unknown>((at, key) => (at as KubeObject)?.[key], object);
  return (
    pairs(query.get('labelSelector')).every(([key, value]) => object.metadata.labels?.[key] === value) &&
    pairs(query.get('fieldSelector')).every(([key, value]) => field(key) === value)
  );
}

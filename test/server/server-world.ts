import { createHmac, generateKeyPairSync, randomUUID } from 'node:crypto';
import type { Store } from '../../src/ports/store.ts';
import type { Composition } from '../../src/server/composition.ts';
import type { Config } from '../../src/server/config.ts';
import { type RunningServer, startServer } from '../../src/server.ts';
import { memoryArtifacts } from '../contract/registry.ts';
import { createMemoryStore } from '../fakes/memory-store.ts';

const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const webhookSecret = 'a secret of thirty-two letters..';

export const testConfig: Config = {
  appId: 12,
  privateKey: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  webhookSecret,
  agentSecret: 'another secret of many letters..',
  monitorTokenEpochs: { otherwise: 1, of: new Map() },
  publicUrl: undefined,
  // nothing listens there: whoever asks GitHub in these tests gets an error
  apiUrl: 'http://127.0.0.1:9/api/v3',
  throttle: false,
  stateFolder: '/nowhere',
  dataRoot: '/nowhere',
  databaseUrl: undefined,
  port: 0,
  host: '127.0.0.1',
  logLevel: 'silent',
  observationDays: 400,
  spareAgent: false,
  jobLimits: { local: 1, perRepository: 50 },
};

/** A composition of which nothing is asked; tests replace what they are about. */
export function emptyComposition(store: Store): Composition {
  return {
    store,
    artifacts: memoryArtifacts(),
    deliveryLog: { failedSince: async () => [], redeliver: async () => undefined },
    installations: { list: async () => [] },
    handlers: { onComment: async () => undefined, onAction: async () => undefined },
    reconcile: async () => undefined,
    resyncKeys: async () => [],
    httpHandlers: [],
  };
}

/** A server on a free port over a store in memory; signed webhooks are sent to it with `deliver`. */
export async function startTestServer(change: Partial<Composition> = {}, given: { resyncMs?: number } = {}) {
  const store = createMemoryStore();
  const server: RunningServer = await startServer({
    config: testConfig,
    compose: async () => ({ ...emptyComposition(store), ...change }),
    ...given,
  });
  return {
    ...server,
    store,
    deliver: (event: string, payload: object, options: { guid?: string; signature?: string } = {}) => {
      const body = JSON.stringify(payload);
      return fetch(`${server.url}/api/github/webhooks`, {
        method: 'POST',
        body,
        headers: {
          'content-type': 'application/json',
          'x-github-event': event,
          'x-github-delivery': options.guid ?? randomUUID(),
          'x-hub-signature-256':
            options.signature ?? `sha256=${createHmac('sha256', webhookSecret).update(body).digest('hex')}`,
        },
      });
    },
  };
}

export async function until(what: string, isSo: () => boolean | Promise<boolean>): Promise<void> {
  const end = Date.now() + 10_000;
  while (!(await isSo())) {
    if (Date.now() > end) throw new Error(`waited too long until ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

export const commonPayload = {
  repository: { full_name: 'acme/flights', default_branch: 'main' },
  installation: { id: 5 },
  sender: { login: 'author', type: 'User' },
};

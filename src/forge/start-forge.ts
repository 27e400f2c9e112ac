import { mkdir } from 'node:fs/promises';
import { type Admin, createAdmin } from './admin.ts';
import { listenForTriggers } from './ci/listen-for-triggers.ts';
import { createRuntime } from './ci/runtime.ts';
import { stopAll } from './ci/stop-all.ts';
import { endReaders } from './git/read-objects.ts';
import { listen } from './http/listen.ts';
import { type AppOptions, loadState, saveState } from './load-state.ts';
import type { ForgeState, HookDelivery } from './state.ts';
import { startSender } from './webhooks/sender.ts';
import type { Exchange, LoggedRequest, World } from './world.ts';

export type ForgeOptions = {
  /** 0 or absent: any free port. */
  port?: number;
  host?: string;
  /** Folder for the repositories and `state.json`; a forge that was there before goes on. */
  dataDir: string;
  app: AppOptions;
  limits?: Partial<World['limits']>;
};

export type Forge = Admin & {
  url: string;
  /** `host:port`, what a client calls `GHE_HOST`. */
  host: string;
  appId: number;
  /** PEM of the app's private key; undefined when only the public one was given. */
  privateKeyPem: string | undefined;
  /** Live; for looking only. */
  state: ForgeState;
  /** All requests to the API and to git since the start, oldest first. */
  requestLog: () => LoggedRequest[];
  clearRequestLog: () => void;
  deliveries: () => HookDelivery[];
  /** Called with every answer of the REST and GraphQL API. */
  onResponse: (listener: (exchange: Exchange) => void) => void;
  /** Called after every attempt to deliver a webhook. */
  onDelivery: (listener: (delivery: HookDelivery) => void) => void;
  /** Resolves when every queued webhook was sent. */
  idle: () => Promise<void>;
  close: () => Promise<void>;
};

const createWorld = (state: ForgeState, options: ForgeOptions): World => ({
  state,
  dataDir: options.dataDir,
  memo: new Map(),
  locks: new Map(),
  requests: [],
  rates: new Map(),
  creations: new Map(),
  limits: { requestsPerHour: 5000, contentPerMinute: Number.POSITIVE_INFINITY, ...options.limits },
  onExchange: [],
  onDelivery: [],
  onEvent: [],
  wakeSender: () => undefined,
  ci: createRuntime(),
});

/** Starts a GitHub that serves REST under `/api/v3`, GraphQL under `/api/graphql`, git, and pages to look at. */
export const startForge = async (options: ForgeOptions): Promise<Forge> => {
  await mkdir(options.dataDir, { recursive: true });
  const { state, privateKeyPem } = await loadState(options.dataDir, options.app);
  const world = createWorld(state, options);
  listenForTriggers(world);
  const server = await listen(world, options);
  state.url = server.url;
  const sender = startSender(world);
  let closing: Promise<void> | undefined;
  return {
    ...createAdmin(world),
    url: server.url,
    host: new URL(server.url).host,
    appId: state.app.id,
    privateKeyPem,
    state,
    requestLog: () => [...world.requests],
    clearRequestLog: () => void world.requests.splice(0),
    deliveries: () => [...state.deliveries],
    onResponse: (listener) => void world.onExchange.push(listener),
    onDelivery: (listener) => void world.onDelivery.push(listener),
    idle: sender.idle,
    close: () => {
      closing ??= (async () => {
        await stopAll(world);
        await server.close();
        await sender.stop();
        await endReaders(options.dataDir);
        await saveState(options.dataDir, state);
      })();
      return closing;
    },
  };
};

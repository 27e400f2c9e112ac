import { randomUUID } from 'node:crypto';
import type { CiRuntime } from './ci/runtime.ts';
import type { AccessLevel, ForgeState, HookDelivery, Installation } from './state.ts';
import type { Emission } from './webhooks/emit.ts';

/** Who makes a request. */
export type Actor =
  | { kind: 'anonymous' }
  | { kind: 'app' }
  | {
      kind: 'installation';
      installation: Installation;
      permissions: Record<string, AccessLevel>;
      /** Undefined: all that the installation covers. */
      repositoryIds: number[] | undefined;
      /** Whose name stands on what is done; undefined: the app's bot. */
      bot?: string;
    }
  | { kind: 'user'; login: string };

export type LoggedRequest = {
  method: string;
  /** Below `/api/v3`, without the query; `/graphql` for GraphQL; `/owner/name.git/…` for git. */
  path: string;
  query: string;
  status: number;
  by: Actor['kind'];
  at: string;
};

/** A request with its answer, for tests that compare both with GitHub's own description. */
export type Exchange = {
  method: string;
  path: string;
  query: string;
  /** Pattern of the route that answered, `/repos/{owner}/{repo}/pulls/{pull_number}`-like but with our own names. */
  route: string | undefined;
  requestBody: unknown;
  status: number;
  headers: Record<string, string>;
  body: unknown;
};

/** The running forge: its state, and what is not worth keeping over a restart. */
export type World = {
  state: ForgeState;
  dataDir: string;
  /** Results of git computations on immutable commits. */
  memo: Map<string, Promise<unknown>>;
  /** Tail of the queue of each repository's writers. */
  locks: Map<string, Promise<unknown>>;
  requests: LoggedRequest[];
  rates: Map<string, { used: number; resetAt: number }>;
  /** Times (ms) of recent content creations of an actor, for the secondary limit. */
  creations: Map<string, number[]>;
  limits: { requestsPerHour: number; contentPerMinute: number };
  onExchange: ((exchange: Exchange) => void)[];
  onDelivery: ((delivery: HookDelivery) => void)[];
  /** Called with everything that happens, whether a webhook tells of it or not. */
  onEvent: ((emission: Emission, payload: () => Record<string, unknown>) => void)[];
  /** Tells the hook sender that there is something to send. */
  wakeSender: () => void;
  ci: CiRuntime;
};

export const now = (): string => new Date().toISOString().replace(/\.\d+Z$/, 'Z');

export const nextId = (world: World): number => {
  world.state.lastId += 1;
  return world.state.lastId;
};

export const guid = (): string => randomUUID();

/** GitHub's global ids are opaque; these carry the kind and the number in readable Base64. */
export const nodeId = (kind: string, id: number): string => Buffer.from(`${kind}:${id}`).toString('base64url');

/** Computes once what can never change, such as the difference of two commits. */
export const memoize = <T>(world: World, key: string, compute: () => Promise<T>): Promise<T> => {
  const known = world.memo.get(key) as Promise<T> | undefined;
  if (known) return known;
  const fresh = compute();
  world.memo.set(key, fresh);
  fresh.catch(() => world.memo.delete(key));
  return fresh;
};

/** Runs `work` after all earlier work under the same name, so that two writers never see each other half done. */
export const exclusively = async <T>(world: World, name: string, work: () => Promise<T>): Promise<T> => {
  const before = world.locks.get(name) ?? Promise.resolve();
  const mine = before.then(work, work);
  const settled = mine.catch(() => undefined);
  world.locks.set(name, settled);
  return mine;
};

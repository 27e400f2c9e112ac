import type { IncomingHttpHeaders } from 'node:http';
import type { AccessLevel, Repository, Role } from '../state.ts';
import type { Actor, World } from '../world.ts';

export type Call = {
  world: World;
  actor: Actor;
  params: Record<string, string>;
  query: URLSearchParams;
  body: Record<string, unknown>;
  headers: IncomingHttpHeaders;
  /** Below `/api/v3`, without the query. */
  path: string;
};

export type RepositoryCall = Call & { repository: Repository };

export type Reply = {
  status: number;
  body?: unknown;
  headers?: Record<string, string>;
  /** Bytes that are answered as they are, instead of `body` as JSON. */
  raw?: Buffer;
};

/** Who may use a route. Apps act by permission, people by their role in the repository. */
export type Access =
  | { kind: 'anyone' | 'app' | 'installation' | 'identified' | 'person' }
  | {
      kind: 'repository';
      /** Any of them is enough. */
      permissions: string[];
      level: AccessLevel;
      /** Undefined: apps only. */
      role: Role | undefined;
    };

export type Route = {
  method: string;
  pattern: string;
  access: Access;
  handle: (call: RepositoryCall) => Reply | Promise<Reply>;
};

export const reads = (...permissions: string[]): Access => ({
  kind: 'repository',
  permissions,
  level: 'read',
  role: 'read',
});

export const writes = (role: Role | undefined, ...permissions: string[]): Access => ({
  kind: 'repository',
  permissions,
  level: 'write',
  role,
});

export const ok = (body: unknown): Reply => ({ status: 200, body });
export const created = (body: unknown): Reply => ({ status: 201, body });
export const noContent = (): Reply => ({ status: 204 });

import { randomBytes } from 'node:crypto';
import type { CiRuntime } from '../ci/runtime.ts';
import type { Reply, RepositoryCall } from '../http/route.ts';

type Download = CiRuntime['downloads'] extends Map<string, infer Value> ? Value : never;

/** Answers with an address that gives the file to whoever has it, for a minute. */
export const sendOn = (call: RepositoryCall, download: Download): Reply => {
  const { downloads } = call.world.ci;
  const secret = randomBytes(20).toString('hex');
  downloads.set(secret, download);
  setTimeout(() => downloads.delete(secret), 60_000).unref();
  return { status: 302, headers: { location: `${call.world.state.url}/_services/download/${secret}` } };
};

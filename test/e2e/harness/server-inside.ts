import { compose, type Overrides } from '../../../src/compose.ts';
import type { WorkQueue } from '../../../src/ports/store.ts';
import { startServer } from '../../../src/server.ts';
import type { TestWorld } from './start-world.ts';

export type ServerInside = {
  url: string;
  /** Has a key looked at now, where its own schedule follows the wall clock. */
  nudge(key: string): Promise<void>;
  stop(): Promise<void>;
};

/** The real server with its real adapters, in this process. */
export async function startServerInside(
  world: TestWorld,
  options: Overrides & { resyncMs?: number } = {},
): Promise<ServerInside> {
  const { resyncMs, ...overrides } = options;
  let queue: WorkQueue | undefined;
  const server = await startServer({
    config: world.config,
    compose: async (context) => {
      const composition = await compose(context, overrides);
      queue = composition.store.queue;
      return composition;
    },
    resyncMs,
  });
  return { url: server.url, stop: server.stop, nudge: async (key) => queue?.request(key) };
}

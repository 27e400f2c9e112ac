/** `sluice server` with a store in memory and a look that takes a while; tells on standard output what it does. */
import { serverCommand } from '../../src/cli/commands/server.ts';
import { createMemoryStore } from '../fakes/memory-store.ts';
import { emptyComposition } from './server-world.ts';

const say = (line: string): void => void process.stdout.write(`${line}\n`);
const store = createMemoryStore();

process.exitCode = await serverCommand({
  env: process.env,
  json: true,
  print: say,
  printError: say,
  compose: async () => ({
    ...emptyComposition(store),
    resyncKeys: async () => ['monitor:acme/flights/live'],
    reconcile: async () => {
      say('looking');
      await new Promise((resolve) => setTimeout(resolve, 300));
      say('looked');
      return undefined;
    },
    close: async () => say('closed'),
  }),
});

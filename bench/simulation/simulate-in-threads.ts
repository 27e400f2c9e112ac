import { once } from 'node:events';
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import type { Scenario, Tally } from './simulate.ts';

const MOST_THREADS = 8;

/** Simulates each scenario `runs` times, a scenario a thread; calls back as each is done, in whatever order. */
export async function simulateInThreads<T extends Scenario>(
  scenarios: readonly T[],
  runs: number,
  onDone: (scenario: T, tallies: Tally[]) => void,
): Promise<void> {
  const waiting = [...scenarios];
  const thread = async () => {
    const worker = startWorker();
    try {
      for (let scenario = waiting.shift(); scenario !== undefined; scenario = waiting.shift()) {
        worker.postMessage({ scenario, from: 0, to: runs });
        const [tallies] = (await once(worker, 'message')) as [Tally[]];
        onDone(scenario, tallies);
      }
    } finally {
      await worker.terminate();
    }
  };
  const threads = Math.min(MOST_THREADS, availableParallelism(), scenarios.length);
  await Promise.all(Array.from({ length: threads }, thread));
}

/** The hooks by which tsx reads TypeScript are of one thread, so the worker begins by asking for its own. */
function startWorker(): Worker {
  const url = JSON.stringify(new URL('./worker.ts', import.meta.url).href);
  const begin = `import('tsx/esm/api').then(({ register }) => { register(); return import(${url}); });`;
  return new Worker(begin, { eval: true });
}

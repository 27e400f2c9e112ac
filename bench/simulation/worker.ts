/** One worker: a scenario at a time, as it is asked. */
import { parentPort } from 'node:worker_threads';
import { type Scenario, simulate } from './simulate.ts';

parentPort?.on('message', ({ scenario, from, to }: { scenario: Scenario; from: number; to: number }) => {
  parentPort?.postMessage(simulate(scenario, from, to));
});

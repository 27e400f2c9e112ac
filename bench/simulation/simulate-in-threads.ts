import { runInThreads } from './run-in-threads.ts';
import type { Scenario, Tally } from './simulate.ts';

/** Simulates each scenario `runs` times, a scenario a thread; calls back as each is done, in whatever order. */
export async function simulateInThreads<T extends Scenario>(
  scenarios: readonly T[],
  runs: number,
  onDone: (scenario: T, tallies: Tally[]) => void,
): Promise<void> {
  const tasks = scenarios.map((scenario) => ({ scenario, from: 0, to: runs }));
  const worker = new URL('./worker.ts', import.meta.url);
  await runInThreads(worker, tasks, ({ scenario }, tallies: Tally[]) => onDone(scenario, tallies));
}

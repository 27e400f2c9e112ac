import type { Job } from '../../src/domain/jobs/job.ts';
import type { Runner } from '../../src/ports/runner.ts';

export type FakeRunner = Runner & {
  /** Every call of submit that started an agent, with what it was given. */
  started: { job: Job; token: string; serverUrl: string }[];
  /** Names (`<job>.<attempt>`) of agents that are there. */
  agents: Map<string, 'pending' | 'running'>;
  crash(job: Job): void;
};

/** Agents are names in a map; nothing runs. Passes the contract of runners itself. */
export function createFakeRunner(): FakeRunner {
  const agents = new Map<string, 'pending' | 'running'>();
  const started: FakeRunner['started'] = [];
  const nameOf = ({ id, attempt }: Job) => `${id}.${attempt}`;
  return {
    agents,
    started,
    crash: (job) => void agents.delete(nameOf(job)),
    async submit(job, access) {
      if (!started.some((known) => nameOf(known.job) === nameOf(job))) {
        started.push({ job, ...access });
        agents.set(nameOf(job), 'running');
      }
      return { handle: { name: nameOf(job) } };
    },
    async status(job) {
      const state = agents.get(nameOf(job));
      return state ? { state } : { state: 'gone', reason: 'it vanished', fault: 'infrastructure' };
    },
    async cancel(job) {
      agents.delete(nameOf(job));
    },
    logs: async (job) => (started.some((known) => nameOf(known.job) === nameOf(job)) ? ['agent: started'] : []),
    async reap(live) {
      const wanted = new Set((await live()).map(nameOf));
      const doomed = [...agents.keys()].filter((name) => !wanted.has(name));
      for (const name of doomed) agents.delete(name);
      return doomed.length;
    },
  };
}

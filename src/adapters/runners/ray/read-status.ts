import type { RunnerStatus } from '../../../ports/runner.ts';
import { describeNeeds, describeWait, type Needs } from './needs.ts';
import type { RayJob, RayNode } from './ray-client.ts';

type Gone = Extract<RunnerStatus, { state: 'gone' }>;

const SAID_CHARACTERS = 500;
/** A shell's: found and not executable, not found. */
const NO_PROGRAM = [126, 127];
/** The agent's: the server was away too long, or did not know it. */
const UNSERVED = 3;
const SIGNALLED = 128;

/** What Ray says of a job, in the words of whoever waits for a check. */
export function readStatus(job: RayJob | undefined, needs: Needs, nodes: RayNode[]): RunnerStatus {
  switch (job?.status) {
    case undefined:
      return gone('the Ray cluster does not know it (any more)', 'infrastructure');
    case 'PENDING':
      return { state: 'pending', waitingFor: describeWait(needs, nodes) };
    case 'RUNNING':
      return { state: 'running' };
    case 'STOPPED':
      return gone('it was stopped on the Ray cluster', 'cancelled');
    case 'SUCCEEDED':
      return gone('its agent ended', 'infrastructure');
    case 'FAILED':
      return failed(job, needs);
    default:
      return { state: 'running' };
  }
}

function failed(job: RayJob, needs: Needs): Gone {
  const said = lastSaid(job.message ?? '');
  const code = job.driver_exit_code ?? undefined;
  if (code !== undefined) return ended(code, job.message ?? '');
  switch (job.error_type) {
    case 'RUNTIME_ENV_SETUP_FAILURE':
      return gone(`the Ray cluster cannot set up its runtime environment: ${said}`, 'job');
    case 'JOB_SUPERVISOR_ACTOR_START_TIMEOUT':
      return gone(`no node of the Ray cluster had ${describeNeeds(needs)} free in time: ${said}`, 'infrastructure');
    case 'JOB_SUPERVISOR_ACTOR_DIED':
      return gone(`the Ray cluster lost its node or its worker: ${said}`, 'infrastructure');
    default:
      return gone(`the Ray cluster could not run it: ${said}`, 'infrastructure');
  }
}

function ended(code: number, message: string): Gone {
  const said = /last available logs[^\n]*\n/.test(message) ? `; it last said: ${lastSaid(message)}` : '';
  if (NO_PROGRAM.includes(code)) {
    return gone(`the Ray cluster's nodes cannot run the agent (exit code ${code})${said}`, 'job');
  }
  if (code < 0) return gone(`its agent was ended by signal ${-code}${said}`, 'infrastructure');
  const fault = code === UNSERVED || code > SIGNALLED ? 'infrastructure' : 'job';
  return gone(`its agent ended with exit code ${code}${said}`, fault);
}

function gone(reason: string, fault: Gone['fault']): Gone {
  return { state: 'gone', reason, fault };
}

function lastSaid(message: string): string {
  return (
    message
      .split('\n')
      .filter((line) => line.trim() !== '')
      .at(-1) ?? 'nothing'
  )
    .trim()
    .slice(-SAID_CHARACTERS);
}

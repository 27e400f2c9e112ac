import type { RunnerStatus } from '../../../ports/runner.ts';
import type { RayJob } from './ray-client.ts';
import type { Needs } from './submission.ts';

type Gone = Extract<RunnerStatus, { state: 'gone' }>;

const SAID_CHARACTERS = 500;
/** A shell's: found and not executable, not found. */
const NO_PROGRAM = [126, 127];
/** The agent's: the server was away too long, or did not know it. */
const UNSERVED = 3;
const SIGNALLED = 128;

/** What Ray says of a job, in the words of whoever waits for a check. */
export function readStatus(job: RayJob | undefined, needs: Needs): RunnerStatus {
  switch (job?.status) {
    case undefined:
      return gone('the Ray cluster does not know it (any more)', 'infrastructure');
    case 'PENDING':
      return {
        state: 'pending',
        waitingFor: `the Ray cluster has not started it: one node must have ${free(needs)} free`,
      };
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
  switch (job.error_type) {
    case 'JOB_ENTRYPOINT_COMMAND_ERROR':
      return ended(job.driver_exit_code ?? 1, job.message ?? '');
    case 'RUNTIME_ENV_SETUP_FAILURE':
      return gone(`the Ray cluster cannot set up its runtime environment: ${said}`, 'job');
    case 'JOB_SUPERVISOR_ACTOR_START_TIMEOUT':
      return gone(`no node of the Ray cluster had ${free(needs)} free in time: ${said}`, 'infrastructure');
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

function free({ cpus, gpus, memoryBytes }: Needs): string {
  const parts = [
    `${cpus} CPU${cpus === 1 ? '' : 's'}`,
    ...(gpus > 0 ? [`${gpus} GPU${gpus === 1 ? '' : 's'}`] : []),
    ...(memoryBytes > 0 ? [`${Math.round((memoryBytes / 2 ** 30) * 10) / 10} GiB of memory`] : []),
  ];
  return parts.length === 1 ? parts[0]! : `${parts.slice(0, -1).join(', ')} and ${parts.at(-1)}`;
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
